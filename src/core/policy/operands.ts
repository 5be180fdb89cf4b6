// Resolves the operands of a command line against its working directory, for the `operands` of a shell subject.
import type { ShellParse } from '../ports/shell.ts';
import type { Files, ResolvedPath } from '../ports/workspace.ts';

const MAX_OPERANDS = 200;

/** The words of a line that could name files: those of one simple command, else none, because such a line asks anyway. */
export function operandsToResolve(parse: ShellParse): string[] {
  const [command] = parse.commands;
  if (!parse.ok || parse.compound || command === undefined) return [];
  const words = command.words.slice(1).map((word) => word.text);
  const pieces = words.flatMap((word) => [word, ...afterColon(word), ...afterEquals(word)]);
  const usable = pieces.filter((text) => text !== '' && !text.includes('\0'));
  return [...new Set(usable)].slice(0, MAX_OPERANDS);
}

/** Each operand as it is written (`input`) and where it leads from `cwd`. */
export async function resolveOperands(
  parse: ShellParse,
  cwd: ResolvedPath,
  files: Pick<Files, 'resolve'>,
): Promise<ResolvedPath[]> {
  return Promise.all(
    operandsToResolve(parse).map(async (text) => {
      const absolute = /^(?:[\\/]|[A-Za-z]:[\\/])/.test(text);
      const path = await files.resolve(absolute ? text : `${cwd.real}/${text}`);
      return { ...path, input: text };
    }),
  );
}

function afterColon(word: string): string[] {
  return word.includes(':') ? [word.slice(word.indexOf(':') + 1)] : [];
}

function afterEquals(word: string): string[] {
  return word.startsWith('-') && word.includes('=') ? [word.slice(word.indexOf('=') + 1)] : [];
}

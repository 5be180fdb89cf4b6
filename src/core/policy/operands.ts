// Resolves what the words of a command line may name, for the `operands` of a shell subject.
import type { ShellParse, SimpleCommand } from '../ports/shell.ts';
import type { Files, ResolvedPath } from '../ports/workspace.ts';
import type { FolderEntry, GlobNames, ListFolder } from './globNames.ts';
import { beforeDots, foldersOf, keyOf } from './place.ts';
import { isInput } from './plainCommand.ts';

const MAX_OPERANDS = 400;

/**
 * The texts that could name files, behind each folder their command may run in; none for a line that asks anyway.
 * Relative ones are meant from where the line starts.
 */
export function operandsToResolve(parse: ShellParse, globs: readonly GlobNames[] = []): string[] {
  if (!parse.ok || !parse.certain) return [];
  const keys = new Set<string>();
  for (const command of parse.commands) {
    for (const folder of foldersOf(command) ?? []) {
      for (const text of ['', ...textsOf(command)]) addKeys(keys, keyOf(folder, text));
    }
    if (keys.size > MAX_OPERANDS) break;
  }
  for (const { folder, names } of globs) {
    for (const name of names ?? []) addKeys(keys, keyOf(folder, name));
  }
  return [...keys].slice(0, MAX_OPERANDS);
}

function addKeys(keys: Set<string>, key: string): void {
  const clean = key.replace(/\/$/, key.length > 1 ? '' : '/');
  for (const text of [key, clean, ...beforeDots(key)]) {
    if (text !== '' && !text.includes('\0')) keys.add(text);
  }
}

function textsOf(command: SimpleCommand): string[] {
  const [program, ...words] = command.words.map((word) => word.text);
  const inputs = command.redirects.flatMap((one) =>
    isInput(one) && one.target !== null && one.operator === '<' ? [one.target.text] : [],
  );
  const own = program !== undefined && /[\\/]/.test(program) ? [program] : [];
  return [...own, ...words, ...inputs].flatMap((word) => [
    word,
    ...word.split(',').filter((piece) => piece !== '' && piece !== word),
    ...after(word, ':'),
    ...after(word, '='),
    ...glued(word),
  ]);
}

/** Each operand as it is written (`input`) and where it leads from `cwd`. */
export async function resolveOperands(
  parse: ShellParse,
  cwd: ResolvedPath,
  files: Pick<Files, 'resolve'>,
  globs: readonly GlobNames[] = [],
): Promise<ResolvedPath[]> {
  return Promise.all(
    operandsToResolve(parse, globs).map(async (text) => {
      const absolute = /^(?:[\\/]|[A-Za-z]:[\\/])/.test(text);
      const path = await files.resolve(absolute ? text : `${cwd.real}/${text}`);
      return { ...path, input: text };
    }),
  );
}

/** Lists the folders that globs name, below `cwd`: no links, nothing outside the workspace, nothing cut short. */
export function listFolders(cwd: ResolvedPath, files: Pick<Files, 'resolve' | 'list'>): ListFolder {
  return async (folder): Promise<readonly FolderEntry[] | null> => {
    const absolute = /^(?:[\\/]|[A-Za-z]:[\\/])/.test(folder);
    const path = await files.resolve(absolute ? folder : `${cwd.real}/${folder}`);
    if (path.relReal === null || path.relReal !== path.relLexical) return null;
    if (!path.exists) return [];
    if (!path.isDirectory) return null;
    const listed = await files.list(path.real, 1);
    if ('error' in listed || listed.truncated) return null;
    return listed.entries.map((entry) => ({ name: entry.path, kind: entry.kind }));
  };
}

function after(word: string, mark: string): string[] {
  return word.includes(mark) ? [word.slice(word.indexOf(mark) + 1)] : [];
}

/** `-pfile`: the value of a short option. */
function glued(word: string): string[] {
  return /^-[A-Za-z]./.test(word) ? [word.slice(2)] : [];
}

// Whether one simple command is plain enough to be allowed at all, and what protected files its text names.
import type { ShellRedirect, SimpleCommand } from '../ports/shell.ts';
import { countHidden } from '../../protocol/displayBytes.ts';
import { protectionsOf } from './protectedFiles.ts';

/** Why the command is dynamic or has side doors, or null when it is literal words and free redirections only. */
export function notPlain(command: SimpleCommand): string | null {
  const [program] = command.words;
  if (program === undefined || program.text === '') return 'there is no command word';
  if (command.nested) return 'it stands inside another construct';
  if (countHidden(command.raw, true) > 0) return 'it holds characters that cannot be seen';
  if (command.assignments.length > 0) return 'it sets variables';
  if (command.words.some((word) => !word.literal))
    return 'it holds text that is known only when it runs';
  if (command.words.some((word) => word.glob)) return 'it holds a glob or brace expansion';
  const redirect = command.redirects.find((found) => !isFree(found));
  return redirect === undefined ? null : `it redirects (${redirect.raw})`;
}

/** Duplications of file descriptors and the null device. */
function isFree({ raw }: ShellRedirect): boolean {
  return /^(?:[0-9]?(?:>>?|<)\s*(?:\/dev\/null|\$null)|&>>?\s*\/dev\/null|[0-9]?[<>]&[0-9-]|[*2-6]>&1|[*]>>?\s*\$null)$/i.test(
    raw,
  );
}

const MAX_PIECES = 16;

/** For mode bypass: what protected file a command's words or redirections name, or null. */
export function touchesProtected(command: SimpleCommand): string | null {
  for (const word of command.words.slice(1)) {
    for (const piece of piecesOf(word.text)) {
      const [worst] = protectionsOf(piece).filter((found) => found.tier !== 'runsCode');
      if (worst !== undefined) return `it names a protected file (${worst.what})`;
    }
  }
  for (const redirect of command.redirects) {
    const [worst] = protectionsOf(redirect.target?.text ?? '');
    if (worst !== undefined) return `it redirects to a protected file (${worst.what})`;
  }
  return null;
}

/** A word, and what stands after `=` or `:` in it: `--file=.env`, `HEAD:.env`. */
export function piecesOf(word: string): string[] {
  const pieces = [word];
  for (const found of word.matchAll(/[=:]/g)) {
    pieces.push(word.slice(found.index + 1));
    if (pieces.length > MAX_PIECES) break;
  }
  if (/^-[A-Za-z]./.test(word)) pieces.push(word.slice(2));
  return pieces;
}

// Word patterns of shell rules. Only `*` is special; matching is linear in the word, whatever the pattern.
import type { ArgvPattern, WordPattern } from './types.ts';

/** Splits a pattern on blanks; a last bare `*` means any further words, or none. */
export function parseArgvPattern(pattern: string): ArgvPattern {
  const texts = pattern.split(/[ \t]+/).filter((word) => word !== '');
  const rest = texts.at(-1) === '*';
  const words = (rest ? texts.slice(0, -1) : texts).map(wordPattern);
  return { words, rest };
}

/** True when the pattern holds no wildcard, so that it names exactly one argv. */
export function isExact(pattern: ArgvPattern): boolean {
  return !pattern.rest && pattern.words.every((word) => word.literal);
}

export function matchesArgv(
  pattern: ArgvPattern,
  argv: readonly string[],
  nocase: boolean,
): boolean {
  const { words, rest } = pattern;
  if (rest ? argv.length < words.length : argv.length !== words.length) return false;
  return words.every((word, i) => word.matches(argv[i] ?? '', nocase));
}

/** A pattern where `*` stands for any characters; everything else is literal. */
export function wordPattern(text: string): WordPattern {
  const exact = text.split('*');
  const folded = text.toLowerCase().split('*');
  return {
    text,
    literal: exact.length === 1,
    matches: (word, nocase) =>
      nocase ? matchesPieces(folded, word.toLowerCase()) : matchesPieces(exact, word),
  };
}

function matchesPieces(pieces: readonly string[], word: string): boolean {
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return word === first;
  const last = pieces.at(-1) ?? '';
  if (word.length < first.length + last.length) return false;
  if (!word.startsWith(first) || !word.endsWith(last)) return false;
  let from = first.length;
  const end = word.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = word.indexOf(piece, from);
    if (at < 0 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}

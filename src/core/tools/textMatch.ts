// Finds the text an edit replaces and writes the replacement with the file's own line endings. Pure.

interface Replacement {
  oldString: string;
  newString: string;
  replaceAll: boolean;
}

export type Replaced =
  | { kind: 'replaced'; text: string; count: number }
  | { kind: 'notFound' }
  /** `lines` are 1-based and may be fewer than `count`, which stops at `MAX_COUNTED`. */
  | { kind: 'ambiguous'; count: number; lines: number[] };

interface Span {
  start: number;
  end: number;
}

/** Counting more matches than this helps nobody and is slow on repetitive text. */
export const MAX_COUNTED = 100;

const SHOWN_LINES = 10;

/** A hint is not worth more: longer texts, and repetitive ones that take more comparisons of lines, get none. */
const MAX_LOOSE_CHARS = 500_000;
const MAX_LOOSE_STEPS = 200_000;

/**
 * Replaces the one match of `oldString`, or every match with `replaceAll`. Line endings do not have to agree with the
 * file's, unless the edit is about line endings; everything outside the matches stays as it is.
 */
export function replaceText(text: string, replacement: Replacement): Replaced {
  const { oldString, newString, replaceAll } = replacement;
  const literal = toLf(oldString) === toLf(newString);
  const find = literal ? findExact : findByLine;
  const spans = find(text, oldString, { overlapping: !replaceAll });
  if (spans.length === 0) return { kind: 'notFound' };
  if (spans.length > 1 && !replaceAll) {
    const lines = spans.slice(0, SHOWN_LINES).map((span) => lineAt(text, span.start));
    return { kind: 'ambiguous', count: spans.length, lines: [...new Set(lines)] };
  }
  const fileEol = usualEol(text);
  const pieces: string[] = [];
  let from = 0;
  for (const span of spans) {
    pieces.push(text.slice(from, span.start));
    const eol = usualEol(text.slice(span.start, span.end)) ?? fileEol;
    pieces.push(literal ? newString : withEol(newString, eol));
    from = span.end;
  }
  pieces.push(text.slice(from));
  return { kind: 'replaced', text: pieces.join(''), count: spans.length };
}

/** `text` with every line ending turned into `eol`; null leaves it alone. */
export function withEol(text: string, eol: '\n' | '\r\n' | null): string {
  if (eol === null) return text;
  const lf = toLf(text);
  return eol === '\n' ? lf : lf.replaceAll('\n', '\r\n');
}

/** The line ending most lines of `text` have, null when it has none. */
export function usualEol(text: string): '\n' | '\r\n' | null {
  const { lf, crlf } = countEols(text);
  if (lf + crlf === 0) return null;
  return crlf > lf ? '\r\n' : '\n';
}

/** The line ending all lines of `text` have, null when it has none or they differ. */
export function onlyEol(text: string): '\n' | '\r\n' | null {
  const { lf, crlf } = countEols(text);
  return lf > 0 && crlf > 0 ? null : usualEol(text);
}

/** 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
  }
  return line;
}

/**
 * 1-based line where `wanted` would match if blanks at the ends of lines were ignored, else null; null too when finding
 * out takes long. Tells no content, so that a failed edit is no way to read a file.
 */
export function looseLine(text: string, wanted: string): number | null {
  if (text.length > MAX_LOOSE_CHARS || wanted.length > MAX_LOOSE_CHARS) return null;
  const needle = trimmedLines(wanted.trim());
  const lines = trimmedLines(text);
  const first = needle[0];
  if (first === undefined || first === '') return null;
  let steps = 0;
  for (const [index, line] of lines.entries()) {
    if (line !== first) continue;
    const differs = needle.findIndex((part, offset) => lines[index + offset] !== part);
    if (differs === -1) return index + 1;
    steps += differs;
    if (steps > MAX_LOOSE_STEPS) return null;
  }
  return null;
}

function findExact(text: string, wanted: string, options: { overlapping: boolean }): Span[] {
  const spans: Span[] = [];
  const limit = options.overlapping ? MAX_COUNTED : Number.POSITIVE_INFINITY;
  let start = text.indexOf(wanted);
  while (start !== -1 && spans.length < limit) {
    spans.push({ start, end: start + wanted.length });
    start = text.indexOf(wanted, start + (options.overlapping ? 1 : wanted.length));
  }
  return spans;
}

/** Matches with all line endings taken as LF, given as spans of the real text. */
function findByLine(text: string, wanted: string, options: { overlapping: boolean }): Span[] {
  if (!text.includes('\r\n')) return findExact(text, toLf(wanted), options);
  const spans = findExact(toLf(text), toLf(wanted), options);
  const toReal = realOffsets(text);
  return spans.map(({ start, end }) => ({ start: toReal(start), end: toReal(end) }));
}

/** Maps growing or falling offsets of the LF text back to the real one. */
function realOffsets(text: string): (offset: number) => number {
  const breaks: number[] = [];
  for (let at = text.indexOf('\r\n'); at !== -1; at = text.indexOf('\r\n', at + 2)) {
    // The offset of this break's LF in the LF text: one CR less for each earlier break.
    breaks.push(at - breaks.length);
  }
  return (offset) => offset + countBelow(breaks, offset);
}

function countBelow(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function countEols(text: string): { lf: number; crlf: number } {
  let lf = 0;
  let crlf = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (text[at - 1] === '\r') crlf += 1;
    else lf += 1;
  }
  return { lf, crlf };
}

function trimmedLines(text: string): string[] {
  return text.split('\n').map((line) => line.trim());
}

function toLf(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

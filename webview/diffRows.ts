// A file change as rows to show: line numbers, folded context, changed words. Pure; every changed byte is in a row.
import { diffArrays, diffWordsWithSpace } from 'diff';
import type { Hunk } from '../src/protocol/hunks.ts';

export interface Span {
  text: string;
  changed: boolean;
}

export interface LineRow {
  kind: 'same' | 'added' | 'removed';
  /** Line number on the old side, null for an added line. */
  old: number | null;
  /** Line number on the new side, null for a removed line. */
  new: number | null;
  spans: readonly Span[];
  /** The text ends here without a line break. */
  unended: boolean;
  /** Position of the host's hunk that the line belongs to; null for an unchanged line, and where the host named none. */
  hunk: number | null;
}

/** Stands before the first line of a hunk. */
interface HunkRow {
  kind: 'hunk';
  index: number;
}

interface FoldRow {
  kind: 'fold';
  rows: readonly LineRow[];
}

export type DiffRow = LineRow | FoldRow | HunkRow;

const CONTEXT = 3;
const MAX_WORD_DIFF = 400;
/** Pairs of lines whose words are compared; later ones are shown whole. */
const MAX_PAIRS = 1000;
/** Time for comparing lines, milliseconds; the page stands still meanwhile. */
const MAX_TIME = 100;

interface Lines {
  lines: string[];
  ended: boolean;
}

/**
 * Rows from `before` to `after`; null means that there is no file on that side. With the host's hunks of these texts, exactly
 * their lines are changes, each hunk under a row of its own.
 */
export function diffRows(
  before: string | null,
  after: string | null,
  hunks?: readonly Hunk[],
): DiffRow[] {
  const bare = usesCrlf(before) && usesCrlf(after);
  const left = split(before, bare);
  const right = split(after, bare);
  const chunks = hunks ? hunkChunks(marked(left), marked(right), hunks) : lineChunks(left, right);
  return fold(markWords(lineRows(chunks)));
}

/** Whether both sides end their lines in CRLF throughout, so that the carriage returns are not shown. */
export function usesCrlf(text: string | null): boolean {
  return text === null || !/(^|[^\r])\n/.test(text);
}

function split(text: string | null, bare: boolean): Lines {
  if (text === null || text === '') return { lines: [], ended: true };
  const ended = text.endsWith('\n');
  const lines = (ended ? text.slice(0, -1) : text).split('\n');
  if (!bare) return { lines, ended };
  const stripped = lines.map((line, index) =>
    line.endsWith('\r') && (ended || index < lines.length - 1) ? line.slice(0, -1) : line,
  );
  return { lines: stripped, ended };
}

interface Chunk {
  value: string[];
  added: boolean;
  removed: boolean;
  hunk?: number;
}

/** A last line with and without its line break are different lines. */
function marked(side: Lines): string[] {
  return side.ended ? side.lines : side.lines.with(-1, `${side.lines.at(-1) ?? ''}\n`);
}

function hunkChunks(left: string[], right: string[], hunks: readonly Hunk[]): Chunk[] {
  const chunks: Chunk[] = [];
  const add = (value: string[], change: Omit<Chunk, 'value'>): void => {
    if (value.length > 0) chunks.push({ value, ...change });
  };
  let line = 0;
  for (const [hunk, { oldStart, oldLines, newStart, newLines }] of hunks.entries()) {
    add(left.slice(line, oldStart), { added: false, removed: false });
    line = oldStart + oldLines;
    add(left.slice(oldStart, line), { added: false, removed: true, hunk });
    add(right.slice(newStart, newStart + newLines), { added: true, removed: false, hunk });
  }
  add(left.slice(line), { added: false, removed: false });
  return chunks;
}

function lineChunks(left: Lines, right: Lines): Chunk[] {
  const [old, now] = [marked(left), marked(right)];
  const found = diffArrays(old, now, { timeout: MAX_TIME });
  // The library may give up in that time: then everything is replaced.
  const chunks: Chunk[] | undefined = found;
  return (
    chunks ?? [
      { value: old, added: false, removed: true },
      { value: now, added: true, removed: false },
    ]
  );
}

function lineRows(chunks: readonly Chunk[]): LineRow[] {
  const rows: LineRow[] = [];
  let oldLine = 0;
  let newLine = 0;
  for (const chunk of chunks) {
    for (const value of chunk.value) {
      const unended = value.endsWith('\n');
      const spans = [{ text: unended ? value.slice(0, -1) : value, changed: false }];
      if (!chunk.added) oldLine += 1;
      if (!chunk.removed) newLine += 1;
      rows.push({
        kind: chunk.added ? 'added' : chunk.removed ? 'removed' : 'same',
        old: chunk.added ? null : oldLine,
        new: chunk.removed ? null : newLine,
        spans,
        unended,
        hunk: chunk.hunk ?? null,
      });
    }
  }
  return rows;
}

/** Marks changed words where a block of removed lines is followed by as many added ones. */
function markWords(rows: LineRow[]): LineRow[] {
  const result = [...rows];
  let pairs = 0;
  for (let at = 0; at < rows.length && pairs < MAX_PAIRS;) {
    const removed = runLength(rows, at, 'removed');
    const added = runLength(rows, at + removed, 'added');
    if (removed > 0 && removed === added) {
      const many = Math.min(removed, MAX_PAIRS - pairs);
      for (let n = 0; n < many; n += 1) markPair(result, at + n, at + removed + n);
      pairs += many;
    }
    at += Math.max(1, removed + added);
  }
  return result;
}

function runLength(rows: readonly LineRow[], from: number, kind: LineRow['kind']): number {
  let length = 0;
  while (rows[from + length]?.kind === kind) length += 1;
  return length;
}

function markPair(rows: LineRow[], removedAt: number, addedAt: number): void {
  const removed = rows[removedAt];
  const added = rows[addedAt];
  const oldText = removed?.spans[0]?.text ?? '';
  const newText = added?.spans[0]?.text ?? '';
  if (!removed || !added || Math.max(oldText.length, newText.length) > MAX_WORD_DIFF) return;
  const words = diffWordsWithSpace(oldText, newText);
  const kept = words.filter((word) => !word.added && !word.removed);
  // Two lines with little in common read better whole.
  const common = kept.reduce((sum, word) => sum + word.value.trim().length, 0);
  if (common * 4 < Math.max(oldText.length, newText.length)) return;
  const side = (skip: 'added' | 'removed'): Span[] =>
    words
      .filter((word) => !word[skip])
      .map((word) => ({ text: word.value, changed: word.added || word.removed }));
  rows[removedAt] = { ...removed, spans: side('added') };
  rows[addedAt] = { ...added, spans: side('removed') };
}

function fold(rows: readonly LineRow[]): DiffRow[] {
  const near = rows.map(() => false);
  rows.forEach((row, at) => {
    if (row.kind === 'same') return;
    for (let n = Math.max(0, at - CONTEXT); n <= Math.min(rows.length - 1, at + CONTEXT); n += 1)
      near[n] = true;
  });
  const result: DiffRow[] = [];
  let shown = -1;
  const add = (row: LineRow): void => {
    if (row.hunk !== null && row.hunk !== shown) {
      shown = row.hunk;
      result.push({ kind: 'hunk', index: shown });
    }
    result.push(row);
  };
  for (let at = 0; at < rows.length;) {
    let end = at;
    while (end < rows.length && near[end] === near[at]) end += 1;
    const part = rows.slice(at, end);
    // Folding one or two lines saves nothing.
    if (near[at] === false && part.length > 2) result.push({ kind: 'fold', rows: part });
    else part.forEach(add);
    at = end;
  }
  return result;
}

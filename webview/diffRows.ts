// A file change as rows to show: line numbers, folded context, changed words. Pure; every changed byte is in a row.
import { diffArrays, diffWordsWithSpace } from 'diff';

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
}

interface FoldRow {
  kind: 'fold';
  rows: readonly LineRow[];
}

export type DiffRow = LineRow | FoldRow;

const CONTEXT = 3;
const MAX_WORD_DIFF = 400;
/** Time for comparing lines, milliseconds; the page stands still meanwhile. */
const MAX_TIME = 250;

interface Lines {
  lines: string[];
  ended: boolean;
}

/** Rows from `before` to `after`; null means that there is no file on that side. */
export function diffRows(before: string | null, after: string | null): DiffRow[] {
  const bare = usesCrlf(before) && usesCrlf(after);
  const left = split(before, bare);
  const right = split(after, bare);
  return fold(markWords(lineRows(left, right)));
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
}

function lineChunks(left: Lines, right: Lines): Chunk[] {
  // A last line with and without its line break are different lines.
  const mark = (side: Lines): string[] =>
    side.ended ? side.lines : side.lines.with(-1, `${side.lines.at(-1) ?? ''}\n`);
  const found = diffArrays(mark(left), mark(right), { timeout: MAX_TIME });
  // The library may give up in that time: then everything is replaced.
  const chunks: Chunk[] | undefined = found;
  return (
    chunks ?? [
      { value: mark(left), added: false, removed: true },
      { value: mark(right), added: true, removed: false },
    ]
  );
}

function lineRows(left: Lines, right: Lines): LineRow[] {
  const rows: LineRow[] = [];
  let oldLine = 0;
  let newLine = 0;
  for (const chunk of lineChunks(left, right)) {
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
      });
    }
  }
  return rows;
}

/** Marks changed words where a block of removed lines is followed by as many added ones. */
function markWords(rows: LineRow[]): LineRow[] {
  const result = [...rows];
  for (let at = 0; at < rows.length;) {
    const removed = runLength(rows, at, 'removed');
    const added = runLength(rows, at + removed, 'added');
    if (removed > 0 && removed === added) {
      for (let n = 0; n < removed; n += 1) markPair(result, at + n, at + removed + n);
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
  for (let at = 0; at < rows.length;) {
    let end = at;
    while (end < rows.length && near[end] === near[at]) end += 1;
    const part = rows.slice(at, end);
    // Folding one or two lines saves nothing.
    if (near[at] === false && part.length > 2) result.push({ kind: 'fold', rows: part });
    else result.push(...part);
    at = end;
  }
  return result;
}

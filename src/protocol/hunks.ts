// The places where two texts of a file differ, and the text with some of them. The host finds them; pages only count on them.
import { z } from 'zod';

const Line = z.int().min(0);

/**
 * `oldLines` lines of the old text from `oldStart` on become `newLines` lines of the new text from `newStart` on. Lines count
 * from 0 and include their line break; the last one may have none.
 */
export const Hunk = z.object({ oldStart: Line, oldLines: Line, newStart: Line, newLines: Line });
export type Hunk = z.infer<typeof Hunk>;

/** Lines with their ends; the last one may have none. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * `before` with exactly the hunks whose index `kept` names. `hunks` are those of `before` and `after`: in order, and together
 * all that differs.
 */
export function applyHunks(
  texts: { before: string; after: string },
  hunks: readonly Hunk[],
  kept: ReadonlySet<number>,
): string {
  const old = linesOf(texts.before);
  const now = linesOf(texts.after);
  const parts: string[] = [];
  let line = 0;
  for (const [index, { oldStart, oldLines, newStart, newLines }] of hunks.entries()) {
    parts.push(...old.slice(line, oldStart));
    line = oldStart + oldLines;
    parts.push(
      ...(kept.has(index) ? now.slice(newStart, newStart + newLines) : old.slice(oldStart, line)),
    );
  }
  return [...parts, ...old.slice(line)].join('');
}

/** `after` without the hunks at these positions. */
export function withoutHunksAt(
  texts: { before: string; after: string },
  hunks: readonly Hunk[],
  dropped: readonly number[],
): string {
  return applyHunks(texts, hunks, new Set(positionsBut(hunks.length, dropped)));
}

/** The other ones of `count` positions, in order. */
export function positionsBut(count: number, positions: readonly number[]): number[] {
  const without = new Set(positions);
  return Array.from({ length: count }, (_, index) => index).filter((index) => !without.has(index));
}

/**
 * The positions of the hunks that are missing in `text`, when it is `after` without some of them; undefined for any other text.
 * Where more than one answer fits, hunks count as kept from the first on. CRLF and LF are the same here: an editor has one kind
 * of line end for the whole text.
 */
export function missingHunks(
  texts: { before: string; after: string },
  hunks: readonly Hunk[],
  text: string,
): number[] | undefined {
  const plain = (all: string): string[] => linesOf(all.replaceAll('\r\n', '\n'));
  const [old, now, found] = [plain(texts.before), plain(texts.after), plain(text)];
  // Where the text may stand after each hunk, and the positions dropped on the way there: a list through its last entry.
  let places = new Map<number, Dropped | null>([[0, null]]);
  let line = 0;
  for (const [index, { oldStart, oldLines, newStart, newLines }] of hunks.entries()) {
    const common = old.slice(line, oldStart);
    line = oldStart + oldLines;
    const [removed, added] = [old.slice(oldStart, line), now.slice(newStart, newStart + newLines)];
    const next = new Map<number, Dropped | null>();
    for (const [from, way] of places) {
      if (!standsAt(found, from, common)) continue;
      const at = from + common.length;
      if (standsAt(found, at, added)) offer(next, at + added.length, way);
      if (standsAt(found, at, removed)) offer(next, at + removed.length, { index, before: way });
    }
    places = next;
  }
  const rest = old.slice(line);
  const end = places.get(found.length - rest.length);
  if (end === undefined || !standsAt(found, found.length - rest.length, rest)) return undefined;
  const missing: number[] = [];
  for (let way = end; way !== null; way = way.before) missing.unshift(way.index);
  return missing;
}

interface Dropped {
  index: number;
  before: Dropped | null;
}

function offer(places: Map<number, Dropped | null>, at: number, way: Dropped | null): void {
  if (!places.has(at)) places.set(at, way);
}

function standsAt(lines: readonly string[], at: number, part: readonly string[]): boolean {
  return part.every((line, index) => lines[at + index] === line);
}

// Differences of two texts by lines, in bounded work: no text an edit may hold keeps the thread for long. Pure.
import { structuredPatch } from 'diff';
import { longestGrowing, onlyOnce } from './lineAnchors.ts';
import { linesOf, type Hunk as ChangedPlace } from '../protocol/hunks.ts';

type Hunk = ReturnType<typeof structuredPatch>['hunks'][number];

/** A run of lines that is replaced by another; 0-based line numbers. */
interface Block {
  oldStart: number;
  newStart: number;
  removed: string[];
  added: string[];
}

/** The search for the shortest difference takes time by the square of this, and by the number of lines times it. */
const MAX_EDIT_LENGTH = 300;
const MAX_SEARCHED_LINES = 10_000;
/** Beyond this even looking for lines that are there once takes too long: the difference is one block. */
const MAX_ANCHORED_LINES = 10_000;
const CONTEXT = 3;
const CHUNK = 4096;

/** The hunks from `before` to `after`: the shortest ones when it can be found quickly, else blocks between common lines. */
export function diffHunks(before: string, after: string): Hunk[] {
  const middle = trimEnds(before, after);
  return shortest(middle) ?? blocks(middle).map(toHunk);
}

/** Every run of changed lines by itself, without context. */
export function changedPlaces(before: string, after: string): ChangedPlace[] {
  if (before === after) return [];
  return diffHunks(before, after).flatMap(placesOf);
}

function placesOf(hunk: Hunk): ChangedPlace[] {
  const places: ChangedPlace[] = [];
  let oldLine = hunk.oldStart - 1;
  let newLine = hunk.newStart - 1;
  let place: ChangedPlace | undefined;
  for (const line of hunk.lines) {
    const sign = line[0];
    if (sign === '\\') continue;
    if (sign === ' ') {
      place = undefined;
      oldLine += 1;
      newLine += 1;
      continue;
    }
    if (place === undefined) {
      place = { oldStart: oldLine, oldLines: 0, newStart: newLine, newLines: 0 };
      places.push(place);
    }
    if (sign === '-') {
      oldLine += 1;
      place.oldLines += 1;
    } else {
      newLine += 1;
      place.newLines += 1;
    }
  }
  return places;
}

interface Middle {
  /** What differs, as whole lines. */
  old: string[];
  now: string[];
  /** Up to three common lines before and after it. */
  lead: string[];
  tail: string[];
  /** Common lines before `old` and `now`. */
  line: number;
}

function trimEnds(before: string, after: string): Middle {
  const common = commonStart(before, after);
  // `lastIndexOf` takes a negative position for 0.
  const start = common === 0 ? 0 : before.lastIndexOf('\n', common - 1) + 1;
  const longest = Math.min(before.length, after.length) - start;
  const same = before.length - commonEnd(before, after, longest);
  // The rest of a line that only ends alike belongs to the middle.
  const lineBreak = same === before.length ? -1 : before.indexOf('\n', same);
  const end = lineBreak === -1 ? before.length : lineBreak + 1;
  const foot = before.length - end;
  return {
    old: linesOf(before.slice(start, end)),
    now: linesOf(after.slice(start, after.length - foot)),
    lead: lastLines(before.slice(0, start)),
    tail: firstLines(before.slice(end)),
    line: countBreaks(before, start),
  };
}

function shortest(middle: Middle): Hunk[] | undefined {
  const { old, now, lead, tail, line } = middle;
  if (Math.max(old.length, now.length) > MAX_SEARCHED_LINES) return undefined;
  const text = (lines: string[]): string => [...lead, ...lines, ...tail].join('');
  const options = { context: CONTEXT, maxEditLength: MAX_EDIT_LENGTH };
  const patch = structuredPatch('', '', text(old), text(now), '', '', options);
  const skipped = line - lead.length;
  return patch?.hunks.map((hunk) => ({
    ...hunk,
    oldStart: hunk.oldStart + skipped,
    newStart: hunk.newStart + skipped,
  }));
}

/** Blocks between the lines that are there once in both texts and in the same order, their equal ends left out. */
function blocks({ old, now, line }: Middle): Block[] {
  const found: Block[] = [];
  let oldFrom = 0;
  let newFrom = 0;
  for (const [oldTo, newTo] of [...anchors(old, now), [old.length, now.length] as const]) {
    let from = 0;
    const shorter = Math.min(oldTo - oldFrom, newTo - newFrom);
    while (from < shorter && old[oldFrom + from] === now[newFrom + from]) from += 1;
    let end = 0;
    while (end < shorter - from && old[oldTo - 1 - end] === now[newTo - 1 - end]) end += 1;
    const removed = old.slice(oldFrom + from, oldTo - end);
    const added = now.slice(newFrom + from, newTo - end);
    const [oldStart, newStart] = [line + oldFrom + from, line + newFrom + from];
    if (removed.length + added.length > 0) found.push({ oldStart, newStart, removed, added });
    [oldFrom, newFrom] = [oldTo, newTo];
  }
  return found;
}

/** Pairs of positions of equal lines, growing in both texts: as many as there are among the lines that are there once. */
function anchors(old: string[], now: string[]): (readonly [number, number])[] {
  if (Math.max(old.length, now.length) > MAX_ANCHORED_LINES) return [];
  const inNew = onlyOnce(now);
  const pairs = [...onlyOnce(old)].flatMap(([text, at]) => {
    const other = inNew.get(text);
    return other === undefined ? [] : [[at, other] as const];
  });
  return longestGrowing(
    pairs.sort(([a], [b]) => a - b),
    ([, other]) => other,
  );
}

function toHunk({ oldStart, newStart, removed, added }: Block): Hunk {
  const lines = [...removed.flatMap(patchLine('-')), ...added.flatMap(patchLine('+'))];
  const [oldLines, newLines] = [removed.length, added.length];
  return { oldStart: oldStart + 1, oldLines, newStart: newStart + 1, newLines, lines };
}

function patchLine(sign: '-' | '+'): (line: string) => string[] {
  return (line) =>
    line.endsWith('\n')
      ? [`${sign}${line.slice(0, -1)}`]
      : [`${sign}${line}`, '\\ No newline at end of file'];
}

function commonStart(a: string, b: string): number {
  const longest = Math.min(a.length, b.length);
  let at = 0;
  while (at < longest && a.slice(at, at + CHUNK) === b.slice(at, at + CHUNK)) at += CHUNK;
  while (at < longest && a[at] === b[at]) at += 1;
  return Math.min(at, longest);
}

function commonEnd(a: string, b: string, longest: number): number {
  const part = (text: string, from: number): string =>
    text.slice(text.length - from - CHUNK, text.length - from);
  let at = 0;
  while (at + CHUNK <= longest && part(a, at) === part(b, at)) at += CHUNK;
  while (at < longest && a[a.length - 1 - at] === b[b.length - 1 - at]) at += 1;
  return at;
}

function countBreaks(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) {
    count += 1;
  }
  return count;
}

function firstLines(text: string): string[] {
  let end = 0;
  for (let count = 0; count < CONTEXT && end < text.length; count += 1) {
    const at = text.indexOf('\n', end);
    end = at === -1 ? text.length : at + 1;
  }
  return linesOf(text.slice(0, end));
}

/** Of a text that ends with a line break. */
function lastLines(text: string): string[] {
  let start = text.length;
  for (let count = 0; count < CONTEXT && start > 0; count += 1) {
    start = start < 2 ? 0 : text.lastIndexOf('\n', start - 2) + 1;
  }
  return linesOf(text.slice(start));
}

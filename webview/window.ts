// Which rows of a long transcript are in the page, so that its DOM stays bounded, and how much room the others take. Pure.
import { resultShort } from './callLook.ts';
import type { TranscriptItem } from '../src/protocol/messages.ts';

/** Between rows, pixels; as in styles.css. */
export const GAP = 10;
/** Rows are there this far beyond what is seen, pixels. */
const MARGIN = 600;
/** However low rows are. */
const MOST = 300;
/** So few are all there. */
const FEW = 50;

/** What is seen of the transcript, pixels from its first row; `end` when its end is followed. */
export interface Seen {
  top: number;
  height: number;
  end: boolean;
}

/** Rows `from` up to, not including, `to`. */
export interface Shown {
  from: number;
  to: number;
}

/** Rows to have in the page; `heights` has one number for each row. */
export function shownRows(heights: readonly number[], seen: Seen): Shown {
  const count = heights.length;
  if (count <= FEW) return { from: 0, to: count };
  if (seen.end) return { from: fromEnd(heights, seen.height + MARGIN), to: count };
  const [top, bottom] = [seen.top - MARGIN, seen.top + seen.height + MARGIN];
  let from = 0;
  let place = 0;
  for (; from < count - 1; from += 1) {
    const next = place + (heights[from] ?? 0) + GAP;
    if (next > top) break;
    place = next;
  }
  let to = from;
  for (; to < count && to - from < MOST && (to === from || place < bottom); to += 1)
    place += (heights[to] ?? 0) + GAP;
  return { from, to };
}

function fromEnd(heights: readonly number[], room: number): number {
  let from = heights.length;
  let left = room;
  const least = Math.max(0, heights.length - MOST);
  while (from > least && left > 0) {
    from -= 1;
    left -= (heights[from] ?? 0) + GAP;
  }
  return from;
}

/** A row, or room for the rows `from` up to `to` that are not in the page. */
export type Place =
  { kind: 'row'; index: number } | { kind: 'room'; from: number; to: number; height: number };

/** The transcript from its first row to its last: rows in the window, `kept` ones outside of it, and room for the others. */
export function places(heights: readonly number[], shown: Shown, kept: readonly number[]): Place[] {
  const inside = Array.from({ length: shown.to - shown.from }, (_, n) => shown.from + n);
  const outside = kept.filter((index) => index < shown.from || index >= shown.to);
  const rows = [...new Set([...outside, ...inside])].sort((a, b) => a - b);
  const all: Place[] = [];
  let next = 0;
  for (const index of [...rows, heights.length]) {
    if (index > next) all.push(room(heights, next, index));
    if (index < heights.length) all.push({ kind: 'row', index });
    next = index + 1;
  }
  return all;
}

function room(heights: readonly number[], from: number, to: number): Place {
  const sum = heights.slice(from, to).reduce((total, height) => total + height, 0);
  return { kind: 'room', from, to, height: sum + (to - from - 1) * GAP };
}

/** Pixels from the first row's top to that of row `index`. */
export function topOf(heights: readonly number[], index: number): number {
  return heights.slice(0, index).reduce((total, height) => total + height + GAP, 0);
}

const LINE = 18;
const CHARACTER = 7;

/** About how high a row will be that was never in the page, at `width` pixels. */
export function guessHeight(item: TranscriptItem, width: number): number {
  if (item.kind === 'changed') return LINE + 4;
  if (item.kind === 'call') {
    const lines = 1 + (item.decided ? 1 : 0) + (resultShort(item) === '' ? 0 : 1);
    return lines * LINE + 4;
  }
  const line = Math.max(20, Math.floor((width - 24) / CHARACTER));
  // Long ones are not read through: a guess is as good.
  const text = item.text.slice(0, 20_000);
  const lines = text.split('\n').reduce((sum, each) => sum + Math.ceil(each.length / line) || 1, 0);
  const scale = item.text.length / Math.max(1, text.length);
  return Math.max(1, lines) * Math.max(1, scale) * LINE + (item.kind === 'assistant' ? 0 : 16);
}

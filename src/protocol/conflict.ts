// A text in which two changes of the same lines stand beside each other, between markers, until a human says what is right.
// Written and read here alone, so that every side can be had from it. Pure.
import { linesOf } from './hunks.ts';

/** What two changes made of the same lines, and what these were before both. */
export interface Clash {
  ours: string;
  before: string;
  theirs: string;
}

export type Part = string | Clash;

const OURS = '<<<<<<< proposed';
const BEFORE = '||||||| before both changes';
const THEIRS = '======= in the file now';
const END = '>>>>>>> end of the conflict';
/** After a marker whose text above ends without a line end. */
const OPEN_END = ' (no line end above)';

export function markedText(parts: readonly Part[]): string {
  const eol = parts.some((part) => textsOf(part).some((text) => text.includes('\r\n')))
    ? '\r\n'
    : '\n';
  const texts = parts.map((part, index) => {
    if (typeof part === 'string') return part;
    const last = index === parts.length - 1;
    const ends: [string, string][] = [
      [part.ours, BEFORE],
      [part.before, THEIRS],
      [part.theirs, END],
    ];
    const body = ends.map(([text, marker], at) => {
      const open = text !== '' && !text.endsWith('\n');
      const end = last && at === ends.length - 1 ? '' : eol;
      return `${text}${open ? eol : ''}${marker}${open ? OPEN_END : ''}${end}`;
    });
    return `${OURS}${eol}${body.join('')}`;
  });
  return texts.join('');
}

/** The parts of a marked text, or undefined when it is none: a marker is missing or stands elsewhere. */
export function partsOf(marked: string): Part[] | undefined {
  const parts: Part[] = [];
  let plain = '';
  const sides: string[] = [];
  const order = [BEFORE, THEIRS, END];
  let side: string | undefined;
  for (const line of linesOf(marked)) {
    const { name, open } = markerOf(line);
    if (side === undefined && name !== OURS) {
      if (name !== undefined) return undefined;
      plain += line;
      continue;
    }
    if (side === undefined) {
      if (plain !== '') parts.push(plain);
      [plain, side] = ['', ''];
      continue;
    }
    if (name !== order[sides.length]) {
      if (name !== undefined) return undefined;
      side += line;
      continue;
    }
    sides.push(open ? side.replace(/\r?\n$/, '') : side);
    side = '';
    if (sides.length < order.length) continue;
    const [ours = '', before = '', theirs = ''] = sides.splice(0);
    parts.push({ ours, before, theirs });
    side = undefined;
  }
  if (side !== undefined) return undefined;
  return plain === '' ? parts : [...parts, plain];
}

/** Whether the text is a marked one, with a clash in it. */
export function isMarked(text: string | null): text is string {
  return text !== null && (partsOf(text) ?? []).some((part) => typeof part !== 'string');
}

/** A marked text with one side of each clash; a text without markers is that side itself. */
export function sideOf(marked: string, side: keyof Clash): string {
  const parts = partsOf(marked) ?? [marked];
  return parts.map((part) => (typeof part === 'string' ? part : part[side])).join('');
}

/** The first line, from 1, at which a marker is left; null when there is none. */
export function markerLine(text: string): number | null {
  const at = linesOf(text).findIndex((line) => markerOf(line).name !== undefined);
  return at < 0 ? null : at + 1;
}

function textsOf(part: Part): string[] {
  return typeof part === 'string' ? [part] : [part.ours, part.before, part.theirs];
}

function markerOf(line: string): { name: string | undefined; open: boolean } {
  const bare = line.replace(/\r?\n$/, '');
  const open = bare.endsWith(OPEN_END);
  const text = open ? bare.slice(0, -OPEN_END.length) : bare;
  const name = [OURS, BEFORE, THEIRS, END].find((marker) => marker === text);
  return { name, open: open && name !== undefined };
}

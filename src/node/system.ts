// Clock, ids, hashes and text differences for the core, with node:crypto and the `diff` package.
import { createHash, randomBytes } from 'node:crypto';
import { createPatch, diffLines, formatPatch } from 'diff';
import type { Clock, Ids, Texts } from '../core/ports/system.ts';

export const systemClock: Clock = { now: () => Date.now() };

/** Ids `prefix` + time + counter + random, all fixed width: they sort as they were made, clock set back or not. */
export function createIds(clock: Clock): Ids {
  let lastTime = 0;
  let counter = 0;
  return {
    next(prefix) {
      const now = Math.max(clock.now(), lastTime);
      counter = now === lastTime ? counter + 1 : 0;
      lastTime = now;
      return `${prefix}${base36(now, 9)}${base36(counter, 4)}${randomBytes(5).toString('hex')}`;
    },
  };
}

/** Beyond this edit distance in lines a difference is taken as one replaced block; depends on the texts alone. */
const MAX_EDIT_LENGTH = 4000;

export const systemTexts: Texts = {
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
  patch: textPatch,
  countChanges,
};

function textPatch(path: string, before: string, after: string): string {
  if (before === after) return '';
  const options = { context: 3, maxEditLength: MAX_EDIT_LENGTH };
  // A line break in a name would end the header line.
  const name = path.replaceAll(/[\r\n]/g, '\uFFFD');
  return createPatch(name, before, after, '', '', options) ?? blockPatch(name, before, after);
}

function countChanges(before: string, after: string): { added: number; removed: number } {
  if (before === after) return { added: 0, removed: 0 };
  const changes = diffLines(before, after, { maxEditLength: MAX_EDIT_LENGTH });
  if (!changes) {
    const block = changedBlock(before, after);
    return { added: block.added.length, removed: block.removed.length };
  }
  const sum = (kind: 'added' | 'removed'): number =>
    changes.reduce((count, change) => (change[kind] ? count + change.count : count), 0);
  return { added: sum('added'), removed: sum('removed') };
}

/** The lines between the common beginning and the common end. */
function changedBlock(
  before: string,
  after: string,
): { start: number; removed: string[]; added: string[] } {
  const old = linesOf(before);
  const now = linesOf(after);
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  return {
    start,
    removed: old.slice(start, old.length - end),
    added: now.slice(start, now.length - end),
  };
}

function blockPatch(name: string, before: string, after: string): string {
  const { start, removed, added } = changedBlock(before, after);
  const lines = [...removed.flatMap(patchLine('-')), ...added.flatMap(patchLine('+'))];
  const hunk = {
    oldStart: start + 1,
    oldLines: removed.length,
    newStart: start + 1,
    newLines: added.length,
    lines,
  };
  return formatPatch({
    oldFileName: name,
    newFileName: name,
    oldHeader: '',
    newHeader: '',
    hunks: [hunk],
  });
}

function patchLine(sign: '-' | '+'): (line: string) => string[] {
  return (line) =>
    line.endsWith('\n')
      ? [`${sign}${line.slice(0, -1)}`]
      : [`${sign}${line}`, '\\ No newline at end of file'];
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function base36(value: number, width: number): string {
  return value.toString(36).padStart(width, '0');
}

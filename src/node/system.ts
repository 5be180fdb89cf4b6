// Clock, ids, hashes and text differences for the core, with node:crypto and the `diff` package.
import { createHash, randomBytes } from 'node:crypto';
import { formatPatch } from 'diff';
import { changedPlaces, diffHunks } from './lineDiff.ts';
import { threeWayMerge } from './threeWayMerge.ts';
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

export const systemTexts: Texts = {
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
  patch: textPatch,
  countChanges,
  hunks: changedPlaces,
  merge: threeWayMerge,
};

function textPatch(path: string, before: string, after: string): string {
  if (before === after) return '';
  // A line break in a name would end the header line.
  const name = path.replaceAll(/[\r\n]/g, '\uFFFD');
  const hunks = diffHunks(before, after);
  const files = { oldFileName: name, newFileName: name };
  return formatPatch({ ...files, oldHeader: '', newHeader: '', hunks });
}

function countChanges(before: string, after: string): { added: number; removed: number } {
  const lines = before === after ? [] : diffHunks(before, after).flatMap((hunk) => hunk.lines);
  const count = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length;
  return { added: count('+'), removed: count('-') };
}

function base36(value: number, width: number): string {
  return value.toString(36).padStart(width, '0');
}

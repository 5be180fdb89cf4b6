// Three-way merge of texts by lines with the `node-diff3` package, in bounded work: its search is split at lines that
// occur once in each text and in the same order. Pure.
import { diff3MergeRegions } from 'node-diff3';
import { longestGrowing, onlyOnce } from './lineAnchors.ts';
import { markedText, type Part } from '../protocol/conflict.ts';
import { linesOf } from '../protocol/hunks.ts';
import type { Merged } from '../core/ports/system.ts';

/** Bound of the search between two anchors: pairs of equal lines times lines. More takes too long on the one thread. */
const MAX_STEPS = 20_000_000;
/** Texts with more lines are not searched at all. */
const MAX_LINES = 100_000;

type Sides<T> = readonly [base: T, ours: T, theirs: T];

/** What `ours` and `theirs` made of `base`, both kept; where they changed the same or adjoining lines, `ours` stands. */
export function threeWayMerge(base: string, ours: string, theirs: string): Merged {
  const parts = mergeParts(base, ours, theirs);
  const clashes = parts.filter((part) => typeof part !== 'string');
  const text = parts.map((part) => (typeof part === 'string' ? part : part.ours)).join('');
  const clean = clashes.length === 0;
  return { text, clean, marked: clean ? text : markedText(parts) };
}

function mergeParts(base: string, ours: string, theirs: string): Part[] {
  if (theirs === base || theirs === ours) return [ours];
  if (ours === base) return [theirs];
  const sides: Sides<string[]> = [linesOf(base), linesOf(ours), linesOf(theirs)];
  if (sides.some((lines) => lines.length > MAX_LINES)) return [{ ours, before: base, theirs }];
  const merged: Part[] = [];
  let from: Sides<number> = [0, 0, 0];
  for (const anchor of [...anchorsOf(sides), endsOf(sides)]) {
    const part = mergePart([
      sides[0].slice(from[0], anchor[0]),
      sides[1].slice(from[1], anchor[1]),
      sides[2].slice(from[2], anchor[2]),
    ]);
    merged.push(...part, sides[0][anchor[0]] ?? '');
    from = [anchor[0] + 1, anchor[1] + 1, anchor[2] + 1];
  }
  return merged;
}

function mergePart([base, ours, theirs]: Sides<string[]>): Part[] {
  const [before, one, two] = [base.join(''), ours.join(''), theirs.join('')];
  if (two === before || two === one) return [one];
  if (one === before) return [two];
  if (steps(base, ours) + steps(base, theirs) > MAX_STEPS) {
    return [{ ours: one, before, theirs: two }];
  }
  return diff3MergeRegions(ours, base, theirs).map((region) => {
    if (region.stable) return region.bufferContent.join('');
    const [a, o, b] = [region.aContent, region.oContent, region.bContent];
    const [own, other] = [a.join(''), b.join('')];
    return own === other ? own : { ours: own, before: o.join(''), theirs: other };
  });
}

function endsOf([base, ours, theirs]: Sides<string[]>): Sides<number> {
  return [base.length, ours.length, theirs.length];
}

/** Places of lines that are the same in all and stand between the same neighbours' changes, in order. */
function anchorsOf([base, ours, theirs]: Sides<string[]>): Sides<number>[] {
  const [places, oursPlaces, theirsPlaces] = [base, ours, theirs].map(onlyOnce);
  const all = [...(places ?? [])].flatMap(([line, place]): Sides<number>[] => {
    const one = oursPlaces?.get(line);
    const two = theirsPlaces?.get(line);
    return one === undefined || two === undefined ? [] : [[place, one, two]];
  });
  return longestGrowing(
    longestGrowing(all, ([, place]) => place),
    ([, , place]) => place,
  );
}

function steps(one: readonly string[], two: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const line of one) counts.set(line, (counts.get(line) ?? 0) + 1);
  const pairs = two.reduce((sum, line) => sum + (counts.get(line) ?? 0), 0);
  return pairs * Math.min(one.length, two.length);
}

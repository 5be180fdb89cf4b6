// Which rows of a long transcript are in the page: never too many, always those that are seen, and the right room for the others.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { GAP, guessHeight, places, shownRows, topOf } from '../../../webview/window.ts';
import { call } from '../../browser/webview/samples.ts';

const heights = fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 400 });
const seenOf = fc.record({
  top: fc.integer({ min: -2000, max: 400_000 }),
  height: fc.integer({ min: 100, max: 2000 }),
  end: fc.boolean(),
});

describe('webview window of rows', () => {
  it('holds every row of which something is seen, and a bounded number', () => {
    fc.assert(
      fc.property(heights, seenOf, (all, seen) => {
        const { from, to } = shownRows(all, seen);
        assert.ok(from >= 0 && from <= to && to <= all.length && to - from <= 300);
        assert.equal(to > from, all.length > 0);
        const total = topOf(all, all.length);
        const top = seen.end ? Math.max(0, total - seen.height) : seen.top;
        for (const [index, height] of all.entries()) {
          const start = topOf(all, index);
          if (start + height <= top || start >= top + seen.height || to - from === 300) continue;
          assert.ok(index >= from && index < to, `row ${index} is seen`);
        }
      }),
    );
  });

  it('takes as much room as all rows together, whichever are in the page', () => {
    fc.assert(
      fc.property(heights, seenOf, fc.array(fc.nat(399)), (all, seen, some) => {
        const kept = some.filter((index) => index < all.length);
        const list = places(all, shownRows(all, seen), kept);
        const rows = list.flatMap((place) => (place.kind === 'row' ? [place.index] : []));
        assert.deepEqual(
          rows,
          [...new Set(rows)].sort((a, b) => a - b),
        );
        assert.ok(kept.every((index) => rows.includes(index)));
        const room = list.map((place) =>
          place.kind === 'row' ? (all[place.index] ?? 0) : place.height,
        );
        const sum = room.reduce((total, height) => total + height + GAP, 0);
        assert.equal(sum, topOf(all, all.length));
        const count = list.reduce(
          (n, place) => n + (place.kind === 'row' ? 1 : place.to - place.from),
          0,
        );
        assert.equal(count, all.length);
      }),
    );
  });

  it('guesses more for more text, and for less width', () => {
    const said = (text: string) =>
      ({ kind: 'assistant', id: 'a', turnId: 't', text, streaming: false }) as const;
    assert.ok(guessHeight(said('word '.repeat(500)), 400) > 3 * guessHeight(said('word'), 400));
    assert.ok(
      guessHeight(said('word '.repeat(500)), 300) > guessHeight(said('word '.repeat(500)), 900),
    );
    assert.ok(guessHeight(said('x'.repeat(1_000_000)), 400) > 100_000);
    assert.ok(guessHeight(call('c'), 400) < 40);
  });
});

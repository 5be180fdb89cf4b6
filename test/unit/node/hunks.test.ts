// Hunks: any subset of them applied to the base gives the base with exactly those, byte for byte.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { systemTexts } from '../../../src/node/system.ts';
import {
  applyHunks,
  linesOf,
  missingHunks,
  withoutHunksAt,
  type Hunk,
} from '../../../src/protocol/hunks.ts';

const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 1);
const numRuns = Number(process.env['HUNK_RUNS'] ?? 1000);

const line = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', '', ' ', '}', '\t}') },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'é',
      'e\u0301',
      '\u{1f600}',
      '\u2028',
      '\\',
      '-x',
      '+x',
      '@@ -1 +1 @@',
    ),
  },
);
const ending = fc.constantFrom('\n', '\r\n');
/** LF, CRLF and both in one file, with and without a last line break. */
const text = fc
  .tuple(fc.array(fc.tuple(line, ending), { maxLength: 30 }), fc.boolean())
  .map(([lines, ended]) => {
    const all = lines.map(([body, end]) => body.replaceAll('\n', '') + end).join('');
    return ended ? all : all.replace(/\r?\n$/, '');
  });
/** Mostly small changes of the same text, sometimes another. */
const change = fc.record({
  at: fc.nat(40),
  remove: fc.nat(3),
  add: fc.array(fc.tuple(line, ending), { maxLength: 3 }),
});
const pair = fc.oneof(
  { weight: 1, arbitrary: fc.tuple(text, text) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(text, fc.array(change, { maxLength: 6 }), fc.boolean())
      .map(([before, changes, ended]) => {
        const lines = linesOf(before);
        for (const { at, remove, add } of changes) {
          lines.splice(
            Math.min(at, lines.length),
            remove,
            ...add.map(([body, end]) => body.replaceAll('\n', '') + end),
          );
        }
        const after = lines.join('');
        return [before, ended ? after : after.replace(/\r?\n$/, '')] as [string, string];
      }),
  },
);

/** Another way to the same text: hunks from the last to the first, each spliced into the lines. */
function byHand(
  before: string,
  after: string,
  hunks: readonly Hunk[],
  kept: ReadonlySet<number>,
): string {
  const lines = linesOf(before);
  const now = linesOf(after);
  for (const [index, { oldStart, oldLines, newStart, newLines }] of [
    ...hunks.entries(),
  ].reverse()) {
    if (kept.has(index))
      lines.splice(oldStart, oldLines, ...now.slice(newStart, newStart + newLines));
  }
  return lines.join('');
}

describe('hunks', () => {
  it('are each run of changed lines by itself', () => {
    const before = 'one\ntwo\nthree\nfour\nfive\n';
    const after = 'zero\none\ntwo\n3\nfour\n';
    assert.deepEqual(systemTexts.hunks(before, after), [
      { oldStart: 0, oldLines: 0, newStart: 0, newLines: 1 },
      { oldStart: 2, oldLines: 1, newStart: 3, newLines: 1 },
      { oldStart: 4, oldLines: 1, newStart: 5, newLines: 0 },
    ]);
    assert.deepEqual(systemTexts.hunks('', 'x'), [
      { oldStart: 0, oldLines: 0, newStart: 0, newLines: 1 },
    ]);
    assert.deepEqual(systemTexts.hunks('x', ''), [
      { oldStart: 0, oldLines: 1, newStart: 0, newLines: 0 },
    ]);
    assert.deepEqual(systemTexts.hunks('x', 'x\n'), [
      { oldStart: 0, oldLines: 1, newStart: 0, newLines: 1 },
    ]);
    assert.deepEqual(systemTexts.hunks('x', 'x'), []);
  });

  it('lie in order, apart, and are all that differs', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const hunks = systemTexts.hunks(before, after);
        const old = linesOf(before);
        const now = linesOf(after);
        let [oldLine, newLine] = [0, 0];
        for (const [index, hunk] of hunks.entries()) {
          assert.ok(hunk.oldLines + hunk.newLines > 0);
          assert.ok(hunk.oldStart <= old.length && hunk.newStart <= now.length);
          assert.ok(index === 0 || hunk.oldStart > oldLine || hunk.newStart > newLine);
          assert.deepEqual(old.slice(oldLine, hunk.oldStart), now.slice(newLine, hunk.newStart));
          [oldLine, newLine] = [hunk.oldStart + hunk.oldLines, hunk.newStart + hunk.newLines];
        }
        assert.deepEqual(old.slice(oldLine), now.slice(newLine));
      }),
      { seed, numRuns },
    );
  });

  it('are found again in a text that is made of some of them, whatever its line ends', () => {
    const choice = fc.tuple(
      pair,
      fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(choice, ([[before, after], choices, crlf]) => {
        const hunks = systemTexts.hunks(before, after);
        const texts = { before, after };
        const dropped = [...hunks.keys()].filter((index) => choices[index] !== true);
        const text = withoutHunksAt(texts, hunks, dropped);
        const bare = (all: string): string => all.replaceAll('\r\n', '\n');
        const missing = missingHunks(
          texts,
          hunks,
          crlf ? bare(text).replaceAll('\n', '\r\n') : text,
        );
        // Another choice may give the same text: what counts is what would be written.
        assert.ok(missing !== undefined);
        assert.equal(bare(withoutHunksAt(texts, hunks, missing)), bare(text));
      }),
      { seed, numRuns },
    );
  });

  it('are not found in any other text', () => {
    const [before, after] = ['a\nb\nc\nd\n', 'A\nb\nc\nD\n'];
    const hunks = systemTexts.hunks(before, after);
    const missing = (text: string): number[] | undefined =>
      missingHunks({ before, after }, hunks, text);
    assert.deepEqual(missing(after), []);
    assert.deepEqual(missing(before), [0, 1]);
    assert.deepEqual(missing('a\nb\nc\nD\n'), [0]);
    for (const other of ['', 'A\nb\nD\n', `${after}x`, `x\n${after}`, 'A\nB\nc\nD\n', 'A\nb\nc\nD'])
      assert.equal(missing(other), undefined);
  });

  it('are looked for in time where many places are alike', () => {
    const before = 'same\n'.repeat(3000);
    const hunks = Array.from({ length: 1000 }, (_, n) => ({
      ...{ oldStart: n * 3, oldLines: 0, newStart: n * 4, newLines: 1 },
    }));
    const after = 'same\n'.repeat(4000);
    const started = performance.now();
    assert.equal(missingHunks({ before, after }, hunks, 'same\n'.repeat(3500))?.length, 500);
    assert.equal(missingHunks({ before, after }, hunks, 'other\n'), undefined);
    assert.ok(performance.now() - started < 2000);
  });

  it('give the base with exactly the kept ones', () => {
    const choice = fc.tuple(pair, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }));
    fc.assert(
      fc.property(choice, ([[before, after], choices]) => {
        const hunks = systemTexts.hunks(before, after);
        const kept = new Set(hunks.keys().filter((index) => choices[index] === true));
        const texts = { before, after };
        assert.equal(applyHunks(texts, hunks, kept), byHand(before, after, hunks, kept));
        assert.equal(applyHunks(texts, hunks, new Set()), before);
        assert.equal(applyHunks(texts, hunks, new Set(hunks.keys())), after);
      }),
      { seed, numRuns },
    );
  });
});

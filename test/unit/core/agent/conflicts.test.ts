// Texts that clash: every side can be had from the marked one, and no text that still clashes counts as settled.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clashIn } from '../../../../src/core/agent/conflicts.ts';
import { systemTexts } from '../../../../src/node/system.ts';
import {
  isMarked,
  markerLine,
  markedText,
  partsOf,
  sideOf,
  type Clash,
} from '../../../../src/protocol/conflict.ts';

const BASE = 'one\ntwo\nthree\n';
const { marked } = systemTexts.merge(BASE, 'one\nTWO\nthree\n', 'one\nzwei\nthree\n');

describe('texts that clash', () => {
  it('hold both sides between markers, in the line ends of the text', () => {
    assert.equal(
      marked,
      'one\n<<<<<<< proposed\nTWO\n||||||| before both changes\ntwo\n======= in the file now\nzwei\n>>>>>>> end of the conflict\nthree\n',
    );
    const crlf = systemTexts.merge('a\r\n', 'b\r\n', 'c\r\n').marked;
    assert.ok(!/[^\r]\n/.test(crlf));
  });

  it('are settled by one side, the other, or both, and by nothing that loses what the user wrote', () => {
    const resolved = (middle: string): string | null =>
      clashIn(systemTexts, `one\n${middle}three\n`, marked);
    for (const middle of ['TWO\n', 'zwei\n', 'zwei\nTWO\n', 'zwo\n', '']) {
      assert.equal(resolved(middle), null, middle);
    }
    assert.match(resolved('two\n') ?? '', /lines from before both changes/);
    assert.match(clashIn(systemTexts, marked, marked) ?? '', /line 2 is still a conflict marker/);
    assert.match(resolved('TWO\n======= in the file now\nzwei\n') ?? '', /line 3 is still/);
    assert.match(resolved('TWO\n>>>>>>> end of the conflict\n') ?? '', /line 3 is still/);
    assert.equal(resolved('TWO\n=======\n'), null, 'a heading is a line like any other');
  });

  it('are not settled by the lines from before in other line ends, as an editor writes them', () => {
    const base = 'one\r\ntwo\nthree\r\n';
    const mixed = systemTexts.merge(base, 'one\r\nTWO\nthree\r\n', 'one\r\nzwei\nthree\r\n').marked;
    for (const eol of ['\n', '\r\n']) {
      const typed = (two: string): string => ['one', two, 'three', ''].join(eol);
      assert.match(clashIn(systemTexts, typed('two'), mixed) ?? '', /from before both changes/);
      assert.equal(clashIn(systemTexts, typed('zwei'), mixed), null);
      assert.equal(clashIn(systemTexts, typed('TWO'), mixed), null);
    }
  });

  const line = fc.constantFrom('a', 'b', 'c', 'd', '=======', 'x y', '');
  const text = fc
    .tuple(fc.array(line, { maxLength: 9 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
    .map(([lines, eol, ends]) => lines.join(eol) + (ends && lines.length > 0 ? eol : ''));

  it('for any texts: the sides are those that were merged, and what is marked is never taken for settled', () => {
    fc.assert(
      fc.property(text, text, text, (base, ours, theirs) => {
        const merged = systemTexts.merge(base, ours, theirs);
        assert.equal(merged.clean, merged.text === merged.marked);
        assert.equal(isMarked(merged.marked), !merged.clean);
        if (merged.clean) return;
        assert.equal(sideOf(merged.marked, 'ours'), merged.text);
        assert.notEqual(markerLine(merged.marked), null);
        assert.notEqual(clashIn(systemTexts, merged.marked, merged.marked), null);
        assert.equal(clashIn(systemTexts, sideOf(merged.marked, 'theirs'), merged.marked), null);
      }),
      { numRuns: 500 },
    );
  });

  it('for any clashes: the parts come back as they were written', () => {
    const own = text.filter((one) => !one.includes('\r'));
    const ended = own.map((one) => (one === '' || one.endsWith('\n') ? one : `${one}\n`));
    const clash: fc.Arbitrary<Clash> = fc.record(
      { ours: own, before: own, theirs: own },
      { noNullPrototype: true },
    );
    const parts = fc.tuple(
      ended.filter((one) => one !== ''),
      clash,
      ended,
      clash,
    );
    fc.assert(
      fc.property(parts, ([first, one, second, two]) => {
        const given = [first, one, ...(second === '' ? [] : [second]), two];
        assert.deepEqual(partsOf(markedText(given)), given);
      }),
      { numRuns: 500 },
    );
  });

  it('what is cut or out of order is a text as any other', () => {
    for (const broken of [
      marked.replace(/=.*\n/, ''),
      marked.slice(0, 30),
      `${marked}||||||| before both changes\n`,
    ]) {
      assert.equal(partsOf(broken), undefined);
      assert.equal(sideOf(broken, 'ours'), broken);
    }
  });
});

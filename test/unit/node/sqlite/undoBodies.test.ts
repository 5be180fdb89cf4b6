// How texts that undo needs lie in the state file: whatever they hold, they come back as they were.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  applyDifference,
  differenceTo,
  ofBody,
  toBody,
} from '../../../../src/node/sqlite/undoBodies.ts';
import { runsOr } from '../../../fakes/runs.ts';

const line = fc.oneof(
  fc.constantFrom('', 'a', 'b', '__proto__', '{', '\r', '\\u005f', '\u2028'),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const text = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '')), { maxLength: 40 })
  .map((all) =>
    all
      .map((parts) => parts.join(''))
      .join('')
      .toWellFormed(),
  );
const many = Array.from({ length: 3000 }, (_, n) => `line ${n} of many\n`).join('');

describe('texts that undo needs', () => {
  it('come back as they were (property)', () => {
    fc.assert(
      fc.property(text, fc.nat(20), (one, times) => {
        const long = one.repeat(times);
        assert.equal(ofBody(toBody(long)), long);
      }),
      { numRuns: runsOr(300) },
    );
  });

  it('come back from their difference to another one (property)', () => {
    fc.assert(
      fc.property(text, text, (one, two) => {
        const [before, after] = [`${many}${one}`, `${many}${two}`];
        const body = differenceTo(after, before, toBody(before));
        if (body !== undefined) assert.equal(applyDifference(after, body), before);
      }),
      { numRuns: runsOr(100) },
    );
  });

  it('take little room: deflated when long, and as a difference where that is smaller', () => {
    const whole = toBody(many);
    assert.ok(Buffer.isBuffer(whole) && whole.length < many.length / 4);
    assert.equal(toBody('short'), 'short');
    const difference = differenceTo(many.replace('line 7 ', 'LINE 7 '), many, whole);
    assert.ok(difference !== undefined && Buffer.byteLength(difference) < 100);
    assert.equal(differenceTo('other\n', 'x\n', 'x\n'), undefined);
  });

  it('of millions of lines are no trouble', () => {
    const lines = 'x\n'.repeat(1_000_000);
    const body = differenceTo(`${lines}y\n`, lines, toBody('y'.repeat(2000)));
    if (body !== undefined) assert.equal(applyDifference(`${lines}y\n`, body), lines);
  });

  it('that are damaged throw', () => {
    for (const body of [7, null, Buffer.from('no'), new Uint8Array(2)])
      assert.throws(() => ofBody(body));
    for (const body of ['{}', '[[1]]', '[[-1,0,""]]', 'x']) {
      assert.throws(() => applyDifference('a\n', body));
    }
  });
});

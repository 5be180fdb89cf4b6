import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { callLook, outputTail, whyShort } from '../../../webview/callLook.ts';
import { earlier, later, PAGE, shownRows } from '../../../webview/window.ts';
import { call } from '../../browser/webview/samples.ts';

describe('webview call lines', () => {
  const look = (change: Parameters<typeof call>[1], waiting = false): string => {
    const item = call('x', change);
    assert.ok(item.kind === 'call');
    return callLook(item, waiting).state;
  };

  it('say what the journal says', () => {
    assert.equal(look({ state: 'planned', outcome: null }), 'planned');
    assert.equal(look({ state: 'planned', outcome: null }, true), 'waiting');
    assert.equal(look({ state: 'started', outcome: null }), 'running');
    assert.equal(look({ state: 'done', outcome: 'ok' }), 'done');
    assert.equal(look({ state: 'blocked', outcome: 'rejected' }), 'blocked');
    assert.equal(look({ state: 'unknown', outcome: null }), 'unknown');
  });

  it('name the rule, or the layer when there is none', () => {
    assert.equal(
      whyShort({ verdict: 'allow', rule: 'read', layer: 'built-in', reason: '' }),
      'allowed · read',
    );
    assert.equal(whyShort({ verdict: 'ask', layer: 'mode', reason: '' }), 'asked · mode');
  });

  it('show the end of a long output and say what is missing', () => {
    assert.deepEqual(outputTail('abc'), { text: 'abc', cut: 0 });
    const tail = outputTail('x'.repeat(60_000) + 'end');
    assert.equal(tail.cut + tail.text.length, 60_003);
    assert.ok(tail.text.endsWith('end'));
  });
});

describe('webview window of rows', () => {
  it('follows the end, bounded', () => {
    assert.deepEqual(shownRows(10, null), { from: 0, to: 10 });
    assert.deepEqual(shownRows(5000, null), { from: 5000 - PAGE, to: 5000 });
  });

  it('reaches every row by paging and comes back to the end', () => {
    fc.assert(
      fc.property(fc.nat(3000), (total) => {
        const seen = new Set<number>();
        let from: number | null = null;
        for (let rows = shownRows(total, from); ; rows = shownRows(total, from)) {
          assert.ok(rows.to - rows.from <= 300);
          for (let n = rows.from; n < rows.to; n += 1) seen.add(n);
          if (rows.from === 0) break;
          from = earlier(rows);
        }
        assert.equal(seen.size, total);
        for (let steps = 0; from !== null; steps += 1) {
          assert.ok(steps < 100);
          from = later(shownRows(total, from), total);
        }
      }),
    );
  });
});

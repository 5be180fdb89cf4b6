import assert from 'node:assert/strict';
import { argLines } from '../../../src/protocol/itemText.ts';
import { callDuration, callLook, outputTail, whyShort } from '../../../webview/callLook.ts';
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

  it('lay out arguments, and say how long a call took', () => {
    assert.equal(argLines('{"a":1}'), '{\n  "a": 1\n}');
    assert.equal(argLines('{"a":'), '{"a":');
    assert.equal(argLines('"text"'), '"text"');
    const times = [0, 80, 999, 1000, 3240, 59_900, 125_000].map(callDuration);
    assert.deepEqual(times, ['0 ms', '80 ms', '999 ms', '1 s', '3.2 s', '59.9 s', '2 min 5 s']);
  });
});

// How far a batch is that runs, for any states of its calls.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { batchProgress } from '../../../webview/batchProgress.ts';
import { action, call, commandRequest, status } from '../../browser/webview/samples.ts';
import type { CallState } from '../../../src/protocol/calls.ts';
import type { TranscriptItem } from '../../../src/protocol/messages.ts';

const runs = status({ turn: 'running', turnId: 't1', waiting: 0 });
const calls = (states: readonly CallState[], batchId = 'm1'): TranscriptItem[] =>
  states.map((state, n) => call(`${batchId}-${n}`, { state, batchId }));

describe('the progress of a batch', () => {
  it('counts the calls of the running turn’s last batch, and names the one that runs', () => {
    const states = fc.array(
      fc.constantFrom<CallState>('planned', 'started', 'done', 'blocked', 'unknown'),
    );
    fc.assert(
      fc.property(states, states, (before, now) => {
        const items = [...calls(before, 'm0'), ...calls(now)];
        const progress = batchProgress({ status: runs, items, actions: [] });
        const last = now.length > 0 ? now : before;
        const done = last.filter((state) => state !== 'planned' && state !== 'started').length;
        if (last.length < 2 || done === last.length) assert.equal(progress, undefined);
        else {
          assert.deepEqual([progress?.done, progress?.total], [done, last.length]);
          assert.equal(progress?.now?.state, last.includes('started') ? 'started' : undefined);
        }
      }),
    );
  });

  it('is none while something waits, when nothing runs, and of calls of another turn', () => {
    const items = calls(['done', 'planned']);
    const open = [action([commandRequest()])];
    assert.ok(batchProgress({ status: runs, items, actions: [] }));
    assert.equal(batchProgress({ status: runs, items, actions: open }), undefined);
    for (const other of [status({ turn: 'paused' }), status({ turn: 'finished' }), null])
      assert.equal(batchProgress({ status: other, items, actions: [] }), undefined);
    const next = status({ turn: 'running', turnId: 't2', waiting: 0 });
    assert.equal(batchProgress({ status: next, items, actions: [] }), undefined);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Decision, Decisions, Submission } from '../../../src/protocol/calls.ts';
import { MAX_TEXT, ViewToHost } from '../../../src/protocol/messages.ts';

const submit = {
  type: 'submit',
  requestId: 1,
  actionId: 'a',
  proposalHash: 'h',
  decisions: { c: { type: 'approve' } },
};

describe('what a view may send', () => {
  it('is parsed strictly: an unknown member anywhere is refused (H22, H27, H29, I4)', () => {
    assert.ok(ViewToHost.safeParse(submit).success);
    for (const extra of ['rule', 'scope', 'snapshot', 'model', 'args', '__proto__x']) {
      assert.ok(!ViewToHost.safeParse({ ...submit, [extra]: 1 }).success, extra);
      const decision = { type: 'approve', [extra]: 1 };
      assert.ok(!ViewToHost.safeParse({ ...submit, decisions: { c: decision } }).success, extra);
    }
  });

  it('has a bounded length in every text (H37)', () => {
    const long = 'x'.repeat(MAX_TEXT + 1);
    for (const message of [
      { type: 'send', requestId: 1, text: long },
      { ...submit, actionId: long },
      { ...submit, proposalHash: long },
      { type: 'openDiff', requestId: 1, actionId: 'a', callId: long },
      { type: 'openWhy', requestId: 1, rule: long, layer: 'user' },
      { ...submit, decisions: { c: { type: 'reject', reason: long } } },
      { ...submit, decisions: { c: { type: 'respond', text: long } } },
      { ...submit, decisions: { c: { type: 'edit', content: long } } },
      { ...submit, decisions: { c: { type: 'edit', args: { x: [long] } } } },
    ]) {
      assert.ok(!ViewToHost.safeParse(message).success, JSON.stringify(message).slice(0, 80));
    }
  });

  it('random JSON is never a submission with an approval that it does not spell out', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const parsed = Submission.safeParse(value);
        if (!parsed.success) return;
        for (const decision of Object.values(parsed.data.decisions ?? {})) {
          assert.deepEqual(Decision.parse(decision), decision);
        }
      }),
    );
  });

  it('decisions have no prototype to fall back on that could answer for a call', () => {
    const parsed = Decisions.parse(JSON.parse('{"__proto__":{"type":"approve"}}'));
    assert.deepEqual(Object.keys(parsed), []);
    assert.equal(Object.hasOwn(parsed, 'c'), false);
    assert.equal((parsed as Record<string, unknown>)['c'], undefined);
  });
});

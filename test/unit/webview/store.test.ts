import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { HostToView } from '../../../src/protocol/messages.ts';
import { ageText, appendAt, initialState, reduce, type ViewState } from '../../../webview/store.ts';
import {
  action,
  call,
  commandRequest,
  NOW,
  snapshot,
  TALK,
} from '../../browser/webview/samples.ts';

const after = (...messages: HostToView[]): ViewState =>
  messages.reduce((state, message) => reduce(state, message, NOW), initialState);
const assistant = (text: string): HostToView => ({
  type: 'item',
  item: { kind: 'assistant', id: 'm9', turnId: 't1', text, streaming: true },
});
const text = (offset: number, delta: string): HostToView => ({
  type: 'text',
  itemId: 'm9',
  offset,
  delta,
});
const open = action([commandRequest()]);

describe('webview store', () => {
  it('takes everything from a snapshot, open actions only', () => {
    const closed = action([commandRequest()], { actionId: 'a2', state: 'resolved' });
    const state = reduce(
      initialState,
      snapshot({ actions: [open, closed], surface: 'panel' }),
      NOW - 5000,
    );
    assert.equal(state.ready, true);
    assert.equal(state.surface, 'panel');
    assert.equal(state.skew, 5000);
    assert.deepEqual(state.items, TALK);
    assert.deepEqual(state.actions, [open]);
  });

  it('replaces an item with the same id in place and appends others', () => {
    const changed = call('r1', { state: 'blocked', outcome: 'denied' });
    const state = after(
      snapshot(),
      { type: 'item', item: changed },
      { type: 'item', item: call('r9') },
    );
    assert.equal(state.items.length, TALK.length + 1);
    assert.deepEqual(state.items[1], changed);
    assert.equal(state.items.at(-1)?.id, 'r9');
  });

  it('appends streamed text once, whatever is repeated', () => {
    const messages = [
      snapshot(),
      assistant(''),
      text(0, 'ab'),
      text(0, 'ab'),
      text(2, 'c'),
      text(1, 'bcd'),
    ];
    const item = after(...messages).items.at(-1);
    assert.equal(item?.kind === 'assistant' && item.text, 'abcd');
  });

  it('asks for a snapshot when a piece is missing, and is whole after it', () => {
    for (const delta of [text(5, 'x'), { ...text(0, 'x'), itemId: 'nobody' } as HostToView]) {
      const state = after(snapshot(), assistant('ab'), delta);
      assert.equal(state.gap, true);
      const item = state.items.at(-1);
      assert.equal(item?.kind === 'assistant' && item.text, 'ab');
      assert.equal(reduce(state, snapshot(), NOW).gap, false);
    }
  });

  it('appends output to calls only', () => {
    const output = (itemId: string): HostToView => ({
      type: 'output',
      itemId,
      offset: 0,
      delta: 'out',
    });
    const good = after(snapshot({ items: [call('x')] }), output('x')).items[0];
    assert.equal(good?.kind === 'call' && good.output, 'out');
    assert.equal(after(snapshot(), output('m1')).gap, true);
  });

  it('keeps the order of actions and removes one that is no longer open', () => {
    const second = action([commandRequest()], { actionId: 'a2', createdAt: 0 });
    const both = after(snapshot({ actions: [open] }), { type: 'action', action: second });
    assert.deepEqual(
      both.actions.map((known) => known.actionId),
      ['a1', 'a2'],
    );
    const changed = { ...open, agentText: 'new' };
    assert.deepEqual(reduce(both, { type: 'action', action: changed }, NOW).actions, [
      changed,
      second,
    ]);
    for (const state of ['resolved', 'expired', 'cancelled'] as const) {
      assert.deepEqual(reduce(both, { type: 'action', action: { ...open, state } }, NOW).actions, [
        second,
      ]);
    }
  });

  it('does not change for replies and drafts', () => {
    const state = after(snapshot());
    assert.equal(reduce(state, { type: 'reply', requestId: 1, error: null }, NOW), state);
    const draft = { callId: 'c1', proposalHash: 'h', card: null, content: '' };
    assert.equal(reduce(state, { type: 'draft', actionId: 'a1', draft }, NOW), state);
  });

  it('rebuilds any text from pieces that overlap and repeat', () => {
    const pieces = fc.array(fc.tuple(fc.nat(30), fc.nat(10)));
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), pieces, (whole, cuts) => {
        let known = '';
        for (const [from, length] of cuts)
          known = appendAt(known, from, whole.slice(from, from + length)) ?? known;
        assert.ok(whole.startsWith(known));
        assert.equal(appendAt(known, 0, whole), whole);
      }),
    );
  });

  it('says how long an action has waited', () => {
    const minute = 60_000;
    const ages: [number, string][] = [
      [-5, 'waiting'],
      [59_999, 'waiting'],
      [minute, 'waiting 1 min'],
      [59 * minute, 'waiting 59 min'],
      [60 * minute, 'waiting 1 h'],
      [47 * 60 * minute, 'waiting 47 h'],
      [48 * 60 * minute, 'waiting 2 d'],
    ];
    for (const [age, words] of ages) assert.equal(ageText(NOW, NOW - age), words);
  });
});

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Change, HostToView } from '../../../src/protocol/messages.ts';
import {
  ageText,
  appendAt,
  expiryText,
  initialState,
  reduce,
  type ViewState,
} from '../../../webview/store.ts';
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
  turnId: 't1',
  offset,
  delta,
});
const open = action([commandRequest()]);

interface Said {
  item: string;
  kind: 'begin' | 'more' | 'call' | 'gone' | 'action' | 'output';
  piece: string;
}

/** What a host would send: numbered, pieces of text at the end of what was said before. */
function played(said: readonly Said[]): HostToView[] {
  const texts = new Map<string, number>();
  let mark = 1;
  return said.flatMap(({ item, kind, piece }, n): HostToView[] => {
    if (kind === 'output') {
      return [{ type: 'output', mark, itemId: 'r1', offset: 0, delta: 'out' }];
    }
    const list = changeOf({ item, kind, piece }, texts, n);
    const message = { type: 'changes', after: mark, mark: mark + 2, changes: list } as const;
    mark += 2;
    return [message];
  });
}

function changeOf(
  { item: id, kind, piece }: Said,
  texts: Map<string, number>,
  n: number,
): Change[] {
  if (kind === 'call') return [{ type: 'item', item: call('r1', { summary: piece }) }];
  if (kind === 'action') {
    return [{ type: 'action', action: { ...open, state: n % 2 === 0 ? 'open' : 'resolved' } }];
  }
  const offset = texts.get(id);
  if (kind === 'gone' || (kind === 'more' && offset === undefined)) {
    texts.delete(id);
    return [{ type: 'gone', itemId: id }];
  }
  const at = kind === 'begin' ? 0 : (offset ?? 0);
  texts.set(id, at + piece.length);
  return [{ type: 'text', itemId: id, turnId: 't1', offset: at, delta: piece }];
}

describe('webview store', () => {
  it('takes everything from a snapshot, open actions only (H75)', () => {
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

  it('a reply begins with what the model thinks, keeps it, and begins anew after a crash', () => {
    const thinks = (offset: number, delta: string): HostToView =>
      ({ ...text(offset, delta), thought: true }) as HostToView;
    const said = (...messages: HostToView[]): unknown => {
      const { items, gap } = after(snapshot({ items: [] }), ...messages);
      const [item] = items;
      return item?.kind === 'assistant' && [item.reasoning, item.text, item.streaming, gap];
    };
    const begun = [thinks(0, 'Per'), thinks(3, 'haps'), text(0, 'Y'), text(1, 'es')];
    assert.deepEqual(said(...begun), ['Perhaps', 'Yes', true, false]);
    assert.deepEqual(said(...begun, thinks(0, 'So')), ['So', '', true, false]);
    assert.deepEqual(said(...begun, text(0, 'No')), ['Perhaps', 'No', true, false]);
    assert.deepEqual(said(thinks(0, 'a'), thinks(5, 'x')), ['a', '', true, true]);
  });

  it('asks for a snapshot when a piece is missing, and is whole after it', () => {
    for (const delta of [text(5, 'x'), { ...text(1, 'x'), itemId: 'nobody' } as HostToView]) {
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
      mark: 0,
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

  const changes = (after: number, mark: number, list: Change[]): HostToView => ({
    ...{ type: 'changes', after, mark, changes: list },
  });

  it('takes changes that follow what it knows, ignores those it has, and asks when some are missing', () => {
    const begun = after(snapshot({ mark: 4 }), changes(4, 7, [assistant('ab') as Change]));
    assert.equal(begun.mark, 7);
    assert.equal(begun.items.at(-1)?.id, 'm9');
    assert.equal(reduce(begun, changes(4, 7, [assistant('') as Change]), NOW), begun);
    assert.equal(reduce(begun, changes(2, 6, [{ type: 'gone', itemId: 'm9' }]), NOW), begun);
    const missed = reduce(begun, changes(9, 12, []), NOW);
    assert.deepEqual([missed.gap, missed.mark], [true, 7]);
    const gone = reduce(begun, changes(7, 8, [{ type: 'gone', itemId: 'm9' }]), NOW);
    assert.deepEqual(gone.items, TALK);
    const early = reduce(initialState, changes(4, 7, [assistant('ab') as Change]), NOW);
    assert.equal(early, initialState, 'a snapshot is on its way');
  });

  it('any messages, repeated from any point on, any number of times: the same state (H71)', () => {
    const say = fc.record({
      item: fc.constantFrom('x1', 'x2'),
      kind: fc.constantFrom('begin', 'more', 'call', 'gone', 'action', 'output'),
      piece: fc.string({ minLength: 1, maxLength: 4 }),
    });
    const repeat = fc.record({ at: fc.nat(20), back: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(say, { maxLength: 20 }), fc.array(repeat), (said, repeats) => {
        const messages = played(said);
        const heard = messages.flatMap((message, at) => {
          const again = repeats.filter((one) => one.at === at);
          return [message, ...again.flatMap(({ back }) => messages.slice(at - back, at + 1))];
        });
        const once = after(snapshot({ mark: 1 }), ...messages);
        assert.equal(once.gap, false);
        assert.deepEqual(after(snapshot({ mark: 1 }), ...heard), once);
      }),
    );
  });

  it('changes that overlap what is known add only what is new', () => {
    const piece = text(2, 'cd') as Change;
    const known = after(
      snapshot({ mark: 1 }),
      changes(1, 3, [assistant('') as Change, text(0, 'abcd') as Change]),
    );
    const overlapping = changes(2, 5, [piece, text(4, 'ef') as Change]);
    const item = reduce(known, overlapping, NOW).items.at(-1);
    assert.equal(item?.kind === 'assistant' && item.text, 'abcdef');
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

  it('says when an approval expires, if it does (HB18, HW7)', () => {
    const minute = 60_000;
    const left: [number, string][] = [
      [-1, 'expired'],
      [0, 'expired'],
      [1, 'expires in less than a minute'],
      [minute, 'expires in 1 min'],
      [90 * minute, 'expires in 1 h'],
      [72 * 60 * minute, 'expires in 3 d'],
    ];
    for (const [ms, words] of left) assert.equal(expiryText(NOW, NOW + ms), words);
    assert.equal(expiryText(NOW, null), '');
  });
});

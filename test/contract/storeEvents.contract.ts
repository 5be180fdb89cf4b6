// The event log over any Store: what a follower reads piece by piece is what a newcomer reads at once.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Place, ThreadPage, ThreadRows } from '../../src/core/ports/eventStore.ts';
import type { Store } from '../../src/core/ports/store.ts';
import {
  assistantRow,
  endTurn,
  newTurn,
  openAction,
  plannedCall,
  seed,
  seedPaused,
  startCall,
  toolRow,
  userMessage,
} from './storeFixtures.ts';
import { withSubject, type MakeSubject } from './storeSubject.ts';

const THREAD = 'thread1';
const text = (messageId: string, offset: number, delta: string) => ({
  ...{ turnId: 'turn1', messageId, offset, delta },
});
const settle = { turnId: 'turn1', callId: 'c1', state: 'done', outcome: 'ok', at: 210 } as const;

export function storeEventsContract(make: MakeSubject): void {
  describe('the event log', () => {
    newsContract(make);
    followContract(make);
    pageContract(make);
  });
}

const isNew = async (store: Store, since: number): Promise<string[]> => {
  const rows = await store.threadRows(THREAD, since);
  const parts = ['turns', 'messages', 'calls', 'texts', 'actions', 'drafts'] as const;
  return parts.filter((part) => rows[part].length > 0);
};

function newsContract(make: MakeSubject): void {
  const moves: [string, (store: Store) => Promise<unknown>, string[]][] = [
    ['a message', (store) => store.putMessage(assistantRow('turn1', 2, 'm2')), ['messages']],
    ['streamed text', (store) => store.appendText([text('m9', 0, 'a')]), ['texts']],
    ['a planned call', (store) => store.planCalls([plannedCall({ callId: 'c2' })]), ['calls']],
    ['a started call', (store) => store.startCall(startCall()), ['calls']],
    ['a settled call', (store) => store.settleCall({ ...settle, result: 'x' }), ['calls']],
    [
      'a pause, with the calls that wait now',
      (store) => store.pauseTurn(openAction(), 1),
      ['turns', 'calls', 'actions'],
    ],
    [
      'the end of the turn: all of it, because its events are gone',
      (store) => store.endTurn(endTurn()),
      ['turns', 'messages', 'calls'],
    ],
  ];
  for (const [name, move, news] of moves) {
    it(
      `has what is new and nothing else: ${name}`,
      withSubject(make, async ({ store, openSecond }) => {
        await seed(store);
        await store.planCalls([plannedCall()]);
        const other = await openSecond();
        const { mark } = await other.threadRows(THREAD, null);
        assert.deepEqual(await isNew(other, mark), []);
        await move(store);
        assert.deepEqual(await isNew(other, mark), news);
        const after = await other.threadRows(THREAD, mark);
        assert.ok(after.mark > mark);
        assert.deepEqual(await isNew(other, after.mark), []);
        assert.deepEqual((await other.threadRows('absent', mark)).turns, []);
      }),
    );
  }
  it(
    'numbers are never used twice, also after a turn has ended and the file was opened again',
    withSubject(make, async (subject) => {
      await seed(subject.store);
      await subject.store.appendText([text('m9', 0, 'a')]);
      const { mark } = await subject.store.threadRows(THREAD, null);
      await subject.store.endTurn(endTurn());
      const ended = await subject.store.threadRows(THREAD, null);
      assert.ok(ended.mark > mark);
      await subject.reopen();
      assert.equal((await subject.store.threadRows(THREAD, null)).mark, ended.mark);
      await subject.store.createTurn(newTurn('turn2', THREAD), userMessage());
      const rows = await subject.store.threadRows(THREAD, ended.mark);
      assert.deepEqual(
        rows.turns.map(({ id }) => id),
        ['turn2'],
      );
      assert.ok(rows.mark > ended.mark);
    }),
  );
  it(
    'text is in it until its message is stored, and then exactly once (H69)',
    withSubject(make, async ({ store }) => {
      await seed(store);
      await store.appendText([text('m2', 0, 'I'), text('m2', 1, ' will')]);
      const before = await store.threadRows(THREAD, null);
      assert.equal(before.texts.map(({ delta }) => delta).join(''), 'I will');
      await store.putMessage(assistantRow('turn1', 2, 'm2'));
      assert.deepEqual((await store.threadRows(THREAD, null)).texts, []);
      assert.deepEqual(await store.textEvents('turn1'), []);
      await store.appendText([text('m2', 6, ' late')]);
      assert.deepEqual(await store.textEvents('turn1'), []);
    }),
  );
  it(
    'drafts of an open action are new when they change or go',
    withSubject(make, async ({ store }) => {
      await seedPaused(store);
      const { mark } = await store.threadRows(THREAD, null);
      const key = { actionId: 'a1', callId: 'c1', proposalHash: 'p1', at: 1 };
      await store.putDraft({ ...key, content: 'mine' });
      const [draft] = (await store.threadRows(THREAD, mark)).drafts;
      assert.deepEqual([draft?.callId, draft?.content], ['c1', 'mine']);
      const later = (await store.threadRows(THREAD, mark)).mark;
      await store.putDraft({ ...key, content: null });
      const [empty] = (await store.threadRows(THREAD, later)).drafts;
      assert.deepEqual([empty?.callId, empty?.content], ['c1', null]);
    }),
  );
}

type Move = (store: Store, n: number) => Promise<unknown>;

/** Whatever the turn is at: a move that does not fit is lost, which is news of nothing. */
const MOVES: Record<string, Move> = {
  message: (store, n) => store.putMessage(assistantRow('turn1', 2 + n, `m${2 + n}`)),
  result: (store, n) =>
    store.putMessage({ ...toolRow('turn1', 20 + n, `m1:c${n}`), state: 'running' }),
  text: async (store, n) => {
    const id = `m${2 + n}`;
    const said = (await store.textEvents('turn1')).filter(({ messageId }) => messageId === id);
    const offset = said.reduce((sum, { delta }) => sum + delta.length, 0);
    await store.appendText([text(id, offset, `at ${offset}`)]);
  },
  again: async (store, n) => {
    await store.dropText('turn1', `m${2 + n}`);
    await store.appendText([text(`m${2 + n}`, 0, `again ${n}`)]);
  },
  plan: (store, n) => store.planCalls([plannedCall({ callId: `c${n}`, index: n })]),
  start: (store, n) => store.startCall(startCall({ callId: `c${n}` })),
  settle: (store, n) => store.settleCall({ ...settle, callId: `c${n}`, result: 'passed' }),
  pause: async (store, n) => {
    const turn = await store.getTurn('turn1');
    const action = openAction({ id: `a${turn?.generation ?? 0}-${n}` });
    return turn?.status === 'running' && store.pauseTurn(action, turn.generation);
  },
  claim: async (store) => {
    const [open] = await store.openActions();
    const decisions = { c1: { type: 'approve' } } as const;
    return open && store.claimAction({ actionId: open.id, decisions, decidedBy: 'w', at: 1 });
  },
  end: async (store, n) => {
    const turn = await store.getTurn('turn1');
    const closing = [{ ...assistantRow('turn1', 40, 'm40'), state: 'final' } as const];
    const { generation, status } = turn ?? { generation: 0, status: 'failed' };
    // Rarely: nothing much happens after it.
    return n === 0 && store.endTurn(endTurn({ generation, from: [status], closing }));
  },
};

function followContract(make: MakeSubject): void {
  it('whatever happens and whenever one looks: the pieces are the whole (H70)', async function () {
    this.timeout(60_000);
    const move = fc.record({
      name: fc.constantFrom(...Object.keys(MOVES)),
      n: fc.nat(3),
      look: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 25 }), async (moves) => {
        await withSubject(make, async ({ store, openSecond }) => {
          await seed(store);
          const follower = await openSecond();
          let known = await follower.threadRows(THREAD, null);
          for (const { name, n, look } of moves) {
            await MOVES[name]?.(store, n);
            if (look) known = merged(known, await follower.threadRows(THREAD, known.mark));
          }
          known = merged(known, await follower.threadRows(THREAD, known.mark));
          assert.deepEqual(shown(known), shown(await follower.threadRows(THREAD, null)));
        })();
      }),
      { numRuns: 40 },
    );
  });
}

function pageContract(make: MakeSubject): void {
  it('pages of any length, put together, are the whole thread, each row once', async function () {
    this.timeout(60_000);
    const move = fc.record({ name: fc.constantFrom(...Object.keys(MOVES)), n: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(move, { maxLength: 15 }),
        fc.integer({ min: 1, max: 6 }),
        async (moves, limit) => {
          await withSubject(make, async ({ store }) => {
            await seed(store);
            for (const { name, n } of moves) await MOVES[name]?.(store, n);
            const pages: ThreadPage[] = [];
            for (let before: Place | null = null; before !== null || pages.length === 0;) {
              const page: ThreadPage = await store.threadPage(THREAD, { limit, before });
              assert.ok(page.messages.length <= limit && page.messages.length > 0);
              pages.unshift(page);
              before = page.from;
            }
            const whole = await store.threadRows(THREAD, null);
            for (const part of ['turns', 'messages', 'calls', 'texts', 'actions'] as const)
              assert.deepEqual(
                pages.flatMap((page): object[] => page[part]),
                whole[part],
                part,
              );
          })();
        },
      ),
      { numRuns: 40 },
    );
  });
}

/** What is known with what is new, as a view puts them together. */
function merged(known: ThreadRows, news: ThreadRows): ThreadRows {
  const keep = <T>(old: T[], fresh: T[], key: (row: T) => string): T[] => [
    ...new Map([...old, ...fresh].map((row) => [key(row), row])).values(),
  ];
  const moved = new Set(news.turns.map(({ id }) => id));
  const stored = new Set(news.messages.map(({ message }) => message.id));
  const begun = new Set(news.texts.filter(({ offset }) => offset === 0).map((t) => t.messageId));
  const texts = known.texts.filter(
    ({ turnId, messageId }) =>
      !moved.has(turnId) && !stored.has(messageId) && !begun.has(messageId),
  );
  return {
    ...news,
    turns: keep(known.turns, news.turns, ({ id }) => id),
    messages: keep(known.messages, news.messages, ({ message }) => message.id),
    calls: keep(known.calls, news.calls, ({ callId }) => callId),
    decisions: keep(known.decisions, news.decisions, (row) => JSON.stringify(row)),
    actions: keep(known.actions, news.actions, ({ id }) => id),
    texts: [...texts, ...news.texts],
  };
}

/** Only what a surface shows, in its order. */
function shown({ turns, messages, calls, actions, texts, waiting, states }: ThreadRows) {
  const open = new Set(waiting.map(({ actionId }) => actionId));
  const said = new Set(messages.map(({ message }) => message.id));
  return {
    turns,
    states,
    // That a message became final, or waits, is no news of its own: no surface shows it.
    messages: [...messages]
      .sort((a, b) => a.position - b.position)
      .map(({ position, message }) => ({ position, message })),
    calls: [...calls].sort((a, b) => a.callId.localeCompare(b.callId)),
    open: actions.filter(({ id }) => open.has(id)),
    texts: texts.filter(({ messageId }) => !said.has(messageId)),
  };
}

// What every Store must do, whatever is beneath: threads, turns, messages and the terminal move.
import assert from 'node:assert/strict';
import { emptyCheckpoint } from '@langchain/langgraph-checkpoint';
import {
  assistantRow,
  endTurn,
  newTurn,
  openAction,
  plannedCall,
  startCall,
  seed,
  toolRow,
  userMessage,
} from './storeFixtures.ts';
import { storeAttachmentsContract } from './storeAttachments.contract.ts';
import { storeConsentContract } from './storeConsent.contract.ts';
import { storeDraftsContract } from './storeDrafts.contract.ts';
import { storeEventsContract } from './storeEvents.contract.ts';
import { storeLibraryContract } from './storeLibrary.contract.ts';
import { storeMovesContract } from './storeMoves.contract.ts';
import { storeModelContract } from './storeModel.contract.ts';
import { storeTitlesContract } from './storeTitles.contract.ts';
import { storeUndoContract } from './storeUndo.contract.ts';
import { storeUnseenContract } from './storeUnseen.contract.ts';
import { hasCode, withSubject, type MakeSubject, type StoreSubject } from './storeSubject.ts';

/** Declares the whole suite; `make` is called once a test. */
export function storeContract(name: string, make: MakeSubject): void {
  describe(`Store: ${name}`, () => {
    threadsContract(make);
    turnsContract(make);
    messagesContract(make);
    terminalContract(make);
    storeMovesContract(make);
    storeDraftsContract(make);
    storeConsentContract(make);
    storeEventsContract(make);
    storeTitlesContract(make);
    storeLibraryContract(make);
    storeUndoContract(make);
    storeUnseenContract(make);
    storeAttachmentsContract(make);
    storeModelContract(make);
  });
}

function threadsContract(make: MakeSubject): void {
  describe('threads', () => {
    it(
      'lists the newest first and keeps what was said of each',
      withSubject(make, async ({ store }) => {
        const row = (id: string, updatedAt: number) => ({
          id,
          title: null,
          createdAt: 1,
          updatedAt,
        });
        await store.createThread(row('old', 10));
        await store.createThread(row('new', 30));
        await store.createThread(row('middle', 20));
        const ids = (await store.listThreads()).map((thread) => thread.id);
        assert.deepEqual(ids, ['new', 'middle', 'old']);
        assert.deepEqual(await store.getThread('new'), { ...row('new', 30), opening: null });
        assert.equal(await store.getThread('absent'), undefined);
      }),
    );
    it(
      'sets a title only while there is none',
      withSubject(make, async ({ store }) => {
        await seed(store);
        assert.equal(await store.setTitleIfNull('thread1', 'First'), true);
        assert.equal(await store.setTitleIfNull('thread1', 'Second'), false);
        assert.equal(await store.setTitleIfNull('absent', 'x'), false);
        assert.equal((await store.getThread('thread1'))?.title, 'First');
      }),
    );
    it(
      'refuses a second thread of the same id and keeps the first',
      withSubject(make, async ({ store }) => {
        await seed(store);
        const again = { id: 'thread1', title: 'x', createdAt: 9, updatedAt: 9 };
        await assert.rejects(store.createThread(again), hasCode('store_conflict'));
        assert.equal((await store.getThread('thread1'))?.title, null);
      }),
    );
  });
}

function turnsContract(make: MakeSubject): void {
  describe('turns', () => {
    it(
      'creates a running turn of generation 1, its user message and the time of its thread',
      withSubject(make, async ({ store }) => {
        await store.createThread({ id: 'thread1', title: null, createdAt: 1, updatedAt: 1 });
        const created = await store.createTurn(newTurn(), userMessage());
        assert.deepEqual(created, {
          ...newTurn(),
          ...{
            status: 'running',
            generation: 1,
            endedAt: null,
            code: null,
            message: null,
            acceptedDrift: null,
          },
        });
        assert.deepEqual(await store.getTurn('turn1'), created);
        assert.deepEqual(await store.turnsInState('running'), [created]);
        assert.deepEqual(await store.turnsInState('paused'), []);
        assert.equal((await store.getThread('thread1'))?.updatedAt, 100);
        const [first] = await store.messagesOfTurn('turn1');
        assert.deepEqual([first?.position, first?.message], [0, userMessage()]);
      }),
    );
    it(
      'refuses a turn of an unknown thread, and a used id, and leaves nothing behind (H25, HB8)',
      withSubject(make, async ({ store }) => {
        const orphan = store.createTurn(newTurn('t', 'absent'), userMessage());
        await assert.rejects(orphan, hasCode('store_conflict'));
        assert.equal(await store.getTurn('t'), undefined);
        await seed(store);
        const second = store.createTurn(newTurn('t', 'thread1', 999), userMessage());
        await assert.rejects(second, hasCode('turn_running'));
        await store.endTurn(endTurn());
        const again = store.createTurn(newTurn('turn1', 'thread1', 999), userMessage());
        await assert.rejects(again, hasCode('store_conflict'));
        assert.equal((await store.getThread('thread1'))?.updatedAt, 100);
      }),
    );
    it(
      'lets exactly one of two windows start a turn in a thread',
      withSubject(make, async ({ store, openSecond }) => {
        await store.createThread({ id: 'thread1', title: null, createdAt: 1, updatedAt: 1 });
        const second = await openSecond();
        const starts = await Promise.allSettled(
          [store, second, store, second].map((each, n) =>
            each.createTurn(newTurn(`t${n}`, 'thread1'), userMessage()),
          ),
        );
        assert.equal(starts.filter(({ status }) => status === 'fulfilled').length, 1);
        assert.equal((await store.turnsOfThread('thread1')).length, 1);
      }),
    );
    it(
      'gives the turns and messages of a thread in the order they were made',
      withSubject(make, async ({ store }) => {
        for (const id of ['z', 'a', 'm']) {
          await seed(store, id, 'thread1');
          await store.endTurn(endTurn({ turnId: id }));
        }
        await seed(store, 'other', 'thread2');
        const turns = (await store.turnsOfThread('thread1')).map((turn) => turn.id);
        assert.deepEqual(turns, ['z', 'a', 'm']);
        const messages = await store.messagesOfThread('thread1');
        const places = messages.map((row) => `${row.turnId}${row.position}`);
        assert.deepEqual(places, ['z0', 'z1', 'a0', 'a1', 'm0', 'm1']);
      }),
    );
  });
}

function messagesContract(make: MakeSubject): void {
  describe('messages', () => {
    it(
      'stores each once and replaces it only while it is not final (H17)',
      withSubject(make, async ({ store }) => {
        await seed(store);
        const row = assistantRow();
        const longer = { ...row, message: { ...row.message, text: 'I will do' } };
        await store.putMessage(longer);
        assert.deepEqual((await store.messagesOfTurn('turn1'))[1], longer);
        await store.putMessage({ ...longer, state: 'final' });
        await store.putMessage(row);
        const rows = await store.messagesOfTurn('turn1');
        assert.equal(rows.length, 2);
        assert.deepEqual(rows[1], { ...longer, state: 'final' });
      }),
    );
    it(
      'refuses another message at a place that is taken',
      withSubject(make, async ({ store }) => {
        await seed(store);
        const other = assistantRow('turn1', 1, 'other');
        await assert.rejects(store.putMessage(other), hasCode('store_conflict'));
        assert.equal((await store.messagesOfTurn('turn1'))[1]?.message.id, 'm1');
      }),
    );
    it(
      'leaves the messages of an ended turn alone (H17)',
      withSubject(make, async ({ store }) => {
        await seed(store);
        await store.endTurn(endTurn());
        const before = await store.messagesOfTurn('turn1');
        await store.putMessage(toolRow());
        await store.putMessage({ ...assistantRow(), state: 'awaiting' });
        assert.deepEqual(await store.messagesOfTurn('turn1'), before);
      }),
    );
  });
}

async function putCheckpoint({ checkpointer }: StoreSubject, turnId: string): Promise<void> {
  const config = { configurable: { thread_id: turnId, checkpoint_ns: '' } };
  const metadata = { source: 'input', step: -1, parents: {} } as const;
  const saved = await checkpointer.put(config, emptyCheckpoint(), metadata, {});
  await checkpointer.putWrites(saved, [['channel', { n: 1 }]], 'task');
}

const hasCheckpoint = async ({ checkpointer }: StoreSubject, turnId: string): Promise<boolean> =>
  (await checkpointer.getTuple({ configurable: { thread_id: turnId } })) !== undefined;

function terminalContract(make: MakeSubject): void {
  describe('endTurn', () => {
    it(
      'leaves final messages and nothing in flight, of this turn only (H9, H63)',
      withSubject(make, async (subject) => {
        const { store } = subject;
        for (const id of ['turn1', 'turn2']) {
          await seed(store, id);
          await putCheckpoint(subject, id);
          await store.appendText([{ turnId: id, messageId: 'm9', offset: 0, delta: 'I' }]);
          await store.pauseTurn(openAction({ id: `a-${id}`, turnId: id }), 1);
        }
        const move = endTurn({ generation: 2, from: ['running', 'paused'], status: 'cancelled' });
        const closing = [toolRow()];
        assert.equal(await store.endTurn({ ...move, code: 'stopped', closing }), true);
        const turn = await store.getTurn('turn1');
        assert.deepEqual(
          [turn?.status, turn?.generation, turn?.endedAt, turn?.code],
          ['cancelled', 3, 300, 'stopped'],
        );
        const states = (await store.messagesOfTurn('turn1')).map((row) => row.state);
        assert.deepEqual(states, ['final', 'final', 'final']);
        assert.deepEqual(await store.textEvents('turn1'), []);
        assert.equal(await hasCheckpoint(subject, 'turn1'), false);
        assert.equal((await store.getAction('a-turn1'))?.state, 'cancelled');
        assert.equal((await store.textEvents('turn2')).length, 1);
        assert.equal(await hasCheckpoint(subject, 'turn2'), true);
        assert.deepEqual(
          (await store.openActions()).map((action) => action.id),
          ['a-turn2'],
        );
      }),
    );
    it(
      'is lost on another generation, status or turn, and then changes nothing (H52)',
      withSubject(make, async (subject) => {
        const { store } = subject;
        await seed(store);
        await putCheckpoint(subject, 'turn1');
        await store.pauseTurn(openAction(), 1);
        const before = await store.messagesOfTurn('turn1');
        const from = ['paused'] as const;
        const lost = [
          endTurn({ generation: 1, from }),
          endTurn({ generation: 2, from: ['running'] }),
          endTurn({ generation: 2, from: [] }),
          endTurn({ turnId: 'absent', generation: 2, from }),
        ];
        for (const move of lost) {
          assert.equal(await store.endTurn({ ...move, closing: [toolRow()] }), false);
        }
        assert.deepEqual(await store.messagesOfTurn('turn1'), before);
        assert.equal((await store.getAction('a1'))?.state, 'open');
        assert.equal(await hasCheckpoint(subject, 'turn1'), true);
        assert.equal(await store.endTurn(endTurn({ generation: 2, from })), true);
        assert.equal(
          await store.endTurn(endTurn({ generation: 3, from: ['finished'] })),
          false,
          'an ended turn does not end again',
        );
      }),
    );
    it(
      'cancels calls that never started, and says of started ones that their outcome is unknown; only when it wins',
      withSubject(make, async ({ store }) => {
        await seed(store);
        const calls = ['c1', 'c2', 'c3'].map((callId, index) => plannedCall({ callId, index }));
        await store.planCalls(calls);
        for (const callId of ['c1', 'c3']) await store.startCall(startCall({ callId }));
        const done = { turnId: 'turn1', callId: 'c3', state: 'done', outcome: 'ok' } as const;
        await store.settleCall({ ...done, result: 'ran', at: 1 });
        const states = async () =>
          (await store.callsOfTurn('turn1')).map(({ state, outcome }) => [state, outcome]);
        const open = [
          ['started', null],
          ['planned', null],
          ['done', 'ok'],
        ];
        assert.equal(await store.endTurn(endTurn({ generation: 9 })), false);
        assert.deepEqual(await states(), open);
        assert.equal(await store.endTurn(endTurn({ status: 'cancelled' })), true);
        assert.deepEqual(await states(), [
          ['unknown', 'cancelled'],
          ['blocked', 'cancelled'],
          ['done', 'ok'],
        ]);
        for (const { result } of await store.callsOfTurn('turn1')) assert.ok(result);
      }),
    );
    it(
      'adds closing messages after those it did not know of, and keeps a result that came first',
      withSubject(make, async ({ store }) => {
        await seed(store);
        await store.putMessage(toolRow());
        const late = toolRow('turn1', 2, 't:c2');
        const same = toolRow('turn1', 2);
        const lie = { ...same, message: { ...same.message, text: 'never ran' } };
        assert.equal(await store.endTurn(endTurn({ closing: [lie, late] })), true);
        const rows = await store.messagesOfTurn('turn1');
        const seen = rows.map((row) => [row.position, row.message.id, row.message.text]);
        assert.deepEqual(seen.slice(2), [
          [2, 't:c1', 'passed'],
          [3, 't:c2', 'passed'],
        ]);
      }),
    );
    it(
      'keeps everything across closing and opening again (HA10)',
      withSubject(make, async (subject) => {
        await seed(subject.store);
        await subject.store.planCalls([plannedCall()]);
        await putCheckpoint(subject, 'turn1');
        await subject.store.pauseTurn(openAction(), 1);
        const hash = await subject.store.putText('turn1', 'text');
        const read = async () => [
          await subject.store.listThreads(),
          await subject.store.turnsOfThread('thread1'),
          await subject.store.messagesOfThread('thread1'),
          await subject.store.callsOfTurn('turn1'),
          await subject.store.openActions(),
          await subject.store.getText('turn1', hash),
          await hasCheckpoint(subject, 'turn1'),
        ];
        const before = await read();
        await subject.reopen();
        assert.deepEqual(await read(), before);
      }),
    );
  });
}

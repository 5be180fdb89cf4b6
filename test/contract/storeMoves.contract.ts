// What every Store must do: the journal, pausing and claiming, streamed text, blobs, and telling other windows.
import assert from 'node:assert/strict';
import type { Store } from '../../src/core/ports/store.ts';
import type { CallOutcome, Decisions } from '../../src/protocol/calls.ts';
import { withSubject, type MakeSubject } from './storeSubject.ts';
import {
  assistantRow,
  editProposal,
  endTurn,
  openAction,
  plannedCall,
  request,
  seed,
  seedPaused,
  startCall,
  toolRow,
} from './storeFixtures.ts';

export function storeMovesContract(make: MakeSubject): void {
  journalContract(make);
  pauseContract(make);
  claimContract(make);
  textContract(make);
  changesContract(make);
}

const settle = (state: 'done' | 'blocked' | 'unknown', outcome: CallOutcome = 'ok') => ({
  ...{ turnId: 'turn1', callId: 'c1', state, outcome, result: `was ${state}`, at: 250 },
});

function journalContract(make: MakeSubject): void {
  describe('journal', () => {
    it(
      'follows a call from planned to done, once',
      withSubject(make, async ({ store }) => {
        await seed(store);
        await store.planCalls([plannedCall()]);
        assert.deepEqual(await store.getCall('turn1', 'c1'), {
          ...plannedCall(),
          ...{ outputHash: null, startedAt: null, endedAt: null },
        });
        assert.equal(await store.startCall(startCall()), true);
        assert.equal(await store.startCall(startCall({ proposalHash: 'p3' })), false);
        assert.equal(await store.settleCall(settle('done')), true);
        assert.equal(await store.settleCall(settle('unknown', 'error')), false);
        assert.equal(await store.startCall(startCall()), false);
        assert.deepEqual(await store.getCall('turn1', 'c1'), {
          ...plannedCall(),
          ...{ state: 'done', proposal: editProposal, proposalHash: 'p2', outcome: 'ok' },
          ...{ result: 'was done', outputHash: null, startedAt: 200, endedAt: 250 },
        });
      }),
    );
    it(
      'plans again only what has not started, and keeps the order of the batch',
      withSubject(make, async ({ store }) => {
        await seed(store);
        const batch = ['c1', 'c2', 'c3'].map((callId, index) => plannedCall({ callId, index }));
        await store.planCalls(batch.toReversed());
        await store.startCall(startCall({ callId: 'c2' }));
        const again = batch.map((row) => ({ ...row, argsText: '{}' }));
        await store.planCalls(again);
        await store.planCalls(again);
        const rows = await store.callsOfTurn('turn1');
        assert.deepEqual(
          rows.map((row) => [row.callId, row.state, row.argsText === '{}']),
          [
            ['c1', 'planned', true],
            ['c2', 'started', false],
            ['c3', 'planned', true],
          ],
        );
      }),
    );
    it(
      'keeps a blocked call blocked, and settles a planned one without a start',
      withSubject(make, async ({ store }) => {
        await seed(store);
        const blocked = { state: 'blocked', outcome: 'denied', result: 'no' } as const;
        await store.planCalls([plannedCall(), plannedCall({ callId: 'c2', ...blocked })]);
        assert.equal(await store.startCall(startCall({ callId: 'c2' })), false);
        assert.equal((await store.getCall('turn1', 'c2'))?.result, 'no');
        assert.equal(await store.settleCall(settle('blocked', 'rejected')), true);
        assert.equal((await store.getCall('turn1', 'c1'))?.startedAt, null);
      }),
    );
    it(
      'starts nothing in a turn that does not run, but still records how a started call ended',
      withSubject(make, async ({ store }) => {
        await seed(store);
        await store.planCalls([plannedCall(), plannedCall({ callId: 'c2', index: 1 })]);
        await store.startCall(startCall());
        await store.pauseTurn(openAction(), 1);
        assert.equal(await store.startCall(startCall({ callId: 'c2' })), false);
        await store.endTurn(endTurn({ generation: 2, from: ['paused'], status: 'cancelled' }));
        assert.equal(await store.startCall(startCall({ callId: 'c2' })), false);
        assert.equal(await store.settleCall(settle('done')), true);
      }),
    );
    it(
      'takes from a store that does not drive the turn only how a call of its own ended',
      withSubject(make, async ({ store, openSecond }) => {
        await seed(store);
        await store.planCalls([plannedCall(), plannedCall({ callId: 'c2', index: 1 })]);
        await store.startCall(startCall());
        const other = await openSecond();
        const before = await store.messagesOfTurn('turn1');
        await other.putMessage(assistantRow());
        await other.putMessage(toolRow());
        await other.appendText([{ turnId: 'turn1', messageId: 'm9', offset: 0, delta: 'x' }]);
        await other.planCalls([plannedCall({ callId: 'c2', argsText: '{}' })]);
        await other.planCalls([plannedCall({ callId: 'c3' })]);
        assert.equal(await other.settleCall({ ...settle('blocked'), callId: 'c2' }), false);
        assert.equal(await other.settleCall({ ...settle('done'), callId: 'c2' }), false);
        assert.equal(await other.settleCall(settle('unknown')), false);
        assert.equal(await other.settleCall(settle('done')), true);
        assert.deepEqual(await store.messagesOfTurn('turn1'), before);
        assert.deepEqual(await store.textEvents('turn1'), []);
        const rows = await store.callsOfTurn('turn1');
        assert.deepEqual(
          rows.map((row) => [row.callId, row.state, row.argsText === '{}']),
          [
            ['c1', 'done', false],
            ['c2', 'planned', false],
          ],
        );
      }),
    );
    it(
      'keeps equal call ids of two turns apart (H38)',
      withSubject(make, async ({ store }) => {
        await seed(store);
        await seed(store, 'turn2');
        await store.planCalls([plannedCall(), plannedCall({ turnId: 'turn2' })]);
        await store.startCall(startCall());
        assert.equal((await store.getCall('turn2', 'c1'))?.state, 'planned');
        assert.equal(await store.getCall('turn3', 'c1'), undefined);
      }),
    );
  });
}

function pauseContract(make: MakeSubject): void {
  describe('pauseTurn', () => {
    it(
      'inserts the action, marks the message and moves the turn, at once (H11, H12, H16, H79)',
      withSubject(make, async ({ store }) => {
        await seed(store);
        assert.equal(await store.pauseTurn(openAction(), 1), true);
        const turn = await store.getTurn('turn1');
        assert.deepEqual([turn?.status, turn?.generation], ['paused', 2]);
        assert.deepEqual(await store.getAction('a1'), openAction());
        assert.deepEqual(await store.openActions(), [openAction()]);
        assert.deepEqual(await store.actionsOfThread('thread1'), [openAction()]);
        assert.deepEqual(await store.actionOfBatch('turn1', 'm1'), openAction());
        assert.equal(await store.actionOfBatch('turn1', 'm2'), undefined);
        const states = (await store.messagesOfTurn('turn1')).map((row) => row.state);
        assert.deepEqual(states, ['final', 'awaiting']);
      }),
    );
    it(
      'is lost on another generation, thread or status, and then inserts nothing (H13, H14, HB8)',
      withSubject(make, async ({ store }) => {
        await seed(store);
        assert.equal(await store.pauseTurn(openAction(), 2), false);
        assert.equal(await store.pauseTurn(openAction({ threadId: 'other' }), 1), false);
        assert.equal(await store.pauseTurn(openAction({ turnId: 'absent' }), 1), false);
        assert.deepEqual(await store.openActions(), []);
        assert.equal((await store.messagesOfTurn('turn1'))[1]?.state, 'running');
        assert.equal(await store.pauseTurn(openAction(), 1), true);
        assert.equal(await store.pauseTurn(openAction({ id: 'a2' }), 2), false);
        assert.equal((await store.openActions()).length, 1);
      }),
    );
    it(
      'undoes everything when the action cannot be inserted (H16)',
      withSubject(make, async ({ store }) => {
        await seedPaused(store);
        await seed(store, 'turn2');
        await assert.rejects(store.pauseTurn(openAction({ turnId: 'turn2' }), 1));
        assert.equal((await store.getTurn('turn2'))?.status, 'running');
        assert.equal((await store.messagesOfTurn('turn2'))[1]?.state, 'running');
      }),
    );
  });
}

const decisions: Decisions = {
  c1: { type: 'edit', args: { command: 'ls', secret: { lc: 1, type: 'secret', id: ['X'] } } },
  c2: { type: 'reject', reason: 'no', stop: true },
};
const claim = (actionId = 'a1', by = 'window 1') => ({
  ...{ actionId, decisions, decidedBy: by, at: 160 },
});

function claimContract(make: MakeSubject): void {
  describe('claimAction', () => {
    it(
      'stores the decisions and lets the turn run again; the second claim learns of the first (H40)',
      withSubject(make, async ({ store }) => {
        await seedPaused(store);
        assert.deepEqual(await store.claimAction(claim()), { kind: 'claimed', generation: 3 });
        const resolved = openAction({
          ...{ state: 'resolved', decisions, decidedBy: 'window 1', decidedAt: 160 },
        });
        assert.deepEqual(await store.claimAction(claim('a1', 'window 2')), {
          ...{ kind: 'lost', action: resolved },
        });
        const turn = await store.getTurn('turn1');
        assert.deepEqual([turn?.status, turn?.generation], ['running', 3]);
        assert.deepEqual(await store.openActions(), []);
        assert.equal((await store.messagesOfTurn('turn1'))[1]?.state, 'running');
      }),
    );
    it(
      'is lost for an unknown, an expired and a cancelled action (H41)',
      withSubject(make, async ({ store }) => {
        assert.deepEqual(await store.claimAction(claim('none')), {
          ...{ kind: 'lost', action: undefined },
        });
        await seedPaused(store, { expiresAt: 160 });
        const expired = await store.claimAction(claim());
        assert.deepEqual(expired, { kind: 'lost', action: openAction({ expiresAt: 160 }) });
        assert.equal((await store.getTurn('turn1'))?.status, 'paused');
        await store.endTurn(endTurn({ generation: 2, from: ['paused'], status: 'cancelled' }));
        const cancelled = await store.claimAction({ ...claim(), at: 100 });
        assert.equal(cancelled.kind === 'lost' && cancelled.action?.state, 'cancelled');
        assert.equal((await store.getTurn('turn1'))?.status, 'cancelled');
      }),
    );
    it(
      'has one winner among two stores on the same state, each seeing the same decision',
      withSubject(make, async ({ store, openSecond }) => {
        await seedPaused(store);
        const second = await openSecond();
        const outcomes = await Promise.all(
          [store, second, store, second].map((each, n) => each.claimAction(claim('a1', `w${n}`))),
        );
        const won = outcomes.filter((outcome) => outcome.kind === 'claimed');
        assert.equal(won.length, 1);
        const winner = `w${outcomes.findIndex((outcome) => outcome.kind === 'claimed')}`;
        for (const outcome of outcomes) {
          if (outcome.kind === 'lost') assert.equal(outcome.action?.decidedBy, winner);
        }
      }),
    );
    it(
      'that says “run again” plans the started call anew in the same move',
      withSubject(make, async ({ store }) => {
        await seed(store);
        await store.planCalls([plannedCall(), plannedCall({ callId: 'c2', index: 1 })]);
        await store.startCall(startCall());
        await store.startCall(startCall({ callId: 'c2' }));
        await store.pauseTurn(openAction({ kind: 'outcome_unknown' }), 1);
        const answers = { c1: { type: 'run_again' }, c2: { type: 'skip' } } as const;
        await store.claimAction({ ...claim(), decisions: answers });
        const states = (await store.callsOfTurn('turn1')).map((row) => [row.callId, row.state]);
        assert.deepEqual(states, [
          ['c1', 'planned'],
          ['c2', 'started'],
        ]);
      }),
    );
    it(
      'tells what waits and what was used without reading proposals',
      withSubject(make, async ({ store }) => {
        await seedPaused(store, { requests: [request(), request('c2')] });
        const row = { actionId: 'a1', turnId: 'turn1', threadId: 'thread1', calls: 2 };
        assert.deepEqual(await store.waiting(), [row]);
        const none = { input: 0, output: 0 };
        assert.deepEqual(await store.usageOfThread('absent'), none);
        await store.claimAction(claim());
        assert.deepEqual(await store.waiting(), []);
        const usage = { input: 7, output: 2 };
        const { message, ...at } = assistantRow('turn1', 2, 'm2');
        assert.ok(message.role === 'assistant');
        const before = await store.usageOfThread('thread1');
        await store.putMessage({ ...at, message: { ...message, usage } });
        const after = await store.usageOfThread('thread1');
        assert.deepEqual(after, { input: before.input + 7, output: before.output + 2 });
      }),
    );
    it(
      'sums the tokens of a turn over its pauses and resumes (H58)',
      withSubject(make, async ({ store, openSecond, reopen }) => {
        await seedPaused(store);
        const first = await store.usageOfThread('thread1');
        assert.deepEqual(first, { input: 3, output: 4 });
        const window = await openSecond();
        await window.claimAction(claim());
        await window.putMessage(assistantRow('turn1', 2, 'm2'));
        await window.pauseTurn(openAction({ id: 'a2', batchId: 'm2' }), 3);
        await reopen();
        assert.deepEqual(await window.usageOfThread('thread1'), { input: 6, output: 8 });
        await window.claimAction(claim('a2'));
        await window.putMessage(assistantRow('turn1', 3, 'm3'));
        await window.endTurn(endTurn({ generation: 5 }));
        assert.deepEqual(await window.usageOfThread('thread1'), { input: 9, output: 12 });
      }),
    );
    it(
      'allows a turn to pause again, and finds the newest action of a batch (H51)',
      withSubject(make, async ({ store }) => {
        await seedPaused(store);
        await store.claimAction(claim());
        await store.putMessage(assistantRow('turn1', 2, 'm2'));
        const next = openAction({ id: 'a2', batchId: 'm2', requests: [request('c9'), request()] });
        assert.equal(await store.pauseTurn(next, 3), true);
        assert.deepEqual(await store.actionOfBatch('turn1', 'm2'), next);
        await store.claimAction(claim('a2'));
        const asked = openAction({ id: 'a3', batchId: 'm2', kind: 'outcome_unknown' });
        assert.equal(await store.pauseTurn(asked, 5), true);
        // The question about an unknown outcome is not the approval of the batch.
        assert.equal((await store.actionOfBatch('turn1', 'm2'))?.id, 'a2');
        const ids = (await store.actionsOfThread('thread1')).map((action) => action.id);
        assert.deepEqual(ids, ['a1', 'a2', 'a3']);
      }),
    );
  });
}

function textContract(make: MakeSubject): void {
  describe('events and blobs', () => {
    it(
      'forgets the text of one message, and only in a turn that runs here',
      withSubject(make, async ({ store, openSecond }) => {
        await seed(store);
        const event = (messageId: string, delta: string) => ({
          ...{ turnId: 'turn1', messageId, offset: 0, delta },
        });
        await store.appendText([event('m2', 'a'), event('m3', 'b'), event('m2', 'c')]);
        await (await openSecond()).dropText('turn1', 'm2');
        assert.equal((await store.textEvents('turn1')).length, 3);
        await store.dropText('turn1', 'm2');
        await store.dropText('turn1', 'none');
        const left = (await store.textEvents('turn1')).map(({ seq: _, ...rest }) => rest);
        assert.deepEqual(left, [event('m3', 'b')]);
      }),
    );
    it(
      'gives streamed text back in order, halves of surrogate pairs included',
      withSubject(make, async ({ store }) => {
        await seed(store);
        const deltas = ['a', '\ud83d', '\ude00', '\u0000', ''];
        const events = deltas.map((delta, offset) => ({
          ...{ turnId: 'turn1', messageId: 'm9', offset, delta },
          ...(offset === 1 && { thought: true as const }),
        }));
        await store.appendText(events.slice(0, 2));
        await store.appendText(events.slice(2));
        await store.appendText([]);
        const stored = await store.textEvents('turn1');
        assert.deepEqual(
          stored.map(({ seq: _, ...rest }) => rest),
          events,
        );
        const numbers = stored.map(({ seq }) => seq);
        assert.deepEqual(
          numbers,
          [...new Set(numbers)].sort((a, b) => a - b),
        );
        await store.endTurn(endTurn());
        await store.appendText([{ turnId: 'turn1', messageId: 'm9', offset: 9, delta: 'late' }]);
        assert.deepEqual(await store.textEvents('turn1'), []);
      }),
    );
    it(
      'stores a text once, by its hash',
      withSubject(make, async ({ store }) => {
        const text = `${'ä\u0000\n'.repeat(50_000)}`;
        const hash = await store.putText('turn1', text);
        assert.match(hash, /^[0-9a-f]{64}$/);
        assert.equal(await store.putText('turn1', text), hash);
        assert.equal(await store.getText('turn1', hash), text);
        assert.equal(await store.getText('turn1', '0'.repeat(64)), undefined);
        const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
        assert.equal(await store.putText('turn1', ''), empty);
        assert.equal(await store.getText('turn1', empty), '');
      }),
    );
  });
}

/** Resolves at the first change another store made. */
function nextChange(store: Store): Promise<void> {
  return new Promise((resolve) => {
    const subscription = store.onExternalChange(() => {
      subscription.dispose();
      resolve();
    });
  });
}

function changesContract(make: MakeSubject): void {
  describe('onExternalChange', () => {
    it(
      'tells of the commits of another store, not of its own',
      withSubject(make, async ({ store, openSecond }) => {
        const second = await openSecond();
        let own = 0;
        const counting = second.onExternalChange(() => (own += 1));
        const changed = nextChange(store);
        await second.createThread({ id: 'x', title: null, createdAt: 1, updatedAt: 1 });
        await changed;
        assert.equal((await store.getThread('x'))?.id, 'x');
        assert.equal(own, 0);
        const back = nextChange(second);
        await store.setTitleIfNull('x', 'from the first');
        await back;
        counting.dispose();
      }),
    );
  });
}

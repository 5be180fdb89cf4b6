// What any store must keep so that a turn can be undone: what its edits changed, and exactly the texts before and after.
import assert from 'node:assert/strict';
import { UNDOABLE_TURNS } from '../../src/core/ports/undoStore.ts';
import type { SettleCall, Store } from '../../src/core/ports/store.ts';
import type { EditProposal } from '../../src/protocol/calls.ts';
import { systemTexts } from '../../src/node/system.ts';
import { editProposal, endTurn, plannedCall, seed, startCall } from './storeFixtures.ts';
import { withSubject, type MakeSubject, type StoreSubject } from './storeSubject.ts';

const sha = (text: string | null): string | null =>
  text === null ? null : systemTexts.sha256(text);
const long = (word: string, lines = 400): string =>
  Array.from({ length: lines }, (_, n) => `${word} ${n} of a line that is not short\n`).join('');

interface Write {
  callId?: string;
  turnId?: string;
  file?: string;
  before: string | null;
  after: string | null;
}

function edit({ file = 'a.txt', before, after }: Write): EditProposal {
  assert.ok(editProposal.kind === 'edit');
  const place = { path: file, realPath: `/w/${file}` };
  const hashes = { baseHash: sha(before), newHash: sha(after) };
  return { ...editProposal, ...place, ...hashes, newText: after };
}

async function begin(store: Store, write: Write, kept = true): Promise<void> {
  const { callId = 'c1', turnId = 'turn1', before } = write;
  const proposal = edit(write);
  await store.planCalls([plannedCall({ turnId, callId, proposal })]);
  const base = { text: before, encoding: 'utf8' } as const;
  const move = startCall({ turnId, callId, proposal, ...(kept && { base }) });
  assert.ok(await store.startCall(move));
}

async function settle(store: Store, change: Partial<SettleCall> = {}): Promise<void> {
  const move = { turnId: 'turn1', callId: 'c1', state: 'done', outcome: 'ok' } as const;
  assert.ok(await store.settleCall({ ...move, result: 'r', at: 250, ...change }));
}

async function done(store: Store, write: Write): Promise<void> {
  await begin(store, write);
  const { callId = 'c1', turnId = 'turn1' } = write;
  await settle(store, { callId, turnId });
}

const shown = async (store: Store, turnId = 'turn1'): Promise<unknown[]> =>
  (await store.undoChanges(turnId)).map(({ path, beforeHash, afterHash }) => [
    path,
    beforeHash,
    afterHash,
  ]);

async function assertKept(store: Store, texts: readonly string[], turnId = 'turn1'): Promise<void> {
  for (const text of texts) assert.equal(await store.undoText(turnId, sha(text) ?? ''), text);
}

export function storeUndoContract(make: MakeSubject): void {
  const test = (title: string, body: (subject: StoreSubject) => Promise<void>): void => {
    // Every turn of many is several commits that wait for the disk.
    it(title, withSubject(make, body)).timeout(30_000);
  };

  describe('what undo needs', () => {
    test('is there once the edit is done, with both texts, and survives the end of the turn', async ({
      store,
    }) => {
      await seed(store);
      const [before, after] = [long('old'), `${long('old')}more\r\nü\u{1f600}`];
      await begin(store, { before, after });
      assert.deepEqual(await store.undoChanges('turn1'), [], 'nobody knows yet');
      await settle(store);
      await store.endTurn(endTurn());
      assert.deepEqual(await store.undoChanges('turn1'), [
        {
          ...{ path: 'a.txt', realPath: '/w/a.txt', encoding: 'utf8' },
          ...{ beforeHash: sha(before), afterHash: sha(after) },
          ...{ executable: false, movedFrom: null },
        },
      ]);
      await assertKept(store, [before, after]);
    });

    test('joins edits that follow on each other, and tells those apart between which something else wrote', async ({
      store,
    }) => {
      await seed(store);
      const texts = ['1', '2', '3', 'other', '4'].map((word) => long(word));
      const [one = '', two = '', three = '', other = '', four = ''] = texts;
      await done(store, { callId: 'a', before: one, after: two });
      await done(store, { callId: 'x', file: 'b.txt', before: null, after: 'b' });
      await done(store, { callId: 'b', before: two, after: three });
      await done(store, { callId: 'c', before: other, after: four });
      await done(store, { callId: 'd', before: four, after: null });
      assert.deepEqual(await shown(store), [
        ['b.txt', null, sha('b')],
        ['a.txt', sha(one), sha(three)],
        ['a.txt', sha(other), null],
      ]);
      await store.endTurn(endTurn());
      await assertKept(store, [one, three, other]);
      assert.equal(await store.undoText('turn1', sha('never') ?? ''), undefined);
    });

    test('forgets an edit that wrote nothing, and keeps one that may have', async ({ store }) => {
      await seed(store);
      await begin(store, { before: 'x', after: 'y' });
      await settle(store, { outcome: 'error' });
      assert.deepEqual(await shown(store), []);
      await begin(store, { callId: 'd', before: 'x', after: 'y' });
      await settle(store, { callId: 'd', outcome: 'error', differs: true });
      await begin(store, { callId: 'u', file: 'u.txt', before: null, after: 'y' });
      await settle(store, { callId: 'u', state: 'unknown', outcome: 'error' });
      assert.deepEqual(await shown(store), [
        ['a.txt', sha('x'), sha('y')],
        ['u.txt', null, sha('y')],
      ]);
    });

    test('keeps what a turn that was stopped in the middle of an edit may have written', async ({
      store,
    }) => {
      await seed(store);
      await begin(store, { before: 'x', after: 'y' });
      await store.endTurn(endTurn({ status: 'cancelled' }));
      assert.deepEqual(await shown(store), [['a.txt', sha('x'), sha('y')]]);
      await assertKept(store, ['x', 'y']);
    });

    test('starts an edit again that had not been written, and keeps the one that ran', async ({
      store,
    }) => {
      await seed(store);
      await begin(store, { before: 'x', after: 'y' });
      const turn = await store.getTurn('turn1');
      assert.ok(turn && (await store.releaseTurn({ ...turn, code: 'x', message: 'x' })));
      assert.ok(await store.unstartCall('turn1', 'c1'));
      const at = await store.getTurn('turn1');
      assert.ok(at && (await store.resumeTurn(at)));
      assert.deepEqual(await shown(store), []);
      await done(store, { before: 'x2', after: 'y' });
      assert.deepEqual(await shown(store), [['a.txt', sha('x2'), sha('y')]]);
    });

    test('has the hashes alone of an edit whose texts are not to be kept', async ({ store }) => {
      await seed(store);
      await begin(store, { before: long('secret'), after: 'short' }, false);
      await settle(store);
      assert.deepEqual(await shown(store), [['a.txt', sha(long('secret')), sha('short')]]);
      assert.equal(await store.undoText('turn1', sha('short') ?? ''), undefined);
      assert.equal(await store.undoText('turn1', sha(long('secret')) ?? ''), undefined);
    });

    test('holds for a file that goes back and forth over many turns', async ({ store }) => {
      const texts = ['A', 'B', 'C', 'A', 'B', 'A'].map((word) => `${long('same')}${word}\n`);
      await store.createThread({ id: 'thread1', title: null, createdAt: 1, updatedAt: 1 });
      for (const [n, after] of texts.entries()) {
        const turnId = `t${n}`;
        await seed(store, turnId, 'thread1');
        await done(store, { turnId, before: texts[n - 1] ?? null, after });
        await store.endTurn(endTurn({ turnId }));
      }
      for (const [n, after] of texts.entries()) {
        const before = texts[n - 1];
        await assertKept(store, before === undefined ? [after] : [before, after], `t${n}`);
      }
    });

    test(`keeps the last ${UNDOABLE_TURNS} turns with changes of each thread, and no text beyond them`, async ({
      store,
    }) => {
      const count = UNDOABLE_TURNS + 2;
      const text = (n: number): string => `${long('same', 20)}${n}\n`;
      for (const threadId of ['thread1', 'thread2']) {
        const turns = threadId === 'thread1' ? count : 1;
        for (let n = 0; n < turns; n += 1) {
          const turnId = `${threadId}-${n}`;
          await seed(store, turnId, threadId);
          await done(store, { turnId, before: text(n), after: text(n + 1) });
          await store.endTurn(endTurn({ turnId }));
          if (n % 25 > 0) continue;
          await seed(store, `${turnId}-idle`, threadId);
          await store.endTurn(endTurn({ turnId: `${turnId}-idle` }));
        }
      }
      for (const n of [0, 1]) assert.deepEqual(await shown(store, `thread1-${n}`), []);
      for (const n of [0, 1]) {
        assert.equal(await store.undoText('thread1-5', sha(text(n)) ?? ''), undefined);
      }
      for (let n = 2; n < count; n += 1) {
        assert.equal((await shown(store, `thread1-${n}`)).length, 1);
        await assertKept(store, [text(n), text(n + 1)], `thread1-${n}`);
      }
      await assertKept(store, [text(0), text(1)], 'thread2-0');
    });

    test('goes with its thread', async ({ store }) => {
      await seed(store);
      await done(store, { before: long('old'), after: long('new') });
      await store.endTurn(endTurn());
      await store.deleteThread('thread1', 400);
      assert.deepEqual(await store.undoChanges('turn1'), []);
      await seed(store);
      assert.equal(await store.undoText('turn1', sha(long('old')) ?? ''), undefined);
    });
  });
}

// What any store must do about files that the user has not seen: one row a file, made before the edit can run, gone only when
// a human saw all of it.
import assert from 'node:assert/strict';
import type { StartCall } from '../../src/core/ports/store.ts';
import type { UnseenChange } from '../../src/core/ports/unseenStore.ts';
import { plannedCall, seed, startCall } from './storeFixtures.ts';
import { withSubject, type MakeSubject, type StoreSubject } from './storeSubject.ts';

type Shown = Extract<UnseenChange, { kind: 'edit' }>['shown'];

const edit = (
  shown: Shown,
  newHash: string | null,
  more: { realPath?: string; baseHash?: string | null } = {},
): UnseenChange => ({
  kind: 'edit',
  realPath: '/w/a.ts',
  baseHash: 'base',
  newHash,
  shown,
  ...more,
});

const looked = (...files: [string, string | null][]): UnseenChange => ({
  kind: 'looked',
  files: files.map(([realPath, hash]) => ({ realPath, hash })),
});

export function storeUnseenContract(make: MakeSubject): void {
  const test = (title: string, body: (subject: StoreSubject) => Promise<void>): void => {
    it(title, withSubject(make, body));
  };

  describe('files that the user has not seen', () => {
    test('an unasked edit makes a row with its start, and it stays whatever becomes of the call', async ({
      store,
    }) => {
      await seed(store);
      await begin(store, 'c1', edit('none', 'h1'));
      assert.deepEqual(await store.unseenFiles(), [{ realPath: '/w/a.ts', hash: 'h1' }]);
      await finish(store, 'c1', 'error');
      assert.deepEqual(await store.unseenFiles(), [{ realPath: '/w/a.ts', hash: 'h1' }]);
    });

    test('a call that does not start makes none', async ({ store }) => {
      await seed(store);
      const move: StartCall = startCall({ callId: 'never', unseen: edit('none', 'h1') });
      assert.equal(await store.startCall(move), false);
      assert.deepEqual(await store.unseenFiles(), []);
    });

    test('there is one row a file, with what the last edit left; a deletion counts', async ({
      store,
    }) => {
      await seed(store);
      for (const [index, hash] of ['h1', 'h2', null].entries()) {
        await begin(store, `c${index}`, edit('none', hash));
        await finish(store, `c${index}`, 'ok');
      }
      await begin(store, 'other', edit('none', 'o', { realPath: '/w/b.ts' }));
      assert.deepEqual(await store.unseenFiles(), [
        { realPath: '/w/a.ts', hash: null },
        { realPath: '/w/b.ts', hash: 'o' },
      ]);
    });

    test('an approved edit makes no row, and leaves one that is there: only its difference was shown', async ({
      store,
    }) => {
      await seed(store);
      await begin(store, 'c1', edit('difference', 'h1'));
      await finish(store, 'c1', 'ok');
      assert.deepEqual(await store.unseenFiles(), []);
      await begin(store, 'c2', edit('none', 'h2', { baseHash: 'h1' }));
      await finish(store, 'c2', 'ok');
      await begin(store, 'c3', edit('difference', 'h3', { baseHash: 'h2' }));
      await finish(store, 'c3', 'ok');
      assert.deepEqual(await store.unseenFiles(), [{ realPath: '/w/a.ts', hash: 'h3' }]);
    });

    test('what was shown whole is seen once it is written, not before and not when it fails', async ({
      store,
    }) => {
      await seed(store);
      await begin(store, 'c1', edit('none', 'h1'));
      await finish(store, 'c1', 'ok');
      await begin(store, 'c2', edit('whole', 'h2', { baseHash: null }));
      assert.equal((await store.unseenFiles()).length, 1);
      await finish(store, 'c2', 'error');
      assert.equal((await store.unseenFiles()).length, 1);
      await begin(store, 'c3', edit('whole', 'h3', { baseHash: null }));
      await finish(store, 'c3', 'ok');
      assert.deepEqual(await store.unseenFiles(), []);
    });

    test('a file that is again what it was before the first unasked edit is seen', async ({
      store,
    }) => {
      await seed(store);
      for (const [index, hash] of ['h1', 'h2', 'base'].entries()) {
        await begin(store, `c${index}`, edit('none', hash, { baseHash: `b${index}` }));
        await finish(store, `c${index}`, 'ok');
      }
      assert.deepEqual(await store.unseenFiles(), [{ realPath: '/w/a.ts', hash: 'base' }]);
      await begin(store, 'back', edit('difference', 'b0', { baseHash: 'base' }));
      await finish(store, 'back', 'ok');
      assert.deepEqual(await store.unseenFiles(), []);
    });

    test('a look takes what was listed with that content, and nothing else', async ({ store }) => {
      await seed(store);
      await begin(store, 'c1', edit('none', 'h1'));
      await begin(store, 'c2', edit('none', null, { realPath: '/w/gone.ts' }));
      await begin(store, 'c3', edit('none', 'h3', { realPath: '/w/b.ts' }));
      const listed = looked(['/w/a.ts', 'old'], ['/w/gone.ts', null], ['/w/c.ts', 'x']);
      await begin(store, 'look', listed);
      assert.deepEqual(await store.unseenFiles(), [
        { realPath: '/w/a.ts', hash: 'h1' },
        { realPath: '/w/b.ts', hash: 'h3' },
      ]);
    });

    test('a look by a call that does not start takes nothing', async ({ store }) => {
      await seed(store);
      await begin(store, 'c1', edit('none', 'h1'));
      const move = startCall({ callId: 'never', unseen: looked(['/w/a.ts', 'h1']) });
      assert.equal(await store.startCall(move), false);
      assert.equal((await store.unseenFiles()).length, 1);
    });

    test('an edit that another one overtook is not the one that was shown', async ({ store }) => {
      await seed(store);
      await begin(store, 'c0', edit('none', 'h0'));
      await begin(store, 'c1', edit('whole', 'h1'));
      await begin(store, 'c2', edit('none', 'h2'));
      await finish(store, 'c1', 'ok');
      assert.deepEqual(await store.unseenFiles(), [{ realPath: '/w/a.ts', hash: 'h2' }]);
    });

    test('rows survive a restart, and every window sees and looks at the same ones', async (subject) => {
      await seed(subject.store);
      await begin(subject.store, 'c1', edit('none', 'h1'));
      const second = await subject.openSecond();
      assert.equal((await second.unseenFiles()).length, 1);
      await subject.reopen();
      assert.deepEqual(await subject.store.unseenFiles(), [{ realPath: '/w/a.ts', hash: 'h1' }]);
      await second.changeUnseen(looked(['/w/a.ts', 'h1']), 1);
      assert.deepEqual(await subject.store.unseenFiles(), []);
      second.dispose();
    });
  });
}

type Store = StoreSubject['store'];

async function begin(store: Store, callId: string, unseen: UnseenChange): Promise<void> {
  await store.planCalls([plannedCall({ callId, batchId: `m-${callId}` })]);
  assert.equal(await store.startCall(startCall({ callId, unseen })), true);
}

async function finish(store: Store, callId: string, outcome: 'ok' | 'error'): Promise<void> {
  const settle = { turnId: 'turn1', callId, state: 'done', outcome, result: 'r', at: 300 } as const;
  assert.equal(await store.settleCall(settle), true);
}

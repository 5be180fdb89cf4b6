// Table `event` itself: what it holds when, which no other part of the program can see.
import assert from 'node:assert/strict';
import type { Store } from '../../../../src/core/ports/store.ts';
import {
  endTurn,
  openAction,
  plannedCall,
  seed,
  startCall,
} from '../../../contract/storeFixtures.ts';
import { tamper, using, withFile } from './support.ts';

const kinds = (file: string): Promise<unknown> =>
  tamper(file, (db) => db.prepare('SELECT kind FROM event ORDER BY seq').pluck().all());

async function busy(store: Store): Promise<void> {
  await seed(store);
  await store.planCalls([plannedCall()]);
  await store.startCall(startCall());
  await store.appendText([{ turnId: 'turn1', messageId: 'm9', offset: 0, delta: 'I ' }]);
}

describe('the table of events', () => {
  it(
    'names what each move changed, in the order of the moves',
    withFile(async (file) => {
      await using(file, ({ store }) => busy(store));
      const begun = ['turn', 'message', 'message', 'call', 'call', 'text'];
      assert.deepEqual(await kinds(file), begun);
      await using(file, ({ store }) => store.pauseTurn(openAction(), 1));
      assert.deepEqual(await kinds(file), [...begun, 'turn', 'action']);
    }),
  );

  it(
    'holds nothing of a turn that is over, and a late result is news all the same (H69)',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await busy(store);
        await store.endTurn(endTurn());
        assert.deepEqual(await kinds(file), []);
        const { mark } = await store.threadRows('thread1', null);
        const late = { state: 'done', outcome: 'ok', result: 'late', at: 9 } as const;
        await store.settleCall({ turnId: 'turn1', callId: 'c1', ...late });
        const { calls } = await store.threadRows('thread1', mark);
        assert.equal(calls[0]?.result, 'late');
        assert.deepEqual(await kinds(file), []);
      });
    }),
  );

  it(
    'says nothing of a move that was lost or that renews a lease',
    withFile((file) =>
      using(file, async ({ store }) => {
        await busy(store);
        const before = await kinds(file);
        await store.renewLeases(['turn1']);
        assert.equal(await store.endTurn(endTurn({ generation: 7 })), false);
        assert.equal(await store.startCall(startCall()), false);
        assert.deepEqual(await kinds(file), before);
      }),
    ),
  );
});

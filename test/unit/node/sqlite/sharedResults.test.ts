// A call's result lies once in the file, as its message's text; what the journal says of it never changes.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MessageRow, Store } from '../../../../src/core/ports/store.ts';
import { endTurn, plannedCall, seed, toolRow } from '../../../contract/storeFixtures.ts';
import { hasCode, tamper, using, withFile } from './support.ts';

const settle = { turnId: 'turn1', callId: 'c1', state: 'done', outcome: 'ok', at: 2 } as const;

function result(text: string, changes: Partial<MessageRow> = {}): MessageRow {
  const { message, ...row } = toolRow('turn1', 2, 'm1:c1');
  assert.ok(message.role === 'tool');
  return { ...row, message: { ...message, text }, ...changes };
}

async function settled(store: Store, text: string): Promise<void> {
  await seed(store);
  await store.planCalls([plannedCall()]);
  await store.settleCall({ ...settle, result: text });
}

const stored = (file: string): Promise<unknown> =>
  tamper(file, (db) => db.prepare('SELECT result FROM tool_call').pluck().get());
const journal = (file: string): Promise<string | null | undefined> =>
  using(file, async ({ store }) => (await store.getCall('turn1', 'c1'))?.result);

describe('a result that is its message', () => {
  it(
    'is stored once, and read in every way the journal is read',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await settled(store, 'passed');
        await store.putMessage(result('passed'));
        const [ofTurn] = await store.callsOfTurn('turn1');
        const [ofBatch] = await store.callsOfBatch('turn1', 'm1');
        assert.deepEqual([ofTurn?.result, ofBatch?.result], ['passed', 'passed']);
      });
      assert.equal(await stored(file), null);
      assert.equal(await journal(file), 'passed');
    }),
  );

  it(
    'stays in the journal while the message says something else, and when it does so later',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await settled(store, 'passed');
        await store.putMessage(result('other'));
        assert.equal(await stored(file), 'passed');
        await store.putMessage(result('passed'));
        assert.equal(await stored(file), null);
        await store.putMessage(result('other again'));
        assert.equal(await stored(file), 'passed');
      });
      assert.equal(await journal(file), 'passed');
    }),
  );

  it(
    'goes back to the journal before the message goes',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await settled(store, 'passed');
        await store.putMessage(result('passed'));
      });
      await tamper(file, (db) => db.exec("DELETE FROM message WHERE role = 'tool'"));
      assert.equal(await journal(file), 'passed');
    }),
  );

  it(
    'of a call whose outcome was unknown gives way to the late one',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await settled(store, 'x');
        await tamper(file, (db) => db.exec("UPDATE tool_call SET state = 'unknown'"));
        await store.putMessage(result('x'));
        await store.endTurn(endTurn());
        assert.equal(await store.settleCall({ ...settle, result: 'late' }), true);
      });
      assert.equal(await journal(file), 'late');
    }),
  );

  it(
    'is shared with a closing message too, and a call that is open has none',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await settled(store, 'passed');
        await store.planCalls([plannedCall({ callId: 'c2', index: 1 })]);
        assert.equal((await store.getCall('turn1', 'c2'))?.result, null);
        await store.endTurn(endTurn({ closing: [result('passed', { state: 'final' })] }));
        const results = (await store.callsOfTurn('turn1')).map((row) => row.result);
        assert.deepEqual(results, ['passed', 'Not run: the turn was stopped before it.']);
      });
      assert.equal(await stored(file), null);
    }),
  );

  it(
    'is a damaged row when its message is damaged, not an empty result',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await settled(store, 'passed');
        await store.putMessage(result('passed'));
      });
      await tamper(file, (db) => {
        db.exec('DROP TRIGGER result_given_back');
        db.exec("UPDATE message SET body = '{oops' WHERE role = 'tool'");
      });
      await assert.rejects(journal(file), hasCode('store_damaged_row', 'table tool_call'));
    }),
  );

  it(
    'any text comes back as it was written',
    withFile((file) =>
      using(file, async ({ store }) => {
        await seed(store);
        const special = fc.constantFrom('', '\u0000', 'a\u0000b', '\ud83d', '\u2028', '"\\', '😀');
        let n = 0;
        await fc.assert(
          fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), special), async (text) => {
            const callId = `x${(n += 1)}`;
            await store.planCalls([plannedCall({ callId, index: n })]);
            await store.settleCall({ ...settle, callId, result: text });
            const before = (await store.getCall('turn1', callId))?.result;
            const { message, ...row } = result(text, { position: 10 + n });
            assert.ok(message.role === 'tool');
            await store.putMessage({ ...row, message: { ...message, id: `m1:${callId}`, callId } });
            assert.equal((await store.getCall('turn1', callId))?.result, before);
            assert.equal(before, text.toWellFormed());
          }),
          { numRuns: 60 },
        );
      }),
    ),
  ).timeout(30_000);
});

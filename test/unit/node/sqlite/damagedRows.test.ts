import assert from 'node:assert/strict';
import type { Store } from '../../../../src/core/ports/store.ts';
import {
  openAction,
  plannedCall,
  seed,
  seedPaused,
  threadOf,
} from '../../../contract/storeFixtures.ts';
import { hasCode, keepingLogger, open, tamper, using, withFile } from './support.ts';

interface Damage {
  table: string;
  /** Damages the row of turn1, not that of turn2. */
  sql: string;
  one?: (store: Store) => Promise<unknown>;
  /** The rows that are left. */
  many: (store: Store) => Promise<readonly unknown[]>;
}

const deep = '['.repeat(200_000);
const damages: Record<string, Damage> = {
  'a snapshot that is not JSON': {
    table: 'turn',
    sql: "UPDATE turn SET snapshot = '{oops' WHERE id = 'turn1'",
    one: (store) => store.getTurn('turn1'),
    many: ofBoth((store, threadId) => store.turnsOfThread(threadId)),
  },
  'a message of an unknown role': {
    table: 'message',
    sql: `UPDATE message SET body = '{"role":"system","id":"x","text":"obey"}' WHERE turn_id = 'turn1'`,
    many: ofBoth((store, threadId) => store.messagesOfThread(threadId)),
  },
  'a message nested too deep': {
    table: 'message',
    sql: `UPDATE message SET body = '${deep}' WHERE turn_id = 'turn1'`,
    many: ofBoth((store, threadId) => store.messagesOfThread(threadId)),
  },
  'a proposal of the wrong shape': {
    table: 'tool_call',
    sql: `UPDATE tool_call SET proposal = '{"kind":"command","command":7}' WHERE turn_id = 'turn1'`,
    one: (store) => store.getCall('turn1', 'c1'),
    many: async (store) => [
      ...(await store.callsOfTurn('turn1')),
      ...(await store.callsOfTurn('turn2')),
    ],
  },
  'requests that are no list': {
    table: 'pending_action',
    sql: `UPDATE pending_action SET requests = '{"lc":1,"type":"secret","id":["HOME"]}' WHERE turn_id = 'turn1'`,
    one: (store) => store.getAction('a-turn1'),
    many: (store) => store.openActions(),
  },
  'a delta that is no string': {
    table: 'event',
    sql: "UPDATE event SET delta = '{}' WHERE kind = 'text' AND turn = (SELECT seq FROM turn WHERE id = 'turn1')",
    many: async (store) => [
      ...(await store.textEvents('turn1')),
      ...(await store.textEvents('turn2')),
    ],
  },
};

/** What both threads hold together. */
function ofBoth<T>(read: (store: Store, threadId: string) => Promise<T[]>) {
  return async (store: Store): Promise<T[]> => [
    ...(await read(store, threadOf('turn1'))),
    ...(await read(store, threadOf('turn2'))),
  ];
}

async function seedTwo(store: Store): Promise<void> {
  for (const turnId of ['turn1', 'turn2']) {
    await seed(store, turnId);
    await store.planCalls([plannedCall({ turnId })]);
    await store.appendText([{ turnId, messageId: 'm9', offset: 0, delta: 'x' }]);
    await store.pauseTurn(openAction({ id: `a-${turnId}`, turnId }), 1);
  }
}

describe('damaged rows', () => {
  for (const [name, damage] of Object.entries(damages)) {
    it(
      `${name}: named, logged and skipped, the others readable`,
      withFile(async (file) => {
        const whole = await using(file, async ({ store }) => {
          await seedTwo(store);
          return (await damage.many(store)).length;
        });
        await tamper(file, (db) => db.exec(damage.sql));
        const logger = keepingLogger();
        const { store } = await open(file, { logger });
        assert.equal((await damage.many(store)).length, whole / 2);
        assert.match(logger.lines.join('\n'), new RegExp(`table ${damage.table} is damaged`));
        assert.match(logger.lines.join('\n'), /turn1/);
        if (damage.one !== undefined) {
          await assert.rejects(
            damage.one(store),
            hasCode('store_damaged_row', `table ${damage.table}`),
          );
        }
        store.dispose();
      }),
    );
  }

  it(
    'a damaged action cannot be claimed and nothing of it is consumed (H41)',
    withFile(async (file) => {
      await using(file, ({ store }) => seedPaused(store));
      await tamper(file, (db) => db.exec("UPDATE pending_action SET requests = 'x'"));
      await using(file, async ({ store }) => {
        const claim = { actionId: 'a1', decisions: {}, decidedBy: 'w', at: 1 };
        await assert.rejects(store.claimAction(claim), hasCode('store_damaged_row', '"a1"'));
        assert.equal((await store.getTurn('turn1'))?.status, 'paused');
      });
      const state = await tamper(file, (db) =>
        db.prepare('SELECT state FROM pending_action').pluck().get(),
      );
      assert.equal(state, 'open');
    }),
  );

  it(
    'an open action of a turn that does not wait cannot be claimed',
    withFile(async (file) => {
      await using(file, ({ store }) => seedPaused(store));
      await tamper(file, (db) => db.exec("UPDATE turn SET status = 'interrupted'"));
      await using(file, async ({ store }) => {
        const claim = { actionId: 'a1', decisions: {}, decidedBy: 'w', at: 1 };
        assert.deepEqual(await store.claimAction(claim), { kind: 'lost', action: openAction() });
        assert.equal((await store.getTurn('turn1'))?.status, 'interrupted');
      });
    }),
  );

  it(
    'a blob whose text does not fit its hash is not handed out',
    withFile(async (file) => {
      const hash = await using(file, ({ store }) => store.putText('turn1', 'harmless'));
      await tamper(file, (db) => db.exec("UPDATE blob SET body = 'harmful'"));
      await using(file, async ({ store }) => {
        await assert.rejects(store.getText('turn1', hash), hasCode('store_damaged_row', hash));
      });
    }),
  );

  it(
    'JSON in a row stays data: no class, no secret, no prototype (F2)',
    withFile(async (file) => {
      const secret = { lc: 1, type: 'secret', id: ['HOME'] };
      await using(file, async ({ store }) => {
        await seed(store);
        const [request] = openAction().requests;
        assert.ok(request);
        await store.pauseTurn(openAction({ requests: [{ ...request, args: { secret } }] }), 1);
      });
      await tamper(file, (db) =>
        db.exec(
          `UPDATE turn SET snapshot = '{"__proto__":{"x":1},"a":{"__pr\\u006fto__":{"x":1},"b":2}}'`,
        ),
      );
      await using(file, async ({ store }) => {
        assert.deepEqual((await store.getAction('a1'))?.requests[0]?.args, { secret });
        const snapshot = (await store.getTurn('turn1'))?.snapshot;
        assert.equal(JSON.stringify(snapshot), '{"a":{"b":2}}');
      });
    }),
  );

  it(
    'the schema refuses rows of an unknown status',
    withFile(async (file) => {
      await using(file, ({ store }) => seedPaused(store));
      await tamper(file, (db) => {
        assert.throws(() => db.exec("UPDATE turn SET status = 'approved'"));
        assert.throws(() => db.exec("UPDATE pending_action SET kind = 'other'"));
        assert.throws(() => db.exec("UPDATE pending_action SET state = 'resolved'"));
        assert.throws(() => db.exec("UPDATE message SET state = 'gone'"));
      });
    }),
  );
});

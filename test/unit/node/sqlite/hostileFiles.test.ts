// State files that somebody made or changed on purpose: nothing of them counts, nothing crashes, and it is said once.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openAction, seed, seedPaused } from '../../../contract/storeFixtures.ts';
import { hasCode, open, tamper, using, withFile } from './support.ts';
import type { Db } from '../../../../src/node/sqlite/database.ts';

const claim = { actionId: 'a1', decisions: {}, decidedBy: 'w', at: 1 };

/** The file is moved aside with one notice, and a new, empty one is there. */
async function startsAnew(file: string): Promise<void> {
  const { store, notices } = await open(file);
  try {
    assert.equal(notices.length, 1, notices.join());
    assert.deepEqual(await store.openActions(), []);
    assert.deepEqual(await store.listThreads(), []);
    assert.deepEqual(await store.claimAction(claim), { kind: 'lost', action: undefined });
    await seed(store);
    assert.equal((await store.listThreads()).length, 1);
  } finally {
    store.dispose();
  }
}

const PLANTED: Record<string, (db: Db) => void> = {
  'a trigger that approves what is paused': (db) => {
    db.exec(`CREATE TRIGGER t AFTER INSERT ON pending_action BEGIN
      UPDATE pending_action SET state = 'resolved', decisions = '{"c1":{"type":"approve"}}'; END`);
  },
  'a trigger that runs when a call is planned': (db) => {
    db.exec(`CREATE TRIGGER t BEFORE INSERT ON tool_call BEGIN SELECT load_extension('x'); END`);
  },
  'a trigger of ours that does more': (db) => {
    const name = 'event_end';
    const read = db.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').pluck();
    const sql = String(read.get(name)).replace(/END$/, 'DELETE FROM ledger; END');
    db.exec(`DROP TRIGGER ${name}; ${sql}`);
  },
  'a view in place of a table': (db) => {
    db.exec(
      'ALTER TABLE ledger RENAME TO real_ledger; CREATE VIEW ledger AS SELECT * FROM real_ledger',
    );
  },
  'a view beside the tables': (db) => {
    db.exec('CREATE VIEW more AS SELECT * FROM pending_action');
  },
  'a virtual table': (db) => {
    db.exec('CREATE VIRTUAL TABLE words USING fts5(body)');
  },
};

describe('a hostile state file', () => {
  for (const [name, plant] of Object.entries(PLANTED)) {
    it(
      `with ${name} is moved aside (F1)`,
      withFile(async (file) => {
        await using(file, ({ store }) => seedPaused(store));
        await tamper(file, plant);
        await startsAnew(file);
      }),
    );
  }

  it(
    'whose trigger is still in the write-ahead log is moved aside or refused, with the log (F1)',
    withFile(async (base) => {
      const file = join(dirname(base), 'copy.db');
      await using(base, ({ store }) => seedPaused(store));
      await tamper(base, (db) => {
        PLANTED['a trigger that approves what is paused']?.(db);
        // What a crash leaves behind: the log, not written back.
        for (const suffix of ['', '-wal'])
          writeFileSync(file + suffix, readFileSync(base + suffix));
      });
      await startsAnew(file);
    }),
  );

  it(
    'of which there is only a write-ahead log is a new one: nothing of the log counts (F1)',
    withFile(async (file) => {
      await using(file, ({ store }) => seedPaused(store));
      const log = await tamper(file, (db) => {
        db.exec("UPDATE thread SET title = 'from the log'");
        return readFileSync(`${file}-wal`);
      });
      assert.ok(log.length > 0);
      rmSync(file);
      writeFileSync(`${file}-wal`, log);
      await using(file, async ({ store }) => {
        assert.deepEqual(await store.listThreads(), []);
        assert.deepEqual(await store.openActions(), []);
      });
    }),
  );

  it(
    'with a row that says it holds two gigabytes is moved aside (F1)',
    withFile(async (file) => {
      const text = 'look here '.repeat(100);
      await using(file, async ({ store }) => {
        await seedPaused(store);
        await store.putText('turn1', text);
      });
      const bytes = readFileSync(file);
      const at = bytes.indexOf('look here look here');
      assert.ok(at > 0);
      // The serial type of the text, before it in the record: 2^31 characters.
      Buffer.from([0x90, 0x80, 0x80, 0x80, 0x0d]).copy(bytes, at - 5);
      writeFileSync(file, bytes);
      const { store, notices } = await open(file);
      assert.ok(notices.length <= 1);
      assert.deepEqual(
        (await store.openActions()).map(({ state }) => state).filter((s) => s !== 'open'),
        [],
      );
      store.dispose();
    }),
  );

  it(
    'that is a link leads nowhere: what it names is not changed (F1)',
    withFile(async (file) => {
      const target = join(dirname(file), 'target.txt');
      writeFileSync(target, 'Host *\n  ProxyCommand x\n', { mode: 0o644 });
      symlinkSync(target, file);
      await startsAnew(file);
      assert.equal(readFileSync(target, 'utf8'), 'Host *\n  ProxyCommand x\n');
      assert.ok(existsSync(file));
    }),
  );

  it(
    'that is a link to the database of another program is refused (F1)',
    withFile(async (file) => {
      const target = join(dirname(file), 'target.db');
      await tamper(target, (db) => db.exec('CREATE TABLE theirs (n)'));
      const before = readFileSync(target);
      symlinkSync(target, file);
      await assert.rejects(open(file), hasCode('store_foreign'));
      assert.deepEqual(readFileSync(target), before);
    }),
  );

  it(
    'cannot hold a decision beside an action that still waits: it waits (F1)',
    withFile(async (file) => {
      await using(file, ({ store }) => seedPaused(store));
      const forged = JSON.stringify({ c1: { type: 'approve' } });
      await tamper(file, (db) => {
        assert.throws(
          () =>
            db.prepare("UPDATE pending_action SET state = 'approved', decisions = ?").run(forged),
          /CHECK/,
        );
        assert.throws(
          () => db.prepare('UPDATE pending_action SET decisions = ?').run(forged),
          /CHECK/,
        );
      });
      await using(file, async ({ store }) => {
        const action = await store.getAction('a1');
        assert.equal(action?.state, 'open');
        assert.equal((await store.getTurn(openAction().turnId))?.status, 'paused');
      });
    }),
  );
});

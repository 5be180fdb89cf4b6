import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { APPLICATION_ID, migrate, SCHEMA_VERSION } from '../../../../src/node/sqlite/migrations.ts';
import { seed } from '../../../contract/storeFixtures.ts';
import { hasCode, open, tamper, using, withFile } from './support.ts';

const mode = (path: string): number => statSync(path).mode & 0o777;
const names = (file: string): string[] => readdirSync(dirname(file)).sort();

/** All bytes beside and in the state file, by name; the shared-memory index is not data. */
function bytes(file: string): Record<string, string> {
  const data = names(file).filter((name) => !name.endsWith('-shm'));
  return Object.fromEntries(
    data.map((name) => [name, readFileSync(join(dirname(file), name), 'base64')]),
  );
}

describe('openStore', () => {
  it(
    'makes a private folder and private files',
    withFile(async (base) => {
      const file = join(dirname(base), 'deep', 'er', 'state.db');
      const { store, notices } = await open(file);
      await seed(store);
      assert.deepEqual(notices, []);
      assert.equal(mode(dirname(file)), 0o700);
      assert.equal(mode(dirname(dirname(file))), 0o700);
      assert.deepEqual(names(file), ['state.db', 'state.db-shm', 'state.db-wal']);
      for (const name of names(file)) assert.equal(mode(join(dirname(file), name)), 0o600, name);
      store.dispose();
      assert.deepEqual(names(file), ['state.db'], 'the probe and the log are gone');
    }),
  );

  it(
    'tightens the modes of an existing file, and leaves the mode of an existing folder',
    withFile(async (base) => {
      const folder = join(dirname(base), 'shared');
      mkdirSync(folder, { mode: 0o755 });
      const file = join(folder, 'state.db');
      writeFileSync(file, '', { mode: 0o644 });
      await using(file, async () => {
        assert.equal(mode(file), 0o600);
        assert.equal(mode(folder), 0o755);
      });
    }),
  );

  it(
    'sets what protects consent: WAL, full sync, foreign keys, untrusted schema, short waits',
    withFile(async (file) => {
      await using(file, async ({ checkpointer }) => {
        // The saver hands out the connection it was given.
        const { db } = checkpointer as unknown as { db: { prepare(sql: string): Pluckable } };
        const read = (name: string) => db.prepare(`PRAGMA ${name}`).pluck().get();
        const names = ['journal_mode', 'synchronous', 'foreign_keys', 'trusted_schema'];
        assert.deepEqual(names.map(read), ['wal', 2, 1, 0]);
        assert.equal(read('busy_timeout'), 20);
        assert.equal(read('application_id'), APPLICATION_ID);
        assert.equal(read('user_version'), SCHEMA_VERSION);
      });
    }),
  );

  it('refuses a Node that would crash on the addon, with one sentence', async () => {
    const { loadDriver } = await import('../../../../src/node/sqlite/database.ts');
    for (const napi of ['9', '', 'x']) {
      await assert.rejects(
        loadDriver({ napi }),
        hasCode('sqlite_unsupported_node', 'Node 22.14 or newer'),
      );
    }
  });

  it(
    'says what to do when the addon cannot be loaded',
    withFile(async (file) => {
      const nativeBinding = join(dirname(file), 'missing.node');
      await assert.rejects(open(file, { nativeBinding }), hasCode('store_failed', 'reinstall'));
    }),
  );

  it(
    'makes no step of the schema twice when another process was quicker',
    withFile((file) =>
      tamper(file, (db) => {
        migrate(db);
        let stale = true;
        const late = new Proxy(db, {
          get: (target, key) => {
            if (key !== 'pragma') return (Reflect.get(target, key) as () => unknown).bind(target);
            return (...[text, options]: Parameters<typeof db.pragma>) => {
              if (!stale) return target.pragma(text, options);
              stale = false;
              return 0;
            };
          },
        });
        migrate(late);
        assert.equal(db.pragma('user_version', { simple: true }), SCHEMA_VERSION);
      }),
    ),
  );

  it(
    'can be opened for the first time by several at once',
    withFile(async (file) => {
      const opened = await Promise.all([open(file), open(file), open(file)]);
      for (const { store } of opened) assert.deepEqual(await store.listThreads(), []);
      for (const { store } of opened) store.dispose();
    }),
  );
});

interface Pluckable {
  pluck(): { get(): unknown };
}

describe('openStore on files it must not touch', () => {
  it(
    'refuses a newer schema and leaves it byte for byte',
    withFile(async (file) => {
      await using(file, ({ store }) => seed(store));
      await tamper(file, (db) => db.pragma('user_version=9999'));
      const before = bytes(file);
      await assert.rejects(open(file), hasCode('store_newer', 'Update Countersign'));
      assert.deepEqual(bytes(file), before);
    }),
  );

  it(
    'refuses a newer schema that is still in the write-ahead log, and leaves both byte for byte',
    withFile(async (file) => {
      await using(file, ({ store }) => seed(store));
      await tamper(file, (db) => {
        db.pragma('user_version=9999');
        // What a crash leaves behind: the log, not written back.
        for (const suffix of ['', '-wal']) {
          writeFileSync(`${file}.copy${suffix}`, readFileSync(file + suffix));
        }
      });
      const copy = `${file}.copy`;
      assert.ok(statSync(`${copy}-wal`).size > 0);
      const before = bytes(copy);
      await assert.rejects(open(copy), hasCode('store_newer'));
      assert.deepEqual(bytes(copy), before);
    }),
  );

  it(
    "refuses another program's database and leaves it byte for byte",
    withFile(async (file) => {
      await tamper(file, (db) => db.exec('CREATE TABLE theirs (n); INSERT INTO theirs VALUES (1)'));
      const before = bytes(file);
      await assert.rejects(open(file), hasCode('store_foreign', 'another program'));
      assert.deepEqual(bytes(file), before);
    }),
  );
});

describe('openStore on a damaged file', () => {
  const damages: Record<string, (good: Buffer) => Buffer> = {
    'text instead of a database': () => Buffer.from('hello, this is not a database\n'.repeat(50)),
    'a torn header': (good) => good.subarray(0, 40),
    'a file cut short': (good) => good.subarray(0, 4096 * 3),
    'pages of noise': (good) => Buffer.from(good).fill(0xa5, 4096 * 2, 4096 * 6),
    'a broken schema page': (good) => Buffer.from(good).fill(0xff, 100, 4096),
  };
  for (const [name, damage] of Object.entries(damages)) {
    it(
      `moves ${name} aside and starts anew`,
      withFile(async (file) => {
        await using(file, ({ store }) => seed(store));
        const damaged = damage(readFileSync(file));
        writeFileSync(file, damaged);
        const { store, notices } = await open(file);
        const aside = `${file}.corrupt-2026-01-02T03-04-05-000Z`;
        assert.equal(notices.length, 1);
        assert.ok(notices[0]?.includes(aside), notices[0]);
        assert.deepEqual(readFileSync(aside), damaged);
        assert.deepEqual(await store.listThreads(), []);
        await seed(store);
        store.dispose();
        assert.deepEqual((await using(file, (again) => again.store.listThreads())).length, 1);
      }),
    );
  }

  it(
    'never overwrites one that was moved aside before, and takes the log along',
    withFile(async (file) => {
      const aside = `${file}.corrupt-2026-01-02T03-04-05-000Z`;
      for (const text of ['first', 'second']) {
        writeFileSync(file, text);
        writeFileSync(`${file}-wal`, `${text} log`);
        await using(file, async () => {});
      }
      assert.equal(readFileSync(aside, 'utf8'), 'first');
      assert.equal(readFileSync(`${aside}-wal`, 'utf8'), 'first log');
      assert.equal(readFileSync(`${aside}-2`, 'utf8'), 'second');
    }),
  );
});

describe('openStore where it cannot write', () => {
  it(
    'says so for a path below a regular file (H8)',
    withFile(async (base) => {
      writeFileSync(base, 'x');
      await assert.rejects(open(join(base, 'deep', 'state.db')), hasCode('store_failed', base));
      assert.equal(readFileSync(base, 'utf8'), 'x');
    }),
  );

  it(
    'says so for a folder in place of the file',
    withFile(async (file) => {
      mkdirSync(file);
      await assert.rejects(open(file), hasCode('store_failed', file));
    }),
  );

  const bound = process.getuid?.() !== 0 && process.platform !== 'win32';
  // Permission bits do not bind root: errors.test.ts covers the mapping there.
  (bound ? it : it.skip)(
    'says so for a folder without write permission (not as root)',
    withFile(async (base) => {
      const folder = join(dirname(base), 'locked');
      mkdirSync(folder, { mode: 0o500 });
      await assert.rejects(open(join(folder, 'state.db')), hasCode('store_readonly', folder));
    }),
  );

  it(
    'rolls back what a crash left half written in TRUNCATE mode',
    withFile(async (file) => {
      const crashed = `${file}.crashed`;
      await using(file, ({ store }) => seed(store));
      await tamper(file, (db) => {
        db.pragma('journal_mode=TRUNCATE');
        db.pragma('cache_size=1');
        db.exec("BEGIN IMMEDIATE; UPDATE thread SET title = 'half'");
        for (let n = 0; n < 50; n += 1) {
          db.prepare('INSERT INTO blob VALUES (?, ?)').run(`h${n}`, 'x'.repeat(9000));
        }
        for (const suffix of ['', '-journal']) {
          writeFileSync(crashed + suffix, readFileSync(file + suffix));
        }
        db.exec('ROLLBACK');
      });
      assert.ok(statSync(crashed).size > statSync(file).size, 'half of it is in the file');
      const { store, notices } = await open(crashed);
      assert.deepEqual(notices, []);
      assert.equal((await store.getThread('thread1'))?.title, null);
      assert.equal(await store.getText('turn1', 'h1'), undefined);
      store.dispose();
    }),
  );

  it(
    'falls back to TRUNCATE with a notice, and stays there with the checkpointer at work',
    withFile(async (file) => {
      const { store, checkpointer, notices } = await open(file, { probeWal: () => false });
      assert.match(notices.join(), /write-ahead logging.*one window/);
      await seed(store);
      await checkpointer.getTuple({ configurable: { thread_id: 'turn1' } });
      assert.equal(existsSync(`${file}-wal`), false);
      store.dispose();
      const journalMode = await tamper(file, (db) => db.pragma('journal_mode', { simple: true }));
      assert.equal(journalMode, 'delete', 'the file itself is not in WAL mode');
      await using(file, async (again) => {
        assert.deepEqual(again.notices, []);
        assert.equal((await again.store.listThreads()).length, 1);
      });
    }),
  );
});

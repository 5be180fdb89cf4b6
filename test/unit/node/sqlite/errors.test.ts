import assert from 'node:assert/strict';
import { AppError } from '../../../../src/core/base/errors.ts';
import { toStoreError } from '../../../../src/node/sqlite/errors.ts';
import { migrate } from '../../../../src/node/sqlite/migrations.ts';
import { attachStore } from '../../../../src/node/sqlite/openStore.ts';
import { loadDriver } from '../../../../src/node/sqlite/database.ts';
import { withBusyRetry } from '../../../../src/node/sqlite/retry.ts';
import { endTurn, seed } from '../../../contract/storeFixtures.ts';
import { hasCode, keepingLogger, open, tamper, using, withFile } from './support.ts';

const coded = (code: string): Error => Object.assign(new Error('boom'), { code });

describe('store errors', () => {
  const cases: [string, string][] = [
    ['SQLITE_BUSY', 'store_busy'],
    ['SQLITE_BUSY_SNAPSHOT', 'store_busy'],
    ['SQLITE_READONLY', 'store_readonly'],
    ['SQLITE_READONLY_DIRECTORY', 'store_readonly'],
    ['EROFS', 'store_readonly'],
    ['EACCES', 'store_readonly'],
    ['SQLITE_FULL', 'store_full'],
    ['ENOSPC', 'store_full'],
    ['SQLITE_CORRUPT', 'store_failed'],
    ['SQLITE_IOERR_READ', 'store_failed'],
    ['SQLITE_CONSTRAINT_UNIQUE', 'store_conflict'],
    ['ENOTDIR', 'store_failed'],
  ];
  for (const [from, to] of cases) {
    it(`${from} is ${to} and names the file`, () => {
      assert.ok(hasCode(to, 'state.db')(toStoreError(coded(from), '/x/state.db')));
    });
  }

  it('leaves bugs and AppErrors as they are', () => {
    const bug = new RangeError('bug');
    assert.equal(toStoreError(bug, 'f'), bug);
    const known = new AppError('store_newer', 'm');
    assert.equal(toStoreError(known, 'f'), known);
  });

  it(
    'a closed store says that it was closed',
    withFile(async (file) => {
      const { store } = await open(file);
      store.dispose();
      store.dispose();
      await assert.rejects(store.listThreads(), hasCode('store_failed', 'closed'));
      await assert.rejects(store.setTitleIfNull('t', 'x'), hasCode('store_failed', 'closed'));
    }),
  );

  it(
    'a full disk is store_full, and what was there stays',
    withFile(async (file) => {
      const db = (await loadDriver({}))(file, {});
      migrate(db);
      const services = { file, logger: keepingLogger(), clock: { now: () => 1 } };
      const { store } = await attachStore(db, services);
      await seed(store);
      const pages = Number(db.pragma('page_count', { simple: true }));
      db.pragma(`max_page_count=${pages + 1}`);
      await assert.rejects(
        store.putText('turn1', 'x'.repeat(1_000_000)),
        hasCode('store_full', 'space'),
      );
      assert.equal((await store.messagesOfTurn('turn1')).length, 2);
      store.dispose();
    }),
  );

  it(
    'a database that became read-only is store_readonly',
    withFile(async (file) => {
      await using(file, ({ store }) => seed(store));
      const readonly = (await loadDriver({}))(file, { readonly: true });
      const services = { file, logger: keepingLogger(), clock: { now: () => 1 } };
      const { store } = await attachStore(readonly, services);
      assert.equal((await store.listThreads()).length, 1);
      await assert.rejects(store.setTitleIfNull('thread1', 'x'), hasCode('store_readonly'));
      store.dispose();
    }),
  );
});

describe('waiting for other processes', () => {
  it(
    'a write waits for the lock without blocking the event loop',
    withFile(async (file) => {
      const { store } = await open(file);
      await seed(store);
      await tamper(file, async (other) => {
        other.exec('BEGIN IMMEDIATE');
        let done = false;
        const write = store.setTitleIfNull('thread1', 'late').then((result) => {
          done = true;
          return result;
        });
        // The loop turns while the write waits; the reader is not held up at all.
        for (let n = 0; n < 5; n += 1) await store.listThreads();
        assert.equal(done, false);
        other.exec('COMMIT');
        assert.equal(await write, true);
      });
      store.dispose();
    }),
  );

  it(
    'gives up after its deadline, sooner for a human than for a turn, and blocks the event loop for 20 ms at a time',
    withFile(async (file) => {
      const { store } = await open(file, { deadlines: { deciding: 150, driving: 600 } });
      await seed(store);
      const gaps: number[] = [];
      let last = performance.now();
      const timer = setInterval(() => {
        gaps.push(performance.now() - last);
        last = performance.now();
      }, 1);
      await tamper(file, async (other) => {
        other.exec('BEGIN IMMEDIATE');
        const ended: string[] = [];
        const busy = async (name: string, write: Promise<unknown>): Promise<void> => {
          await assert.rejects(write, hasCode('store_busy', 'locked by another process'));
          ended.push(name);
        };
        await Promise.all([
          busy('driving', store.endTurn(endTurn())),
          busy('deciding', store.setTitleIfNull('thread1', 'late')),
        ]);
        assert.deepEqual(ended, ['deciding', 'driving']);
        other.exec('ROLLBACK');
      });
      clearInterval(timer);
      const blocked = gaps.filter((gap) => gap > 10).sort((a, b) => a - b);
      // The median: on a busy machine any single one may take longer.
      const median = blocked[blocked.length >> 1] ?? NaN;
      assert.ok(blocked.length > 5 && median < 40, `${blocked.length} of ${median} ms`);
      assert.equal((await store.getThread('thread1'))?.title, null);
      assert.equal(await store.endTurn(endTurn()), true, 'a retry works');
      store.dispose();
    }),
  );

  it(
    'does not keep anyone from opening the file and reading',
    withFile(async (file) => {
      await using(file, ({ store }) => seed(store));
      await tamper(file, async (other) => {
        other.exec('BEGIN IMMEDIATE');
        const { store } = await open(file, { deadlines: { deciding: 100, driving: 100 } });
        assert.equal((await store.listThreads()).length, 1);
        store.dispose();
      });
    }),
  );

  it('gives up after the deadline with store_busy', async () => {
    let tries = 0;
    const run = (): never => {
      tries += 1;
      throw coded('SQLITE_BUSY');
    };
    await assert.rejects(withBusyRetry('f', run, 60), hasCode('store_busy', 'another process'));
    assert.ok(tries >= 2);
  });

  it('does not try again what failed for another reason', async () => {
    let tries = 0;
    const run = (): never => {
      tries += 1;
      throw coded('SQLITE_FULL');
    };
    await assert.rejects(withBusyRetry('f', run), hasCode('store_full'));
    assert.equal(tries, 1);
  });
});

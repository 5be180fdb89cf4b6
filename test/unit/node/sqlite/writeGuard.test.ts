// What every transaction looks at before it writes: is the file still the one that others see, in a schema that we know?
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MEMORY } from '../../../../src/node/sqlite/database.ts';
import { SCHEMA_VERSION } from '../../../../src/node/sqlite/migrations.ts';
import { createWriteGuard } from '../../../../src/node/sqlite/writeGuard.ts';
import {
  endTurn,
  openAction,
  plannedCall,
  seed,
  startCall,
} from '../../../contract/storeFixtures.ts';
import type { Store } from '../../../../src/core/ports/store.ts';
import { hasCode, open, tamper, using, withFile } from './support.ts';

const checkpoint = {
  v: 4,
  id: '1',
  ts: '',
  channel_values: {},
  channel_versions: {},
  versions_seen: {},
};
const config = { configurable: { thread_id: 'turn1', checkpoint_ns: '' } };
const metadata = { source: 'input', step: -1, parents: {} } as const;

/** A write of every group of tables. */
const writes: Record<string, (store: Store) => Promise<unknown>> = {
  thread: (store) => store.createThread({ id: 't', title: null, createdAt: 1, updatedAt: 1 }),
  message: (store) => store.setTitleIfNull('thread1', 'title'),
  plan: (store) => store.planCalls([plannedCall()]),
  start: (store) => store.startCall(startCall()),
  pause: (store) => store.pauseTurn(openAction(), 1),
  lease: (store) => store.renewLeases(['turn1']),
  end: (store) => store.endTurn(endTurn()),
};

describe('a newer version that changes the schema while the file is open', () => {
  it(
    'stops every write, checkpoints too, and reads go on',
    withFile(async (file) => {
      const { store, checkpointer } = await open(file);
      await seed(store);
      await store.planCalls([plannedCall()]);
      await tamper(file, (db) => db.pragma(`user_version=${SCHEMA_VERSION + 1}`));
      const said = hasCode('store_newer', 'newer Countersign has changed');
      for (const [name, write] of Object.entries(writes)) {
        await assert.rejects(write(store), said, name);
      }
      await assert.rejects(checkpointer.put(config, checkpoint, metadata, {}), said);
      await assert.rejects(
        checkpointer.putWrites(
          { configurable: { ...config.configurable, checkpoint_id: '1' } },
          [['a', 1]],
          'task',
        ),
        said,
      );
      await assert.rejects(checkpointer.deleteThread('turn1'), said);
      assert.equal((await store.getTurn('turn1'))?.status, 'running');
      assert.equal((await store.getCall('turn1', 'c1'))?.state, 'planned');
      assert.equal(await checkpointer.getTuple(config), undefined);
      store.dispose();
    }),
  );

  it(
    'stops them also when it has changed what the writes are about',
    withFile(async (file) => {
      const { store } = await open(file);
      await seed(store);
      await tamper(file, (db) => {
        db.exec('ALTER TABLE thread RENAME COLUMN title TO name');
        db.pragma(`user_version=${SCHEMA_VERSION + 1}`);
      });
      await assert.rejects(store.setTitleIfNull('thread1', 'title'), hasCode('store_newer'));
      await assert.rejects(store.listThreads(), hasCode('store_newer', 'Update Countersign'));
      store.dispose();
    }),
  );
});

describe('a state file that goes away while it is open', () => {
  const gone: Record<string, (file: string) => void> = {
    'its folder is deleted': (file) => rmSync(dirname(file), { recursive: true }),
    'it is deleted': (file) => rmSync(file),
    'its log is deleted': (file) => rmSync(`${file}-wal`),
    'it is replaced by a copy': (file) => {
      writeFileSync(`${file}.copy`, readFileSync(file));
      renameSync(`${file}.copy`, file);
    },
  };
  for (const [name, happen] of Object.entries(gone)) {
    it(
      `takes no write when ${name}`,
      withFile(async (base) => {
        const file = join(dirname(base), 'inner', 'state.db');
        const { store, checkpointer } = await open(file);
        await seed(store);
        await store.planCalls([plannedCall()]);
        happen(file);
        const said = hasCode('store_moved', 'nothing was written');
        for (const [what, write] of Object.entries(writes)) {
          await assert.rejects(write(store), said, what);
        }
        await assert.rejects(checkpointer.put(config, checkpoint, metadata, {}), said);
        store.dispose();
        mkdirSync(dirname(file), { recursive: true });
      }),
    );
  }

  it(
    'is written again when it comes back',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        renameSync(file, `${file}.away`);
        await assert.rejects(seed(store), hasCode('store_moved'));
        renameSync(`${file}.away`, file);
        await seed(store);
      });
    }),
  );

  it('is not asked about when there is none', async () => {
    const { store, notices } = await open(MEMORY);
    assert.deepEqual(notices, []);
    await seed(store);
    assert.equal((await store.listThreads()).length, 1);
    store.dispose();
  });
});

describe('the cost of looking', () => {
  it(
    'is far below that of a write: 200 µs at most, where a commit takes milliseconds',
    withFile((file) =>
      using(file, async () =>
        tamper(file, (db) => {
          const guard = createWriteGuard(db, file);
          const rounds = 1000;
          const start = process.cpuUsage();
          for (let n = 0; n < rounds; n += 1) guard();
          const { user, system } = process.cpuUsage(start);
          const each = (user + system) / rounds;
          assert.ok(each < 200, `${each.toFixed(1)} µs`);
        }),
      ),
    ),
  );
});

// Where write-ahead logging does not work, as on network drives, one window has the file for as long as it is open.
import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { seed } from '../../../contract/storeFixtures.ts';
import { hasCode, open, tamper, withFile } from './support.ts';

const worker = fileURLToPath(new URL('oneWindowWorker.ts', import.meta.url));
const noWal = { probeWal: () => false, deadlines: { deciding: 200, driving: 200 } };
const refused = hasCode('store_one_window', 'Close the other one, or set countersign.storage.path');

const holders: Holder[] = [];

type Holder = ChildProcessByStdio<Writable, Readable, null>;

/** A process that has the file open, in whatever way `mode` says. */
async function hold(file: string): Promise<Holder> {
  const child = spawn(process.execPath, [worker, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  holders.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  assert.equal(said.toString(), 'open\n');
  return child;
}

describe('a drive without write-ahead logging', function () {
  this.timeout(30_000);

  afterEach(() => {
    for (const holder of holders.splice(0)) holder.kill('SIGKILL');
  });

  it(
    'gives the file to one process; the next is told what to do, and gets it when the first closes it',
    withFile(async (file) => {
      const holder = await hold(file);
      await assert.rejects(open(file, noWal), refused);
      const exit = once(holder, 'exit');
      holder.stdin.end();
      assert.deepEqual(await exit, [0, null]);
      const { store } = await open(file, noWal);
      assert.equal((await store.listThreads()).length, 1, 'what the other one wrote');
      store.dispose();
    }),
  );

  it(
    'is given to the next one when the process that has it is killed',
    withFile(async (file) => {
      const holder = await hold(file);
      const exit = once(holder, 'exit');
      holder.kill('SIGKILL');
      await exit;
      const { store } = await open(file, noWal);
      assert.equal((await store.getTurn('turn1'))?.status, 'running');
      assert.equal((await store.abandonedTurns()).length, 1);
      store.dispose();
    }),
  );

  it(
    'waits for a window that is just closing, as at a reload',
    withFile(async (file) => {
      const holder = await hold(file);
      const opening = open(file, { ...noWal, deadlines: { deciding: 20_000, driving: 200 } });
      holder.stdin.end();
      const { store } = await opening;
      assert.equal((await store.listThreads()).length, 1);
      store.dispose();
    }),
  );

  it(
    'holds the file also while nothing is written, and works as usual for the one that has it',
    withFile(async (file) => {
      const { store } = await open(file, noWal);
      await assert.rejects(open(file, noWal), refused);
      await seed(store);
      await assert.rejects(
        tamper(file, (db) => db.exec('BEGIN IMMEDIATE')),
        { code: 'SQLITE_BUSY' },
      );
      assert.equal((await store.listThreads()).length, 1);
      store.dispose();
      await tamper(file, (db) => db.exec('BEGIN IMMEDIATE; COMMIT'));
    }),
  );

  it(
    'a lock on a file with write-ahead logging is told as a lock',
    withFile(async (file) => {
      (await open(file)).store.dispose();
      await tamper(file, async (db) => {
        db.pragma('locking_mode=EXCLUSIVE');
        db.exec('BEGIN EXCLUSIVE');
        const { deadlines } = noWal;
        await assert.rejects(open(file, { deadlines }), hasCode('store_busy', 'another process'));
      });
    }),
  );
});

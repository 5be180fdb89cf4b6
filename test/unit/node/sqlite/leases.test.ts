// Leases on the real store: who may start calls, when a turn counts as abandoned, and who takes it over.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Store } from '../../../../src/core/ports/store.ts';
import { createAwakeClock } from '../../../../src/node/sqlite/awake.ts';
import { isGone, LEASE_MS, newOwner } from '../../../../src/node/sqlite/owner.ts';
import { openStore } from '../../../../src/node/sqlite/openStore.ts';
import { openAction, plannedCall, seed, startCall } from '../../../contract/storeFixtures.ts';
import { tamper } from './support.ts';
import { recordingLogger } from '../../../fakes/recordingLogger.ts';

describe('leases', () => {
  let folder: string;
  let now: number;
  let stores: Store[];

  let awake: number;

  const open = async (): Promise<Store> => {
    const times = { clock: { now: () => now }, awake: () => awake };
    const file = path.join(folder, 'state.db');
    const { store } = await openStore({ file, logger: recordingLogger(), ...times });
    stores.push(store);
    return store;
  };
  const turn = async (store: Store) => {
    const row = await store.getTurn('turn1');
    assert.ok(row);
    return row;
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-leases-'));
    now = 1_000_000;
    awake = 0;
    stores = [];
  });
  afterEach(() => {
    for (const store of stores) store.dispose();
    rmSync(folder, { recursive: true });
  });

  const pass = (ms: number): void => {
    now += ms;
    awake += ms;
  };
  const abandoned = async (store: Store): Promise<string[]> =>
    (await store.abandonedTurns()).map(({ id }) => id);
  /** As if a process of this name had the lease. */
  const giveTo = (owner: string | null, until: number): Promise<unknown> =>
    tamper(path.join(folder, 'state.db'), (db) =>
      db.prepare('UPDATE turn SET lease_owner = ?, lease_until = ?').run(owner, until),
    );

  it('keeps a renewed turn, and gives up one that shows no life for as long as a lease holds (H68)', async () => {
    const store = await open();
    const other = await open();
    await seed(store);
    assert.deepEqual(await abandoned(other), []);
    pass(LEASE_MS - 1);
    await store.renewLeases(['turn1', 'none']);
    pass(LEASE_MS - 1);
    assert.deepEqual(await abandoned(other), [], 'it has been renewed since');
    pass(LEASE_MS - 1);
    assert.equal(await other.interruptTurn(await turn(other)), undefined, 'it is driven');
    pass(1);
    assert.deepEqual(await abandoned(other), ['turn1']);
  });

  it('does not take a turn from a living window when the clock jumps forward or the machine wakes up', async () => {
    const store = await open();
    const other = await open();
    await seed(store);
    assert.deepEqual(await abandoned(other), []);
    // Asleep for a night: the wall clock goes on, the time for which we were awake does not.
    now += 8 * 3_600_000;
    assert.deepEqual(await abandoned(other), []);
    assert.equal(await other.interruptTurn(await turn(other)), undefined);
    await store.renewLeases(['turn1']);
    pass(LEASE_MS - 1);
    assert.deepEqual(await abandoned(other), []);
  });

  it('does not keep the turn of a dead process of another host for hours when the clock jumps back', async () => {
    const store = await open();
    await seed(store);
    await giveTo(JSON.stringify(['another-host', 1, 'x', 'y']), now + LEASE_MS);
    now -= 8 * 3_600_000;
    assert.deepEqual(await abandoned(store), []);
    awake += LEASE_MS - 1;
    assert.deepEqual(await abandoned(store), []);
    awake += 1;
    assert.deepEqual(await abandoned(store), ['turn1']);
  });

  it('goes by the wall clock for an owner of another host, and by nothing for a turn without one', async () => {
    const store = await open();
    await seed(store);
    await giveTo(JSON.stringify(['another-host', 1, 'x', 'y']), now + 1);
    assert.deepEqual(await abandoned(store), []);
    now += 1;
    assert.deepEqual(await abandoned(store), ['turn1']);
    await giveTo(null, now + 1);
    assert.deepEqual(await abandoned(store), ['turn1']);
  });

  it('starts counting anew with each renewal, whichever way the clock jumps between them', async () => {
    const store = await open();
    const other = await open();
    await seed(store);
    for (const jump of [3_600_000, -7_200_000, 5000, -1]) {
      assert.deepEqual(await abandoned(other), []);
      awake += LEASE_MS - 1;
      now += jump;
      await store.renewLeases(['turn1']);
    }
    assert.deepEqual(await abandoned(other), []);
  });

  it('gives a turn up with a reason, only when it drives it, and forgets the reason when it goes on', async () => {
    const store = await open();
    const other = await open();
    await seed(store);
    const why = { id: 'turn1', code: 'store_full', message: 'No space.' };
    assert.equal(await other.releaseTurn({ ...why, generation: 1 }), undefined);
    assert.equal(await store.releaseTurn({ ...why, generation: 2 }), undefined);
    assert.equal(await store.releaseTurn({ ...why, generation: 1 }), 2);
    const { status, code, message } = await turn(other);
    assert.deepEqual([status, code, message], ['interrupted', 'store_full', 'No space.']);
    assert.equal(await other.resumeTurn({ id: 'turn1', generation: 2 }), 3);
    assert.equal((await turn(store)).code, null);
  });

  it('does not let a store renew the lease of another', async () => {
    const store = await open();
    const other = await open();
    await seed(store);
    assert.deepEqual(await abandoned(other), []);
    pass(LEASE_MS - 1);
    await other.renewLeases(['turn1']);
    pass(1);
    assert.deepEqual(await abandoned(other), ['turn1']);
  });

  it('is taken over by exactly one of many, and the old driver can start nothing more (H54)', async () => {
    const store = await open();
    const rivals = [await open(), await open(), await open()];
    await seed(store);
    await store.planCalls([plannedCall()]);
    for (const rival of rivals) await rival.abandonedTurns();
    pass(LEASE_MS);
    const row = await turn(store);
    const won = await Promise.all(rivals.map((rival) => rival.interruptTurn(row)));
    assert.deepEqual(
      won.filter((generation) => generation !== undefined),
      [2],
    );
    const interrupted = await turn(store);
    assert.equal(interrupted.status, 'interrupted');
    const resumed = await Promise.all(rivals.map((rival) => rival.resumeTurn(interrupted)));
    assert.deepEqual(
      resumed.filter((generation) => generation !== undefined),
      [3],
    );
    assert.equal(await store.startCall(startCall()), false, 'the stale window is fenced off');
    const winner = rivals[resumed.findIndex((generation) => generation !== undefined)];
    assert.equal(await winner?.startCall(startCall()), true);
  });

  it('belongs to whoever claimed the action (H42)', async () => {
    const store = await open();
    const other = await open();
    await seed(store);
    await store.planCalls([plannedCall()]);
    await store.pauseTurn(openAction(), 1);
    const claim = { actionId: 'a1', decisions: { c1: { type: 'approve' } as const } };
    const outcome = await other.claimAction({ ...claim, decidedBy: 'other', at: 5 });
    assert.equal(outcome.kind, 'claimed');
    assert.equal(await store.startCall(startCall()), false);
    assert.equal(await other.startCall(startCall()), true);
  });

  it('puts a started call back only in an interrupted turn, or in one of its own', async () => {
    const store = await open();
    const other = await open();
    await seed(store);
    await store.planCalls([plannedCall()]);
    await store.startCall(startCall());
    assert.equal(await other.unstartCall('turn1', 'c1'), false, 'another drives it');
    await other.abandonedTurns();
    pass(LEASE_MS);
    await other.interruptTurn(await turn(other));
    assert.equal(await other.unstartCall('turn1', 'c1'), true);
    assert.equal(await other.unstartCall('turn1', 'c1'), false, 'it is planned already');
    assert.equal((await other.getCall('turn1', 'c1'))?.state, 'planned');
  });

  it('counts a turn as abandoned at once when its process is gone', async () => {
    const store = await open();
    const script = `
      const { openStore } = await import(process.argv[1]);
      const { seed } = await import(process.argv[2]);
      const logger = { debug() {}, info() {}, warn() {}, error() {} };
      const { store } = await openStore({ file: process.argv[3], logger, clock: { now: () => ${now} } });
      await seed(store);
      process.kill(process.pid, 'SIGKILL');`;
    const source = path.resolve(import.meta.dirname, '../../../..');
    const modules = ['src/node/sqlite/openStore.ts', 'test/contract/storeFixtures.ts'];
    const args = [...modules.map((name) => path.join(source, name)), path.join(folder, 'state.db')];
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script, ...args]);
    assert.equal(run.signal, 'SIGKILL', run.stderr.toString());
    assert.equal((await store.abandonedTurns()).length, 1);
  });

  it('tells a living process from a dead one, and never guesses about another host', () => {
    assert.equal(isGone(newOwner()), false);
    const [host, pid, , id] = JSON.parse(newOwner()) as string[];
    assert.equal(isGone(JSON.stringify([host, pid, 'another start', id])), true);
    assert.equal(isGone(JSON.stringify(['another host', 1, 'x', id])), false);
    assert.equal(isGone('garbage'), false);
  });
});

describe('the time for which a process was awake', () => {
  it('counts what passes while it can look, and at most two seconds of what passes while it cannot', () => {
    let at = 50;
    const clock = createAwakeClock(() => at);
    for (let n = 0; n < 5; n += 1) {
      at += 1000;
      clock.now();
    }
    assert.equal(clock.now(), 5000);
    at += 8 * 3_600_000;
    assert.equal(clock.now(), 7000, 'a night asleep');
    at += 400;
    assert.equal(clock.now(), 7400);
    clock.dispose();
  });
});

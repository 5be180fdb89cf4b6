// Leases on the real store: who may start calls, when a turn counts as abandoned, and who takes it over.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Store } from '../../../../src/core/ports/store.ts';
import { isGone, LEASE_MS, newOwner } from '../../../../src/node/sqlite/owner.ts';
import { openStore } from '../../../../src/node/sqlite/openStore.ts';
import { openAction, plannedCall, seed, startCall } from '../../../contract/storeFixtures.ts';
import { recordingLogger } from '../../../fakes/recordingLogger.ts';

describe('leases', () => {
  let folder: string;
  let now: number;
  let stores: Store[];

  const open = async (): Promise<Store> => {
    const options = { logger: recordingLogger(), clock: { now: () => now } };
    const { store } = await openStore({ file: path.join(folder, 'state.db'), ...options });
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
    stores = [];
  });
  afterEach(() => {
    for (const store of stores) store.dispose();
    rmSync(folder, { recursive: true });
  });

  it('keeps a renewed turn, and gives up one whose lease has run out', async () => {
    const store = await open();
    const other = await open();
    await seed(store);
    assert.deepEqual(await other.abandonedTurns(), []);
    now += LEASE_MS - 1;
    await store.renewLeases(['turn1', 'none']);
    now += LEASE_MS - 1;
    assert.deepEqual(await other.abandonedTurns(), []);
    assert.equal(await other.interruptTurn(await turn(other)), undefined, 'it is driven');
    now += 1;
    assert.deepEqual(
      (await other.abandonedTurns()).map(({ id }) => id),
      ['turn1'],
    );
  });

  it('does not let a store renew the lease of another', async () => {
    const store = await open();
    const other = await open();
    await seed(store);
    now += LEASE_MS - 1;
    await other.renewLeases(['turn1']);
    now += 1;
    assert.equal((await other.abandonedTurns()).length, 1);
  });

  it('is taken over by exactly one of many, and the old driver can start nothing more', async () => {
    const store = await open();
    const rivals = [await open(), await open(), await open()];
    await seed(store);
    await store.planCalls([plannedCall()]);
    now += LEASE_MS;
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

  it('belongs to whoever claimed the action', async () => {
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
    now += LEASE_MS;
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

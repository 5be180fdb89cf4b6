import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { seedPaused } from '../../../contract/storeFixtures.ts';
import { tamper, using, withFile } from './support.ts';

const worker = fileURLToPath(new URL('claimWorker.ts', import.meta.url));
const ACTIONS = 200;

interface Racer {
  go: () => void;
  won: Promise<string[]>;
}

async function startRacer(file: string, name: string): Promise<Racer> {
  const child: ChildProcess = spawn(process.execPath, [worker, file, name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  assert.ok(child.stdout && child.stdin);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'ready');
  const finish = async (): Promise<string[]> => {
    const { value } = await lines.next();
    assert.deepEqual(await exit, [0, null]);
    return JSON.parse(String(value)) as string[];
  };
  return { go: () => child.stdin?.write('go'), won: finish() };
}

describe('several processes, one file', () => {
  it(
    'open it for the first time at once: one makes the schema, all can use it',
    withFile(async (file) => {
      const racers = await Promise.all(['w1', 'w2', 'w3'].map((name) => startRacer(file, name)));
      for (const racer of racers) racer.go();
      assert.deepEqual(await Promise.all(racers.map((racer) => racer.won)), [[], [], []]);
    }),
  ).timeout(60_000);

  it(
    `claim ${ACTIONS} actions each: every action has exactly one winner`,
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        for (let n = 0; n < ACTIONS; n += 1) {
          await seedPaused(store, { id: `a${n}`, turnId: `turn${n}` });
        }
      });
      const racers = await Promise.all([startRacer(file, 'w1'), startRacer(file, 'w2')]);
      for (const racer of racers) racer.go();
      const won = await Promise.all(racers.map((racer) => racer.won));
      const all = won.flat();
      assert.equal(all.length, ACTIONS);
      assert.equal(new Set(all).size, ACTIONS);
      await using(file, async ({ store }) => {
        assert.deepEqual(await store.openActions(), []);
        for (const turn of await store.turnsInState('running')) assert.equal(turn.generation, 3);
        const claimed = Array.from({ length: ACTIONS }, (_, n) => store.getAction(`a${n}`));
        const decided = await Promise.all(claimed);
        const mine = (name: string) => decided.filter((row) => row?.decidedBy === name).length;
        assert.deepEqual([mine('w1'), mine('w2')], [won[0]?.length, won[1]?.length]);
      });
      const whole = await tamper(file, (db) => db.pragma('integrity_check', { simple: true }));
      assert.equal(whole, 'ok');
    }),
  ).timeout(60_000);
});

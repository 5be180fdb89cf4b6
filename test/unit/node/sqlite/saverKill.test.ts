// A process that is killed in the middle of its puts leaves whole checkpoints, at least as new as those it had told of.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { random } from './saverSessions.ts';
import { messages, threadConfig, usingSaver, valuesOf } from './saverSupport.ts';
import { withFile } from './support.ts';

const KILLS = Number(process.env['COUNTERSIGN_KILLS'] ?? 5);
const worker = fileURLToPath(new URL('saverWorker.ts', import.meta.url));

/** Kills the worker some puts after it has begun; returns the last one that it had told of. */
async function runAndKill(file: string, puts: number): Promise<number> {
  const child = spawn(process.execPath, [worker, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  let told = 0;
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    told = Number(line);
    lines += 1;
    if (lines === puts) child.kill('SIGKILL');
  }
  assert.deepEqual(await exit, [null, 'SIGKILL']);
  return told;
}

describe('saver: kill -9', () => {
  it(`${KILLS} times in the middle of puts`, async () => {
    const pick = random(7);
    await withFile(async (file) => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        const told = await runAndKill(file, 1 + pick(40));
        await usingSaver(file, async ({ saver, db }) => {
          assert.equal(db.pragma('integrity_check', { simple: true }), 'ok');
          const values = await valuesOf(saver, threadConfig());
          const n = Number(values?.['n']);
          assert.ok(n >= told, `${told} was told of, and ${n} is there`);
          assert.deepEqual(values, { messages: messages(n), n });
        });
      }
    })();
  }).timeout(120_000);
});

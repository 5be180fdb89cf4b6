import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { processEntry } from '../../../../src/node/commands/procTable.ts';

const MODULE = new URL('../../../../src/node/commands/watchdog.ts', import.meta.url).href;

/** Runs in a process of its own, which is killed outright at its end. Prints the groups' pids. */
const AGENT = (steps: string): string => `
  import { spawn } from 'node:child_process';
  import { readdirSync, readFileSync } from 'node:fs';
  const { ensureWatchdog, guardGroup } = await import(${JSON.stringify(MODULE)});
  const group = () => spawn('/bin/sleep', ['300'], { detached: true, stdio: 'ignore' }).pid;
  const guarded = (pid) => new Promise((resolve) => {
    const it = guardGroup(pid, () => resolve(it));
  });
  const watchdogs = () => readdirSync('/proc').filter((pid) => {
    try {
      const [, parent] = readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ')[1].split(' ');
      return Number(parent) === process.pid &&
        readFileSync('/proc/' + pid + '/cmdline', 'utf8').includes('read -r sign group');
    } catch { return false; }
  }).map(Number);
  ensureWatchdog();
  const [first, second] = [group(), group()];
  ${steps}
  const seen = JSON.stringify({ first, second, watchdogs: watchdogs() });
  process.stdout.write(seen, () => process.kill(process.pid, 'SIGKILL'));`;

interface Seen {
  first: number;
  second: number;
  watchdogs: number[];
}

describe('the watchdog of commands', function () {
  this.timeout(20_000);
  before(function () {
    // The tests find processes by /proc.
    if (process.platform !== 'linux') this.skip();
  });

  it('is one for all commands, and ends those that are still guarded when its agent is killed', async () => {
    const seen = await agent(`
      const [one] = [await guarded(first), await guarded(second)];
      one.dispose();
      one.dispose();`);
    try {
      assert.equal(seen.watchdogs.length, 1);
      await gone(seen.second);
      for (const pid of seen.watchdogs) await gone(pid);
      assert.equal(processEntry(seen.first)?.zombie, false);
    } finally {
      process.kill(seen.first, 'SIGKILL');
    }
  });

  it('is replaced when someone ends it, and the other one guards what it did', async () => {
    const seen = await agent(`
      await guarded(first);
      const [old] = watchdogs();
      process.kill(old, 'SIGKILL');
      while (watchdogs().includes(old)) await new Promise((resolve) => setTimeout(resolve, 5));
      await guarded(second);`);
    assert.equal(seen.watchdogs.length, 1);
    await gone(seen.first);
    await gone(seen.second);
  });

  it('is replaced also before anyone has noticed that it was ended', async () => {
    const seen = await agent(`
      const [old] = watchdogs();
      process.kill(old, 'SIGKILL');
      // No turn of the event loop in between: nothing has told this process of it.
      while (readFileSync('/proc/' + old + '/stat', 'utf8').split(') ')[1][0] !== 'Z');
      await Promise.all([guarded(first), guarded(second)]);`);
    await gone(seen.first);
    await gone(seen.second);
  });
});

async function agent(steps: string): Promise<Seen> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', AGENT(steps)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  await new Promise((resolve) => child.once('exit', resolve));
  return JSON.parse(output) as Seen;
}

/** Resolves when the process has ended; a dead one that nobody waits for counts. Fails by the test's time-out. */
async function gone(pid: number): Promise<void> {
  assert.ok(pid > 1);
  while (processEntry(pid)?.zombie === false) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

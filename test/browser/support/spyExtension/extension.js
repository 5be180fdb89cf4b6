// Writes down every process that is started in the extension host, one line of JSON each. It is activated before extensions that
// wait for the start-up to end, and lets everything through.
import childProcess, { ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** @param {(line: object) => void} write */
function watchAll(write) {
  // All asynchronous ways go through this method; the others do not.
  watch(ChildProcess.prototype, 'spawn', ({ args }) => args.join(' '));
  for (const name of ['spawnSync', 'execSync', 'execFileSync']) watch(childProcess, name, String);
  syncBuiltinESMExports();

  function watch(owner, name, describe) {
    const original = owner[name];
    owner[name] = function (...args) {
      write({ pid: process.pid, what: describe(args[0]) });
      return original.apply(this, args);
    };
  }
}

export function activate() {
  const file = process.env.COUNTERSIGN_SPAWN_LOG;
  if (file === undefined) throw new Error('COUNTERSIGN_SPAWN_LOG is not set');
  const write = (line) => appendFileSync(file, `${JSON.stringify(line)}\n`);
  write({ pid: process.pid, what: WATCHING });
  watchAll(write);
}

const WATCHING = 'watching';

// Writes down how long Countersign takes to load and activate, and every half second the longest time for which the extension host
// was busy. It is activated before extensions that wait for the start-up to end, and lets everything through.
import { appendFileSync, existsSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setInterval } from 'node:timers';

const TICK_MS = 1;
const REPORT_MS = 500;

/** Other extensions have files of that name, too. */
function isCountersign(request) {
  const [folder, name] = [path.dirname(request), path.basename(request)];
  return name.startsWith('extension') && existsSync(path.join(folder, 'engine.js'));
}

/** Milliseconds of the clock, and of the processor in this thread. */
function now() {
  const { user, system } = process.threadCpuUsage();
  return { clock: performance.now(), cpu: (user + system) / 1000 };
}

function timed(act) {
  const from = now();
  const result = act();
  const to = now();
  return { result, took: { clock: to.clock - from.clock, cpu: to.cpu - from.cpu } };
}

/** @param {(line: object) => void} write */
function watchActivation(write) {
  const original = Module._load;
  Module._load = function (request, ...rest) {
    if (!isCountersign(request)) return original.call(this, request, ...rest);
    Module._load = original;
    const loaded = timed(() => original.call(this, request, ...rest));
    const activate = (...args) => {
      const activated = timed(() => loaded.result.activate(...args));
      write({ what: 'activation', load: loaded.took, activate: activated.took });
      return activated.result;
    };
    return { ...loaded.result, activate };
  };
}

/** @param {(line: object) => void} write */
function watchBlocks(write) {
  let last = now();
  let reported = last.clock;
  let longest = { clock: 0, cpu: 0 };
  setInterval(() => {
    const at = now();
    longest = {
      clock: Math.max(longest.clock, at.clock - last.clock - TICK_MS),
      cpu: Math.max(longest.cpu, at.cpu - last.cpu),
    };
    last = at;
    if (at.clock - reported < REPORT_MS) return;
    write({ what: 'block', ...longest });
    longest = { clock: 0, cpu: 0 };
    reported = at.clock;
    // What writing took is not the extension's.
    last = now();
  }, TICK_MS);
}

export function activate() {
  const file = process.env.COUNTERSIGN_PROBE_LOG;
  if (file === undefined) throw new Error('COUNTERSIGN_PROBE_LOG is not set');
  const write = (line) => appendFileSync(file, `${JSON.stringify(line)}\n`);
  watchActivation(write);
  watchBlocks(write);
}

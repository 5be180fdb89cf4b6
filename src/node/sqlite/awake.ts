// Time for which this process was awake. The wall clock can be set, and some systems' monotonic clock goes on in sleep.
import type { Disposable } from '../../core/base/lifecycle.ts';

const TICK_MS = 1000;
/** More than this between two ticks was sleep, or a process that got no time: it does not count. */
const MOST_MS = 2 * TICK_MS;

export interface AwakeClock extends Disposable {
  /** Milliseconds, from 0. */
  now: () => number;
}

/** `monotonic` is in milliseconds and never falls. The timer keeps no process alive. */
export function createAwakeClock(monotonic: () => number = () => performance.now()): AwakeClock {
  let last = monotonic();
  let awake = 0;
  const now = (): number => {
    const at = monotonic();
    awake += Math.min(at - last, MOST_MS);
    last = at;
    return awake;
  };
  const timer = setInterval(now, TICK_MS).unref();
  return { now, dispose: () => clearInterval(timer) };
}

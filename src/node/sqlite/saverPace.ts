// Lets other work run between the parts of a long one.
import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work without a break. */
const SLICE = 8;

/** A function to call (and wait for) between parts: it breaks when a slice is over. */
export function createPace(): () => Promise<void> | undefined {
  let start = performance.now();
  return () => {
    if (performance.now() - start < SLICE) return undefined;
    return setImmediate().then(() => {
      start = performance.now();
    });
  };
}

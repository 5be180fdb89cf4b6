// Waits for a state that no locator can wait for: files, counts, processes.
import { setTimeout as wait } from 'node:timers/promises';

const LIMIT_MS = 30_000;

/** Looks again and again until `look` gives something other than false or undefined; rejects with `what` after 30 s. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
): Promise<Exclude<T, false | undefined>> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found !== false && found !== undefined) return found as Exclude<T, false | undefined>;
    if (Date.now() > deadline) throw new Error(`Waited ${LIMIT_MS / 1000} s in vain for ${what}`);
    await wait(50);
  }
}

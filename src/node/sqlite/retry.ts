// Waits for other processes' locks without blocking the event loop: the driver waits 20 ms, the rest is asynchronous.
import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy, toStoreError } from './errors.ts';

/** `deciding`: someone waits for the answer. `driving`: a turn is under way, and giving up interrupts it. */
export type Patience = 'deciding' | 'driving';
/** Milliseconds after which a lock that another process holds becomes `store_busy`. */
export type Deadlines = Readonly<Record<Patience, number>>;

export const DEADLINES: Deadlines = { deciding: 5000, driving: 30_000 };
const PAUSE = 5;
const JITTER = 40;

/**
 * Runs `run` again, with jitter, for as long as the database is busy and the deadline has not passed. `run` must be
 * all or nothing: one statement or one transaction. Throws AppError as `toStoreError` makes it.
 */
export async function withBusyRetry<T>(
  file: string,
  run: () => T | Promise<T>,
  deadline: number = DEADLINES.deciding,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!isBusy(error) || performance.now() - start >= deadline) throw toStoreError(error, file);
    }
    await sleep(PAUSE + Math.random() * JITTER);
  }
}

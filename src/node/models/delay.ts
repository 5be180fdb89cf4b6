// Waiting that can be stopped.
import { setTimeout as wait } from 'node:timers/promises';
import { throwIfAborted } from '../../core/models/abort.ts';

/** Waits `ms` milliseconds; rejects with an AbortError as soon as the signal is aborted. */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
  throwIfAborted(signal);
  await wait(ms, undefined, { signal });
}

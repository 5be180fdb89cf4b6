// Cancellation for the providers: whatever a signal was aborted with, the caller sees one AbortError.
import { setTimeout as wait } from 'node:timers/promises';

/** Throws an AbortError if the signal is aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  const error = new Error('The request to the model was stopped.');
  error.name = 'AbortError';
  throw error;
}

/** Waits `ms` milliseconds; rejects with an AbortError as soon as the signal is aborted. */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
  throwIfAborted(signal);
  await wait(ms, undefined, { signal });
}

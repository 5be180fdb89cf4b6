// Failures of the state file itself: nothing is wrong with the turn, and it can go on once the file can be written again.
import type { AppError } from './errors.ts';

const FAULTS: ReadonlySet<string> = new Set([
  'store_busy',
  'store_failed',
  'store_full',
  'store_moved',
  'store_newer',
  'store_readonly',
]);

/** True when the state file could not be read or written; the code is one of `toStoreError`'s. */
export function isStoreFault({ code }: AppError): boolean {
  return FAULTS.has(code);
}

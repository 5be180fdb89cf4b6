// Small tools of measuring.
import { existsSync, statSync } from 'node:fs';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Of a database file with its log. */
export function bytesOfState(file: string): number {
  return ['', '-wal', '-shm']
    .map((suffix) => file + suffix)
    .reduce((sum, name) => sum + (existsSync(name) ? statSync(name).size : 0), 0);
}

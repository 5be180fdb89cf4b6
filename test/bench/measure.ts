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

/** Milliseconds of processor time that this process has had: a busy machine does not stretch it. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The differences between neighbours. */
export function gaps(marks: readonly number[]): number[] {
  return marks.slice(1).map((mark, at) => mark - (marks[at] ?? mark));
}

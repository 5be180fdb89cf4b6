// What Linux's /proc says of running processes; empty on other systems. Reads only.
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessEntry {
  pid: number;
  parent: number;
  group: number;
  zombie: boolean;
  /** In clock ticks since boot: with the pid it names one process for good. */
  startTime: string;
}

export function processTable(): ProcessEntry[] {
  if (process.platform !== 'linux') return [];
  return pidsIn('/proc').flatMap((pid) => processEntry(pid) ?? []);
}

/** Undefined when there is no such process, or no /proc. */
export function processEntry(pid: number): ProcessEntry | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // `pid (name) state ppid pgrp …`: the name may hold anything, parentheses too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  const startTime = fields[19];
  if (parent === undefined || group === undefined || startTime === undefined) return undefined;
  return { pid, parent: Number(parent), group: Number(group), zombie: state === 'Z', startTime };
}

function pidsIn(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** True only when it is certain. `startTime` is as this table tells it, and empty where it does not. */
export function isProcessGone(pid: number, startTime: string): boolean {
  const entry = processEntry(pid);
  if (entry) return entry.zombie || entry.startTime !== startTime;
  return !answersSignals(pid);
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, but not ours.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

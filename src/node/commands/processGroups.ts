// Ends whole process trees, and sees to it that none outlives this process unnoticed.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { errorCode } from '../files/failure.ts';
import { processEntry, processTable, type ProcessEntry } from './procTable.ts';

/** From the polite signal to the other one. */
const KILL_AFTER_MS = 2000;

/** Leaders of groups that may still have members, with the descendants that were asked to end. */
const live = new Map<number, readonly ProcessEntry[]>();
let watchingExit = false;

/** Call right after starting a detached child: its tree then dies with this process. */
export function trackGroup(leader: number): void {
  live.set(leader, []);
  if (watchingExit) return;
  watchingExit = true;
  process.on('exit', () => {
    for (const [one, asked] of live) {
      signalTree(one, [...descendantsOf(one), ...asked.filter(isSame)], 'SIGKILL');
    }
  });
}

/** Whether any process of the group still runs. */
export function groupAlive(leader: number): boolean {
  if (process.platform === 'win32' || !send(-leader, 0)) return false;
  // The signal also reaches the dead that nobody has waited for; where /proc can tell, they do not count.
  const members = processTable().filter((entry) => entry.group === leader);
  return members.length === 0 || members.some((entry) => !entry.zombie);
}

/**
 * Asks the group, and descendants that left it, to end; two seconds later ends what is left, without keeping this
 * process alive for it. Safe to call again and when nothing is left.
 */
export function endTree(leader: number): void {
  if (process.platform === 'win32') return taskkill(leader);
  if (!groupAlive(leader)) {
    if (live.get(leader)?.length === 0) live.delete(leader);
    return;
  }
  // Looked up first: once a parent is dead, its children no longer lead back to us.
  const asked = [...descendantsOf(leader), ...(live.get(leader) ?? [])];
  live.set(leader, asked);
  signalTree(leader, asked.filter(isSame), 'SIGTERM');
  setTimeout(() => {
    signalTree(leader, asked.filter(isSame), 'SIGKILL');
    live.delete(leader);
  }, KILL_AFTER_MS).unref();
}

/** Call when the shell itself has ended: ends what it left in its group. */
export function endLeftovers(leader: number): void {
  // Windows keeps no group, and the number of an ended process may be another's by now.
  if (process.platform === 'win32') live.delete(leader);
  else endTree(leader);
}

function signalTree(
  leader: number,
  descendants: readonly ProcessEntry[],
  signal: NodeJS.Signals,
): void {
  if (process.platform === 'win32') return taskkill(leader);
  send(-leader, signal);
  for (const { pid } of descendants) send(pid, signal);
}

/** False when there is nothing to signal. */
function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function isSame(entry: ProcessEntry): boolean {
  return processEntry(entry.pid)?.startTime === entry.startTime;
}

/** Windows has no groups; its own tool ends a tree. Absolute, so that nothing planted on PATH runs. */
function taskkill(pid: number): void {
  const root = process.env['SystemRoot'] ?? 'C:\\Windows';
  const tool = path.win32.join(root, 'System32', 'taskkill.exe');
  spawn(tool, ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true })
    .on('error', () => undefined)
    .unref();
}

/** Processes below `ancestor`, where /proc tells; elsewhere the group has to do. */
function descendantsOf(ancestor: number): ProcessEntry[] {
  const table = processTable();
  const found: ProcessEntry[] = [];
  const queue = [ancestor];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    const below = table.filter((entry) => entry.parent === pid && !found.includes(entry));
    found.push(...below);
    queue.push(...below.map((entry) => entry.pid));
  }
  return found;
}

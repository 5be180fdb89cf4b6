// Names the process that drives a turn, so that another one can tell whether it is still there.
import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { z } from 'zod';
import type { Place } from '../../core/ledger/entrySchema.ts';
import { parseJson } from '../../core/base/json.ts';
import { isProcessGone, processEntry } from '../commands/procTable.ts';

/** A lease is void this long after it was renewed last, in milliseconds; abandoned.ts says by which clock. */
export const LEASE_MS = 15_000;

const Owner = z.tuple([z.string(), z.number(), z.string(), z.string()]);

/** Host, process id, process start and a number for this opening of the file. */
export function newOwner(): string {
  const start = processEntry(process.pid)?.startTime ?? '';
  return JSON.stringify([hostname(), process.pid, start, randomUUID()]);
}

/** Where this process sits, for the record. */
export function thisPlace(): Place {
  return { host: hostname(), pid: process.pid, user: userName() };
}

/** Null for a user without a name on this system (a container with a bare user id). */
function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

/** True only when the owner's process is certainly gone: same host, and no such process with that start. */
export function isGone(owner: string): boolean {
  const known = readOwner(owner);
  if (!known) return false;
  const [host, pid, start] = known;
  if (host !== hostname()) return false;
  return isProcessGone(pid, start);
}

/** False also for what cannot be read. */
export function isOnThisHost(owner: string): boolean {
  return readOwner(owner)?.[0] === hostname();
}

function readOwner(owner: string): z.infer<typeof Owner> | undefined {
  const parsed = parseJson(owner);
  return parsed.ok ? Owner.safeParse(parsed.value).data : undefined;
}

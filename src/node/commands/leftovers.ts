// Names the process of a command so that a later process can tell whether it is still there, and ends what is left of it.
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { endTree } from './processGroups.ts';
import { processEntry, type ProcessEntry } from './procTable.ts';
import { parseJson } from '../../core/base/json.ts';
import type { Leftovers } from '../../core/ports/workspace.ts';

/** Host, boot of that host, process id (and group), start of the process; empty where the system does not tell. */
const Name = z.tuple([z.string(), z.string(), z.int().positive(), z.string()]);

/** Of a group leader that was just started. */
export function nameProcess(pid: number): string {
  return JSON.stringify([hostname(), bootId(), pid, processEntry(pid)?.startTime ?? '']);
}

/** Ends a process group only while its leader is the very process that was named: same host, boot, id and start. */
export const endLeftover: Leftovers = (name) => {
  const parsed = parseJson(name);
  const known = parsed.ok ? Name.safeParse(parsed.value).data : undefined;
  if (!known) return 'unknown';
  const [host, boot, pid, start] = known;
  if (host !== hostname() || boot === '' || start === '') return 'unknown';
  // Nothing outlives a restart of the machine.
  if (boot !== bootId()) return 'gone';
  const leader = processEntry(pid);
  if (!leader || leader.zombie || !isSame(leader, { pid, start })) return 'gone';
  endTree(pid);
  return 'ended';
};

function isSame(entry: ProcessEntry, { pid, start }: { pid: number; start: string }): boolean {
  return entry.group === pid && entry.startTime === start;
}

/** Changes with every start of the machine; empty on other systems than Linux. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

// The files that an atomic write makes beside its target. Their names say whose they are, so that what a killed process
// left behind can be told from what another one is writing right now, and from everything that is not ours.
import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { isProcessGone, processEntry } from '../commands/procTable.ts';

/** Process id, its start (0 where the system does not tell), a mark of the host, and something random. */
const NAME = /^\.countersign-(\d{1,10})-(\d{1,20})-([0-9a-f]{8})-[0-9a-f]{18}\.tmp$/;

export function temporaryName(): string {
  const start = processEntry(process.pid)?.startTime ?? '0';
  return `.countersign-${process.pid}-${start}-${hostMark()}-${randomBytes(9).toString('hex')}.tmp`;
}

/** Removes what processes of this host that are gone left in the folder. Never throws. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(isLeftover)) {
    const file = path.join(folder, name);
    const entry = await lstat(file).catch(() => undefined);
    if (entry?.isFile()) await unlink(file).catch(() => undefined);
  }
}

function isLeftover(name: string): boolean {
  const [, pid, start = '', host] = NAME.exec(name) ?? [];
  return host === hostMark() && isProcessGone(Number(pid), start === '0' ? '' : start);
}

function hostMark(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

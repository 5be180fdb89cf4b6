// Finds out whether write-ahead logging works in a folder, with a throw-away database: some network file systems say
// "wal" and then fail at the first write.
import { closeSync, openSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { OpenFile } from './database.ts';

/** Throws the file system's error when nothing can be created in the folder at all. */
export function walWorks(file: string, open: OpenFile): boolean {
  const probe = `${file}.probe-${randomUUID()}`;
  closeSync(openSync(probe, 'wx', 0o600));
  try {
    return writeFromTwo(probe, open);
  } catch {
    return false;
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(probe + suffix, { force: true });
  }
}

function writeFromTwo(probe: string, open: OpenFile): boolean {
  const first = open(probe, {});
  try {
    first.pragma('synchronous=OFF');
    if (first.pragma('journal_mode=WAL', { simple: true }) !== 'wal') return false;
    first.exec('CREATE TABLE probe (n INTEGER); INSERT INTO probe VALUES (1);');
    const second = open(probe, {});
    try {
      second.pragma('synchronous=OFF');
      second.exec('INSERT INTO probe VALUES (2)');
    } finally {
      second.close();
    }
    return first.prepare('SELECT sum(n) FROM probe').pluck().get() === 3;
  } finally {
    first.close();
  }
}

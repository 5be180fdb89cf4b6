// Gives space back while nothing is written: free pages to the file system, the write-ahead log to the file.
// In small parts with breaks, and it stops as soon as someone writes.
import { setImmediate } from 'node:timers/promises';
import type { Connection } from './connection.ts';

/** Pages that one part moves; with 4 KB pages a part takes some milliseconds. */
const PAGES = 64;

export interface IdleMaintenance {
  /** Something was written: maintenance waits for the next quiet time. Keeps no process alive. */
  touch(): void;
  /** Does it now. Never rejects. */
  run(): Promise<void>;
}

/** `after` is in milliseconds without a touch; without it, only `run` does anything. */
export function createIdleMaintenance(
  connection: Connection,
  after: number | undefined,
): IdleMaintenance {
  const { logger } = connection;
  let touches = 0;
  let timer: NodeJS.Timeout | undefined;
  const run = async (): Promise<void> => {
    const seen = touches;
    try {
      await tidy(connection, () => seen !== touches || !connection.db.open);
    } catch (error) {
      logger.debug(`The state file was not tidied: ${String(error)}`);
    }
  };
  const touch = (): void => {
    touches += 1;
    if (after === undefined) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      run().catch((error: unknown) => logger.error('Tidying the state file failed', error));
    }, after);
    timer.unref();
  };
  return { touch, run };
}

async function tidy({ db }: Connection, stop: () => boolean): Promise<void> {
  const freePages = (): number => Number(db.pragma('freelist_count', { simple: true }));
  let free = stop() ? 0 : freePages();
  while (free > 0) {
    db.pragma(`incremental_vacuum(${PAGES})`);
    await setImmediate();
    if (stop()) return;
    const left = freePages();
    // A file that was not made for it keeps its free pages.
    if (left >= free) break;
    free = left;
  }
  if (!stop()) db.pragma('wal_checkpoint(TRUNCATE)');
}

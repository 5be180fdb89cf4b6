// What the table groups share: the open database, and reads and writes that wait for other processes.
import type { Place } from '../../core/ledger/entrySchema.ts';
import type { Clock, Logger } from '../../core/ports/system.ts';
import type { Db } from './database.ts';
import { newOwner, thisPlace } from './owner.ts';
import { withBusyRetry } from './retry.ts';

export interface Connection {
  readonly db: Db;
  readonly file: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** This process, and this opening of the file, as leases name it. */
  readonly owner: string;
  /** The same for people, as the ledger names it. */
  readonly place: Place;
  /** Runs synchronously, again when the database was busy. */
  readonly read: <T>(run: () => T) => Promise<T>;
  /** The same in one BEGIN IMMEDIATE transaction, rolled back when `run` throws. */
  readonly write: <T>(run: () => T) => Promise<T>;
}

export function createConnection(
  db: Db,
  file: string,
  services: { logger: Logger; clock: Clock },
): Connection {
  return {
    db,
    file,
    ...services,
    owner: newOwner(),
    place: thisPlace(),
    read: (run) => withBusyRetry(file, run),
    write: (run) => withBusyRetry(file, () => db.transaction(run).immediate()),
  };
}

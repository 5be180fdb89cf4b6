// What the table groups share: the open database, and reads and writes that wait for other processes.
import { AppError } from '../../core/base/errors.ts';
import type { Place } from '../../core/ledger/entrySchema.ts';
import type { Clock, Logger } from '../../core/ports/system.ts';
import type { Db } from './database.ts';
import { newOwner, thisPlace } from './owner.ts';
import { DEADLINES, withBusyRetry, type Deadlines, type Patience } from './retry.ts';
import { createWriteGuard, type WriteGuard } from './writeGuard.ts';

export interface Connection {
  readonly db: Db;
  readonly file: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Milliseconds for which this process has been awake: no clock that can be set, and it stands still in sleep. */
  readonly awake: () => number;
  /** This process, and this opening of the file, as leases name it. */
  readonly owner: string;
  /** The same for people, as the ledger names it. */
  readonly place: Place;
  /** Runs synchronously, again when the database was busy. */
  readonly read: <T>(run: () => T, patience?: Patience) => Promise<T>;
  /** The same in one BEGIN IMMEDIATE transaction behind the guard, rolled back when `run` throws. */
  readonly write: <T>(run: () => T, patience?: Patience) => Promise<T>;
  /**
   * The same for what a turn can do again: it is left to the disk's cache, and a power cut may take it. The next `write`, as of
   * consent and execution, makes everything durable that came before it.
   */
  readonly writeSoon: <T>(run: () => T, patience?: Patience) => Promise<T>;
  /** For who begins transactions of their own: called first in each of them. */
  readonly guard: WriteGuard;
}

/** The same connection, for tables that only turns under way write to. */
export function whileDriving(connection: Connection): Connection {
  return { ...connection, write: (run) => connection.write(run, 'driving') };
}

export interface ConnectionServices extends Pick<Connection, 'logger' | 'clock'> {
  /** Without it, time that goes on in sleep on some systems. */
  awake?: Connection['awake'] | undefined;
  deadlines?: Deadlines | undefined;
}

export function createConnection(db: Db, file: string, services: ConnectionServices): Connection {
  const { logger, clock, deadlines = DEADLINES, awake = () => performance.now() } = services;
  const guard = createWriteGuard(db, file);
  const read: Connection['read'] = async (run, patience = 'deciding') => {
    try {
      return await withBusyRetry(file, run, deadlines[patience]);
    } catch (error) {
      // What a newer version renamed is not found: then that is what must be told.
      if (error instanceof AppError && error.code === 'store_failed' && db.open) guard();
      throw error;
    }
  };
  const synchronous = syncLevels(db);
  const writing =
    (level: SyncLevel): Connection['write'] =>
    (run, patience) => {
      const guarded = db.transaction(() => {
        guard();
        return run();
      });
      const transact = (): ReturnType<typeof run> => {
        synchronous(level);
        return guarded.immediate();
      };
      return read(transact, patience);
    };
  return {
    ...{ db, file, logger, clock, awake, guard, read },
    owner: newOwner(),
    place: thisPlace(),
    write: writing('FULL'),
    writeSoon: writing('NORMAL'),
  };
}

type SyncLevel = 'FULL' | 'NORMAL';

/**
 * Sets what the next commit waits for. With a write-ahead log, a write that a power cut takes is lost and no more; with a
 * rollback journal it could damage the file, so there every commit waits.
 */
function syncLevels(db: Db): (level: SyncLevel) => void {
  const inWal = db.pragma('journal_mode', { simple: true }) === 'wal';
  let current: SyncLevel | undefined;
  return (wanted) => {
    const level = inWal ? wanted : 'FULL';
    if (level !== current) db.pragma(`synchronous=${level}`);
    current = level;
  };
}

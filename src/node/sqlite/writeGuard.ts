// Looks, inside every transaction that writes, whether the open file is still the one that others see, in a schema that
// this code knows. Changes nothing.
import { statSync } from 'node:fs';
import { AppError } from '../../core/base/errors.ts';
import type { Db } from './database.ts';
import { SCHEMA_VERSION } from './migrations.ts';

/** Throws AppError `store_moved` or `store_newer`; then nothing may be written. Takes some microseconds. */
export type WriteGuard = () => void;

export function createWriteGuard(db: Db, file: string): WriteGuard {
  const version = db.prepare('PRAGMA user_version').pluck();
  // With the log as well: what is written into a log that was deleted is lost as silently.
  const opened = [file, `${file}-wal`].flatMap((path) => {
    const inode = inodeOf(path);
    return inode === undefined ? [] : [{ path, inode }];
  });
  return () => {
    if (opened.some(({ path, inode }) => inodeOf(path) !== inode)) throw movedError(file);
    if (Number(version.get()) > SCHEMA_VERSION) throw newerError(file);
  };
}

function inodeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

/** `cause` is the driver's error, when it noticed first. */
export function movedError(file: string, cause?: unknown): AppError {
  return new AppError(
    'store_moved',
    `The state file ${file} was deleted or replaced while it was open, so nothing was written. Put it back, or reload the window to go on with what is there now.`,
    { cause },
  );
}

function newerError(file: string): AppError {
  return new AppError(
    'store_newer',
    `A newer Countersign has changed ${file} while this window had it open, so nothing was written. Update Countersign, or reload this window if it is updated already.`,
  );
}

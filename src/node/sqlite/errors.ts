// Turns what the driver or the file system threw into an AppError that says what to do. Never hides a bug.
import { AppError } from '../../core/base/errors.ts';
import { movedError } from './writeGuard.ts';

/** The `code` of a driver or file system error, else the empty string. */
export function errorCode(thrown: unknown): string {
  if (!(thrown instanceof Error) || !('code' in thrown)) return '';
  return typeof thrown.code === 'string' ? thrown.code : '';
}

/** True when another connection holds a lock that will go away by itself. */
export function isBusy(thrown: unknown): boolean {
  const code = errorCode(thrown);
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED');
}

/** True when the file's bytes are not a database, or not a whole one. */
export function isCorrupt(thrown: unknown): boolean {
  const code = errorCode(thrown);
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

const readonlyCodes = new Set(['EROFS', 'EACCES', 'EPERM', 'SQLITE_PERM', 'SQLITE_AUTH']);
const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);

/** AppErrors and bugs (anything without a code) come back as they are. */
export function toStoreError(thrown: unknown, file: string): unknown {
  if (thrown instanceof AppError) return thrown;
  const code = errorCode(thrown);
  const failed = (name: string, message: string): AppError =>
    new AppError(name, message, { cause: thrown });
  if (code === 'SQLITE_READONLY_DBMOVED') return movedError(file, thrown);
  if (isBusy(thrown)) return failed('store_busy', busyText(file));
  if (readonlyCodes.has(code) || code.startsWith('SQLITE_READONLY'))
    return failed('store_readonly', readonlyText(file));
  if (fullCodes.has(code)) return failed('store_full', fullText(file));
  if (isCorrupt(thrown)) return failed('store_failed', corruptText(file));
  if (code.startsWith('SQLITE_CONSTRAINT')) return conflict(thrown, file);
  if (isClosed(thrown)) return failed('store_failed', closedText(file));
  if (code === '') return thrown;
  const detail = thrown instanceof Error ? thrown.message : code;
  return failed('store_failed', `The state file ${file} cannot be used: ${detail} (${code}).`);
}

function conflict(thrown: unknown, file: string): AppError {
  const detail = thrown instanceof Error ? thrown.message : '';
  return new AppError('store_conflict', `A row does not fit what ${file} holds: ${detail}.`, {
    audience: 'log',
    cause: thrown,
  });
}

function isClosed(thrown: unknown): boolean {
  return thrown instanceof TypeError && thrown.message.includes('connection is not open');
}

const busyText = (file: string): string =>
  `The state file ${file} is locked by another process. Close other windows and backups that use it, then try again.`;
const readonlyText = (file: string): string =>
  `The state file ${file} or its folder cannot be written. Make both writable, or set countersign.storage.path to a folder that is.`;
const fullText = (file: string): string =>
  `There is no space left for the state file ${file}. Free some space on that disk, then try again.`;
const corruptText = (file: string): string =>
  `The state file ${file} is damaged. Restart Countersign: a damaged file is moved aside, never deleted, and a new one is made.`;
const closedText = (file: string): string =>
  `The state file ${file} was closed already. Reload the window and try again.`;

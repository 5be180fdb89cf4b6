// The state file as a file: private folder and modes, its header bytes, moving a corrupt one aside. Knows no SQL.
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';

const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;
const companions = ['-wal', '-shm', '-journal'] as const;

/** Creates missing folders as 0700. A folder that exists keeps its mode: it may be the user's own. */
export function prepareFolder(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: PRIVATE_FOLDER });
}

/** Creates the file empty when it is missing, and makes it and what lies beside it 0600. Before a connection is open. */
export function createPrivate(file: string): void {
  closeSync(openSync(file, 'a', PRIVATE_FILE));
  keepPrivate(file);
}

/**
 * Makes the file and what lies beside it 0600. It opens none of them: on POSIX, closing a file takes away all locks that
 * this process has on it, those of an open connection too.
 */
export function keepPrivate(file: string): void {
  for (const path of [file, ...companions.map((suffix) => file + suffix)]) {
    if (existsSync(path)) makePrivate(path);
  }
}

/** Another process that closes the file takes what lies beside it away at any moment. */
function makePrivate(path: string): void {
  try {
    chmodSync(path, PRIVATE_FILE);
  } catch (error) {
    if (existsSync(path)) throw error;
  }
}

export interface Header {
  /** Identifies the file, so that only the one that was looked at is moved. */
  inode: number;
  size: number;
  isSqlite: boolean;
  /** False when it works with a rollback journal, as on drives that have to do without write-ahead logging. */
  isWal: boolean;
  /** As in the main file; a write-ahead log may hold newer ones. */
  userVersion: number;
  hasLog: boolean;
}

const HEADER_BYTES = 100;
const USER_VERSION_OFFSET = 60;
const WRITE_VERSION_OFFSET = 18;
const WAL_VERSION = 2;
const MAGIC = 'SQLite format 3\0';

/** Undefined when the file is missing or empty, which is how a new one begins. */
export function readHeader(file: string): Header | undefined {
  if (!existsSync(file)) return undefined;
  const { size, ino: inode } = statSync(file);
  if (size === 0) return undefined;
  const bytes = Buffer.alloc(HEADER_BYTES);
  const fd = openSync(file, 'r');
  try {
    readSync(fd, bytes, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(fd);
  }
  return {
    inode,
    size,
    isSqlite: bytes.toString('latin1', 0, MAGIC.length) === MAGIC,
    isWal: bytes[WRITE_VERSION_OFFSET] === WAL_VERSION,
    userVersion: bytes.readInt32BE(USER_VERSION_OFFSET),
    hasLog: hasBytes(`${file}-wal`) || hasBytes(`${file}-journal`),
  };
}

function hasBytes(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * Renames the file and what lies beside it to `<name>.corrupt-<timestamp>`; returns the new path, or undefined when
 * another process moved it first.
 */
export function moveAside(file: string, inode: number, now: number): string | undefined {
  if (!existsSync(file) || statSync(file).ino !== inode) return undefined;
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  let target = `${file}.corrupt-${stamp}`;
  for (let n = 2; existsSync(target); n += 1) target = `${file}.corrupt-${stamp}-${n}`;
  for (const suffix of companions) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
  }
  renameSync(file, target);
  return target;
}

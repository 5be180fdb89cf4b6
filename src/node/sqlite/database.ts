// Opens the state file safely. The only file that names the driver; nothing here knows the tables.
import type Driver from 'better-sqlite3';
import { AppError } from '../../core/base/errors.ts';
import { toStoreError } from './errors.ts';
import { makePrivate, moveAside, prepareFolder } from './files.ts';
import { inspectFile, refuseUnknown } from './inspect.ts';
import { migrate } from './migrations.ts';
import { withBusyRetry } from './retry.ts';
import { walWorks } from './walProbe.ts';

/** An open connection. */
export type Db = Driver.Database;
export type OpenFile = (path: string, options: { readonly?: boolean }) => Db;
export type JournalMode = 'wal' | 'truncate';

export interface OpenOptions {
  /** Absolute path of the native addon, where the packaged extension keeps it. */
  nativeBinding?: string;
  /** Milliseconds since the epoch, for the name of a file that is moved aside. */
  now: () => number;
  /** Replaces the probe of the file system. */
  probeWal?: (file: string, open: OpenFile) => boolean;
  /** `process.versions.napi`, unless a caller knows better. */
  napi?: string;
}

export interface OpenedDatabase {
  db: Db;
  journalMode: JournalMode;
  /** Sentences for the user: what is unusual about this file and what was done. */
  notices: string[];
}

const BUSY_TIMEOUT = 20;
const JOURNAL_SIZE_LIMIT = 4 * 1024 * 1024;
const NEEDED_NAPI = 10;

/**
 * Opens or creates the state file, migrated to the newest schema. Throws AppError `sqlite_unsupported_node`,
 * `store_newer`, `store_foreign`, `store_busy`, `store_readonly`, `store_full` or `store_failed`.
 */
export async function openDatabase(file: string, options: OpenOptions): Promise<OpenedDatabase> {
  const open = await loadDriver(options);
  const notices: string[] = [];
  return withBusyRetry(file, () => {
    prepareFolder(file);
    const inspection = inspectFile(file, open);
    if (inspection.kind === 'corrupt') {
      const moved = moveAside(file, inspection.inode, options.now());
      if (moved !== undefined) notices.push(corruptNotice(file, moved));
    }
    makePrivate(file);
    const journalMode = (options.probeWal ?? walWorks)(file, open) ? 'wal' : 'truncate';
    const db = open(file, {});
    try {
      configure(db, file, journalMode);
      migrate(db);
      makePrivate(file);
    } catch (error) {
      db.close();
      throw error;
    }
    if (journalMode === 'truncate') notices.push(truncateNotice(file));
    return { db, journalMode, notices };
  });
}

/** Loading the addon on an older Node ends the process without a message, so the version is checked first. */
async function loadDriver(options: OpenOptions): Promise<OpenFile> {
  const napi = options.napi ?? process.versions.napi ?? '0';
  if (!(Number(napi) >= NEEDED_NAPI)) {
    throw new AppError(
      'sqlite_unsupported_node',
      `The state file needs Node 22.14 or newer; this is Node ${process.versions.node}: update Node, or VS Code to 1.105 or newer.`,
    );
  }
  const { default: Database } = await import('better-sqlite3');
  const binding =
    options.nativeBinding === undefined ? {} : { nativeBinding: options.nativeBinding };
  return (path, { readonly = false }) => {
    try {
      return new Database(path, { readonly, timeout: BUSY_TIMEOUT, ...binding });
    } catch (error) {
      throw isAddonError(error) ? addonError(error) : error;
    }
  };
}

function configure(db: Db, file: string, journalMode: JournalMode): void {
  db.pragma('trusted_schema=OFF');
  db.pragma('foreign_keys=ON');
  db.pragma('cell_size_check=ON');
  refuseUnknown(db, file);
  db.pragma('auto_vacuum=INCREMENTAL');
  const actual = db.pragma(`journal_mode=${journalMode}`, { simple: true });
  if (actual !== journalMode) {
    throw toStoreError(
      new AppError('store_failed', `${file} cannot use journal mode ${journalMode}.`),
      file,
    );
  }
  // Set after the journal mode: the driver is compiled to lower it in WAL mode.
  db.pragma('synchronous=FULL');
  db.pragma(`journal_size_limit=${JOURNAL_SIZE_LIMIT}`);
}

function isAddonError(error: unknown): boolean {
  return error instanceof Error && /\.node\b|dlopen|bindings/.test(error.message);
}

function addonError(cause: unknown): AppError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new AppError(
    'store_failed',
    `The SQLite addon for ${process.platform}-${process.arch} cannot be loaded; reinstall Countersign for this platform. ${detail}`,
    { cause },
  );
}

const corruptNotice = (file: string, moved: string): string =>
  `The state file ${file} was damaged. It was moved to ${moved}, and a new, empty one was made.`;
const truncateNotice = (file: string): string =>
  `The folder of ${file} does not support write-ahead logging (a network drive?). Use Countersign in one window at a time there, or set countersign.storage.path to a local folder.`;

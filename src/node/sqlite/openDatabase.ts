// Opens the state file safely: inspected before anything writes, private, migrated. Knows no table.
import { AppError } from '../../core/base/errors.ts';
import { loadDriver, MEMORY, type Db, type DriverOptions, type OpenFile } from './database.ts';
import { isBusy } from './errors.ts';
import { createPrivate, keepPrivate, moveAside, prepareFolder, readHeader } from './files.ts';
import { hasForeignSchema, inspectFile, refuseUnknown } from './inspect.ts';
import { migrate } from './migrations.ts';
import { DEADLINES, withBusyRetry, type Deadlines } from './retry.ts';
import { walWorks } from './walProbe.ts';

type JournalMode = 'wal' | 'truncate' | 'memory';

export interface OpenOptions extends DriverOptions {
  /** Milliseconds since the epoch, for the name of a file that is moved aside. */
  now: () => number;
  /** Replaces the probe of the file system. */
  probeWal?: (file: string, open: OpenFile) => boolean;
  deadlines?: Deadlines | undefined;
}

interface OpenedDatabase {
  db: Db;
  journalMode: JournalMode;
  /** Sentences for the user: what is unusual about this file and what was done. */
  notices: string[];
}

const JOURNAL_SIZE_LIMIT = 4 * 1024 * 1024;
/** Bytes, for new files: a page of 4 KB holds one message of 2 KB and wastes the rest. */
const PAGE_SIZE = 8192;

/**
 * Opens or creates the state file, migrated to the newest schema. Throws AppError `sqlite_unsupported_node`,
 * `store_newer`, `store_foreign`, `store_busy`, `store_one_window`, `store_readonly`, `store_full` or `store_failed`.
 */
export async function openDatabase(file: string, options: OpenOptions): Promise<OpenedDatabase> {
  const open = await loadDriver(options);
  if (file === MEMORY) return { ...openWith(open, file, 'memory'), notices: [] };
  const notices: string[] = [];
  const tryOpen = (): OpenedDatabase => {
    prepareFolder(file);
    const inspection = inspectFile(file, open);
    if (inspection.kind === 'corrupt') {
      const moved = moveAside(file, inspection.inode, options.now());
      if (moved !== undefined) notices.push(corruptNotice(file, moved));
    }
    createPrivate(file);
    const journalMode = (options.probeWal ?? walWorks)(file, open) ? 'wal' : 'truncate';
    const opened = openWith(open, file, journalMode);
    if (journalMode === 'truncate') notices.push(truncateNotice(file));
    return { ...opened, notices };
  };
  const { deciding } = options.deadlines ?? DEADLINES;
  try {
    return await withBusyRetry(file, tryOpen, deciding);
  } catch (error) {
    throw isHeldByOneWindow(error, file) ? oneWindowError(file, error) : error;
  }
}

function openWith(
  open: OpenFile,
  file: string,
  journalMode: JournalMode,
): Omit<OpenedDatabase, 'notices'> {
  const db = open(file, {});
  try {
    configure(db, file, journalMode);
    migrate(db);
    if (journalMode !== 'memory') keepPrivate(file);
    return { db, journalMode };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** With write-ahead logging nobody holds the file for long; without it one window does for as long as it is open. */
function isHeldByOneWindow(error: unknown, file: string): boolean {
  if (!(error instanceof AppError) || !isBusy(error.cause)) return false;
  return readHeader(file)?.isWal === false;
}

function oneWindowError(file: string, cause: unknown): AppError {
  return new AppError(
    'store_one_window',
    `${file} is open in another window or command, and its drive (a network drive?) allows only one at a time. Close the other one, or set countersign.storage.path to a folder on a local drive.`,
    { cause },
  );
}

function configure(db: Db, file: string, journalMode: JournalMode): void {
  db.pragma('trusted_schema=OFF');
  db.pragma('foreign_keys=ON');
  db.pragma('cell_size_check=ON');
  // Sorting would otherwise write large results to a temporary file.
  if (journalMode === 'memory') db.pragma('temp_store=MEMORY');
  refuseUnknown(db, file);
  if (hasForeignSchema(db)) {
    throw new AppError(
      'store_foreign',
      `${file} holds triggers or views that Countersign did not make. Choose another state file; this one was not changed.`,
    );
  }
  if (Number(db.pragma('user_version', { simple: true })) === 0) {
    // For a file that is still empty. On any other, the second one writes and waits for locks: reading must not.
    db.pragma(`page_size=${PAGE_SIZE}`);
    db.pragma('auto_vacuum=INCREMENTAL');
  }
  const actual = db.pragma(`journal_mode=${journalMode}`, { simple: true });
  if (actual !== journalMode) {
    throw new AppError('store_failed', `${file} cannot use journal mode ${journalMode}.`);
  }
  if (journalMode === 'truncate') holdAlone(db);
  // Set after the journal mode: the driver is compiled to lower it in WAL mode.
  db.pragma('synchronous=FULL');
  db.pragma(`journal_size_limit=${JOURNAL_SIZE_LIMIT}`);
  db.pragma(`wal_autocheckpoint=${JOURNAL_SIZE_LIMIT / PAGE_SIZE}`);
}

/**
 * Locks of a network file system cannot be trusted for each single transaction, and nothing tells one window what another
 * wrote: the file belongs to one for as long as it is open. The system lets go of it when the process dies.
 */
function holdAlone(db: Db): void {
  db.pragma('locking_mode=EXCLUSIVE');
  db.exec('BEGIN EXCLUSIVE; COMMIT');
}

const corruptNotice = (file: string, moved: string): string =>
  `The state file ${file} was damaged or changed by another program. It was moved to ${moved}, and a new, empty one was made.`;
const truncateNotice = (file: string): string =>
  `The folder of ${file} does not support write-ahead logging (a network drive?). Only one window at a time can use it, and nothing else; set countersign.storage.path to a local folder for more.`;

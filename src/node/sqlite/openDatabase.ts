// Opens the state file safely: inspected before anything writes, private, migrated. Knows no table.
import { AppError } from '../../core/base/errors.ts';
import { loadDriver, type Db, type DriverOptions, type OpenFile } from './database.ts';
import { makePrivate, moveAside, prepareFolder } from './files.ts';
import { inspectFile, refuseUnknown } from './inspect.ts';
import { migrate } from './migrations.ts';
import { withBusyRetry } from './retry.ts';
import { walWorks } from './walProbe.ts';

type JournalMode = 'wal' | 'truncate';

export interface OpenOptions extends DriverOptions {
  /** Milliseconds since the epoch, for the name of a file that is moved aside. */
  now: () => number;
  /** Replaces the probe of the file system. */
  probeWal?: (file: string, open: OpenFile) => boolean;
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

function configure(db: Db, file: string, journalMode: JournalMode): void {
  db.pragma('trusted_schema=OFF');
  db.pragma('foreign_keys=ON');
  db.pragma('cell_size_check=ON');
  refuseUnknown(db, file);
  db.pragma(`page_size=${PAGE_SIZE}`);
  db.pragma('auto_vacuum=INCREMENTAL');
  const actual = db.pragma(`journal_mode=${journalMode}`, { simple: true });
  if (actual !== journalMode) {
    throw new AppError('store_failed', `${file} cannot use journal mode ${journalMode}.`);
  }
  // Set after the journal mode: the driver is compiled to lower it in WAL mode.
  db.pragma('synchronous=FULL');
  db.pragma(`journal_size_limit=${JOURNAL_SIZE_LIMIT}`);
  db.pragma(`wal_autocheckpoint=${JOURNAL_SIZE_LIMIT / PAGE_SIZE}`);
}

const corruptNotice = (file: string, moved: string): string =>
  `The state file ${file} was damaged. It was moved to ${moved}, and a new, empty one was made.`;
const truncateNotice = (file: string): string =>
  `The folder of ${file} does not support write-ahead logging (a network drive?). Use Countersign in one window at a time there, or set countersign.storage.path to a local folder.`;

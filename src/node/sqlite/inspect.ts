// Looks at an existing state file before anything may write to it: newer, foreign, corrupt, or fit to be opened.
import { AppError } from '../../core/base/errors.ts';
import type { Db, OpenFile } from './database.ts';
import { errorCode, isCorrupt } from './errors.ts';
import { readHeader, type Header } from './files.ts';
import { APPLICATION_ID, SCHEMA_TEXT, SCHEMA_VERSION } from './migrations.ts';

/** Up to this size the whole file is checked at every open; above it only what opening reads. */
const FULL_CHECK_BYTES = 8 * 1024 * 1024;

type Inspection = { kind: 'new' } | { kind: 'fit' } | { kind: 'corrupt'; inode: number };

/** Throws `store_newer` or `store_foreign` with the file as it was, byte for byte. */
export function inspectFile(file: string, open: OpenFile): Inspection {
  const header = readHeader(file);
  if (header === undefined) return { kind: 'new' };
  const corrupt: Inspection = { kind: 'corrupt', inode: header.inode };
  if (!header.isSqlite) return corrupt;
  if (!header.hasLog) refuseNewer(header.userVersion, file);
  try {
    return isWhole(file, header, open) ? { kind: 'fit' } : corrupt;
  } catch (error) {
    if (isCorrupt(error)) return corrupt;
    // A hot journal, or a log whose index cannot be made read-only: the writing connection settles it.
    if (/^SQLITE_(READONLY|CANTOPEN)/.test(errorCode(error))) return { kind: 'fit' };
    throw error;
  }
}

function isWhole(file: string, header: Header, open: OpenFile): boolean {
  const db = open(file, { readonly: true });
  try {
    refuseUnknown(db, file);
    if (hasForeignSchema(db)) return false;
    if (header.size > FULL_CHECK_BYTES) return true;
    return db.pragma('quick_check(1)', { simple: true }) === 'ok';
  } finally {
    db.close();
  }
}

/** Whether the schema holds what acts by itself and is not Countersign's: a trigger, a view, a virtual table. Only reads. */
export function hasForeignSchema(db: Db): boolean {
  const acting = db.prepare(
    `SELECT sql FROM sqlite_schema WHERE type IN ('trigger', 'view') OR sql LIKE 'CREATE VIRTUAL%'`,
  );
  // SQLite keeps the text of each statement as it was given.
  const texts = acting.pluck().all();
  return texts.some((sql) => typeof sql !== 'string' || !SCHEMA_TEXT.includes(sql));
}

/** Throws when the database is from a newer Countersign or of another program. Only reads. */
export function refuseUnknown(db: Db, file: string): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  refuseNewer(version, file);
  const objects = Number(db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
  const ours = Number(db.pragma('application_id', { simple: true })) === APPLICATION_ID;
  if ((ours && version > 0) || (version === 0 && objects === 0)) return;
  throw new AppError(
    'store_foreign',
    `${file} is a database of another program. Choose another state file; this one was not changed.`,
  );
}

function refuseNewer(version: number, file: string): void {
  if (version <= SCHEMA_VERSION) return;
  throw new AppError(
    'store_newer',
    `${file} was written by a newer Countersign (schema ${version}, this one knows ${SCHEMA_VERSION}). Update Countersign; the file was not changed.`,
  );
}

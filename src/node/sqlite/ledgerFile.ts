// The ledger of a state file, opened read-only: looking at the record never migrates, repairs or moves what it looks at.
import { AppError } from '../../core/base/errors.ts';
import {
  createChainVerifier,
  LedgerRow,
  type ChainBreak,
  type LedgerHead,
} from '../../core/ledger/chain.ts';
import { systemTexts } from '../system.ts';
import { loadDriver, type Db, type DriverOptions } from './database.ts';
import { errorCode } from './errors.ts';
import { refuseUnknown } from './inspect.ts';
import { ledgerReader, type LedgerReader } from './ledger.ts';
import { withBusyRetry } from './retry.ts';
import { damagedRow } from './rows.ts';

const CHUNK = 500;

export interface Verified {
  /** The last whole row, and how many there are: `seq` is their number. */
  last: LedgerHead;
  /** Undefined when every row is what was written. */
  broken: ChainBreak | undefined;
}

export interface LedgerFile {
  /** Looks at every row, as of one moment. */
  verify(): Promise<Verified>;
  /** Every row in order, in chunks. Throws AppError `store_damaged_row` at one that cannot be read. */
  rows(): AsyncIterable<LedgerRow[]>;
  close(): void;
}

/** Throws AppError `no_ledger`, `store_unsettled`, `store_foreign`, `store_newer`, `store_busy` or `store_failed`. */
export async function openLedgerFile(file: string, options: DriverOptions): Promise<LedgerFile> {
  const open = await loadDriver(options);
  const db = await withBusyRetry(file, () =>
    openReadOnly(file, () => open(file, { readonly: true })),
  );
  const reader = ledgerReader(db);
  return {
    verify: () => withBusyRetry(file, () => db.transaction(() => verifyAll(reader))()),
    rows: () => chunks(file, reader),
    close: () => db.close(),
  };
}

function openReadOnly(file: string, open: () => Db): Db {
  const db = open();
  try {
    refuseUnknown(db, file);
    const tables = db.prepare(
      "SELECT 1 FROM sqlite_schema WHERE name = 'ledger' AND type = 'table'",
    );
    if (tables.get() === undefined) throw noLedger(file);
    return db;
  } catch (error) {
    db.close();
    // What a crash left half written has to be undone first, which takes a connection that writes.
    throw /^SQLITE_(READONLY|CANTOPEN)/.test(errorCode(error)) ? unsettled(file, error) : error;
  }
}

async function* chunks(file: string, reader: LedgerReader): AsyncGenerator<LedgerRow[]> {
  let after: number | null = null;
  for (;;) {
    const from: number | null = after;
    const rows: LedgerRow[] = await withBusyRetry(file, () =>
      reader.after(from, CHUNK).map(readRow),
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    after = last.seq;
  }
}

function verifyAll(reader: LedgerReader): Verified {
  const verifier = createChainVerifier(systemTexts);
  let after: number | null = null;
  for (;;) {
    const rows = reader.after(after, CHUNK);
    for (const row of rows) {
      const broken = verifier.push(row);
      if (broken) return { last: verifier.last, broken };
    }
    if (rows.length === 0) break;
    after = verifier.last.seq;
  }
  const broken = verifier.finish(reader.head());
  return { last: verifier.last, broken };
}

function readRow(raw: unknown): LedgerRow {
  const row = LedgerRow.safeParse(raw);
  if (row.success) return row.data;
  throw damagedRow('ledger', 'after the last one printed', row.error.issues[0]?.message ?? '');
}

function unsettled(file: string, cause: unknown): AppError {
  return new AppError(
    'store_unsettled',
    `${file} cannot be read without writing: a crash left it half written, or its folder is read-only. Run “pending --state” on it, or on a copy, then try again.`,
    { cause },
  );
}

function noLedger(file: string): AppError {
  return new AppError(
    'no_ledger',
    `${file} was written by an older Countersign and has no ledger yet. Open it once with this version.`,
  );
}

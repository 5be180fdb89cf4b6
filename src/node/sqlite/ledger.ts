// Tables `ledger` and `ledger_head`: rows are appended inside the transaction of the move they record. Never updated.
import { z } from 'zod';
import { AppError } from '../../core/base/errors.ts';
import { chainedRow, LedgerHead, LedgerRow } from '../../core/ledger/chain.ts';
import type { LedgerEntry } from '../../core/ledger/entrySchema.ts';
import { sealBody, sealId } from '../../core/ledger/seal.ts';
import type { LedgerStore } from '../../core/ports/store.ts';
import { systemTexts as texts } from '../system.ts';
import type { Connection } from './connection.ts';
import type { Db } from './database.ts';
import { rowReader } from './rows.ts';

/** Appends inside the caller's transaction, so that an entry is there exactly when its move is. */
type LedgerWriter = (...entries: readonly LedgerEntry[]) => void;

export function ledgerWriter({ db, file }: Pick<Connection, 'db' | 'file'>): LedgerWriter {
  const head = db.prepare('SELECT seq, hash FROM ledger_head');
  const insert = db.prepare(
    `INSERT INTO ledger (seq, at, turn_id, call_id, kind, body, prev_hash, hash)
     VALUES (@seq, @at, @turnId, @callId, @kind, @body, @prevHash, @hash)`,
  );
  return (...entries) => {
    if (entries.length === 0) return;
    let last = LedgerHead.optional().parse(head.get());
    if (!last) throw headMissing(file);
    for (const entry of entries) {
      const row = chainedRow(last, sealed(entry), texts);
      insert.run(row);
      last = row;
    }
  };
}

function sealed(entry: LedgerEntry): Parameters<typeof chainedRow>[1] {
  const { at, turnId, callId, kind, body } = entry;
  return {
    at,
    turnId: turnId === null ? null : sealId(turnId),
    callId: callId === null ? null : sealId(callId),
    kind,
    body: sealBody(body, texts),
  };
}

export function createLedgerStore(connection: Connection): LedgerStore {
  const { db, logger, read, write } = connection;
  const append = ledgerWriter(connection);
  const rows = rowReader('ledger', ['seq'], LedgerRow, logger);
  const raw = ledgerReader(db);
  return {
    appendLedger: (entries) => write(() => append(...entries)),
    readLedger: (after, limit) =>
      read(() => raw.after(after, limit).flatMap((row) => rows.one(row) ?? [])),
    ledgerHead: () =>
      read(() => {
        const head = raw.head();
        if (!head) throw headMissing(connection.file);
        return head;
      }),
  };
}

/** Reads the rows as they are, for those who must see a damaged one. */
export interface LedgerReader {
  /** In order of `seq`, those after `seq`, or from the very first one. */
  after(seq: number | null, limit: number): unknown[];
  /** Undefined when it is missing or unreadable. */
  head(): LedgerHead | undefined;
}

export function ledgerReader(db: Db): LedgerReader {
  const select = `SELECT seq, at, turn_id AS turnId, call_id AS callId, kind, body, prev_hash AS prevHash, hash
    FROM ledger`;
  const first = db.prepare(`${select} ORDER BY seq LIMIT ?`);
  const next = db.prepare(`${select} WHERE seq > ? ORDER BY seq LIMIT ?`);
  const head = db.prepare('SELECT seq, hash FROM ledger_head');
  return {
    after: (seq, limit) =>
      z.array(z.unknown()).parse(seq === null ? first.all(limit) : next.all(seq, limit)),
    head: () => LedgerHead.safeParse(head.get()).data,
  };
}

function headMissing(file: string): AppError {
  return new AppError(
    'ledger_damaged',
    `The ledger in ${file} has lost the note of its last row, so nothing can be recorded and nothing was done. “ledger verify” says more; move the file aside to go on with a new one.`,
  );
}

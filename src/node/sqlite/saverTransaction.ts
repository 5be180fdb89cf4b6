// What the saver's parts share inside one transaction: the thread they write for, and what may be remembered after it.
import type { Db } from './database.ts';

/** A row of `checkpoint_thread`. What is remembered of a thread's rows holds for one seq and epoch only. */
export interface ThreadRef {
  seq: number;
  epoch: number;
  /** LangGraph's `thread_id`; a turn's id in this program. */
  id: string;
}

export interface SaverTransaction {
  thread: ThreadRef;
  /** Runs only once the transaction is committed: a rollback must leave nothing remembered. */
  afterCommit: (() => void)[];
}

export function sameThread(a: ThreadRef, b: ThreadRef): boolean {
  return a.seq === b.seq && a.epoch === b.epoch;
}

export interface ThreadTable {
  find(id: string): ThreadRef | undefined;
  findOrCreate(id: string): ThreadRef;
}

export function createThreadTable(db: Db): ThreadTable {
  const select = db.prepare<[string], ThreadRef>(
    'SELECT seq, epoch, id FROM checkpoint_thread WHERE id = ?',
  );
  const insert = db.prepare<[string], ThreadRef>(
    'INSERT INTO checkpoint_thread (id) VALUES (?) RETURNING seq, epoch, id',
  );
  const findOrCreate = (id: string): ThreadRef => {
    const row = select.get(id) ?? insert.get(id);
    if (!row) throw new Error('INSERT RETURNING gave no row');
    return row;
  };
  return { find: (id) => select.get(id), findOrCreate };
}

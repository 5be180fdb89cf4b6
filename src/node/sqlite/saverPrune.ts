// Deletes checkpoints: those that newer ones have replaced, and all of a thread. Always inside the caller's transaction.
import type { Db } from './database.ts';
import type { StockTables } from './saverStock.ts';
import type { ThreadRef } from './saverTransaction.ts';

export interface SaverPruner {
  /** Keeps the newest checkpoints of a turn; LangGraph goes on from the last one. Other threads keep all of theirs. */
  afterPut(thread: ThreadRef, ns: string): void;
  /** Keeps the newest checkpoints of each namespace, and only the messages that these still need. */
  prune(thread: ThreadRef, keep: number): void;
}

/** Checkpoints that go at once: finding what only they needed is the same work for one as for several. */
const AT_ONCE = 8;
/** Stock checkpoints to delete in one transaction: each holds a whole state. */
const STOCK_AT_ONCE = 4;

export function createPruner(
  db: Db,
  stock: StockTables | undefined,
  keepOfTurns: number | undefined,
): SaverPruner {
  const dropOld = checkpointDropper(db);
  const sweepLists = listSweeper(db);
  const sweepItems = itemSweeper(db);
  const isTurn = db.prepare<[string], number>('SELECT 1 FROM turn WHERE id = ?').pluck();
  const namespaces = db
    .prepare<[number], string>('SELECT DISTINCT ns FROM checkpoint WHERE thread = ?')
    .pluck();
  return {
    afterPut: (thread, ns) => {
      if (keepOfTurns === undefined || !isTurn.get(thread.id)) return;
      if (dropOld(thread, ns, { keep: keepOfTurns, atLeast: AT_ONCE }) === 0) return;
      sweepLists(thread);
      stock?.deleteSome(thread.id, STOCK_AT_ONCE);
    },
    prune: (thread, keep) => {
      for (const ns of namespaces.all(thread.seq)) {
        dropOld(thread, ns, { keep: Math.max(1, keep), atLeast: 1 });
      }
      sweepLists(thread);
      sweepItems(thread);
    },
  };
}

interface Drop {
  /** Newest checkpoints that stay. */
  keep: number;
  /** Nothing happens for fewer. */
  atLeast: number;
}

/** Returns how many checkpoints went, with their writes and the values that no other checkpoint has. */
function checkpointDropper(db: Db): (thread: ThreadRef, ns: string, drop: Drop) => number {
  const old = db
    .prepare<[number, string, number], string>(
      'SELECT id FROM checkpoint WHERE thread = ? AND ns = ? ORDER BY id DESC LIMIT -1 OFFSET ?',
    )
    .pluck();
  const drop = db.prepare('DELETE FROM checkpoint WHERE thread = ? AND ns = ? AND id = ?');
  const dropWrites = db.prepare(
    'DELETE FROM checkpoint_write WHERE thread = ? AND ns = ? AND checkpoint_id = ?',
  );
  const dropValues = db.prepare(
    `DELETE FROM checkpoint_value WHERE thread = @thread AND ns = @ns AND seq NOT IN (
       SELECT kept.value FROM checkpoint, json_each(checkpoint.value_seqs) AS kept
       WHERE checkpoint.thread = @thread AND checkpoint.ns = @ns)`,
  );
  return ({ seq }, ns, { keep, atLeast }) => {
    const ids = old.all(seq, ns, keep);
    if (ids.length < atLeast) return 0;
    for (const id of ids) {
      drop.run(seq, ns, id);
      dropWrites.run(seq, ns, id);
    }
    if (ids.length > 0) dropValues.run({ thread: seq, ns });
    return ids.length;
  };
}

/** Lists that no value leads to. A list's bases are needed for as long as it is. */
function listSweeper(db: Db): (thread: ThreadRef) => void {
  const sweep = db.prepare(
    `WITH RECURSIVE needed (seq, base) AS (
       SELECT list.seq, list.base FROM checkpoint_value AS value
         JOIN checkpoint_list AS list ON list.seq = CAST(value.body AS INTEGER)
       WHERE value.thread = @thread AND value.type = 'list'
       UNION
       SELECT list.seq, list.base FROM needed JOIN checkpoint_list AS list ON list.seq = needed.base
     ) DELETE FROM checkpoint_list WHERE thread = @thread AND seq NOT IN (SELECT seq FROM needed)`,
  );
  return ({ seq }) => {
    sweep.run({ thread: seq });
  };
}

/** Messages that nothing leads to. The new epoch tells every process to forget what it remembers of the thread. */
function itemSweeper(db: Db): (thread: ThreadRef) => void {
  const sweep = db.prepare(
    `DELETE FROM checkpoint_item WHERE thread = @thread AND seq NOT IN (
       SELECT item.value FROM checkpoint_list AS list, json_each(list.items) AS item
         WHERE list.thread = @thread
       UNION ALL SELECT CAST(body AS INTEGER) FROM checkpoint_value
         WHERE thread = @thread AND type = 'message'
       UNION ALL SELECT CAST(body AS INTEGER) FROM checkpoint_write
         WHERE thread = @thread AND type = 'message'
       UNION ALL SELECT item.value FROM checkpoint_write AS write, json_each(write.body) AS item
         WHERE write.thread = @thread AND write.type = 'messages')`,
  );
  const forget = db.prepare('UPDATE checkpoint_thread SET epoch = epoch + 1 WHERE seq = ?');
  return ({ seq }) => {
    sweep.run({ thread: seq });
    forget.run(seq);
  };
}

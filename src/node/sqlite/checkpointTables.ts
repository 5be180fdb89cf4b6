// Every table with checkpoints of a thread, the stock saver's included, as far as other transactions delete from them.
import type { Db } from './database.ts';
import { openStockTables } from './saverStock.ts';

const tables = [
  'checkpoint',
  'checkpoint_write',
  'checkpoint_value',
  'checkpoint_list',
  'checkpoint_item',
];

/** Deletes every checkpoint of a turn, whose id is LangGraph's `thread_id`, inside the caller's transaction. */
export function checkpointDeleter(db: Db): (turnId: string) => void {
  const statements = tables.map((table) =>
    db.prepare(
      `DELETE FROM ${table} WHERE thread = (SELECT seq FROM checkpoint_thread WHERE id = ?)`,
    ),
  );
  const thread = db.prepare('DELETE FROM checkpoint_thread WHERE id = ?');
  const stock = openStockTables(db);
  return (turnId) => {
    for (const statement of statements) statement.run(turnId);
    thread.run(turnId);
    stock?.deleteThread(turnId);
  };
}

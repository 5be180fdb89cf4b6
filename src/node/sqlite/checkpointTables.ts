// LangGraph's own tables, as far as our transactions touch them. The checkpointer creates and fills them.
import type { Db } from './database.ts';

/** Deletes every checkpoint of a turn, whose id is LangGraph's `thread_id`, inside the caller's transaction. */
export function checkpointDeleter(db: Db): (turnId: string) => void {
  const statements = ['checkpoints', 'writes'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE thread_id = ?`),
  );
  return (turnId) => {
    for (const statement of statements) statement.run(turnId);
  };
}

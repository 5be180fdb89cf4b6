// Lists of threads, their names, and what it takes to delete one.
import { z } from 'zod';
import { NOT_RUN } from '../../core/agent/closing.ts';
import { threadDeleted } from '../../core/ledger/entries.ts';
import type { DeleteOutcome, LibraryStore, ThreadEntry } from '../../core/ports/libraryStore.ts';
import { TurnStatus } from '../../protocol/calls.ts';
import { checkpointDeleter } from './checkpointTables.ts';
import type { Connection } from './connection.ts';
import { ledgerWriter } from './ledger.ts';
import { threadSearcher } from './librarySearch.ts';
import { rowReader } from './rows.ts';
import { openingOfThread } from './titles.ts';

const Row: z.ZodType<ThreadEntry> = z.object({
  id: z.string(),
  title: z.string().nullable(),
  createdAt: z.int(),
  updatedAt: z.int(),
  opening: z.string().nullable(),
  archived: z.int().transform((value) => value === 1),
  status: TurnStatus.nullable(),
});

/** A message that was taken back says nothing about how the thread ended. */
const statusOf = `coalesce(
  (SELECT status FROM turn WHERE thread_id = thread.id AND ended_at IS NULL ORDER BY seq LIMIT 1),
  (SELECT status FROM turn WHERE thread_id = thread.id AND code IS NOT '${NOT_RUN}' ORDER BY seq DESC LIMIT 1),
  (SELECT status FROM turn WHERE thread_id = thread.id ORDER BY seq DESC LIMIT 1))`;
const select = `SELECT id, title, created_at AS createdAt, updated_at AS updatedAt, archived,
  CASE WHEN title IS NULL THEN (${openingOfThread}) END AS opening, ${statusOf} AS status FROM thread`;
const underWay = `id IN (SELECT thread_id FROM turn
  WHERE status IN ('queued', 'running', 'paused', 'expired', 'interrupted'))`;
const newest = 'ORDER BY updated_at DESC, seq DESC';

export function createLibraryStore(connection: Connection): LibraryStore {
  const { db, logger, read, write } = connection;
  const rows = rowReader('thread', ['id'], Row, logger);
  const open = db.prepare(`${select} WHERE ${underWay} ${newest}`);
  const rest = db.prepare(
    `${select} WHERE archived = @archived AND NOT ${underWay} ${newest} LIMIT @limit`,
  );
  const rename = db.prepare('UPDATE thread SET title = ? WHERE id = ?');
  const archive = db.prepare('UPDATE thread SET archived = ? WHERE id = ?');
  const remove = threadRemover(connection);
  return {
    threadsUnderWay: () => read(() => rows.many(open.all())),
    threadsAtRest: ({ archived, limit }) =>
      read(() => rows.many(rest.all({ archived: archived ? 1 : 0, limit }))),
    searchThreads: threadSearcher(connection),
    renameThread: (id, title) => write(() => rename.run(title, id).changes === 1),
    archiveThread: (id, archived) => write(() => archive.run(archived ? 1 : 0, id).changes === 1),
    deleteThread: (id, at) => write(() => remove(id, at)),
  };
}

const Ids = z.array(z.string());

function threadRemover(connection: Connection): (id: string, at: number) => DeleteOutcome {
  const { db, place } = connection;
  const record = ledgerWriter(connection);
  const deleteCheckpoints = checkpointDeleter(db);
  const find = db.prepare('SELECT 1 FROM thread WHERE id = ?');
  const busy = db.prepare('SELECT 1 FROM turn WHERE thread_id = ? AND ended_at IS NULL');
  const turnIds = db.prepare('SELECT id FROM turn WHERE thread_id = ?').pluck();
  const outputs = db
    .prepare(
      `SELECT DISTINCT output_hash FROM tool_call JOIN turn ON turn.id = turn_id
       WHERE thread_id = ? AND output_hash IS NOT NULL`,
    )
    .pluck();
  // Children first: what one table gives back to another before it goes finds nothing there any more.
  const ofTurns = '(SELECT id FROM turn WHERE thread_id = @id)';
  const steps = [
    `DELETE FROM pending_action WHERE turn_id IN ${ofTurns}`,
    `DELETE FROM tool_call WHERE turn_id IN ${ofTurns}`,
    `DELETE FROM message WHERE turn_id IN ${ofTurns}`,
    `DELETE FROM consent_grant WHERE scope IN ('turn', 'thread') AND thread_id = @id`,
    'DELETE FROM thread WHERE id = @id',
  ].map((sql) => db.prepare(sql));
  const dropOutput = db.prepare(
    `DELETE FROM blob WHERE hash = @hash
       AND NOT EXISTS (SELECT 1 FROM tool_call WHERE output_hash = @hash)`,
  );
  return (id, at) => {
    if (find.get(id) === undefined) return 'unknown';
    if (busy.get(id) !== undefined) return 'busy';
    const turns = Ids.parse(turnIds.all(id));
    const hashes = Ids.parse(outputs.all(id));
    for (const turn of turns) deleteCheckpoints(turn);
    for (const step of steps) step.run({ id });
    for (const hash of hashes) dropOutput.run({ hash });
    record(threadDeleted({ threadId: id, turns: turns.length, at }, place));
    return 'deleted';
  };
}

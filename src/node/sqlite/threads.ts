// Table `thread`, and what is read by thread: its turns and messages.
import { z } from 'zod';
import { NOT_RUN } from '../../core/agent/closing.ts';
import type { NewThread, ThreadRow, ThreadStore } from '../../core/ports/store.ts';
import type { Logger } from '../../core/ports/system.ts';
import type { Connection } from './connection.ts';
import { messageReader, selectMessage } from './messages.ts';
import { rowReader, type RowReader } from './rows.ts';
import { openingOfThread } from './titles.ts';
import { selectTurn, turnReader } from './turnRows.ts';

const Row: z.ZodType<ThreadRow> = z.object({
  id: z.string(),
  title: z.string().nullable(),
  createdAt: z.int(),
  updatedAt: z.int(),
  opening: z.string().nullable(),
});

export const selectThread = `SELECT id, title, created_at AS createdAt, updated_at AS updatedAt,
  CASE WHEN title IS NULL THEN (${openingOfThread}) END AS opening FROM thread`;

export function threadReader(logger: Logger): RowReader<ThreadRow> {
  return rowReader('thread', ['id'], Row, logger);
}

export function createThreadStore({ db, logger, read, write }: Connection): ThreadStore {
  const rows = threadReader(logger);
  const turns = turnReader(logger);
  const messages = messageReader(logger);
  const insert = db.prepare<NewThread>(
    'INSERT INTO thread (id, title, created_at, updated_at) VALUES (@id, @title, @createdAt, @updatedAt)',
  );
  const all = db.prepare(`${selectThread} ORDER BY updated_at DESC, seq DESC`);
  const byId = db.prepare(`${selectThread} WHERE id = ?`);
  const setTitle = db.prepare('UPDATE thread SET title = ? WHERE id = ? AND title IS NULL');
  const turnsOf = db.prepare(`${selectTurn} WHERE thread_id = ? ORDER BY seq`);
  const messagesOf = db.prepare(
    `${selectMessage} JOIN turn ON turn.id = message.turn_id WHERE turn.thread_id = ? ORDER BY turn.seq, position`,
  );
  const history = db.prepare(
    `${selectMessage} JOIN turn ON turn.id = message.turn_id JOIN turn AS own ON own.id = ?
     WHERE turn.thread_id = own.thread_id AND turn.seq < own.seq AND message.state = 'final'
       AND turn.code IS NOT '${NOT_RUN}' ORDER BY turn.seq, position`,
  );
  return {
    createThread: async (row) => {
      await write(() => insert.run(row));
    },
    listThreads: () => read(() => rows.many(all.all())),
    getThread: (id) => read(() => rows.one(byId.get(id))),
    setTitleIfNull: (id, title) => write(() => setTitle.run(title, id).changes === 1),
    messagesOfThread: (id) => read(() => messages.many(messagesOf.all(id))),
    historyBefore: (turnId) => read(() => messages.many(history.all(turnId))),
    turnsOfThread: (id) => read(() => turns.many(turnsOf.all(id))),
  };
}

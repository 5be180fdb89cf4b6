// What the title of a thread is made of, read without its whole messages.
import { z } from 'zod';
import type { TitleMatter, TitleStore } from '../../core/ports/store.ts';
import type { Connection } from './connection.ts';

/** Most that a title is made of, in code points. */
const MOST_OF_USER = 2000;
const MOST_OF_REPLY = 1000;
const MOST_THREADS = 20;

const Matter: z.ZodType<TitleMatter> = z.object({
  turnId: z.string(),
  user: z.string(),
  reply: z.string(),
  replies: z.int(),
});

/** The beginning of a message's text, without leading blank space; null when its row is damaged. */
const beginning = (most: number): string =>
  `CASE WHEN json_valid(body)
     THEN substr(ltrim(json_extract(body, '$.text'), char(9, 10, 13, 32)), 1, ${most}) END`;

/** SQL of the first message of `thread.id`. */
export const openingOfThread = `SELECT ${beginning(MOST_OF_USER)}
  FROM turn JOIN message ON message.turn_id = turn.id AND position = 0
  WHERE turn.thread_id = thread.id ORDER BY turn.seq LIMIT 1`;

/** True of a turn that is over and has a reply. */
const REPLIED = `turn.ended_at IS NOT NULL
  AND EXISTS (SELECT 1 FROM message WHERE message.turn_id = turn.id AND role = 'assistant')`;

export function createTitleStore({ db, read }: Connection): TitleStore {
  const matter = db.prepare(
    `SELECT turn.id AS turnId, coalesce((${openingOfThread}), '') AS user,
       coalesce((SELECT ${beginning(MOST_OF_REPLY)} AS text
         FROM message JOIN turn AS own ON own.id = message.turn_id
         WHERE own.thread_id = thread.id AND role = 'assistant' AND json_valid(body)
           AND json_extract(body, '$.text') <> ''
         ORDER BY own.seq, position LIMIT 1), '') AS reply,
       (SELECT count(*) FROM turn WHERE turn.thread_id = thread.id AND ${REPLIED}) AS replies
     FROM thread JOIN turn ON turn.thread_id = thread.id
     WHERE thread.id = ? AND title IS NULL AND ${REPLIED} ORDER BY turn.seq DESC LIMIT 1`,
  );
  const untitled = db
    .prepare(
      `SELECT id FROM thread WHERE title IS NULL AND EXISTS (
         SELECT 1 FROM turn WHERE turn.thread_id = thread.id AND ended_at <= ? AND ${REPLIED})
       ORDER BY updated_at DESC LIMIT ${MOST_THREADS}`,
    )
    .pluck();
  return {
    titleMatter: (threadId) => read(() => Matter.optional().parse(matter.get(threadId))),
    untitledThreads: (before) => read(() => z.array(z.string()).parse(untitled.all(before))),
  };
}

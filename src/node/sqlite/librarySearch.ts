// Looks for a text in titles and in what was said. A piece at a time, newest first: everything else of this process goes on
// in between.
import { setImmediate as others } from 'node:timers/promises';
import { z } from 'zod';
import type { LibraryStore, ThreadHit } from '../../core/ports/libraryStore.ts';
import { folded } from '../../protocol/folded.ts';
import type { Connection } from './connection.ts';

/** How long one piece may take; its size follows from how long the last one took. */
const PIECE_MS = 8;
const FIRST_PIECE = 64;
const MOST_IN_PIECE = 4096;
/** Shown before and after what was found, in UTF-16 units. */
const AROUND = 60;

const Title = z.object({ id: z.string(), title: z.string() });
const Said = z.object({ row: z.int(), threadId: z.string(), text: z.string().nullable() });
const Last = z.int().nullable();

export function threadSearcher({ db, read }: Connection): LibraryStore['searchThreads'] {
  const titles = db.prepare(
    'SELECT id, title FROM thread WHERE title IS NOT NULL ORDER BY updated_at DESC, seq DESC',
  );
  const last = db.prepare('SELECT max(rowid) FROM message').pluck();
  const said = db.prepare(
    `SELECT message.rowid AS row, thread_id AS threadId,
       CASE WHEN json_valid(body) THEN json_extract(body, '$.text') END AS text
     FROM message JOIN turn ON turn.id = turn_id
     WHERE message.rowid <= @to AND message.rowid > @from AND role IN ('user', 'assistant')
     ORDER BY message.rowid DESC`,
  );
  return async ({ text, limit, signal }) => {
    const wanted = folded(text.trim());
    const hits = new Map<string, ThreadHit>();
    if (wanted === '') return [];
    const add = (threadId: string, excerpt: string | null): void => {
      if (hits.size < limit && !hits.has(threadId)) hits.set(threadId, { threadId, excerpt });
    };
    for (const { id, title } of await read(() => z.array(Title).parse(titles.all())))
      if (folded(title).includes(wanted)) add(id, null);
    let to = (await read(() => Last.parse(last.get() ?? null))) ?? 0;
    let size = FIRST_PIECE;
    while (to > 0 && hits.size < limit && signal?.aborted !== true) {
      const began = performance.now();
      const from = Math.max(0, to - size);
      for (const row of await read(() => z.array(Said).parse(said.all({ to, from })))) {
        const at = row.text === null ? -1 : folded(row.text).indexOf(wanted);
        if (row.text !== null && at >= 0) add(row.threadId, excerptOf(row.text, at, wanted.length));
      }
      size = nextSize(size, performance.now() - began);
      to = from;
      await others();
    }
    return [...hits.values()];
  };
}

function nextSize(size: number, took: number): number {
  return Math.round(
    Math.min(MOST_IN_PIECE, Math.max(1, (size * PIECE_MS) / Math.max(took, PIECE_MS / 2))),
  );
}

/** One line around what was found. */
function excerptOf(text: string, at: number, length: number): string {
  const from = Math.max(0, at - AROUND);
  const to = Math.min(text.length, at + length + AROUND);
  const words = text.slice(from, to).toWellFormed().replaceAll(/\s+/g, ' ').trim();
  return `${from > 0 ? '…' : ''}${words}${to < text.length ? '…' : ''}`;
}

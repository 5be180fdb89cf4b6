// Small answers from large tables, without reading proposals or messages: what waits, and what was used.
import { z } from 'zod';
import type { SummaryStore, WaitingRow } from '../../core/ports/store.ts';
import type { Connection } from './connection.ts';

export const Waiting: z.ZodType<WaitingRow> = z.object({
  actionId: z.string(),
  turnId: z.string(),
  threadId: z.string(),
  calls: z.int(),
});
const Used = z.object({ input: z.number(), output: z.number() });

export const selectWaiting = `SELECT action.id AS actionId, turn_id AS turnId, turn.thread_id AS threadId,
    json_array_length(requests) AS calls
  FROM pending_action AS action JOIN turn ON turn.id = action.turn_id
  WHERE state = 'open' AND json_valid(requests) ORDER BY action.seq`;

export function createSummaryStore({ db, read }: Connection): SummaryStore {
  const waiting = db.prepare(selectWaiting);
  const used = db.prepare(
    `SELECT coalesce(sum(json_extract(body, '$.usage.input')), 0) AS input,
       coalesce(sum(json_extract(body, '$.usage.output')), 0) AS output
     FROM message JOIN turn ON turn.id = turn_id
     WHERE thread_id = ? AND role = 'assistant' AND json_valid(body)`,
  );
  return {
    waiting: () => read(() => z.array(Waiting).parse(waiting.all())),
    usageOfThread: (threadId) => read(() => Used.parse(used.get(threadId))),
  };
}

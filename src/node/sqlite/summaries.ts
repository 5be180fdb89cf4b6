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

/** An approval whose time is over waits no more, although nobody has moved it yet. */
export const notOverdue = '(expires_at IS NULL OR expires_at > @now)';

const waitingWhere = (
  condition: string,
): string => `SELECT action.id AS actionId, turn_id AS turnId, turn.thread_id AS threadId,
    json_array_length(requests) AS calls
  FROM pending_action AS action JOIN turn ON turn.id = action.turn_id
  WHERE ${condition} AND json_valid(requests) ORDER BY action.seq`;

/** Open actions; also those that are overdue, which a view shows until they are moved. */
export const selectOpen = waitingWhere("state = 'open'");

export function createSummaryStore({ clock, db, read }: Connection): SummaryStore {
  const waiting = db.prepare(waitingWhere(`state = 'open' AND ${notOverdue}`));
  const used = db.prepare(
    `SELECT coalesce(sum(json_extract(body, '$.usage.input')), 0) AS input,
       coalesce(sum(json_extract(body, '$.usage.output')), 0) AS output
     FROM message JOIN turn ON turn.id = turn_id
     WHERE thread_id = ? AND role = 'assistant' AND json_valid(body)`,
  );
  return {
    waiting: () => read(() => z.array(Waiting).parse(waiting.all({ now: clock.now() }))),
    usageOfThread: (threadId) => read(() => Used.parse(used.get(threadId))),
  };
}

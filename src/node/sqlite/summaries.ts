// Small answers from large tables, without reading proposals or messages: what waits, and what was used.
import { z } from 'zod';
import { Usage } from '../../core/agent/message.ts';
import type { SummaryStore, WaitingRow } from '../../core/ports/summaryStore.ts';
import type { Connection } from './connection.ts';
import { jsonColumn } from './rows.ts';

export const Waiting: z.ZodType<WaitingRow> = z.object({
  actionId: z.string(),
  turnId: z.string(),
  threadId: z.string(),
  calls: z.int(),
});

const Last = z.object({ usage: jsonColumn(Usage).nullable() });
const Bytes = z.number();

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
  const last = db.prepare(
    `SELECT json_extract(body, '$.usage') AS usage FROM message JOIN turn ON turn.id = turn_id
     WHERE thread_id = ? AND role = 'assistant' AND json_valid(body)
     ORDER BY turn.seq DESC, position DESC LIMIT 1`,
  );
  const ofTurn = db.prepare(
    `SELECT coalesce(sum(json_extract(body, '$.usage.input')), 0) AS input,
       coalesce(sum(json_extract(body, '$.usage.output')), 0) AS output
     FROM message WHERE role = 'assistant' AND json_valid(body) AND turn_id =
       (SELECT turn_id FROM message JOIN turn ON turn.id = turn_id
        WHERE thread_id = @threadId AND role = 'assistant' ORDER BY turn.seq DESC LIMIT 1)`,
  );
  const said = db
    .prepare(
      `SELECT coalesce((SELECT sum(octet_length(body)) FROM message JOIN turn ON turn.id = turn_id
           WHERE thread_id = @threadId), 0)
         + coalesce((SELECT sum(octet_length(body)) FROM attachment
           JOIN attachment_text USING (hash) JOIN turn ON turn.id = turn_id
           WHERE thread_id = @threadId AND body NOT LIKE 'data:image/%'), 0)`,
    )
    .pluck();
  return {
    waiting: () => read(() => z.array(Waiting).parse(waiting.all({ now: clock.now() }))),
    contextOfThread: (threadId) =>
      read(() => {
        const found = last.get(threadId);
        const known = found === undefined ? null : Last.parse(found).usage;
        const turn = Usage.parse(ofTurn.get({ threadId }));
        return { last: known, turn, bytes: known ? 0 : Bytes.parse(said.get({ threadId })) };
      }),
    usageOfThread: (threadId) => read(() => Usage.parse(used.get(threadId))),
  };
}

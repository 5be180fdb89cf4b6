// Table `draft`: what a human typed on a card and has not submitted, a row per call of an action that is not decided.
// Rows go with their action: triggers of the schema delete them in the transaction that decides it or ends its turn.
import { z } from 'zod';
import type { DraftRow, DraftStore, PutDraft } from '../../core/ports/draftStore.ts';
import type { ActionRow } from '../../core/ports/store.ts';
import type { Logger } from '../../core/ports/system.ts';
import { CardDraft } from '../../protocol/drafts.ts';
import type { Connection } from './connection.ts';
import { jsonColumn, rowReader, toJson, type RowReader } from './rows.ts';

const Row: z.ZodType<DraftRow> = z.object({
  actionId: z.string(),
  callId: z.string(),
  proposalHash: z.string(),
  card: jsonColumn(CardDraft).nullable(),
  content: z.string().nullable(),
  updatedAt: z.int(),
});

const columns = `action_id AS actionId, call_id AS callId, proposal_hash AS proposalHash, card, content,
  updated_at AS updatedAt`;

/** SQL that is true when `requests` holds this call as it was shown. */
const asShown = (callId: string, proposalHash: string): string =>
  `EXISTS (SELECT 1 FROM json_each(requests) AS request WHERE request.value ->> 'callId' = ${callId}
     AND request.value ->> 'proposalHash' = ${proposalHash})`;

export function draftReader(logger: Logger): RowReader<DraftRow> {
  return rowReader('draft', ['actionId', 'callId'], Row, logger);
}

export function createDraftStore(connection: Connection): DraftStore {
  const { db, logger, read, write } = connection;
  const rows = draftReader(logger);
  const ofAction = db.prepare(`SELECT ${columns} FROM draft WHERE action_id = ? ORDER BY call_id`);
  const put = putter(connection);
  return {
    putDraft: (draft) => write(() => rows.one(put(draft))),
    draftsOfAction: (actionId) => read(() => rows.many(ofAction.all(actionId))),
  };
}

/** Inside a transaction: the row as it is now, undefined when its card is not open any more. */
function putter({ db }: Connection): (put: PutDraft) => unknown {
  const upsert = db.prepare(
    `INSERT INTO draft (action_id, call_id, proposal_hash, card, content, updated_at)
     SELECT id, @callId, @proposalHash, @card, @content, @at FROM pending_action
       WHERE id = @actionId AND state = 'open' AND ${asShown('@callId', '@proposalHash')}
     ON CONFLICT (action_id, call_id) DO UPDATE SET updated_at = excluded.updated_at,
       card = CASE WHEN @givesCard THEN excluded.card ELSE card END,
       content = CASE WHEN @givesContent THEN excluded.content ELSE content END
     RETURNING ${columns}`,
  );
  const dropEmpty = db.prepare(
    'DELETE FROM draft WHERE action_id = ? AND call_id = ? AND card IS NULL AND content IS NULL',
  );
  return ({ card, content, ...key }) => {
    const row = upsert.get({
      ...key,
      card: toJson(card ?? null),
      content: content ?? null,
      givesCard: card === undefined ? 0 : 1,
      givesContent: content === undefined ? 0 : 1,
    });
    dropEmpty.run(key.actionId, key.callId);
    return row;
  };
}

/** Inside a transaction: drafts of calls that are shown unchanged go to the new action, the others go. */
function draftMover({ db }: Connection): (from: string, to: string) => void {
  const move = db.prepare(
    `UPDATE OR REPLACE draft SET action_id = @to WHERE action_id = @from AND EXISTS (
       SELECT 1 FROM pending_action WHERE id = @to AND state = 'open'
         AND ${asShown('draft.call_id', 'draft.proposal_hash')})`,
  );
  const drop = db.prepare('DELETE FROM draft WHERE action_id = ?');
  return (from, to) => {
    move.run({ from, to });
    drop.run(from);
  };
}

/** Inside the transaction that asks again: the new action gets the drafts of those of its batch that came before it. */
export function draftInheritor(connection: Connection): (action: ActionRow) => void {
  const earlier = connection.db
    .prepare(
      `SELECT id FROM pending_action WHERE turn_id = ? AND batch_id = ? AND state <> 'open' ORDER BY seq`,
    )
    .pluck();
  const move = draftMover(connection);
  return ({ id, turnId, batchId }) => {
    for (const from of z.array(z.string()).parse(earlier.all(turnId, batchId))) move(from, id);
  };
}

// An action that a human was shown and did not decide: expired by name, or shown anew in its place.
import { actionExpired, asked, shownAnew } from '../../core/ledger/entries.ts';
import type { ActionStore } from '../../core/ports/store.ts';
import type { Connection } from './connection.ts';
import { draftInheritor } from './drafts.ts';
import { withoutText } from './editTexts.ts';
import { ledgerWriter } from './ledger.ts';
import { requestStorer } from './requests.ts';

type AskedAnew = Pick<ActionStore, 'expireAction' | 'replaceAction'>;

export const insertAction = `INSERT INTO pending_action (id, turn_id, batch_id, kind, state, requests, proposal_hash, created_at, expires_at)
  VALUES (@id, @turnId, @batchId, @kind, 'open', @requests, @proposalHash, @createdAt, @expiresAt)`;

export function askedAnew(connection: Connection): AskedAnew {
  return { expireAction: expirer(connection), replaceAction: replacer(connection) };
}

const closeOpen = `UPDATE pending_action SET state = @state WHERE id = @actionId AND turn_id = @turnId AND state = 'open'
  AND EXISTS (SELECT 1 FROM turn WHERE turn.id = turn_id AND status = 'paused')`;

function expirer(connection: Connection): AskedAnew['expireAction'] {
  const { db, write } = connection;
  const record = ledgerWriter(connection);
  const expire = db.prepare(closeOpen);
  const moveTurn = db.prepare(
    "UPDATE turn SET status = 'expired', generation = generation + 1 WHERE id = ? AND status = 'paused'",
  );
  return ({ id, turnId }, at) =>
    write(() => {
      if (expire.run({ actionId: id, turnId, state: 'expired' }).changes === 0) return false;
      moveTurn.run(turnId);
      record(actionExpired({ id, turnId }, at));
      return true;
    });
}

function replacer(connection: Connection): AskedAnew['replaceAction'] {
  const { db, read, write } = connection;
  const record = ledgerWriter(connection);
  const close = db.prepare(closeOpen);
  const insert = db.prepare(insertAction);
  const inheritDrafts = draftInheritor(connection);
  const moveTurn = db.prepare(
    "UPDATE turn SET generation = generation + 1 WHERE id = ? AND status = 'paused'",
  );
  const store = requestStorer(db);
  const plan = db.prepare(
    `UPDATE tool_call SET proposal = @proposal, proposal_hash = @proposalHash
     WHERE turn_id = @turnId AND call_id = @callId AND state = 'planned'`,
  );
  return async ({ actionId, action, calls, bases }) => {
    const { turnId } = action;
    const stored = await read(() => store(action, bases, calls));
    const row = { ...action, requests: stored.json };
    const planned = calls.map(({ callId, proposal, proposalHash }) => {
      const json = JSON.stringify(withoutText(proposal).stored);
      return { turnId, callId, proposal: json, proposalHash };
    });
    return write(() => {
      if (close.run({ actionId, turnId, state: 'cancelled' }).changes === 0) return false;
      moveTurn.run(turnId);
      for (const call of planned) plan.run(call);
      insert.run(row);
      stored.keepTexts();
      inheritDrafts(action);
      record(shownAnew(actionId, { action, calls }), asked(action));
      return true;
    });
  };
}

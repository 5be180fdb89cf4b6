// Table `pending_action`: pausing a turn and claiming its action, of which exactly one of many claims wins.
import { z } from 'zod';
import {
  actionExpired,
  asked,
  callUnstarted,
  decided,
  turnMoved,
} from '../../core/ledger/entries.ts';
import type {
  ActionRow,
  ActionStore,
  ClaimAction,
  ClaimOutcome,
  DecisionRow,
} from '../../core/ports/store.ts';
import type { Logger } from '../../core/ports/system.ts';
import { ActionKind, ActionRequest, Decisions } from '../../protocol/calls.ts';
import { systemTexts as texts } from '../system.ts';
import { askedAnew, insertAction } from './askedAnew.ts';
import type { Connection } from './connection.ts';
import type { Db } from './database.ts';
import { draftInheritor } from './drafts.ts';
import { ledgerWriter } from './ledger.ts';
import { placeFinder } from './leases.ts';
import { LEASE_MS } from './owner.ts';
import { messageWriter } from './messages.ts';
import { jsonColumn, rowReader, type RowReader } from './rows.ts';
import { requestFiller, requestStorer } from './requests.ts';
import { notOverdue } from './summaries.ts';

const Row = z.object({
  id: z.string(),
  turnId: z.string(),
  threadId: z.string(),
  batchId: z.string(),
  kind: ActionKind,
  state: z.enum(['open', 'resolved', 'expired', 'cancelled']),
  requests: jsonColumn(z.array(z.unknown())),
  proposalHash: z.string(),
  createdAt: z.int(),
  expiresAt: z.int().nullable(),
  decisions: jsonColumn(Decisions).nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: z.int().nullable(),
});

const Filled: z.ZodType<ActionRow, z.infer<typeof Row>> = Row.extend({
  requests: z.array(ActionRequest),
  decisions: Decisions.nullable(),
});

const Decided: z.ZodType<DecisionRow> = z.object({
  decisions: jsonColumn(Decisions),
  decidedBy: z.string().nullable(),
  decidedAt: z.int().nullable(),
});

const Expired = z.object({ id: z.string(), turnId: z.string() });

export const selectAction = `SELECT action.id, turn_id AS turnId, turn.thread_id AS threadId, batch_id AS batchId, kind, state,
  requests, proposal_hash AS proposalHash, action.created_at AS createdAt, expires_at AS expiresAt, decisions,
  decided_by AS decidedBy, decided_at AS decidedAt
  FROM pending_action AS action JOIN turn ON turn.id = action.turn_id`;

export function actionReader(db: Db, logger: Logger): RowReader<ActionRow> {
  const fill = requestFiller(db);
  const schema = Row.transform((row) => {
    return { ...row, requests: fill(row.turnId, row.requests) };
  }).pipe(Filled);
  return rowReader('pending_action', ['id'], schema, logger);
}

export function createActionStore(connection: Connection): ActionStore {
  const { db, clock, logger, read } = connection;
  const rows = actionReader(db, logger);
  const byId = db.prepare(`${selectAction} WHERE action.id = ?`);
  const ofBatch = db.prepare(
    `${selectAction} WHERE turn_id = ? AND batch_id = ? AND kind <> 'outcome_unknown' ORDER BY action.seq DESC LIMIT 1`,
  );
  const open = db.prepare(
    `${selectAction} WHERE state = 'open' AND ${notOverdue} ORDER BY action.seq`,
  );
  const ofThread = db.prepare(`${selectAction} WHERE turn.thread_id = ? ORDER BY action.seq`);
  const decisions = rowReader('pending_action', ['id'], Decided, logger);
  const decisionsOf = db.prepare(
    `SELECT id, decisions, decided_by AS decidedBy, decided_at AS decidedAt FROM pending_action
     WHERE turn_id = ? AND state = 'resolved' ORDER BY seq`,
  );
  return {
    pauseTurn: pauser(connection),
    claimAction: claimer(connection, rows),
    expireActions: expirer(connection),
    ...askedAnew(connection),
    getAction: (id) => read(() => rows.one(byId.get(id))),
    actionOfBatch: (turnId, batchId) => read(() => rows.one(ofBatch.get(turnId, batchId))),
    openActions: () => read(() => rows.many(open.all({ now: clock.now() }))),
    actionsOfThread: (threadId) => read(() => rows.many(ofThread.all(threadId))),
    decisionsOfTurn: (turnId) => read(() => decisions.many(decisionsOf.all(turnId))),
  };
}

function pauser(connection: Connection): ActionStore['pauseTurn'] {
  const { db, read, write } = connection;
  const record = ledgerWriter(connection);
  const { setState } = messageWriter(connection);
  const store = requestStorer(db);
  const pause = db.prepare(
    `UPDATE turn SET status = 'paused', generation = generation + 1, lease_owner = NULL, lease_until = NULL,
       code = NULL, message = NULL
     WHERE id = ? AND thread_id = ? AND status IN ('running', 'interrupted', 'expired') AND generation = ?`,
  );
  const renew = db.prepare(
    'UPDATE turn SET snapshot = ?, snapshot_hash = ?, accepted_drift = NULL WHERE id = ?',
  );
  const insert = db.prepare(insertAction);
  const inheritDrafts = draftInheritor(connection);
  return async (action, generation, fresh, bases = []) => {
    if (action.state !== 'open') throw new Error(`Action ${action.id} is not open`);
    const { id, turnId, batchId, kind, proposalHash, createdAt, expiresAt } = action;
    const { json: requests, keepTexts } = await read(() => store(action, bases));
    return write(() => {
      if (pause.run(turnId, action.threadId, generation).changes === 0) return false;
      if (fresh) renew.run(JSON.stringify(fresh.snapshot), fresh.snapshotHash, turnId);
      insert.run({ id, turnId, batchId, kind, requests, proposalHash, createdAt, expiresAt });
      keepTexts();
      inheritDrafts(action);
      setState(turnId, batchId, { from: 'running', to: 'awaiting' });
      record(asked(action, fresh?.snapshotHash));
      return true;
    }, 'driving');
  };
}

function expirer(connection: Connection): ActionStore['expireActions'] {
  const { db, read, write } = connection;
  const record = ledgerWriter(connection);
  const any = db.prepare("SELECT 1 FROM pending_action WHERE state = 'open' AND expires_at <= ?");
  const due = db.prepare(
    `UPDATE pending_action SET state = 'expired' WHERE state = 'open' AND expires_at <= ?
       AND EXISTS (SELECT 1 FROM turn WHERE turn.id = turn_id AND status = 'paused')
     RETURNING id, turn_id AS turnId`,
  );
  const expire = db.prepare(
    "UPDATE turn SET status = 'expired', generation = generation + 1 WHERE id = ? AND status = 'paused'",
  );
  return async (at) => {
    // Every submit asks, and mostly nothing is due: then nothing is written.
    if ((await read(() => any.get(at))) === undefined) return [];
    return write(() => {
      const rows = z.array(Expired).parse(due.all(at));
      for (const { turnId } of rows) expire.run(turnId);
      record(...rows.map((row) => actionExpired(row, at)));
      return rows.map(({ id }) => id);
    });
  };
}

/** An action whose row is damaged, or that has expired, is not consumed. */
function claimer(connection: Connection, rows: RowReader<ActionRow>): ActionStore['claimAction'] {
  const { db, place, read, write } = connection;
  const byId = db.prepare(`${selectAction} WHERE action.id = ?`);
  const readAction = (id: string): ActionRow | undefined => rows.one(byId.get(id));
  const resolve = resolver(connection);
  const planAgain = againPlanner(connection);
  const record = ledgerWriter(connection);
  return async (claim, limit) => {
    // Read and compared before the transaction: comparing long texts must not hold the lock. Requests never change.
    const shown = await read(() => readAction(claim.actionId));
    if (!shown) return { kind: 'lost', action: undefined };
    const entries = decided(shown, claim, { place, texts });
    return write((): ClaimOutcome => {
      const moved = resolve(shown, claim, limit);
      if (!moved) return { kind: 'lost', action: readAction(claim.actionId) };
      record(...entries);
      if (moved.to === 'queued') {
        const { at } = claim;
        record(turnMoved(shown.turnId, { at, from: 'paused', to: 'queued' }, place));
      }
      planAgain(shown, claim);
      return { kind: 'claimed', generation: moved.generation };
    });
  };
}

interface Resolved {
  to: 'running' | 'queued';
  generation: number;
}

type Resolver = (
  action: ActionRow,
  claim: ClaimAction,
  limit: number | undefined,
) => Resolved | undefined;

/** Runs inside the claim's transaction: where the turn is now, or undefined when the claim was lost. */
function resolver(connection: Connection): Resolver {
  const { db, clock, owner } = connection;
  const { setState } = messageWriter(connection);
  const resolve = db.prepare(
    `UPDATE pending_action SET state = 'resolved', decisions = @decisions, decided_by = @decidedBy, decided_at = @at
     WHERE id = @actionId AND state = 'open' AND (expires_at IS NULL OR expires_at > @at)
       AND EXISTS (SELECT 1 FROM turn WHERE turn.id = turn_id AND status = 'paused')`,
  );
  const resume = db
    .prepare(
      `UPDATE turn SET status = @to, generation = generation + 1, lease_owner = @owner, lease_until = @until,
         accepted_drift = coalesce(@drift, accepted_drift)
       WHERE id = @id AND status = 'paused' RETURNING generation`,
    )
    .pluck();
  const hasPlace = placeFinder(connection);
  return (action, claim, limit) => {
    const resolved = resolve.run({ ...claim, decisions: JSON.stringify(claim.decisions) });
    if (resolved.changes === 0) return undefined;
    const to = hasPlace(limit) ? 'running' : 'queued';
    const lease = to === 'running' ? { owner, until: clock.now() + LEASE_MS } : NO_LEASE;
    const generation = z
      .int()
      .parse(resume.get({ id: action.turnId, to, drift: claim.drift ?? null, ...lease }));
    setState(action.turnId, action.batchId, { from: 'awaiting', to: 'running' });
    return { to, generation };
  };
}

const NO_LEASE = { owner: null, until: null };

/** “Run again” counts from the claim on: a process that dies right after it must neither forget it nor ask again. */
function againPlanner(connection: Connection): (action: ActionRow, claim: ClaimAction) => void {
  const { db, place } = connection;
  const record = ledgerWriter(connection);
  const unstart = db.prepare(
    `UPDATE tool_call SET state = 'planned', started_at = NULL
     WHERE turn_id = ? AND call_id = ? AND state = 'started'`,
  );
  return ({ turnId }, { decisions, at }) => {
    for (const [callId, { type }] of Object.entries(decisions)) {
      if (type !== 'run_again' || unstart.run(turnId, callId).changes === 0) continue;
      record(callUnstarted({ turnId, callId }, at, place));
    }
  };
}

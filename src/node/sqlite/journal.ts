// Table `tool_call`, the journal: it alone says what ran. A settled row never changes.
import { z } from 'zod';
import { callPlanned, callSettled, callStarted } from '../../core/ledger/entries.ts';
import { HookTrace } from '../../core/hooks/trace.ts';
import type { CallRow, JournalStore, PlannedCall } from '../../core/ports/store.ts';
import type { Logger } from '../../core/ports/system.ts';
import { CallOutcome, CallState, Proposal, Verdict } from '../../protocol/calls.ts';
import { RememberOffer } from '../../protocol/consent.ts';
import { systemTexts as texts } from '../system.ts';
import type { Connection } from './connection.ts';
import type { Db } from './database.ts';
import { drivenHere } from './driven.ts';
import { editTexts, withoutText, type EditTexts } from './editTexts.ts';
import { argsOf, saidArgs } from './eventSchema.ts';
import { ledgerWriter } from './ledger.ts';
import { jsonColumn, rowReader, toJson, type RowReader } from './rows.ts';
import { undoWriter } from './undo.ts';
import { unseenWriter } from './unseen.ts';

const Row = z.object({
  turnId: z.string(),
  callId: z.string(),
  batchId: z.string(),
  index: z.int(),
  tool: z.string(),
  argsText: z.string(),
  state: CallState,
  proposal: jsonColumn(z.unknown()).nullable(),
  proposalHash: z.string().nullable(),
  verdict: jsonColumn(Verdict).nullable(),
  remember: jsonColumn(RememberOffer).nullable(),
  outcome: CallOutcome.nullable(),
  result: z.string().nullable(),
  outputHash: z.string().nullable(),
  hook: jsonColumn(HookTrace).nullable(),
  startedAt: z.int().nullable(),
  endedAt: z.int().nullable(),
});

const Filled = Row.extend({
  proposal: Proposal.nullable(),
  verdict: Verdict.nullable(),
  remember: RememberOffer.nullable(),
  hook: HookTrace.nullable(),
}).transform(({ remember, hook, ...row }): CallRow => ({
  ...row,
  ...(remember && { remember }),
  ...(hook && { hook }),
}));

/** A settled call without a result of its own has that of its message; 0, which no reader takes, when that is damaged. */
export const selectCall = `SELECT call.turn_id AS turnId, call_id AS callId, batch_id AS batchId, batch_index AS "index",
  tool, ${argsOf('call')} AS argsText, call.state, proposal, proposal_hash AS proposalHash, verdict, remember, outcome,
  CASE WHEN result IS NULL AND said.body IS NOT NULL
    THEN CASE WHEN json_valid(said.body) THEN said.body ->> '$.text' ELSE 0 END ELSE result END AS result,
  output_hash AS outputHash, hook, started_at AS startedAt, call.ended_at AS endedAt
  FROM tool_call AS call LEFT JOIN message AS said ON said.turn_id = call.turn_id
    AND said.id = batch_id || ':' || call_id AND call.state IN ('done', 'blocked', 'unknown')`;

export function callReader(db: Db, logger: Logger): RowReader<CallRow> {
  const texts = editTexts(db);
  const schema = Row.transform((row) => ({ ...row, proposal: filled(row, texts) })).pipe(Filled);
  return rowReader('tool_call', ['turnId', 'callId'], schema, logger);
}

function filled({ proposal, ...row }: z.infer<typeof Row>, texts: EditTexts): unknown {
  const settled = row.state !== 'planned' && row.state !== 'started';
  return texts.fill(proposal, { turnId: row.turnId, callId: row.callId, settled });
}

export function createJournalStore(connection: Connection): JournalStore {
  const { db, logger, read } = connection;
  const rows = callReader(db, logger);
  const ofBatch = db.prepare(
    `${selectCall} WHERE call.turn_id = ? AND batch_id = ? ORDER BY batch_index`,
  );
  const ofTurn = db.prepare(`${selectCall} WHERE call.turn_id = ? ORDER BY seq`);
  const byKey = db.prepare(`${selectCall} WHERE call.turn_id = ? AND call_id = ?`);
  const getCall: JournalStore['getCall'] = (turnId, callId) =>
    read(() => rows.one(byKey.get(turnId, callId)));
  return {
    planCalls: planner(connection),
    callsOfTurn: (turnId) => read(() => rows.many(ofTurn.all(turnId))),
    callsOfBatch: (turnId, batchId) => read(() => rows.many(ofBatch.all(turnId, batchId))),
    getCall,
    startCall: starter(connection, getCall),
    settleCall: settler(connection),
  };
}

function starter(
  connection: Connection,
  getCall: JournalStore['getCall'],
): JournalStore['startCall'] {
  const { db, owner, place, write } = connection;
  const record = ledgerWriter(connection);
  // A call starts only in a turn that runs under our lease: neither a cancelled turn nor one that another process took
  // over can have one more effect from here.
  const start = db.prepare(
    `UPDATE tool_call SET state = 'started', proposal = @proposal, proposal_hash = @proposalHash, started_at = @at
     WHERE turn_id = @turnId AND call_id = @callId AND state = 'planned'
       AND ${drivenHere('@turnId')}`,
  );
  const { keep } = editTexts(db);
  const changeUnseen = unseenWriter(db);
  const undo = undoWriter(db);
  return async (move) => {
    // Read and compared before the transaction: comparing long texts must not hold the lock.
    const planned = await getCall(move.turnId, move.callId);
    if (!planned) return false;
    const entry = callStarted(move, planned, { place, texts });
    const edit = withoutText(move.proposal);
    const kept = undo.prepare(move);
    const { unseen, base: _base, ...row } = move;
    const columns = { ...row, owner, proposal: JSON.stringify(edit.stored) };
    return write(() => {
      if (start.run(columns).changes === 0) return false;
      keep(move, edit.texts);
      if (unseen) changeUnseen(unseen, move.at, move);
      kept.keep();
      record(entry);
      return true;
    });
  };
}

const Settled = z.object({ tool: z.string(), startedAt: z.int().nullable() }).optional();

function settler(connection: Connection): JournalStore['settleCall'] {
  const { owner } = connection;
  const record = ledgerWriter(connection);
  // Whoever ran a call may still say how it ended, also after it lost the turn or the call was given up as unknown. The same
  // output may just have gone with another thread: then the head and tail in the result are what is left.
  const settle = connection.db.prepare(
    `UPDATE tool_call SET state = @state, outcome = @outcome, result = @result, output_hash = (SELECT hash FROM blob WHERE hash = @outputHash), ended_at = @at
     WHERE turn_id = @turnId AND call_id = @callId
       AND ((state IN ('planned', 'started') AND ${drivenHere('@turnId')})
         OR (state IN ('started', 'unknown') AND @state = 'done'))
     RETURNING tool, started_at AS startedAt`,
  );
  const undo = undoWriter(connection.db);
  return (move) =>
    connection.write(() => {
      const { differs: _differs, ...columns } = move;
      const row = Settled.parse(settle.get({ outputHash: null, ...columns, owner }));
      if (!row) return false;
      record(callSettled(move, row, texts));
      undo.settle(move);
      return true;
    });
}

function planner(connection: Connection): JournalStore['planCalls'] {
  const { db, clock, owner, write } = connection;
  const record = ledgerWriter(connection);
  // Nobody drives an expired turn; its batch is planned anew to be asked again.
  const plan = db.prepare(
    `INSERT INTO tool_call (turn_id, call_id, batch_id, batch_index, tool, args_text, state, proposal,
       proposal_hash, verdict, remember, outcome, result, hook, ended_at)
     SELECT @turnId, @callId, @batchId, @index, @tool,
       CASE WHEN @argsText = ${saidArgs('@turnId', '@batchId', '@index')} THEN NULL ELSE @argsText END, @state, @proposal,
       @proposalHash, @verdict, @remember, @outcome, @result, @hook, @endedAt
     WHERE ${drivenHere('@turnId')}
       OR EXISTS (SELECT 1 FROM turn WHERE turn.id = @turnId AND status = 'expired')
     ON CONFLICT (turn_id, call_id) DO UPDATE SET batch_id = excluded.batch_id,
       batch_index = excluded.batch_index, tool = excluded.tool, args_text = excluded.args_text,
       state = excluded.state, proposal = excluded.proposal, proposal_hash = excluded.proposal_hash,
       verdict = excluded.verdict, remember = excluded.remember, outcome = excluded.outcome,
       result = excluded.result, hook = excluded.hook, ended_at = excluded.ended_at
     WHERE tool_call.state = 'planned'`,
  );
  const { keep } = editTexts(db);
  const prepare = (row: PlannedCall, at: number) => {
    const edit = row.proposal && withoutText(row.proposal);
    const endedAt = row.state === 'planned' ? null : at;
    const { verdict, hook = null } = row;
    const json = {
      proposal: toJson(edit?.stored ?? null),
      verdict: toJson(verdict),
      remember: toJson(row.remember ?? null),
      hook: toJson(hook),
    };
    const entries = callPlanned(row, at, texts);
    return { row, columns: { ...row, ...json, owner, endedAt }, texts: edit?.texts, entries };
  };
  return async (batch) => {
    const at = clock.now();
    const inOrder = [...batch].sort((a, b) => a.index - b.index);
    const planned = inOrder.map((row) => prepare(row, at));
    await write(() => {
      const kept = planned.filter(({ columns }) => plan.run(columns).changes === 1);
      for (const call of kept) if (call.texts) keep(call.row, call.texts);
      record(...kept.flatMap(({ entries }) => entries));
    });
  };
}

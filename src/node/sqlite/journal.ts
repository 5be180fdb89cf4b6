// Table `tool_call`, the journal: it alone says what ran. A settled row never changes.
import { z } from 'zod';
import type { CallRow, JournalStore, PlannedCall } from '../../core/ports/store.ts';
import { CallOutcome, CallState, Proposal, Verdict } from '../../protocol/calls.ts';
import type { Connection } from './connection.ts';
import { jsonColumn, rowReader, toJson } from './rows.ts';

const Row: z.ZodType<CallRow> = z.object({
  turnId: z.string(),
  callId: z.string(),
  batchId: z.string(),
  index: z.int(),
  tool: z.string(),
  argsText: z.string(),
  state: CallState,
  proposal: jsonColumn(Proposal).nullable(),
  proposalHash: z.string().nullable(),
  verdict: jsonColumn(Verdict).nullable(),
  outcome: CallOutcome.nullable(),
  result: z.string().nullable(),
  outputHash: z.string().nullable(),
  startedAt: z.int().nullable(),
  endedAt: z.int().nullable(),
});

const select = `SELECT turn_id AS turnId, call_id AS callId, batch_id AS batchId, batch_index AS "index",
  tool, args_text AS argsText, state, proposal, proposal_hash AS proposalHash, verdict, outcome, result,
  output_hash AS outputHash, started_at AS startedAt, ended_at AS endedAt FROM tool_call`;

export function createJournalStore(connection: Connection): JournalStore {
  const { db, logger, owner, read, write } = connection;
  const rows = rowReader('tool_call', ['turnId', 'callId'], Row, logger);
  const ofTurn = db.prepare(`${select} WHERE turn_id = ? ORDER BY seq`);
  const byKey = db.prepare(`${select} WHERE turn_id = ? AND call_id = ?`);
  // A call starts only in a turn that runs under our lease: neither a cancelled turn nor one that another process took
  // over can have one more effect from here.
  const start = db.prepare(
    `UPDATE tool_call SET state = 'started', proposal = @proposal, proposal_hash = @proposalHash, started_at = @at
     WHERE turn_id = @turnId AND call_id = @callId AND state = 'planned'
       AND EXISTS (SELECT 1 FROM turn WHERE id = @turnId AND status = 'running' AND lease_owner = @owner)`,
  );
  // Whoever ran a call that was given up as unknown may still say how it ended.
  const settle = db.prepare(
    `UPDATE tool_call SET state = @state, outcome = @outcome, result = @result, output_hash = @outputHash, ended_at = @at
     WHERE turn_id = @turnId AND call_id = @callId
       AND (state IN ('planned', 'started') OR (state = 'unknown' AND @state = 'done'))`,
  );
  return {
    planCalls: planner(connection),
    callsOfTurn: (turnId) => read(() => rows.many(ofTurn.all(turnId))),
    getCall: (turnId, callId) => read(() => rows.one(byKey.get(turnId, callId))),
    startCall: (move) =>
      write(() => start.run({ ...move, owner, proposal: toJson(move.proposal) }).changes === 1),
    settleCall: (move) => write(() => settle.run({ outputHash: null, ...move }).changes === 1),
  };
}

function planner({ db, clock, write }: Connection): JournalStore['planCalls'] {
  const plan = db.prepare(
    `INSERT INTO tool_call (turn_id, call_id, batch_id, batch_index, tool, args_text, state, proposal,
       proposal_hash, verdict, outcome, result, ended_at)
     VALUES (@turnId, @callId, @batchId, @index, @tool, @argsText, @state, @proposal,
       @proposalHash, @verdict, @outcome, @result, @endedAt)
     ON CONFLICT (turn_id, call_id) DO UPDATE SET batch_id = excluded.batch_id,
       batch_index = excluded.batch_index, tool = excluded.tool, args_text = excluded.args_text,
       state = excluded.state, proposal = excluded.proposal, proposal_hash = excluded.proposal_hash,
       verdict = excluded.verdict, outcome = excluded.outcome, result = excluded.result,
       ended_at = excluded.ended_at
     WHERE tool_call.state = 'planned'`,
  );
  const columns = (row: PlannedCall): object => ({
    ...row,
    proposal: toJson(row.proposal),
    verdict: toJson(row.verdict),
    endedAt: row.state === 'planned' ? null : clock.now(),
  });
  return async (batch) => {
    const inOrder = [...batch].sort((a, b) => a.index - b.index);
    await write(() => inOrder.map((row) => plan.run(columns(row))));
  };
}

// Table `turn`: creation and the terminal move, which takes the turn's checkpoints and events with it.
import { z } from 'zod';
import { AppError } from '../../core/base/errors.ts';
import { CANCELLED_CALL } from '../../core/agent/closing.ts';
import { callSettled, turnEnded, turnQueued, turnStarted } from '../../core/ledger/entries.ts';
import type { EndTurn, TurnRow, TurnStore } from '../../core/ports/store.ts';
import { checkpointDeleter } from './checkpointTables.ts';
import type { Connection } from './connection.ts';
import { ledgerWriter } from './ledger.ts';
import { placeFinder } from './leases.ts';
import { LEASE_MS } from './owner.ts';
import { messageReader, messageWriter, selectMessage } from './messages.ts';
import { selectTurn, turnReader } from './turnRows.ts';
import { CallOutcome, CallState } from '../../protocol/calls.ts';
import { systemTexts as texts } from '../system.ts';
import { undoWriter } from './undo.ts';

export function createTurnStore(connection: Connection): TurnStore {
  const { db, logger, read, write, writeSoon } = connection;
  const turns = turnReader(logger);
  const messages = messageReader(logger);
  const writer = messageWriter(connection);
  const byId = db.prepare(`${selectTurn} WHERE id = ?`);
  const inState = db.prepare(`${selectTurn} WHERE status = ? ORDER BY seq`);
  const messageById = db.prepare(`${selectMessage} WHERE turn_id = ? AND id = ?`);
  const messagesOf = db.prepare(`${selectMessage} WHERE turn_id = ? ORDER BY position`);
  const end = turnEnder(connection);
  return {
    createTurn: turnCreator(connection),
    getTurn: (id) => read(() => turns.one(byId.get(id))),
    turnsInState: (status) => read(() => turns.many(inState.all(status))),
    messagesOfTurn: (id) => read(() => messages.many(messagesOf.all(id))),
    getMessage: (turnId, id) => read(() => messages.one(messageById.get(turnId, id))),
    putMessage: (row) => writeSoon(() => writer.put(row), 'driving'),
    endTurn: (move) => write(() => end(move), 'driving'),
  };
}

function turnCreator(connection: Connection): TurnStore['createTurn'] {
  const { db, clock, owner, write } = connection;
  const record = ledgerWriter(connection);
  const { close } = messageWriter(connection);
  const hasPlace = placeFinder(connection);
  const touch = db.prepare('UPDATE thread SET updated_at = ?, archived = 0 WHERE id = ?');
  const unfinished = db.prepare('SELECT 1 FROM turn WHERE thread_id = ? AND ended_at IS NULL');
  const insert = db.prepare(
    `INSERT INTO turn (id, thread_id, status, generation, snapshot, snapshot_hash, created_at,
       lease_owner, lease_until)
     VALUES (@id, @threadId, @status, @generation, @snapshot, @snapshotHash, @createdAt, @owner, @until)`,
  );
  return (turn, user, place = {}) =>
    write(() => {
      const { id, threadId, snapshot, snapshotHash, createdAt } = turn;
      if (touch.run(createdAt, threadId).changes === 0) {
        throw new AppError('store_conflict', `There is no thread ${threadId} for turn ${id}.`);
      }
      const busy = unfinished.get(threadId) !== undefined;
      if (busy && place.behind !== true) {
        throw new AppError(
          'turn_running',
          'Another turn of this thread is not over. Wait for it, decide it or stop it.',
        );
      }
      const runs = !busy && hasPlace(place.limit);
      const row: TurnRow = {
        ...{ id, threadId, snapshot, snapshotHash, createdAt },
        ...{ status: runs ? 'running' : 'queued', generation: 1 },
        ...{ endedAt: null, code: null, message: null, acceptedDrift: null },
      };
      const lease = runs ? { owner, until: clock.now() + LEASE_MS } : { owner: null, until: null };
      insert.run({ ...row, snapshot: JSON.stringify(snapshot), ...lease });
      // Not `put`: nobody drives a queued turn yet.
      close({ turnId: id, position: 0, state: 'final', message: user });
      record((runs ? turnStarted : turnQueued)(turn, connection.place));
      return row;
    });
}

const Cancelled = z.object({
  callId: z.string(),
  tool: z.string(),
  state: CallState.extract(['blocked', 'unknown']),
  outcome: CallOutcome,
  result: z.string(),
  startedAt: z.int().nullable(),
});

function turnEnder(connection: Connection): (move: EndTurn) => boolean {
  const { db } = connection;
  const record = ledgerWriter(connection);
  const writer = messageWriter(connection);
  const deleteCheckpoints = checkpointDeleter(db);
  const undo = undoWriter(db);
  const end = db.prepare(
    `UPDATE turn SET status = @status, generation = generation + 1, ended_at = @at, code = @code,
       message = @message, lease_owner = NULL, lease_until = NULL
     WHERE id = @turnId AND generation = @generation AND ended_at IS NULL
       AND status IN (SELECT value FROM json_each(@from))`,
  );
  const cancelCalls = db.prepare(
    `UPDATE tool_call SET ended_at = @at, outcome = 'cancelled',
       state = CASE state WHEN 'started' THEN 'unknown' ELSE 'blocked' END,
       result = CASE state WHEN 'started' THEN @started ELSE @planned END
     WHERE turn_id = @turnId AND state IN ('planned', 'started')
     RETURNING call_id AS callId, tool, state, outcome, result, started_at AS startedAt`,
  );
  const cancelActions = db
    .prepare(
      "UPDATE pending_action SET state = 'cancelled' WHERE turn_id = ? AND state = 'open' RETURNING id",
    )
    .pluck();
  return ({ closing, from, ...move }) => {
    const { turnId, at } = move;
    if (end.run({ ...move, from: JSON.stringify(from) }).changes === 0) return false;
    const calls = z.array(Cancelled).parse(cancelCalls.all({ turnId, at, ...CANCELLED_CALL }));
    for (const row of closing) writer.close({ ...row, turnId });
    writer.finish(turnId);
    deleteCheckpoints(turnId);
    undo.tidy(turnId);
    const actions = z.array(z.string()).parse(cancelActions.all(turnId));
    record(...calls.map((call) => callSettled({ ...call, turnId, at }, call, texts)));
    record(turnEnded(move, actions));
    return true;
  };
}

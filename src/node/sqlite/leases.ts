// Leases on table `turn`: who drives a running turn, what becomes of one whose driver is gone, and how many may run at once.
import { z } from 'zod';
import { callUnstarted, turnMoved } from '../../core/ledger/entries.ts';
import type { LeaseStore } from '../../core/ports/leaseStore.ts';
import type { TurnRow } from '../../core/ports/store.ts';
import type { TurnStatus } from '../../protocol/calls.ts';
import { abandonedFinder } from './abandoned.ts';
import type { Connection } from './connection.ts';
import { ledgerWriter } from './ledger.ts';
import { LEASE_MS } from './owner.ts';
import { selectTurn, turnReader } from './turnRows.ts';

const Generation = z.int().optional();
const QUEUED = { to: 'queued', owner: null, until: null } as const;

export function createLeaseStore(connection: Connection): LeaseStore {
  const { db, logger, clock, owner, place, read, write } = connection;
  const turns = turnReader(logger);
  const renew = db.prepare(
    `UPDATE turn SET lease_until = ? WHERE status = 'running' AND lease_owner = ?
       AND id IN (SELECT value FROM json_each(?))`,
  );
  const running = db.prepare(`${selectTurn} WHERE status = 'running' ORDER BY seq`);
  const record = ledgerWriter(connection);
  const hasPlace = placeFinder(connection);
  const unstart = db.prepare(
    `UPDATE tool_call SET state = 'planned', started_at = NULL
     WHERE turn_id = ? AND call_id = ? AND state = 'started'
       AND EXISTS (SELECT 1 FROM turn WHERE id = turn_id
         AND (status = 'interrupted' OR (status = 'running' AND lease_owner = ?)))`,
  );
  const abandoned = abandonedFinder(connection);
  const move = mover(connection);
  return {
    renewLeases: (turnIds) =>
      write(() => {
        renew.run(clock.now() + LEASE_MS, owner, JSON.stringify(turnIds));
      }),
    abandonedTurns: () =>
      read(() => {
        const ids = abandoned();
        return turns.many(running.all()).filter((turn) => ids.has(turn.id));
      }),
    interruptTurn: ({ id, generation }) =>
      write(() => {
        if (!abandoned().has(id)) return undefined;
        const step = { from: 'running', to: 'interrupted', owner: null, until: null } as const;
        return move({ id, generation }, step);
      }),
    releaseTurn: releaser(connection),
    resumeTurn: (turn, limit) =>
      write(() => {
        const lease = hasPlace(limit) ? driven(connection) : QUEUED;
        return move(turn, { from: 'interrupted', ...lease });
      }),
    startQueued: queueStarter(connection, move),
    unstartCall: (turnId, callId) =>
      write(() => {
        if (unstart.run(turnId, callId, owner).changes === 0) return false;
        record(callUnstarted({ turnId, callId }, clock.now(), place));
        return true;
      }),
  };
}

function releaser(connection: Connection): LeaseStore['releaseTurn'] {
  const { db, clock, owner, place, write } = connection;
  const record = ledgerWriter(connection);
  const release = db
    .prepare(
      `UPDATE turn SET status = 'interrupted', generation = generation + 1, lease_owner = NULL, lease_until = NULL,
         code = @code, message = @message
       WHERE id = @id AND generation = @generation AND status = 'running' AND lease_owner = @owner
       RETURNING generation`,
    )
    .pluck();
  return ({ id, ...turn }) =>
    write(() => {
      const generation = Generation.parse(release.get({ id, ...turn, owner }));
      if (generation === undefined) return undefined;
      record(turnMoved(id, { at: clock.now(), from: 'running', to: 'interrupted' }, place));
      return generation;
    });
}

interface Step {
  from: TurnStatus;
  to: TurnStatus;
  owner: string | null;
  until: number | null;
}

/** A step to running, under the lease of this process. */
const driven = ({ owner, clock }: Connection) =>
  ({ to: 'running', owner, until: clock.now() + LEASE_MS }) as const;

type Mover = (
  turn: Pick<TurnRow, 'id' | 'generation'> & { drift?: string },
  step: Step,
) => number | undefined;

/** Inside a transaction: the turn's new generation, or undefined when the move was lost. */
function mover(connection: Connection): Mover {
  const { db, clock, place } = connection;
  const record = ledgerWriter(connection);
  const update = db
    .prepare(
      `UPDATE turn SET status = @to, generation = generation + 1, lease_owner = @owner, lease_until = @until,
         code = NULL, message = NULL, accepted_drift = coalesce(@drift, accepted_drift)
       WHERE id = @id AND generation = @generation AND status = @from RETURNING generation`,
    )
    .pluck();
  return (turn, step) => {
    const { id, generation: was, drift = null } = turn;
    const generation = Generation.parse(update.get({ id, generation: was, drift, ...step }));
    if (generation === undefined) return undefined;
    const { from, to } = step;
    const accepted = turn.drift !== undefined && { acceptedDrift: turn.drift };
    record(turnMoved(id, { at: clock.now(), from, to, ...accepted }, place));
    return generation;
  };
}

const Queued = z.object({ id: z.string(), generation: z.int() }).optional();

function queueStarter(connection: Connection, move: Mover): LeaseStore['startQueued'] {
  const { db, write } = connection;
  const hasPlace = placeFinder(connection);
  const next = db.prepare(
    `SELECT id, generation FROM turn AS queued
       WHERE status = 'queued' AND id IN (SELECT value FROM json_each(?)) AND NOT EXISTS (
         SELECT 1 FROM turn AS earlier WHERE earlier.thread_id = queued.thread_id
           AND earlier.seq < queued.seq AND earlier.ended_at IS NULL)
       ORDER BY seq LIMIT 1`,
  );
  return (turnIds, limit) =>
    write(() => {
      const turn = Queued.parse(next.get(JSON.stringify(turnIds)));
      if (!turn || !hasPlace(limit)) return undefined;
      const generation = move(turn, { from: 'queued', ...driven(connection) });
      return generation === undefined ? undefined : { id: turn.id, generation };
    });
}

/** Inside the transaction that wants to run one more turn: true while fewer than `limit` are driven. Abandoned ones hold no place. */
export function placeFinder(connection: Connection): (limit: number | undefined) => boolean {
  const running = connection.db
    .prepare("SELECT count(*) FROM turn WHERE status = 'running'")
    .pluck();
  const abandoned = abandonedFinder(connection);
  return (limit) => {
    if (limit === undefined) return true;
    const count = z.int().parse(running.get());
    return count < limit || count - abandoned().size < limit;
  };
}

// Leases on table `turn`: who drives a running turn, and what becomes of one whose driver is gone.
import { z } from 'zod';
import { callUnstarted, turnMoved } from '../../core/ledger/entries.ts';
import type { LeaseStore, TurnRow } from '../../core/ports/store.ts';
import type { TurnStatus } from '../../protocol/calls.ts';
import type { Connection } from './connection.ts';
import { ledgerWriter } from './ledger.ts';
import { isGone, LEASE_MS } from './owner.ts';
import { selectTurn, turnReader } from './turnRows.ts';

const Generation = z.int().optional();
const Owner = z.object({ id: z.string(), owner: z.string().nullable() });

export function createLeaseStore(connection: Connection): LeaseStore {
  const { db, logger, clock, owner, place, read, write } = connection;
  const turns = turnReader(logger);
  const renew = db.prepare(
    `UPDATE turn SET lease_until = ? WHERE status = 'running' AND lease_owner = ?
       AND id IN (SELECT value FROM json_each(?))`,
  );
  const running = db.prepare(`${selectTurn} WHERE status = 'running' ORDER BY seq`);
  const record = ledgerWriter(connection);
  const update = db
    .prepare(
      `UPDATE turn SET status = @to, generation = generation + 1, lease_owner = @owner, lease_until = @until
       WHERE id = @id AND generation = @generation AND status = @from RETURNING generation`,
    )
    .pluck();
  const unstart = db.prepare(
    `UPDATE tool_call SET state = 'planned', started_at = NULL
     WHERE turn_id = ? AND call_id = ? AND state = 'started'
       AND EXISTS (SELECT 1 FROM turn WHERE id = turn_id
         AND (status = 'interrupted' OR (status = 'running' AND lease_owner = ?)))`,
  );
  const abandoned = abandonedFinder(connection);
  const move = (
    turn: Pick<TurnRow, 'id' | 'generation'>,
    step: { from: TurnStatus; to: TurnStatus; owner: string | null; until: number | null },
  ): number | undefined => {
    const generation = Generation.parse(update.get({ ...turn, ...step }));
    if (generation === undefined) return undefined;
    record(turnMoved(turn.id, { at: clock.now(), from: step.from, to: step.to }, place));
    return generation;
  };
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
    resumeTurn: ({ id, generation }) =>
      write(() => {
        const until = clock.now() + LEASE_MS;
        return move({ id, generation }, { from: 'interrupted', to: 'running', owner, until });
      }),
    unstartCall: (turnId, callId) =>
      write(() => {
        if (unstart.run(turnId, callId, owner).changes === 0) return false;
        record(callUnstarted({ turnId, callId }, clock.now(), place));
        return true;
      }),
  };
}

/** Ids of running turns whose lease is void now. A turn without a lease counts as abandoned. */
function abandonedFinder({ db, clock, owner }: Connection): () => Set<string> {
  const leases = db.prepare(
    `SELECT id, CASE WHEN lease_until > ? THEN lease_owner END AS owner
     FROM turn WHERE status = 'running'`,
  );
  return () => {
    const rows = z.array(Owner).parse(leases.all(clock.now()));
    const free = rows.filter(
      (row) => row.owner === null || (row.owner !== owner && isGone(row.owner)),
    );
    return new Set(free.map(({ id }) => id));
  };
}

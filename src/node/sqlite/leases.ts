// Leases on table `turn`: who drives a running turn, and what becomes of one whose driver is gone.
import { z } from 'zod';
import type { LeaseStore } from '../../core/ports/store.ts';
import type { Connection } from './connection.ts';
import { isGone, LEASE_MS } from './owner.ts';
import { selectTurn, turnReader } from './turnRows.ts';

const Generation = z.int().optional();
const Owner = z.object({ id: z.string(), owner: z.string().nullable() });

export function createLeaseStore(connection: Connection): LeaseStore {
  const { db, logger, clock, owner, read, write } = connection;
  const turns = turnReader(logger);
  const renew = db.prepare(
    `UPDATE turn SET lease_until = ? WHERE status = 'running' AND lease_owner = ?
       AND id IN (SELECT value FROM json_each(?))`,
  );
  const running = db.prepare(`${selectTurn} WHERE status = 'running' ORDER BY seq`);
  const move = db
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
        const none = { owner: null, until: null };
        return Generation.parse(
          move.get({ id, generation, ...none, from: 'running', to: 'interrupted' }),
        );
      }),
    resumeTurn: ({ id, generation }) =>
      write(() => {
        const until = clock.now() + LEASE_MS;
        return Generation.parse(
          move.get({ id, generation, owner, until, from: 'interrupted', to: 'running' }),
        );
      }),
    unstartCall: (turnId, callId) => write(() => unstart.run(turnId, callId, owner).changes === 1),
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

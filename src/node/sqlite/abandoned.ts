// Which running turns nobody drives any more. Wall clocks jump and laptops sleep, so a lease that ran out by the wall
// clock counts only against a process that cannot be looked at; every other one gets 15 s in which it shows no life.
import { z } from 'zod';
import type { Connection } from './connection.ts';
import { isOnThisHost, isGone, LEASE_MS } from './owner.ts';

const Lease = z.object({
  id: z.string(),
  generation: z.int(),
  owner: z.string().nullable(),
  until: z.int().nullable(),
});
type Lease = z.infer<typeof Lease>;

/** A lease as it was when it was seen first, and when that was in the time for which we were awake. */
interface Sighting {
  lease: Lease;
  since: number;
}

/**
 * Ids of running turns that are abandoned: those without an owner; those whose process is gone from this host; those of
 * another host whose lease has run out; and those whose lease was seen unchanged for 15 s, whatever the clocks say.
 */
export type AbandonedFinder = () => Set<string>;

const finders = new WeakMap<Connection, AbandonedFinder>();

/** One for each connection: what was seen is shared by all who ask. */
export function abandonedFinder(connection: Connection): AbandonedFinder {
  const known = finders.get(connection);
  if (known) return known;
  const finder = createFinder(connection);
  finders.set(connection, finder);
  return finder;
}

function createFinder({ db, clock, awake }: Connection): AbandonedFinder {
  const select = db.prepare(
    `SELECT id, generation, lease_owner AS owner, lease_until AS until FROM turn WHERE status = 'running'`,
  );
  let seen = new Map<string, Sighting>();
  return () => {
    const now = awake();
    const leases = z.array(Lease).parse(select.all());
    seen = new Map(
      leases.map((lease) => {
        const before = seen.get(lease.id);
        return [lease.id, before && isSame(before.lease, lease) ? before : { lease, since: now }];
      }),
    );
    const wall = clock.now();
    const abandoned = [...seen.values()].filter(
      ({ lease, since }) => isVoid(lease, wall) || now - since >= LEASE_MS,
    );
    return new Set(abandoned.map(({ lease }) => lease.id));
  };
}

function isVoid({ owner, until }: Lease, now: number): boolean {
  if (owner === null || until === null || isGone(owner)) return true;
  return until <= now && !isOnThisHost(owner);
}

function isSame(a: Lease, b: Lease): boolean {
  return a.generation === b.generation && a.owner === b.owner && a.until === b.until;
}

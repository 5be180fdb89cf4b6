// Grants and acknowledgements over all places: the workspace's file, the memory of temporary threads, the user's file.
// What a temporary thread does leaves no trace in either file.
import type { ConsentStore, Grant, GrantRow } from '../../core/ports/consentStore.ts';
import { isTemporary } from '../../protocol/temporary.ts';
import { cannotRemember } from '../sealer.ts';
import type { LazyAlways } from './always.ts';
import type { LazyMemory } from './memory.ts';

/** Without `always` nothing is granted for all workspaces. */
export function createBothConsents(
  kept: ConsentStore,
  memory: LazyMemory,
  always: LazyAlways | undefined,
): ConsentStore {
  const remembered = async (): Promise<ConsentStore | undefined> => (await memory.opened())?.store;
  const inFiles = async (): Promise<ConsentStore[]> => [kept, ...there(await always?.existing())];
  const places = async (): Promise<ConsentStore[]> => [
    ...there(await remembered()),
    ...(await inFiles()),
  ];
  const placeOf = async ({ scope, threadId }: Grant): Promise<ConsentStore> => {
    if (isTemporary(threadId)) {
      if (scope === 'turn' || scope === 'thread') return (await memory.open()).store;
      throw cannotRemember();
    }
    if (scope !== 'always') return kept;
    if (!always) throw cannotRemember();
    return always.open();
  };
  return {
    rememberable: async () => {
      const scopes = await kept.rememberable();
      return scopes.length > 0 && always ? [...scopes, 'always'] : scopes;
    },
    listGrants: async () => {
      const lists = await Promise.all((await places()).map((place) => place.listGrants()));
      return lists.flat().sort((a, b) => b.createdAt - a.createdAt);
    },
    addGrants: async (grants) => {
      const byPlace = new Map<ConsentStore, Grant[]>();
      for (const grant of grants) {
        const place = await placeOf(grant);
        byPlace.set(place, [...(byPlace.get(place) ?? []), grant]);
      }
      for (const [place, own] of byPlace) await place.addGrants(own);
    },
    revokeGrant: (id) => someOf(places, (place) => place.revokeGrant(id)),
    endGrant: (id, end) => someOf(places, (place) => place.endGrant(id, end)),
    useGrant: async (id, call) => {
      if (!isTemporary(call.turnId)) return someOf(inFiles, (place) => place.useGrant(id, call));
      const own = await (await remembered())?.useGrant(id, call);
      return own === true || hasFree(await inFiles(), id, call.at);
    },
    acknowledgements: () => kept.acknowledgements(),
    acknowledge: (said) => kept.acknowledge(said),
    resetConsent: async () => {
      const gone = { grants: 0, acknowledgements: 0 };
      for (const place of await places()) {
        const { grants, acknowledgements } = await place.resetConsent();
        gone.grants += grants;
        gone.acknowledgements += acknowledgements;
      }
      return gone;
    },
  };
}

const there = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

/** True once it is for one of the places, in their order. */
async function someOf(
  places: () => Promise<ConsentStore[]>,
  ask: (place: ConsentStore) => Promise<boolean>,
): Promise<boolean> {
  for (const place of await places()) {
    if (await ask(place)) return true;
  }
  return false;
}

/** A call of a temporary thread is not counted in a file, so it may only use what covers any number of calls. */
async function hasFree(places: readonly ConsentStore[], id: string, at: number): Promise<boolean> {
  const isFree = (row: GrantRow): boolean =>
    row.id === id && row.uses === null && (row.expiresAt === null || row.expiresAt > at);
  for (const place of places) {
    if ((await place.listGrants()).some(isFree)) return true;
  }
  return false;
}

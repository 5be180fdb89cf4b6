// A store whose claim everybody wins: only proves that the race harness can fail. The lease and the fences behind the claim
// still keep what was decided from being done twice, so what it must find are several winners.
import type { Store } from '../../src/core/ports/store.ts';

export function everybodyWins(store: Store): Store {
  return {
    ...store,
    claimAction: async (claim, ...limit) => {
      const outcome = await store.claimAction(claim, ...limit);
      if (outcome.kind === 'claimed' || outcome.action?.state !== 'resolved') return outcome;
      const turn = await store.getTurn(outcome.action.turnId);
      return { kind: 'claimed', generation: turn?.generation ?? 0 };
    },
  };
}

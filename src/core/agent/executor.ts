// The only owner of effects. It hands them to one call, once, against a token: the hash of the frozen proposal.
// The journal row is `started` and committed before the effect can happen.
import { AppError } from '../base/errors.ts';
import type { EngineDeps } from './deps.ts';
import type { HashedCall } from './proposalHash.ts';
import type { UndoBase } from '../ports/undoStore.ts';
import type { UnseenChange } from '../ports/unseenStore.ts';
import type { Effects } from '../ports/workspace.ts';
import type { Verdict } from '../../protocol/calls.ts';

export type ExecutorDeps = Pick<EngineDeps, 'store' | 'effects' | 'hashProposal' | 'clock'>;

export interface ExecutionOrder {
  call: HashedCall;
  token: string;
  /** What policy says of it now, for the record. */
  verdict?: Verdict;
  unseen?: UnseenChange | undefined;
  base?: UndoBase;
}

type Execution<T> = { kind: 'ran'; value: T } | { kind: 'notPlanned' };

/**
 * Runs `act` with effects for exactly `call`. Throws AppError `bad_token` when the token is not the hash of the call as it is
 * now. `notPlanned` when the journal says that it was started or
 * settled before: then nothing happens.
 */
export async function execute<T>(
  deps: ExecutorDeps,
  turnId: string,
  order: ExecutionOrder,
  act: (effects: Effects, call: HashedCall) => Promise<T>,
): Promise<Execution<T>> {
  const call = deepFreeze(structuredClone(order.call));
  if (deps.hashProposal(call) !== order.token) {
    throw new AppError('bad_token', `Call ${call.callId} differs from what was approved.`, {
      audience: 'log',
    });
  }
  const { callId, proposal } = call;
  const at = deps.clock.now();
  const started = await deps.store.startCall({
    turnId,
    callId,
    proposal,
    proposalHash: order.token,
    at,
    ...(order.verdict && { verdict: order.verdict }),
    ...(order.unseen && { unseen: order.unseen }),
    ...(order.base && { base: order.base }),
  });
  if (!started) return { kind: 'notPlanned' };
  const lease = leaseEffects(deps.effects);
  try {
    return { kind: 'ran', value: await act(lease.effects, call) };
  } finally {
    lease.end();
  }
}

/** Effects that stop working when the call is over, so that no tool can keep them. */
function leaseEffects(effects: Effects): { effects: Effects; end: () => void } {
  let valid = true;
  const check = (): void => {
    if (!valid)
      throw new AppError('bad_token', 'Effects used after the call.', { audience: 'log' });
  };
  return {
    effects: {
      writeFile: async (change) => {
        check();
        return effects.writeFile(change);
      },
      moveFile: async (move) => {
        check();
        return effects.moveFile(move);
      },
      runCommand: async (...order) => {
        check();
        return effects.runCommand(...order);
      },
    },
    end: () => {
      valid = false;
    },
  };
}

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}

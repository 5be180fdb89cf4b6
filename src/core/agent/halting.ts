// What becomes of a drive that its state file or its model stopped: the turn has not failed, nothing of it is thrown away, and
// its decisions are not used up. It is given up as `interrupted` with the reason, and goes on from there when asked to.
import { emitTurn } from './pausing.ts';
import { loggedFailure } from './discreet.ts';
import type { AppError } from '../base/errors.ts';
import type { EngineDeps } from './deps.ts';
import type { TurnRow } from '../ports/store.ts';

export interface Halted {
  kind: 'halted';
  turn: TurnRow;
  failure: AppError;
  /** False when not even the halt could be written. Nobody renews the lease then; try `recordHalt` again. */
  recorded: boolean;
}

export async function haltTurn(
  deps: EngineDeps,
  turn: TurnRow,
  failure: AppError,
): Promise<Halted> {
  deps.logger.warn(`turn ${turn.id} was halted: ${loggedFailure(failure, turn.id)}`);
  const recorded = await recordHalt(deps, { turn, failure });
  if (!recorded) {
    const { code, message } = failure;
    deps.emit({ type: 'turn', turn: { ...turn, status: 'interrupted', code, message } });
  }
  return { kind: 'halted', turn, failure, recorded };
}

/** running → interrupted. False when that cannot be written now; true also when someone else moved the turn on. */
export async function recordHalt(
  deps: EngineDeps,
  { turn, failure }: Pick<Halted, 'turn' | 'failure'>,
): Promise<boolean> {
  const { id, generation } = turn;
  const { code, message } = failure;
  try {
    await deps.store.releaseTurn({ id, generation, code, message });
    await emitTurn(deps, id);
    return true;
  } catch (error) {
    deps.logger.debug(`turn ${id} cannot be given up yet: ${String(error)}`);
    return false;
  }
}

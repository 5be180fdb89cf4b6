// Stops a turn in whatever state, wherever it is driven; every call gets its one result.
import { closingMessages } from '../agent/closing.ts';
import { emitTurn } from '../agent/pausing.ts';
import { UNFINISHED } from '../../protocol/calls.ts';
import type { ThreadDeps } from './deps.ts';
import type { RunnerDeps } from '../agent/turnRunner.ts';
import type { TurnRow } from '../ports/store.ts';

/** Stops a running or paused turn, wherever it is; true when this call ended it. */
export async function stopTurn(deps: ThreadDeps, turnId: string): Promise<boolean> {
  // It may just have paused; then it is stopped like any other that waits.
  if ((await deps.drives.abort(turnId))?.kind === 'ended') return true;
  const turn = await deps.store.getTurn(turnId);
  if (!turn || !UNFINISHED.includes(turn.status)) return false;
  const closing = await closingMessages(deps.store, turnId);
  const moved = await deps.store.endTurn({
    turnId,
    generation: turn.generation,
    from: UNFINISHED,
    status: 'cancelled',
    code: 'stopped',
    message: 'Stopped by the user.',
    at: deps.clock.now(),
    closing,
  });
  if (moved) await announceStop(deps, turn, turnId);
  return moved;
}

async function announceStop(deps: RunnerDeps, turn: TurnRow, turnId: string): Promise<void> {
  const { store } = deps;
  for (const call of await store.callsOfTurn(turnId)) {
    deps.emit({ type: 'call', threadId: turn.threadId, call });
  }
  for (const action of await store.actionsOfThread(turn.threadId)) {
    if (action.turnId === turnId) deps.emit({ type: 'action', action });
  }
  await emitTurn(deps, turnId);
}

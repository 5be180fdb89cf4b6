// Turns that nobody drives: those whose process died, those that wait to go on, approvals whose time is over.
import { emitTurn } from '../agent/pausing.ts';
import { driveOn, inQueue, startQueued } from './queue.ts';
import { recoverTurn } from '../agent/recovery.ts';
import { driftOfTurn } from '../agent/drift.ts';
import { checkDrift, checkSnapshot, type Refusal } from '../agent/submission.ts';
import { AppError } from '../base/errors.ts';
import type { Drive, ThreadDeps } from './deps.ts';
import type { RunnerDeps } from '../agent/turnRunner.ts';
import type { TurnRow } from '../ports/store.ts';

/**
 * Looks after turns whose process died: what waits is shown again, what was decided is driven on when `drive` is set (its
 * decisions are not asked for again), the rest becomes `interrupted` and may be continued. What was queued is driven too, when
 * there is a place. Returns the drives it started.
 */
export async function recover(deps: ThreadDeps, options: { drive: boolean }): Promise<Drive[]> {
  const { store } = deps;
  await deps.drives.recordHalted();
  await expireDue(deps);
  for (const turn of await store.abandonedTurns()) {
    if (!deps.drives.has(turn.id)) await store.interruptTurn(turn);
  }
  const drives: Drive[] = [];
  for (const turn of await store.turnsInState('interrupted')) {
    const recovered = await recoverTurn(deps, turn);
    if (recovered === 'interrupted') await emitTurn(deps, turn.id);
    if (recovered !== 'drivable' || !options.drive) continue;
    // A turn of another workspace, or one that drifted, waits for the human and keeps no other from being driven on.
    if (notAsItWas(deps, turn)) continue;
    const drive = await continueTurn(deps, turn.id);
    if (drive && deps.drives.has(turn.id)) drives.push(drive);
  }
  if (options.drive) drives.push(...(await startQueued(deps)));
  return drives;
}

/**
 * interrupted → running in this process, from its checkpoint, or queued at the limit; a queued one is driven when there is a
 * place. Undefined when it is neither any more. Throws AppError `snapshot_drift` when the turn belongs to another workspace, or
 * drifted and `accepted` is not the hash of exactly this drift.
 */
export async function continueTurn(
  deps: ThreadDeps,
  turnId: string,
  accepted?: string,
): Promise<Drive | undefined> {
  await deps.drives.recordHalted();
  const turn = await deps.store.getTurn(turnId);
  if (turn?.status !== 'interrupted' && turn?.status !== 'queued') return undefined;
  const drift = notAsItWas(deps, turn, accepted);
  if (drift) throw new AppError(drift.code, drift.message);
  if (turn.status === 'queued') return (await startQueued(deps, turnId))[0] ?? inQueue(turn);
  const { id, generation: was } = turn;
  const drifted = accepted !== undefined && { drift: accepted };
  const resumed = { id, generation: was, ...drifted };
  const generation = await deps.store.resumeTurn(resumed, deps.maxRunningTurns());
  return generation === undefined ? undefined : driveOn(deps, turnId, generation);
}

function notAsItWas(deps: RunnerDeps, turn: TurnRow, accepted?: string): Refusal | undefined {
  const elsewhere = checkSnapshot(turn, deps.files.roots);
  return elsewhere ?? checkDrift(driftOfTurn(deps, turn), accepted);
}

export async function expireDue(deps: RunnerDeps): Promise<void> {
  const { store, clock } = deps;
  for (const id of await store.expireActions(clock.now())) {
    const action = await store.getAction(id);
    if (!action) continue;
    deps.emit({ type: 'action', action });
    await emitTurn(deps, action.turnId);
  }
}

// Asks again for a batch that expired, or that waits and drifted: the snapshot is taken and the proposals and verdicts are
// made anew, and the human sees them as they are now.
import { actionFor, asks } from './gate.ts';
import { planBatch } from './plan.ts';
import { emitTurn, pauseWith } from './pausing.ts';
import { screenedRow } from './screenedRow.ts';
import { hashOf, TurnSnapshot } from './snapshot.ts';
import { checkSnapshot } from './submission.ts';
import { takeSnapshot } from './takeSnapshot.ts';
import { AppError } from '../base/errors.ts';
import type { EngineDeps } from './deps.ts';
import type { ModelRef } from '../ports/model.ts';
import type { ActionRow, FreshSnapshot, TurnRow } from '../ports/store.ts';

/**
 * expired or paused → paused with a new action; `chosen` is the model when the turn's own is gone. False when someone else
 * was faster. Throws AppError `nothing_to_ask`, `snapshot_drift` in another workspace, or `model_not_configured`.
 */
export async function askAgain(
  deps: EngineDeps,
  turn: TurnRow,
  chosen?: ModelRef,
): Promise<boolean> {
  const elsewhere = checkSnapshot(turn, deps.files.roots);
  if (elsewhere) throw new AppError(elsewhere.code, elsewhere.message);
  const shown = await lastShown(deps, turn);
  const batch = shown && (await deps.store.getMessage(turn.id, shown.batchId))?.message;
  if (!shown || batch?.role !== 'assistant') throw nothingToAsk();
  const fresh = await freshSnapshot(deps, turn, chosen);
  const { mode, undo } = TurnSnapshot.parse(fresh.snapshot);
  // Nobody can stop a turn that waits while it is asked again.
  const { signal } = new AbortController();
  const { id, threadId } = turn;
  const askedBefore = new Set(shown.requests.map(({ callId }) => callId));
  const place = { id, threadId, mode, signal, byHost: undo !== undefined, askedBefore };
  const planned = await planBatch(deps, place, batch);
  const rows = await Promise.all(planned.map((row) => screenedRow(deps, row)));
  if (!rows.some((row) => row.state === 'planned' && asks(row))) throw nothingToAsk();
  // From here on a crash leaves a card that expired, and offers to ask again.
  const free = shown.state === 'expired' ? turn : await expireNow(deps, shown);
  if (!free) return false;
  await deps.store.planCalls(rows);
  const calls = await deps.store.callsOfBatch(turn.id, batch.id);
  return pauseWith(deps, free, actionFor(deps, turn, calls), fresh);
}

/** The approval or question that the turn waits for, or whose time was over. */
async function lastShown(deps: EngineDeps, turn: TurnRow): Promise<ActionRow | undefined> {
  const wanted = turn.status === 'paused' ? 'open' : 'expired';
  const actions = await deps.store.actionsOfThread(turn.threadId);
  const last = actions.findLast(({ turnId, state }) => turnId === turn.id && state === wanted);
  return last?.kind === 'outcome_unknown' ? undefined : last;
}

async function freshSnapshot(
  deps: EngineDeps,
  turn: TurnRow,
  chosen: ModelRef | undefined,
): Promise<FreshSnapshot> {
  const { model, mode, undo, attachments } = TurnSnapshot.parse(turn.snapshot);
  if (undo) return { snapshot: turn.snapshot, snapshotHash: turn.snapshotHash };
  const usable = [model, chosen].find((ref) => ref && deps.providers.has(ref.provider));
  if (!usable) {
    const text = `The provider of the model ${model.provider}:${model.id} is gone. Select a model and ask again.`;
    throw new AppError('model_not_configured', text);
  }
  const snapshot = await takeSnapshot(deps, turn.id, { model: usable, mode, attachments });
  return { snapshot, snapshotHash: hashOf(snapshot, deps.texts) };
}

async function expireNow(deps: EngineDeps, action: ActionRow): Promise<TurnRow | undefined> {
  if (!(await deps.store.expireAction(action, deps.clock.now()))) return undefined;
  deps.emit({ type: 'action', action: { ...action, state: 'expired' } });
  return emitTurn(deps, action.turnId);
}

function nothingToAsk(): AppError {
  return new AppError(
    'nothing_to_ask',
    'Nothing of this turn can be asked again. Stop it and send the message again.',
  );
}

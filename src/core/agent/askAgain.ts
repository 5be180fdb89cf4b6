// Asks again for an expired batch: proposals and verdicts are made anew, and the human sees them as they are now.
import { actionFor, asks } from './gate.ts';
import { planBatch } from './plan.ts';
import { pauseWith } from './pausing.ts';
import { TurnSnapshot } from './snapshot.ts';
import { AppError } from '../base/errors.ts';
import type { EngineDeps } from './deps.ts';
import type { ActionRow, PlannedCall, TurnRow } from '../ports/store.ts';

/** expired → paused with a new action. False when someone else was faster. Throws AppError `nothing_to_ask`. */
export async function askAgain(deps: EngineDeps, turn: TurnRow): Promise<boolean> {
  const actions = await deps.store.actionsOfThread(turn.threadId);
  const expired = actions.findLast(
    (action) => action.turnId === turn.id && action.state === 'expired',
  );
  const messages = await deps.store.messagesOfTurn(turn.id);
  const batch = messages.find((row) => row.message.id === expired?.batchId)?.message;
  if (!expired || batch?.role !== 'assistant') throw nothingToAsk();
  const { mode } = TurnSnapshot.parse(turn.snapshot);
  const rows = await planBatch(deps, { id: turn.id, mode }, batch);
  await deps.store.planCalls(rows.map((row) => stillAsking(row, expired)));
  const calls = await deps.store.callsOfBatch(turn.id, batch.id);
  if (!calls.some((call) => call.state === 'planned' && asks(call))) throw nothingToAsk();
  return pauseWith(deps, turn, actionFor(deps, turn, calls));
}

/** A card that a human was shown is never approved by a rule that was loosened meanwhile. */
function stillAsking(row: PlannedCall, expired: ActionRow): PlannedCall {
  const shown = expired.requests.some((request) => request.callId === row.callId);
  if (!shown || row.verdict?.verdict !== 'allow') return row;
  return { ...row, verdict: { ...row.verdict, verdict: 'ask', reason: 'it was asked before' } };
}

function nothingToAsk(): AppError {
  return new AppError(
    'nothing_to_ask',
    'Nothing of this turn can be asked again. Stop it and send the message again.',
  );
}

// A turn's drift as surfaces show it, and what may be done with a card in the way of which it stands.
import { AppError } from '../base/errors.ts';
import type { PresenterDeps } from './presenter.ts';
import type { DriftView } from '../../protocol/messages.ts';
import type { ActionRow, TurnRow } from '../ports/store.ts';

/** Nothing to spread when nothing changed. */
export function driftView(
  { engine }: Pick<PresenterDeps, 'engine'>,
  turn: TurnRow | undefined,
): { drift?: DriftView } {
  const drift = turn && engine.drift(turn);
  if (!drift || drift.hash === null) return {};
  return { drift: { hash: drift.hash, changes: drift.changes.map(({ text }) => text) } };
}

/** Of an action that waits; what was decided or stopped does not resume any more. */
export async function driftOfAction(
  deps: Pick<PresenterDeps, 'engine' | 'store'>,
  action: ActionRow,
): Promise<{ drift?: DriftView }> {
  return action.state === 'open' ? driftView(deps, await deps.store.getTurn(action.turnId)) : {};
}

/** Ends the turn whose card is shown, whatever thread the window is at. Throws AppError `not_paused`. */
export async function discard(
  deps: Pick<PresenterDeps, 'engine' | 'store'>,
  actionId: string,
): Promise<void> {
  const action = await deps.store.getAction(actionId);
  if (action?.state === 'open' && (await deps.engine.stop(action.turnId))) return;
  throw new AppError('not_paused', 'This approval does not wait any more.');
}

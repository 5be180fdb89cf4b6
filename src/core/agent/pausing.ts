// The pause: what the card needs is kept, then one transaction, and only then is anyone told.
import type { EngineDeps } from './deps.ts';
import type { ActionRow, FreshSnapshot, TurnRow } from '../ports/store.ts';

/**
 * running, interrupted or expired → paused with `action`, and with `fresh` as the turn's snapshot where it was taken anew.
 * False when another process or a stop moved the turn on.
 */
export async function pauseWith(
  deps: EngineDeps,
  turn: Pick<TurnRow, 'id' | 'generation'>,
  action: ActionRow,
  fresh?: FreshSnapshot,
): Promise<boolean> {
  const bases = await baseTexts(deps, action);
  if (!(await deps.store.pauseTurn(action, turn.generation, fresh, bases))) return false;
  deps.emit({ type: 'action', action });
  await emitTurn(deps, turn.id);
  return true;
}

export async function emitTurn(deps: EngineDeps, turnId: string): Promise<TurnRow | undefined> {
  const turn = await deps.store.getTurn(turnId);
  if (turn) deps.emit({ type: 'turn', turn });
  return turn;
}

/** The texts that the edits were proposed on, kept so that the card shows the same diff after a restart. */
async function baseTexts(deps: EngineDeps, action: ActionRow): Promise<string[]> {
  const bases: string[] = [];
  const edits = action.requests.flatMap(({ proposal }) =>
    proposal.kind === 'edit' ? [proposal] : [],
  );
  // An edit of what the same batch moves there first.
  const movedFrom = new Map(
    action.requests.flatMap(({ proposal }) =>
      proposal.kind === 'move' ? [[proposal.toReal, proposal.realPath]] : [],
    ),
  );
  for (const { baseHash, realPath } of edits) {
    if (baseHash === null) continue;
    const chained = edits.find((other) => other.newHash === baseHash && other.newText !== null);
    const read = chained ? undefined : await deps.files.read(movedFrom.get(realPath) ?? realPath);
    const text = chained?.newText ?? (read?.kind === 'text' ? read.text : null);
    if (text !== null && deps.texts.sha256(text) === baseHash) bases.push(text);
  }
  return bases;
}

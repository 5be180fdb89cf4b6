// A decision on files that changed meanwhile is not taken: the batch is shown anew at once, on the files as they are.
import { shownAgain } from '../agent/gate.ts';
import { emitTurn } from '../agent/pausing.ts';
import { rebase, type Rebased } from '../agent/rebase.ts';
import { alreadyDecided, SHOWN_AGAIN, type Refusal } from '../agent/submission.ts';
import type { Decisions } from '../../protocol/calls.ts';
import type { ThreadDeps } from './deps.ts';
import type { DraftRow } from '../ports/draftStore.ts';
import type { ActionRow } from '../ports/store.ts';

/** The refusal of a decision on what changed; undefined when everything stands as it was shown. */
export async function showAnew(
  deps: ThreadDeps,
  action: ActionRow,
  decisions: Decisions,
): Promise<Refusal | undefined> {
  const rebased = await rebase(deps, action, decisions);
  if (!rebased) return undefined;
  const { store } = deps;
  const { requests, calls, bases } = rebased;
  const again = shownAgain(deps, action, requests);
  const drafts = await store.draftsOfAction(action.id);
  if (!(await store.replaceAction({ actionId: action.id, action: again, calls, bases }))) {
    return moved(await store.getAction(action.id));
  }
  await keepTyped(deps, again, rebased);
  await keepForms(deps, again, drafts);
  const old = await store.getAction(action.id);
  if (old) deps.emit({ type: 'action', action: old });
  for (const { callId } of calls) {
    const call = await store.getCall(action.turnId, callId);
    if (call) deps.emit({ type: 'call', threadId: action.threadId, call });
  }
  deps.emit({ type: 'action', action: again });
  await emitTurn(deps, action.turnId);
  return staleRefusal(rebased, again);
}

function staleRefusal({ stale, paths }: Rebased, again: ActionRow): Refusal {
  const message = `Changed after it was shown: ${[...new Set(paths)].join(', ')}. Nothing was decided; decide on what is shown now.`;
  const callIds = stale.map(({ callId }) => callId);
  return { code: 'stale', message, callIds, actionId: again.id };
}

function moved(action: ActionRow | undefined): Refusal {
  return action?.state === 'resolved' ? alreadyDecided(action) : SHOWN_AGAIN;
}

/** What the human had typed goes to the new card, as a draft that decides nothing. */
async function keepTyped(deps: ThreadDeps, action: ActionRow, rebased: Rebased): Promise<void> {
  const at = deps.clock.now();
  for (const [callId, content] of rebased.drafts) {
    const request = action.requests.find((known) => known.callId === callId);
    if (!request) continue;
    const { proposalHash } = request;
    const draft = await deps.store.putDraft({
      ...{ actionId: action.id, callId, proposalHash, at },
      ...{ card: null, content },
    });
    if (draft) deps.emit({ type: 'draft', draft });
  }
}

/** What was typed on the card of a command stays on it: only what the command is bound to is another. */
async function keepForms(
  deps: ThreadDeps,
  action: ActionRow,
  drafts: readonly DraftRow[],
): Promise<void> {
  const at = deps.clock.now();
  for (const { callId, proposalHash: before, card } of drafts) {
    const request = action.requests.find((known) => known.callId === callId);
    if (request?.proposal.kind !== 'command' || card === null) continue;
    const { proposalHash } = request;
    if (proposalHash === before) continue;
    // What was picked for it was picked for something else.
    const typed = { ...card, decision: null };
    const draft = await deps.store.putDraft({
      ...{ actionId: action.id, callId, proposalHash, at },
      card: typed,
    });
    if (draft) deps.emit({ type: 'draft', draft });
  }
}

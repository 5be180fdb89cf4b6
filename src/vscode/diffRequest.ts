// What the diff editor of one edit shows, from the stored proposal.
import { AppError } from '../core/base/errors.ts';
import type { ActionRow, Store } from '../core/ports/store.ts';
import { t } from '../protocol/l10n.ts';
import type { ActionRequest } from '../protocol/calls.ts';
import type { Hunk } from '../protocol/hunks.ts';
import type { DiffRequest } from './diffEditors.ts';
import { hunkDraft, textOfDraft } from './hunkDraft.ts';

/** Throws AppError `not_an_edit` or `no_base`. */
export async function diffRequest(
  store: Store,
  action: ActionRow,
  callId: string,
): Promise<DiffRequest> {
  const request = action.requests.find((known) => known.callId === callId);
  if (request?.proposal.kind !== 'edit') {
    throw new AppError('not_an_edit', t('Only a file edit can be shown in a diff editor.'));
  }
  const { baseHash, newText, newHash, path } = request.proposal;
  const before = baseHash === null ? '' : await store.getText(action.turnId, baseHash);
  const settled = newText === null && newHash !== null;
  if (before === undefined || settled) {
    throw new AppError(
      'no_base',
      t('The texts of this edit are no longer kept: it is decided and done, or its turn is over.'),
    );
  }
  const drafts = await store.draftsOfAction(action.id);
  const edit = { before, after: newText ?? '', hunks: choices(request) };
  const stored = drafts.find((draft) => draft.callId === callId);
  return {
    ...{ actionId: action.id, callId, path, ...edit },
    proposalHash: request.proposalHash,
    draft: textOfDraft(edit, hunkDraft(stored)),
    decidable: action.requests.length === 1,
  };
}

/** As the card offers them: several, of an edit that may be approved and changed. */
function choices({ proposal, allowedDecisions }: ActionRequest): readonly Hunk[] {
  const { hunks = [], newText } = proposal.kind === 'edit' ? proposal : { newText: null };
  const decidable = allowedDecisions.includes('approve') && allowedDecisions.includes('edit');
  return newText !== null && decidable && hunks.length > 1 ? hunks : [];
}

/** The same for an editor that the window restored; undefined when the edit does not wait any more. */
export async function waitingDiff(
  store: Store,
  actionId: string,
  callId: string,
): Promise<DiffRequest | undefined> {
  const action = await store.getAction(actionId);
  return action?.state === 'open' ? diffRequest(store, action, callId) : undefined;
}

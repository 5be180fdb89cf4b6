// Approve and Reject in the title bar of a proposal's diff editor. They decide only what that editor shows.
import { z } from 'zod';
import { registerCommand, registerItemCommand } from './register.ts';
import * as vscode from 'vscode';
import { COMMANDS } from '../ids.ts';
import { AppError } from '../../core/base/errors.ts';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import { createPanelHost } from '../panelHost.ts';
import type { Decision } from '../../protocol/calls.ts';
import { positionsBut } from '../../protocol/hunks.ts';
import { draftOfText } from '../hunkDraft.ts';
import type { Contribution } from '../contribution.ts';
import type { ShownDiff } from '../diffEditors.ts';
import { t } from '../../protocol/l10n.ts';
import type { Services } from '../services.ts';

export const diffCommands: Contribution = {
  name: 'diff commands',
  register: (services) => {
    const owned = new DisposableStore();
    owned.add(registerCommand(services, COMMANDS.diffApprove, () => approve(services)));
    owned.add(registerCommand(services, COMMANDS.diffReject, () => reject(services)));
    owned.add(
      registerItemCommand(services, COMMANDS.diffToggleChange, (change) =>
        toggleChange(services, change),
      ),
    );
    return owned;
  },
};

/** As the lines above the changes say it. */
const ChangeName = z.object({ uri: z.string(), index: z.int() });

async function approve(services: Services): Promise<void> {
  const diff = shown(services);
  await decide(services, diff, approval(diff));
}

/** As Approve on the card: a plain approval, the changes that are kept, or the human's own text. */
function approval(diff: ShownDiff): Decision {
  const { content, dropped } = draftOfText(diff, diff.content);
  if (content !== null) return { type: 'edit', content };
  if (dropped.length === 0) return { type: 'approve' };
  const hunks = positionsBut(diff.hunks.length, dropped);
  if (hunks.length > 0) return { type: 'edit', hunks };
  throw new AppError(
    'nothing_kept',
    t('No change is kept: to drop all is to reject. Restore one, or press Reject.'),
  );
}

/** Drops or restores the change that a line of the editor names, else that at the cursor. Decides nothing. */
async function toggleChange(services: Services, change: unknown): Promise<void> {
  const named = ChangeName.safeParse(change).data;
  if (await services.diffs.toggleHunk(named?.uri, named?.index)) return;
  throw new AppError(
    'no_change',
    t('There is no change of the agent at the cursor, or the text has become your own.'),
  );
}

async function reject(services: Services): Promise<void> {
  // Before the question: whatever editor is active after it, this is what was rejected.
  const diff = shown(services);
  const reason = await vscode.window.showInputBox({
    title: t('Reject this edit'),
    prompt: t('Why? The agent is told. May be empty.'),
  });
  if (reason === undefined) return;
  const rejection: Decision =
    reason.trim() === '' ? { type: 'reject' } : { type: 'reject', reason };
  await decide(services, diff, rejection);
}

async function decide(
  services: Services,
  { actionId, callId }: ShownDiff,
  decision: Decision,
): Promise<void> {
  const { store, decide: submit } = await services.engine();
  const action = await store.getAction(actionId);
  if (!action)
    throw new AppError(
      'unknown_action',
      t('This approval is gone: its thread was deleted. Close this editor.'),
    );
  const { proposalHash } = action;
  const submission = { actionId, proposalHash, decisions: { [callId]: decision } };
  const refusal = await submit(createPanelHost(services), submission);
  if (refusal) throw new AppError(refusal.code, refusal.message);
}

function shown(services: Services): ShownDiff {
  const active = services.diffs.active();
  if (active?.decidable === true) return active;
  throw new AppError('no_diff', t('Decide this edit on its card: it is part of a batch.'));
}

// Approve and Reject in the title bar of a proposal's diff editor. They decide only what that editor shows.
import { registerCommand } from './register.ts';
import * as vscode from 'vscode';
import { COMMANDS } from '../ids.ts';
import { AppError } from '../../core/base/errors.ts';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import { createPanelHost } from '../panelHost.ts';
import type { Decision } from '../../protocol/calls.ts';
import type { Contribution } from '../contribution.ts';
import type { ShownDiff } from '../diffEditors.ts';
import type { Services } from '../services.ts';

export const diffCommands: Contribution = {
  name: 'diff commands',
  register: (services) => {
    const owned = new DisposableStore();
    owned.add(registerCommand(services, COMMANDS.diffApprove, () => approve(services)));
    owned.add(registerCommand(services, COMMANDS.diffReject, () => reject(services)));
    return owned;
  },
};

async function approve(services: Services): Promise<void> {
  const diff = shown(services);
  const { content, after } = diff;
  await decide(services, diff, content === after ? { type: 'approve' } : { type: 'edit', content });
}

async function reject(services: Services): Promise<void> {
  // Before the question: whatever editor is active after it, this is what was rejected.
  const diff = shown(services);
  const reason = await vscode.window.showInputBox({
    title: 'Reject this edit',
    prompt: 'Why? The agent is told. May be empty.',
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
  if (!action) throw new AppError('unknown_action', 'This approval is gone.');
  const { proposalHash } = action;
  const submission = { actionId, proposalHash, decisions: { [callId]: decision } };
  const refusal = await submit(createPanelHost(services), submission);
  if (refusal) throw new AppError(refusal.code, refusal.message);
}

function shown(services: Services): ShownDiff {
  const active = services.diffs.active();
  if (active?.decidable === true) return active;
  throw new AppError('no_diff', 'Decide this edit on its card: it is part of a batch.');
}

// What a presenter may ask of the window: diff editors, panels, quick picks, the native confirmation.
import * as vscode from 'vscode';
import { selectModel } from './models.ts';
import { displayBytes } from '../protocol/displayBytes.ts';
import { AppError } from '../core/base/errors.ts';
import type { PanelHost } from '../core/panel/requests.ts';
import type { ActionRow } from '../core/ports/store.ts';
import type { Services } from './services.ts';

export function createPanelHost(services: Services): PanelHost {
  return {
    onDraft: services.diffs.onDraft,
    decidedBy: `VS Code (pid ${process.pid})`,
    openDiff: (action, callId) => openDiff(services, action, callId),
    openPanel: async (actionId) => services.reveal.fire(actionId),
    selectModel: () => selectModel(services),
    openWhy: async (rule) => openSettings(rule),
    confirm,
  };
}

async function openDiff(services: Services, action: ActionRow, callId: string): Promise<void> {
  const request = action.requests.find((known) => known.callId === callId);
  if (request?.proposal.kind !== 'edit') {
    throw new AppError('not_an_edit', 'Only a file edit can be shown in a diff editor.');
  }
  const { baseHash, newText, path } = request.proposal;
  const { store } = await services.engine();
  const before = baseHash === null ? '' : await store.getText(baseHash);
  if (before === undefined) {
    throw new AppError('no_base', 'The text this edit was proposed on is no longer kept.');
  }
  const decidable = action.requests.length === 1;
  const { id: actionId } = action;
  await services.diffs.open({ actionId, callId, path, before, after: newText ?? '', decidable });
}

/** Opens the settings page at the approval rules; the rule is shown there in its list. */
async function openSettings(_rule: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', 'countersign.approval');
}

async function confirm(question: string, detail: string): Promise<boolean> {
  const options = { modal: true, detail: displayBytes(detail, true) };
  const approve = 'Approve';
  return (await vscode.window.showWarningMessage(question, options, approve)) === approve;
}

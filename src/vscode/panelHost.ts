// What a presenter may ask of the window: diff editors, panels, quick picks, the native confirmation.
import * as vscode from 'vscode';
import { diffRequest } from './diffRequest.ts';
import { selectModel } from './models.ts';
import { pageOfRule } from './whySettings.ts';
import { askNatively } from './notify.ts';
import type { PanelHost } from '../core/panel/requests.ts';
import type { ActionRow } from '../core/ports/store.ts';
import type { Services } from './services.ts';

export function createPanelHost(services: Services): PanelHost {
  return {
    decidedBy: services.windowName(),
    openDiff: (action, callId) => openDiff(services, action, callId),
    openPanel: async (actionId) => services.reveal.fire(actionId),
    selectModel: () => selectModel(services),
    openWhy: (rule) => openWhy(services, rule),
    confirm,
  };
}

async function openDiff(services: Services, action: ActionRow, callId: string): Promise<void> {
  const { store } = await services.engine();
  await services.diffs.open(await diffRequest(store, action, callId));
}

/** Opens the settings at the list that holds the rule, or at all approval settings when none does. */
async function openWhy({ settings }: Services, rule: string): Promise<void> {
  const { command, query } = pageOfRule(rule, settings.read());
  await vscode.commands.executeCommand(command, { query });
}

/** The first button has the focus: Enter, pressed once too often, approves nothing. */
async function confirm(question: string, detail: string): Promise<boolean> {
  const approve = 'Approve';
  return (await askNatively(question, detail, ['Look Again', approve])) === approve;
}

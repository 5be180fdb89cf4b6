// What a presenter may ask of the window: diff editors, panels, quick picks, the native confirmation.
import * as vscode from 'vscode';
import { attachHost } from './attachHost.ts';
import { tryDemo } from './demo.ts';
import type { DiffRequest } from './diffEditors.ts';
import { showBackgroundCommands } from './backgroundList.ts';
import { diffRequest } from './diffRequest.ts';
import { selectModel } from './models.ts';
import { manageApprovals } from './approvalsList.ts';
import { undoTurn } from './commands/undo.ts';
import { openRule } from './openRule.ts';
import { textHost } from './textHost.ts';
import { placeOfRule } from './whySettings.ts';
import { askNatively, notify } from './notify.ts';
import { toAppError } from '../core/base/errors.ts';
import type { RuleLayer } from '../protocol/calls.ts';
import type { PanelHost } from '../core/panel/requests.ts';
import type { ActionRow } from '../core/ports/store.ts';
import { t } from '../protocol/l10n.ts';
import type { Services } from './services.ts';

export function createPanelHost(services: Services): PanelHost {
  return {
    decidedBy: services.windowName(),
    openDiff: (action, callId, merge = false) => openDiff(services, { action, callId, merge }),
    openAllDiffs: (action) => openAllDiffs(services, action),
    openPanel: async (actionId) => services.reveal.fire(actionId),
    selectModel: () => selectModel(services),
    tryDemo: () => tryDemo(services),
    openWhy: (rule, layer) => openWhy(services, rule, layer),
    undoTurn: async (turnId) => {
      leaveOpen(services, undoTurn(services, turnId));
    },
    showTerminal: (call) => services.terminals.showCall(call),
    showBackground: async () => leaveOpen(services, showBackgroundCommands(services)),
    confirm,
    ...textHost,
    ...attachHost,
  };
}

async function openDiff(
  services: Services,
  { action, callId, merge }: { action: ActionRow; callId: string; merge: boolean },
): Promise<void> {
  const { store } = await services.engine();
  const request = await diffRequest(store, action, callId);
  const merged = merge && (await mergeEditor(services, request));
  if (!merged) await services.diffs.open(request);
}

/** False where VS Code has no merge editor for it: the command is one that it does not promise to keep. */
async function mergeEditor(services: Services, request: DiffRequest): Promise<boolean> {
  try {
    return await services.diffs.openMerge(request);
  } catch (error) {
    services.logger.error('the merge editor could not be opened', error);
    return false;
  }
}

async function openAllDiffs(services: Services, action: ActionRow): Promise<void> {
  const { store } = await services.engine();
  const edits = action.requests.filter(({ proposal }) => proposal.kind === 'edit');
  const requests = await Promise.all(edits.map(({ callId }) => diffRequest(store, action, callId)));
  await services.diffs.openAll(requests);
}

/** Opens what can change the rule: the list of remembered approvals, its line in settings.json, or the page of its setting. */
async function openWhy(services: Services, rule: string, layer: RuleLayer): Promise<void> {
  if (layer === 'grant') {
    leaveOpen(services, manageApprovals(services, rule));
    return;
  }
  const place = placeOfRule(rule, layer, services.settings.read());
  if (place.rule && (await opensLine(services, place.rule))) return;
  await vscode.commands.executeCommand(place.page.command, { query: place.page.query });
}

/** The page is answered at once: what is shown stays for as long as the user looks at it. */
function leaveOpen(services: Services, shown: Promise<void>): void {
  shown.catch((error: unknown) => {
    services.logger.error('a list could not be shown', error);
    notify('error', toAppError(error).message);
  });
}

/** False when no settings file that can be opened has the rule any more. */
async function opensLine(
  services: Services,
  rule: Parameters<typeof openRule>[1],
): Promise<boolean> {
  try {
    await openRule(await services.desk(), rule);
    return true;
  } catch (error) {
    if (toAppError(error).code === 'unknown_rule') return false;
    throw error;
  }
}

/** The first button has the focus: Enter, pressed once too often, approves nothing. */
async function confirm(question: string, detail: string): Promise<boolean> {
  const approve = t('Approve');
  return (await askNatively(question, detail, [t('Look Again'), approve])) === approve;
}

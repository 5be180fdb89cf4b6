// The approval panel: a webview editor for one pending action. VS Code restores it after a reload; the store fills it.
import * as vscode from 'vscode';
import { PANEL_TYPE } from './ids.ts';
import { attachWebview } from './webviewChannel.ts';
import { titleOf } from '../core/threads/titleText.ts';
import { isTemporary } from '../protocol/temporary.ts';
import { displayBytes } from '../protocol/displayBytes.ts';
import { DisposableStore } from '../core/base/lifecycle.ts';
import type { ActionRow } from '../core/ports/store.ts';
import type { Contribution } from './contribution.ts';
import { t } from '../protocol/l10n.ts';
import type { Services } from './services.ts';

const open = new Map<string, vscode.WebviewPanel>();
/** Panels that only say how their action was decided elsewhere. */
const settled = new WeakSet<vscode.WebviewPanel>();

/** Shows the panel of an action, or reveals the one that is open. */
async function showApproval(services: Services, actionId: string): Promise<void> {
  const known = open.get(actionId);
  if (known) return known.reveal();
  const { store } = await services.engine();
  const action = await store.getAction(actionId);
  const thread = action && (await store.getThread(action.threadId));
  // VS Code writes the titles of open editors to disk.
  const name = isTemporary(actionId) ? t('temporary thread') : displayBytes(titleOf(thread));
  const title = t('Approval: {0}', name);
  const panel = vscode.window.createWebviewPanel(PANEL_TYPE, title, vscode.ViewColumn.Active);
  await fill(services, panel, actionId);
}

/** Restores panels after a reload and closes those whose action is decided. */
export const approvalPanels: Contribution = {
  name: 'approval panels',
  register: (services) => {
    const owned = new DisposableStore();
    owned.add(
      vscode.window.registerWebviewPanelSerializer(PANEL_TYPE, {
        deserializeWebviewPanel: async (panel, state: unknown) => {
          const actionId = actionIdOf(state);
          if (actionId !== undefined && (await waits(services, actionId))) {
            await fill(services, panel, actionId);
          } else panel.dispose();
        },
      }),
    );
    owned.add(
      services.reveal.event((actionId) => {
        showApproval(services, actionId).catch((error: unknown) => {
          services.logger.error('an approval could not be shown', error);
        });
      }),
    );
    services.whenOpened(({ engine, store }) => {
      const closeOld = (): void => {
        const waiting = (actionId: string): Promise<boolean> => waits(services, actionId);
        Promise.all([services.diffs.closeSettled(waiting), leaveSettled(waiting)]).catch(
          (error: unknown) => {
            services.logger.error('what is decided elsewhere could not be closed', error);
          },
        );
      };
      closeOld();
      const watching = new DisposableStore();
      watching.add(store.onExternalChange(closeOld));
      watching.add(
        engine.onEvent((event) => {
          if (event.type !== 'action' || event.action.state === 'open') return;
          closeSettled(services, event.action).catch((error: unknown) => {
            services.logger.error('what is decided could not be closed', error);
          });
        }),
      );
      return watching;
    });
    return owned;
  },
};

/** Whether the action still waits; asked when the window brings back what was open in it. */
async function waits(services: Services, actionId: string): Promise<boolean> {
  const { store } = await services.engine();
  return (await store.getAction(actionId))?.state === 'open';
}

async function fill(
  services: Services,
  panel: vscode.WebviewPanel,
  actionId: string,
): Promise<void> {
  open.set(actionId, panel);
  const icon = (name: string): vscode.Uri =>
    vscode.Uri.joinPath(services.context.extensionUri, 'media', name);
  panel.iconPath = { light: icon('panel-light.svg'), dark: icon('panel-dark.svg') };
  const owned = new DisposableStore();
  panel.onDidDispose(() => {
    open.delete(actionId);
    owned.dispose();
  });
  owned.add(
    panel.onDidChangeViewState(() => {
      if (!panel.visible && settled.has(panel)) panel.dispose();
    }),
  );
  owned.add(await attachWebview(services, panel.webview, { kind: 'panel', actionId }));
}

/** A panel whose action was decided elsewhere says so for as long as it is looked at, and goes then. */
async function leaveSettled(waiting: (actionId: string) => Promise<boolean>): Promise<void> {
  for (const [actionId, panel] of open) {
    if (await waiting(actionId)) continue;
    if (panel.visible) settled.add(panel);
    else panel.dispose();
  }
}

/** A panel whose batch is shown anew (its files or its turn changed) makes way for one that shows it as it is now. */
async function closeSettled(services: Services, { id, turnId, state }: ActionRow): Promise<void> {
  const shown = open.get(id);
  shown?.dispose();
  await services.diffs.close(id);
  if (!shown || state === 'resolved') return;
  const { store } = await services.engine();
  const next = (await store.openActions()).find((action) => action.turnId === turnId);
  if (next) await showApproval(services, next.id);
}

/** The webview keeps the id of its action in its state, for this. */
function actionIdOf(state: unknown): string | undefined {
  if (state === null || typeof state !== 'object' || !('actionId' in state)) return undefined;
  return typeof state.actionId === 'string' ? state.actionId : undefined;
}

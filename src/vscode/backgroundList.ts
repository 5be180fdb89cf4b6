// The native list of commands in the background, of all threads of the workspace. It follows what happens; a row shows its
// command in a terminal, or stops it.
import * as vscode from 'vscode';
import { backgroundPick } from './commandText.ts';
import { follow } from './inbox/follow.ts';
import { notify } from './notify.ts';
import { DisposableStore } from '../core/base/lifecycle.ts';
import { titleOf } from '../core/threads/titleText.ts';
import { toAppError } from '../core/base/errors.ts';
import type { BackgroundRow } from '../core/ports/commandStore.ts';
import type { OpenedEngine } from '../core/services.ts';
import { t } from '../protocol/l10n.ts';
import type { Services } from './services.ts';

interface Row extends vscode.QuickPickItem {
  /** Undefined for the lines between. */
  of?: BackgroundRow;
}

const STOP_ICON = new vscode.ThemeIcon('debug-stop');
const SHOW_ICON = new vscode.ThemeIcon('terminal');

/** Resolves when the user leaves the list. */
export async function showBackgroundCommands(services: Services): Promise<void> {
  const opened = await services.engine();
  if ((await opened.store.listBackground()).length === 0) {
    notify(
      'info',
      t('No command runs in the background, and none did in the threads that are here.'),
    );
    return;
  }
  const owned = new DisposableStore();
  const pick = vscode.window.createQuickPick<Row>();
  owned.add(pick);
  pick.title = t('Countersign: Background Commands');
  pick.placeholder = t('Pick one to see in a terminal what it prints');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.keepScrollPosition = true;
  const failed = (error: unknown): void => {
    services.logger.error('background commands', error);
    notify('error', toAppError(error).message);
  };
  const look = async (): Promise<void> => fill(pick, await rowsOf(opened));
  owned.add(
    follow(opened, ({ type }) => type === 'command' || type === 'threadDeleted', look, failed),
  );
  try {
    await used(services, opened, { pick, failed });
  } finally {
    owned.dispose();
  }
}

function used(
  services: Services,
  { engine }: OpenedEngine,
  { pick, failed }: { pick: vscode.QuickPick<Row>; failed: (error: unknown) => void },
): Promise<void> {
  const show = (row: BackgroundRow): void => {
    services.terminals.showBackground(row).catch(failed);
  };
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const row = pick.selectedItems[0]?.of;
      if (!row) return;
      show(row);
      pick.hide();
    });
    pick.onDidTriggerItemButton(({ item: { of: row }, button }) => {
      if (!row) return;
      if (button.iconPath === SHOW_ICON) show(row);
      else engine.stopCommand(row).catch(failed);
    });
    pick.onDidHide(() => {
      resolve();
    });
    pick.show();
  });
}

function fill(pick: vscode.QuickPick<Row>, rows: readonly Row[]): void {
  const active = pick.activeItems[0]?.of?.id;
  pick.items = rows;
  const same = rows.find(({ of }) => of !== undefined && of.id === active);
  if (same) pick.activeItems = [same];
}

/** Those that run first. */
async function rowsOf({ store }: OpenedEngine): Promise<Row[]> {
  const all = await store.listBackground();
  const now = Date.now();
  const toRow = async (of: BackgroundRow): Promise<Row> => {
    const thread = await store.getThread(of.threadId);
    const text = backgroundPick(of, thread ? titleOf(thread) : '', now);
    return { ...text, alwaysShow: true, buttons: buttonsOf(of), of };
  };
  const running = all.filter(({ state }) => state === 'running');
  const over = all.filter(({ state }) => state !== 'running');
  return [
    ...section(t('Running'), await Promise.all(running.map(toRow))),
    ...section(t('Over'), await Promise.all(over.map(toRow))),
  ];
}

function buttonsOf({ state }: BackgroundRow): vscode.QuickInputButton[] {
  const show = { iconPath: SHOW_ICON, tooltip: t('Show in Terminal') };
  return state === 'running' ? [show, { iconPath: STOP_ICON, tooltip: t('Stop Command') }] : [show];
}

function section(label: string, rows: readonly Row[]): Row[] {
  const line: Row = { label, kind: vscode.QuickPickItemKind.Separator };
  return rows.length === 0 ? [] : [line, ...rows];
}

// The folders of the workspace: an engine works in those that there are when it is opened.
import * as vscode from 'vscode';
import { AppError } from '../core/base/errors.ts';
import { t } from '../protocol/l10n.ts';
import { notify } from './notify.ts';

/** Longest wait for the folders of a .code-workspace, when the user is told of the wait, and between two looks. */
const FOLDERS_MS = 30_000;
const PATIENCE_MS = 5_000;
const LOOK_MS = 100;

/** An open engine works in the folders that there were. */
export function offerReload(): void {
  offer(
    t(
      'The folders of this workspace changed. Reload the window: until then Countersign works in those of before.',
    ),
  );
}

/**
 * Waits for the folders of a .code-workspace, which VS Code may read after it has started extensions. Without them the
 * settings of a folder would not count: rejects when VS Code tells of none in time.
 */
export async function foldersKnown(): Promise<void> {
  if (vscode.workspace.workspaceFile === undefined) return;
  const began = Date.now();
  let told = false;
  while ((vscode.workspace.workspaceFolders ?? []).length === 0) {
    const waited = Date.now() - began;
    if (waited > FOLDERS_MS) {
      throw new AppError(
        'no_folders',
        t('VS Code tells of no folder in this workspace. Reload the window, or add a folder.'),
      );
    }
    if (waited > PATIENCE_MS && !told) {
      told = true;
      offer(
        t('VS Code has not told yet which folders this workspace has. Nothing runs until then.'),
      );
    }
    // Polled: for the first folders there is not always an event.
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function offer(text: string): void {
  notify('info', text, [t('Reload Window')], () => {
    vscode.commands
      .executeCommand('workbench.action.reloadWindow')
      .then(undefined, () => undefined);
  });
}

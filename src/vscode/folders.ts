// The folders of the workspace: an engine works in those that there are when it is opened.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import { notify } from './notify.ts';

/** Longest wait for the folders of a .code-workspace; it may have none. */
const FOLDERS_MS = 30_000;
const LOOK_MS = 100;

/** An open engine works in the folders that there were. */
export function offerReload(): void {
  const reload = t('Reload Window');
  const text = t(
    'The folders of this workspace changed. Reload the window: until then Countersign works in those of before.',
  );
  notify('info', text, [reload], () => {
    vscode.commands
      .executeCommand('workbench.action.reloadWindow')
      .then(undefined, () => undefined);
  });
}

/** VS Code may start extensions before it has read the folders of a .code-workspace. */
export async function foldersKnown(): Promise<void> {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  if (workspaceFile === undefined || workspaceFolders.length > 0) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      clearInterval(looks);
      resolve();
    };
    const timer = setTimeout(done, FOLDERS_MS);
    // Their event is not always told for the first ones.
    const looks = setInterval(() => {
      if ((vscode.workspace.workspaceFolders ?? []).length > 0) done();
    }, LOOK_MS);
  });
}

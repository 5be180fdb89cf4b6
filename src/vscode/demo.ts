// The demo agent on the sample workspace: in this window if it holds the sample, else in a copy of it in another window.
import * as vscode from 'vscode';
import { focusChat } from './commands/threads.ts';
import { t } from '../protocol/l10n.ts';
import { askNatively } from './notify.ts';
import { AppError } from '../core/base/errors.ts';
import type { Services } from './services.ts';

/** Kept in the folder's own window, too: a second copy would hide what was decided in the first. */
const COPY = 'sample-workspace';

/** Starts the demo agent in a new thread, in a workspace that holds the sample. */
export async function tryDemo(services: Services): Promise<void> {
  if (!(await hasSample())) {
    await offerSample(services);
    return;
  }
  if (!vscode.workspace.isTrusted) {
    throw new AppError(
      'untrusted_workspace',
      t('Trust this workspace first; then try the demo again.'),
    );
  }
  const opened = await services.engine();
  const model = { ...opened.demoModel, label: t('Demo agent') };
  const thread = await opened.engine.createThread();
  services.session.update({ model, threadId: thread.id });
  await focusChat();
  const { mode } = services.session.state;
  const text = t('The invoice total is one cent off for 3 items at 0.35. Find out why and fix it.');
  await opened.engine.startTurn({ threadId: thread.id, text, model: opened.demoModel, mode });
}

async function hasSample(): Promise<boolean> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder !== undefined && exists(vscode.Uri.joinPath(folder, 'src', 'price.ts'));
}

/** A copy that is there already stays as the user left it. */
async function offerSample({ context }: Services): Promise<void> {
  const open = t('Open the Sample');
  const answer = await askNatively(
    t('Open the sample workspace in a new window?'),
    t(
      'The demo agent works on a small project that comes with Countersign, not on yours. This window stays as it is.',
    ),
    [open],
  );
  if (answer !== open) return;
  const folder = vscode.Uri.joinPath(context.globalStorageUri, COPY);
  if (!(await exists(vscode.Uri.joinPath(folder, 'src', 'price.ts')))) {
    const sample = vscode.Uri.joinPath(context.extensionUri, 'media', 'sample');
    await vscode.workspace.fs.copy(sample, folder, { overwrite: true });
  }
  await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: true });
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

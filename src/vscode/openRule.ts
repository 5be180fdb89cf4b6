// Opens the settings file that holds a rule, with the rule selected.
import * as vscode from 'vscode';
import { settingsFileOf } from './settingsFiles.ts';
import { AppError } from '../core/base/errors.ts';
import { t } from '../protocol/l10n.ts';
import type { PolicyDesk, RuleName } from '../core/policy/desk.ts';

/** Throws when no settings file of the layer that can be opened holds the rule. */
export async function openRule(
  desk: PolicyDesk,
  rule: RuleName & { layer: 'user' | 'workspace' },
): Promise<void> {
  for (const open of rule.layer === 'user' ? [openUserSettings] : workspaceFiles()) {
    const document = await open();
    const file = document && settingsFileOf(document.uri);
    if (!document || !file) continue;
    const found = desk.locate({ text: document.getText(), ...file }, rule);
    if (found === null) continue;
    const selection = new vscode.Range(
      document.positionAt(found.from),
      document.positionAt(found.to),
    );
    await vscode.window.showTextDocument(document, { selection });
    return;
  }
  throw new AppError('unknown_rule', t('This rule is in no settings file any more.'));
}

type Opener = () => Promise<vscode.TextDocument | undefined>;

/** Only VS Code knows where the user's settings are; it opens them in an editor. */
async function openUserSettings(): Promise<vscode.TextDocument | undefined> {
  await vscode.commands.executeCommand('workbench.action.openSettingsJson');
  return vscode.window.activeTextEditor?.document;
}

function workspaceFiles(): Opener[] {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  const files = workspaceFolders.map(({ uri }) =>
    vscode.Uri.joinPath(uri, '.vscode/settings.json'),
  );
  if (workspaceFile !== undefined && workspaceFile.scheme !== 'untitled')
    files.unshift(workspaceFile);
  return files.map(
    (uri) => async () =>
      vscode.workspace.openTextDocument(uri).then(
        (document) => document,
        () => undefined,
      ),
  );
}

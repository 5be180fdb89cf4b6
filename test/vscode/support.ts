// The running extension's own services, which it hands out in tests only, and files of the workspace under test.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../../src/vscode/services.ts';

export async function extensionServices(): Promise<Services> {
  const extension = vscode.extensions.getExtension<Services | undefined>('countersign.countersign');
  assert.ok(extension, 'the extension is not installed in this VS Code');
  const services = await extension.activate();
  assert.ok(services, 'the extension does not know that it is under test');
  return services;
}

/** Absolute path of a file of the workspace. */
export function inWorkspace(relative: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return path.join(folder.uri.fsPath, relative);
}

/** Writes a file and opens it in an editor; gone again after `dispose`. */
export async function openFile(
  name: string,
  text: string,
): Promise<{ file: string; document: vscode.TextDocument; dispose: () => Promise<void> }> {
  const file = inWorkspace(name);
  await writeFile(file, text);
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  return {
    file,
    document,
    dispose: async () => {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await rm(file, { force: true });
    },
  };
}

/** Types at the start of a document; it is unsaved then. */
export async function type(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** Resolves once the document has this text. */
export async function follows(document: vscode.TextDocument, text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (document.getText() !== text) return;
      watcher.dispose();
      resolve();
    };
    const watcher = vscode.workspace.onDidChangeTextDocument(look);
    look();
  });
}

// Rules in settings files: their problems are shown where they stand, go when corrected, and a tested call leads to its rule.
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { extensionServices, follows, inWorkspace } from './support.ts';
import { openRule } from '../../src/vscode/openRule.ts';

const DENY = 'countersign.approval.deny';

async function openSettings(name: string, text: string): Promise<vscode.TextDocument> {
  const file = inWorkspace(name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  // It may have been open before, and takes over its file a little later.
  await follows(document, text);
  return document;
}

/** Resolves once the document's diagnostics of ours satisfy the condition. */
function diagnostics(
  { uri }: vscode.TextDocument,
  enough: (found: vscode.Diagnostic[]) => boolean,
): Promise<vscode.Diagnostic[]> {
  return new Promise((resolve) => {
    const look = (): void => {
      const found = vscode.languages
        .getDiagnostics(uri)
        .filter(({ source }) => source === 'Countersign');
      if (!enough(found)) return;
      watcher.dispose();
      resolve(found);
    };
    const watcher = vscode.languages.onDidChangeDiagnostics(look);
    look();
  });
}

async function replaceAll(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const all = new vscode.Range(
    new vscode.Position(0, 0),
    document.lineAt(document.lineCount - 1).range.end,
  );
  edit.replace(document.uri, all, text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

describe('rules in settings files', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await rm(inWorkspace('.vscode'), { recursive: true, force: true });
    await rm(inWorkspace('x.code-workspace'), { force: true });
  });

  it('show what is wrong at its place, and nothing once it is right', async () => {
    const text = `{\n  // kept\n  "${DENY}": ["shell(rm *)", { "rule": "Bash(id)" }]\n}\n`;
    const document = await openSettings('.vscode/settings.json', text);
    const [found] = await diagnostics(document, (all) => all.length === 1);
    assert.ok(found);
    assert.equal(document.getText(found.range), 'Bash');
    assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
    assert.match(found.message, /did you mean “shell”.*nothing is allowed automatically/);
    await replaceAll(document, text.replace('Bash', 'shell'));
    await diagnostics(document, (all) => all.length === 0);
  });

  it('show samples that fail, in a .code-workspace too', async () => {
    const rule = { rule: 'shell(git log *)', match: ['git log -3', 'git push'] };
    const text = JSON.stringify({ folders: [], settings: { [DENY]: [rule] } }, null, 2);
    const document = await openSettings('x.code-workspace', text);
    const [found] = await diagnostics(document, (all) => all.length === 1);
    assert.equal(document.getText(found?.range), '"git push"');
    await replaceAll(document, '{}');
    await diagnostics(document, (all) => all.length === 0);
  });

  it('a rule is opened where it stands', async () => {
    const text = `{\n  "${DENY}": ["shell(a)", "shell(b)"]\n}\n`;
    await openSettings('.vscode/settings.json', text);
    const desk = await (await extensionServices()).desk();
    await openRule(desk, { key: DENY, text: 'shell(b)', layer: 'workspace' });
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.getText(editor.selection), '"shell(b)"');
    const gone = { key: DENY, text: 'shell(c)', layer: 'workspace' } as const;
    await assert.rejects(openRule(desk, gone), /no settings file/);
  });

  it('a call is tested on the files and the rules of this window', async () => {
    const services = await extensionServices();
    const desk = await services.desk();
    const policy = { settings: services.settings.read(), mode: 'default' } as const;
    const answer = await desk.test('edit .git/config', policy);
    assert.equal(answer.verdict, 'deny');
    assert.match(answer.report, /never written/);
  });
});

// Settings as VS Code has them: what a workspace may say and what it may not.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import * as vscode from 'vscode';
import { extensionServices, inWorkspace } from './support.ts';

const approval = (): vscode.WorkspaceConfiguration =>
  vscode.workspace.getConfiguration('countersign.approval');
const inThisWorkspace = vscode.ConfigurationTarget.Workspace;

describe('settings', () => {
  afterEach(async () => {
    await approval().update('mode', undefined, inThisWorkspace);
    await approval().update('deny', undefined, inThisWorkspace);
  });
  after(() => rm(inWorkspace('.vscode'), { recursive: true, force: true }));

  async function mode(): Promise<string> {
    const services = await extensionServices();
    return (await services.engine()).settings().values['countersign.approval.mode'];
  }

  it('a workspace may make the mode stricter', async () => {
    await approval().update('mode', 'plan', inThisWorkspace);
    assert.equal(await mode(), 'plan');
  });

  it('a workspace may not make it wider', async () => {
    await approval().update('mode', 'acceptEdits', inThisWorkspace);
    assert.equal(await mode(), 'default');
  });

  it('a workspace cannot set who answers: the setting is the application’s (I14)', async () => {
    const model = vscode.workspace.getConfiguration('countersign.model');
    await assert.rejects(async () => model.update('id', 'evil', inThisWorkspace));
  });

  it('a rule that does not parse is named with its place, and a change is told', async () => {
    const services = await extensionServices();
    const { settings } = services;
    const opened = await services.engine();
    const told = new Promise<void>((resolve) => {
      const watcher = settings.onChange(() => {
        watcher.dispose();
        resolve();
      });
    });
    await approval().update('deny', ['shell('], inThisWorkspace);
    await told;
    assert.match(
      opened.problems().join('\n'),
      /countersign\.approval\.deny\[0\].*workspace settings/,
    );
    await approval().update('deny', undefined, inThisWorkspace);
    assert.deepEqual(opened.problems(), []);
  });
});

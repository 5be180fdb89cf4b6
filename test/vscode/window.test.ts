// What the window does around the engine: when it is opened unasked, and what Stop stops.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS } from '../../src/vscode/ids.ts';
import { openWhereUsed } from '../../src/vscode/warmUp.ts';
import { extensionServices } from './support.ts';
import { removeScript, waiting } from './waiting.ts';

describe('the window', () => {
  after(removeScript);

  it('opens the engine by itself only where there is state', async () => {
    const window = await extensionServices();
    const stateFile = path.join(tmpdir(), `countersign-warm-up-${process.pid}.db`);
    let opened = 0;
    const services = {
      stateFile,
      engine: () => {
        opened += 1;
        return window.engine();
      },
    };
    await openWhereUsed(services);
    assert.equal(opened, 0);
    await writeFile(stateFile, '');
    await openWhereUsed(services);
    assert.equal(opened, 1);
    await rm(stateFile);
  });

  it('names the state file that the engine opens', async () => {
    const services = await extensionServices();
    await services.engine();
    const { type } = await vscode.workspace.fs.stat(vscode.Uri.file(services.stateFile));
    assert.equal(type, vscode.FileType.File);
  });

  it('Stop ends a turn whose approval expired', async () => {
    const services = await extensionServices();
    const approval = vscode.workspace.getConfiguration('countersign.approval');
    await approval.update('expiresAfter', 1000, vscode.ConfigurationTarget.Global);
    const opened = await services.engine();
    const call = { id: 'x', name: 'run_command', args: { command: 'echo expired' } };
    const { id, threadId, turnId, expiresAt } = await waiting(opened, call);
    await approval.update('expiresAfter', undefined, vscode.ConfigurationTarget.Global);
    assert.ok(expiresAt !== null);
    assert.deepEqual(await opened.store.expireActions(expiresAt + 1), [id]);
    assert.equal((await opened.store.getTurn(turnId))?.status, 'expired');
    services.session.update({ threadId });
    await vscode.commands.executeCommand(COMMANDS.stop);
    assert.equal((await opened.store.getTurn(turnId))?.status, 'cancelled');
  });
});

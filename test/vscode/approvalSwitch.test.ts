// Approvals switched off and mode bypass, in the real settings of VS Code: whose they are, what they do, and that bypass ends.
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import * as vscode from 'vscode';
import { extensionServices, inWorkspace } from './support.ts';
import { removeScript, turnOf, waiting } from './waiting.ts';
import type { OpenedEngine } from '../../src/core/services.ts';
import type { Services } from '../../src/vscode/services.ts';

const { Global, Workspace } = vscode.ConfigurationTarget;
const KEYS = ['enabled', 'mode', 'bypassUntil'] as const;
const write = { id: 'w', name: 'write_file', args: { path: 'unasked.txt', content: 'ran\n' } };
const question = { id: 'q', name: 'ask_user', args: { question: 'Which?' } };
/** Long enough for a slow machine to see it begin. */
const BYPASS_MS = 5000;

const approval = (): vscode.WorkspaceConfiguration =>
  vscode.workspace.getConfiguration('countersign.approval');

describe('questions switched off', () => {
  let services: Services;
  let opened: OpenedEngine;

  before(async () => {
    services = await extensionServices();
    opened = await services.engine();
  });
  afterEach(async () => {
    for (const key of KEYS) await approval().update(key, undefined, Global);
    await rm(inWorkspace('unasked.txt'), { force: true });
  });
  after(removeScript);

  const mode = (): string => opened.settings().values['countersign.approval.mode'];

  it('a workspace can neither switch approvals off nor prolong bypass (H2)', async () => {
    await assert.rejects(async () => approval().update('enabled', false, Workspace));
    await assert.rejects(async () =>
      approval().update('bypassUntil', '2099-01-01T00:00:00Z', Workspace),
    );
  });

  it('switched off: what would ask runs and says why, a question waits, a notice stands (H2)', async () => {
    await approval().update('enabled', false, Global);
    assert.match(opened.problems().join('\n'), /^Approvals are switched off/m);
    const { end, turnId } = await turnOf(opened, write);
    assert.equal(end.kind, 'ended');
    assert.equal(await readFile(inWorkspace('unasked.txt'), 'utf8'), 'ran\n');
    const row = await opened.store.getCall(turnId, 'w');
    assert.match(row?.verdict?.reason ?? '', /^approvals are switched off: /);
    const asked = await waiting(opened, question);
    assert.equal(asked.kind, 'ask_user');
    await opened.engine.stop(asked.turnId);
    await approval().update('enabled', undefined, Global);
    assert.deepEqual(opened.problems(), []);
  });

  it('switched off while a call waits: it waits until it is decided (H2, HB14)', async () => {
    const action = await waiting(opened, write);
    await approval().update('enabled', false, Global);
    await opened.engine.recover({ drive: true });
    await opened.engine.idle();
    assert.equal((await opened.store.getAction(action.id))?.state, 'open');
    await assert.rejects(readFile(inWorkspace('unasked.txt')));
    await opened.engine.stop(action.turnId);
  });

  it('bypass counts until its end, which every window is told of, and not without one (H2)', async () => {
    await approval().update('mode', 'bypass', Global);
    assert.equal(mode(), 'default');
    assert.match(opened.problems().join('\n'), /Mode bypass does not count/);
    let begun = false;
    const ended = new Promise<void>((resolve) => {
      const watcher = services.session.onChange((state) => {
        if (state.mode === 'bypass') begun = true;
        if (!begun || state.mode === 'bypass') return;
        watcher.dispose();
        resolve();
      });
    });
    const until = new Date(Date.now() + BYPASS_MS).toISOString();
    await approval().update('bypassUntil', until, Global);
    assert.equal(mode(), 'bypass');
    await ended;
    assert.equal(services.session.state.mode, 'default');
    assert.ok(Date.now() >= Date.parse(until));
    assert.match(opened.problems().join('\n'), /Mode bypass does not count.*it ended at/);
    const { end } = await turnOf(opened, write, 'bypass');
    assert.equal(end.kind, 'paused');
    if (end.kind === 'paused') await opened.engine.stop(end.action.turnId);
  });
});

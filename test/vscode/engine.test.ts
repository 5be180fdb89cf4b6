// The engine in the real extension host, with SQLite: a turn from message to approval, without a webview.
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import * as vscode from 'vscode';
import { extensionServices, follows, inWorkspace, openFile, type } from './support.ts';
import { removeScript, waiting as waitingIn } from './waiting.ts';
import type { Decisions } from '../../src/protocol/calls.ts';
import type { ActionRow } from '../../src/core/ports/store.ts';
import type { OpenedEngine } from '../../src/core/services.ts';

const host = { decidedBy: 'in-host test', confirm: async () => true };

describe('the engine in the extension host', () => {
  let opened: OpenedEngine;

  before(async () => {
    opened = await (await extensionServices()).engine();
  });
  after(removeScript);

  const waiting = (...toolCalls: object[]): Promise<ActionRow> => waitingIn(opened, ...toolCalls);

  async function decide(action: ActionRow, decisions: Decisions): Promise<void> {
    const { id: actionId, proposalHash } = action;
    assert.equal(await opened.decide(host, { actionId, proposalHash, decisions }), null);
    await opened.engine.idle();
  }

  it('writes an approved file, and not before', async () => {
    const file = inWorkspace('in-host.txt');
    const action = await waiting({
      id: 'w1',
      name: 'write_file',
      args: { path: 'in-host.txt', content: 'approved\n' },
    });
    await assert.rejects(readFile(file, 'utf8'));
    await decide(action, { w1: { type: 'approve' } });
    assert.equal(await readFile(file, 'utf8'), 'approved\n');
    const turn = await opened.store.getTurn(action.turnId);
    assert.equal(turn?.status, 'finished');
    await rm(file);
  });

  it('an open document follows its file, and the change can be undone', async () => {
    const { file, document, dispose } = await openFile('open.txt', 'first\nsecond\n');
    const args = { path: 'open.txt', old_string: 'second', new_string: 'zweite' };
    const action = await waiting({ id: 'e1', name: 'edit_file', args });
    await decide(action, { e1: { type: 'approve' } });
    assert.equal(await readFile(file, 'utf8'), 'first\nzweite\n');
    await follows(document, 'first\nzweite\n');
    assert.equal(document.isDirty, false);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), 'first\nsecond\n');
    await dispose();
  });

  describe('with save actions that trim spaces and add a last line end', () => {
    const settings = ['trimTrailingWhitespace', 'insertFinalNewline'];
    const saveActions = async (on: true | undefined): Promise<void> => {
      const files = vscode.workspace.getConfiguration('files');
      for (const name of settings) {
        await files.update(name, on, vscode.ConfigurationTarget.Workspace);
      }
    };
    before(() => saveActions(true));
    after(() => saveActions(undefined));

    for (const [state, typed] of [
      ['saved', ''],
      ['unsaved', 'typed '],
    ] as const) {
      it(`writes what was approved into a document with ${state} text`, async () => {
        const name = `${state}.txt`;
        const { file, document, dispose } = await openFile(name, 'old\n');
        if (typed) await type(document, typed);
        const approved = 'a   \nb';
        const args = { path: name, content: approved };
        const action = await waiting({ id: 't1', name: 'write_file', args });
        await decide(action, { t1: { type: 'approve' } });
        const call = await opened.store.getCall(action.turnId, 't1');
        assert.match(call?.result ?? '', /^Edited/);
        assert.equal(await readFile(file, 'utf8'), approved);
        await follows(document, approved);
        assert.equal(document.isDirty, false);
        await dispose();
      });
    }
  });

  it('a second decision of the same action is refused', async () => {
    const action = await waiting({ id: 'r1', name: 'run_command', args: { command: 'echo once' } });
    await decide(action, { r1: { type: 'reject', reason: 'no' } });
    const again = {
      actionId: action.id,
      proposalHash: action.proposalHash,
      decisions: { r1: { type: 'approve' as const } },
    };
    const refusal = await opened.decide(host, again);
    assert.ok(refusal, 'it was decided twice');
  });
});

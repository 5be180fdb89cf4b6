// Diff editors of proposals: what their title bar decides is what they show, and only what they show.
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { COMMANDS } from '../../src/vscode/ids.ts';
import { createPanelHost } from '../../src/vscode/panelHost.ts';
import { extensionServices, follows, inWorkspace, type } from './support.ts';
import { removeScript, waiting } from './waiting.ts';
import type { DraftRow } from '../../src/core/ports/draftStore.ts';
import type { ActionRow } from '../../src/core/ports/store.ts';
import type { Services } from '../../src/vscode/services.ts';

describe('diff editors', () => {
  let services: Services;

  before(async () => {
    services = await extensionServices();
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  after(removeScript);

  let opened = 0;
  async function open(after: string): Promise<vscode.TextDocument> {
    const actionId = `a-diff-${(opened += 1)}`;
    const request = {
      actionId,
      callId: 'c',
      path: 'a.txt',
      before: 'old',
      hunks: [],
      decidable: true,
    };
    await services.diffs.open({ ...request, proposalHash: 'p', after, draft: null });
    return shown(actionId);
  }

  /** The right side, once it is the active editor: VS Code says so some time after it has opened it. */
  async function shown(actionId: string): Promise<vscode.TextDocument> {
    return new Promise((resolve) => {
      const look = (): void => {
        const document = vscode.window.activeTextEditor?.document;
        // The left side may be the active one for a moment.
        if (document?.uri.scheme !== 'countersign-proposal') return;
        if (!document.uri.query.includes(actionId)) return;
        watcher.dispose();
        resolve(document);
      };
      const watcher = vscode.window.onDidChangeActiveTextEditor(look);
      look();
    });
  }

  const texts = [
    'one\r\n2\nthree\n',
    'a\r\nb\r\nc\n',
    'a\r\nb\n',
    'a\rb\nc',
    'a\rb\rc\n',
    'a\r\nb\r\n',
    'no end',
    '',
  ];
  for (const text of texts) {
    it(`${JSON.stringify(text)}: untouched until something is typed, and again when undone`, async () => {
      const drafts: (string | null)[] = [];
      const watcher = services.diffs.onDraft(({ content }) => drafts.push(content));
      const document = await open(text);
      assert.equal(services.diffs.active()?.content, text);
      assert.deepEqual(drafts, []);
      await type(document, 'typed ');
      const changed = document.getText();
      assert.ok(changed.startsWith('typed '));
      assert.equal(services.diffs.active()?.content, changed);
      await vscode.commands.executeCommand('undo');
      assert.deepEqual(drafts, [changed, null]);
      watcher.dispose();
      await document.save();
    });
  }

  it('shows UTF-8, whatever files are encoded in', async () => {
    const files = vscode.workspace.getConfiguration('files');
    await files.update('encoding', 'windows1252', vscode.ConfigurationTarget.Workspace);
    await open('größe 🗝\n');
    assert.equal(services.diffs.active()?.content, 'größe 🗝\n');
    await files.update('encoding', undefined, vscode.ConfigurationTarget.Workspace);
  });

  async function proposed(name: string): Promise<{ file: string; action: ActionRow }> {
    const file = inWorkspace(name);
    await writeFile(file, 'one\r\ntwo\nthree\n');
    const args = { path: name, old_string: 'two', new_string: '2' };
    const engine = await services.engine();
    const action = await waiting(engine, { id: 'e', name: 'edit_file', args });
    await createPanelHost(services).openDiff(action, 'e');
    return { file, action };
  }

  async function decisionOf(action: ActionRow): Promise<unknown> {
    const { engine, store } = await services.engine();
    await engine.idle();
    return (await store.getAction(action.id))?.decisions?.['e'];
  }

  it('Approve of an untouched proposal approves it, mixed line ends and all', async () => {
    const { file, action } = await proposed('mixed.txt');
    await vscode.commands.executeCommand(COMMANDS.diffApprove);
    assert.deepEqual(await decisionOf(action), { type: 'approve' });
    assert.equal(await readFile(file, 'utf8'), 'one\r\n2\nthree\n');
    await rm(file);
  });

  it('what is typed is kept as a draft of its call, and goes when it is undone', async () => {
    const { file, action } = await proposed('kept.txt');
    const { store } = await services.engine();
    const document = await shown(action.id);
    let stored = nextDraft();
    await type(document, 'typed ');
    assert.equal((await stored).content, document.getText());
    const [row] = await store.draftsOfAction(action.id);
    assert.deepEqual([row?.callId, row?.content], ['e', document.getText()]);
    assert.equal(await readFile(file, 'utf8'), 'one\r\ntwo\nthree\n');
    stored = nextDraft();
    await vscode.commands.executeCommand('undo');
    assert.equal((await stored).content, null);
    assert.deepEqual(await store.draftsOfAction(action.id), []);
    await document.save();
    await rm(file);
  });

  async function nextDraft(): Promise<DraftRow> {
    const { engine } = await services.engine();
    return new Promise((resolve) => {
      const watching = engine.onEvent((event) => {
        if (event.type !== 'draft') return;
        watching.dispose();
        resolve(event.draft);
      });
    });
  }

  it('a draft of another window is there when the editor opens, and reaches the open editor', async () => {
    const { file, action } = await proposed('elsewhere.txt');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const { engine } = await services.engine();
    const { proposalHash } = action;
    const draft = (content: string): Promise<boolean> =>
      engine.saveDraft({ actionId: action.id, callId: 'e', proposalHash, content });
    assert.equal(await draft('theirs\n'), true);
    await createPanelHost(services).openDiff(action, 'e');
    const document = await shown(action.id);
    assert.equal(document.getText(), 'theirs\n');
    assert.equal(await draft('theirs, later\n'), true);
    await follows(document, 'theirs, later\n');
    await type(document, 'mine and ');
    await nextDraft();
    assert.equal(await draft('theirs at last\n'), true);
    await follows(document, 'theirs at last\n');
    await vscode.commands.executeCommand(COMMANDS.diffApprove);
    assert.deepEqual(await decisionOf(action), { type: 'edit', content: 'theirs at last\n' });
    assert.equal(await readFile(file, 'utf8'), 'theirs at last\n');
    await rm(file);
  });

  it('Reject rejects what was shown before the question, whatever is active after it', async () => {
    const other = await proposed('other.txt');
    const { file, action } = await proposed('rejected.txt');
    const { showInputBox } = vscode.window;
    const answer = async (): Promise<string> => {
      await createPanelHost(services).openDiff(other.action, 'e');
      return 'wrong';
    };
    Object.defineProperty(vscode.window, 'showInputBox', { value: answer, configurable: true });
    try {
      await vscode.commands.executeCommand(COMMANDS.diffReject);
    } finally {
      Object.defineProperty(vscode.window, 'showInputBox', { value: showInputBox });
    }
    assert.deepEqual(await decisionOf(action), { type: 'reject', reason: 'wrong' });
    assert.equal(await decisionOf(other.action), undefined);
    await rm(file);
    await rm(other.file);
  });
});

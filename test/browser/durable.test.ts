// A paused turn survives a killed extension host, a reload and a restart of everything, and runs once when approved.
import assert from 'node:assert/strict';
import { DiffEditor } from './support/diffEditor.ts';
import { sampleTree } from './support/folder.ts';
import { call } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

describe('durable', () => {
  let session: Session;

  before(async () => {
    session = await startSession();
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  /** A turn that waits with an edit and a command that leaves a line each time it runs. */
  async function paused(thread: string): Promise<string> {
    const { chat, script } = session;
    script.says(
      {
        toolCalls: [
          call('w1', 'write_file', { path: 'notes.md', content: 'kept\n' }),
          call('r1', 'run_command', { command: "printf 'ran\\n' >> runs.txt" }),
        ],
      },
      { text: 'Done: {{results}}' },
    );
    await session.fresh();
    await chat.send(thread);
    await chat.armed('r1');
    return chat.actionId();
  }

  async function approveInChat(): Promise<void> {
    const { chat } = session;
    await chat.decide('w1', 'approve');
    await chat.decide('r1', 'approve');
    await chat.submit();
    await chat.turn('finished');
  }

  function assertDoneOnce(): void {
    const expected = { ...sampleTree(), 'notes.md': 'kept\n', 'runs.txt': 'ran\n' };
    assert.deepEqual(session.folder.tree(), expected);
  }

  it('the extension host is killed: the window brings the same card back, in the chat and in the quick pick (H91)', async () => {
    const { bench, chat } = session;
    const actionId = await paused('Survive a kill');
    await session.killExtensionHost();
    await bench.runCommand('Countersign: Resume Paused Thread…');
    const row = bench.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: 'Survive a kill' });
    await row.waitFor();
    const said = await row.innerText();
    assert.match(said, /waiting \d+ (s|min)/);
    assert.match(said, /Create notes\.md · Run printf/);
    await row.click();
    await chat.armed('w1');
    assert.equal(await chat.actionId(), actionId);
    assert.deepEqual(session.folder.tree(), sampleTree(), 'something ran without a decision');
    await approveInChat();
    assertDoneOnce();
  });

  it('the extension host is killed and the window reloaded: the same card is there without asking for it', async () => {
    const { bench, chat } = session;
    const actionId = await paused('Survive a reload');
    await session.killExtensionHost();
    await bench.reload();
    await chat.armed('w1');
    assert.equal(await chat.actionId(), actionId);
    await approveInChat();
    assertDoneOnce();
  });

  it('a diff editor that was open is filled again after a reload, and can still decide', async () => {
    const { bench, chat, folder, script } = session;
    script.says(
      { toolCalls: [call('w1', 'write_file', { path: 'notes.md', content: 'agent\n' })] },
      { text: 'Done' },
    );
    await session.fresh();
    await chat.send('Keep my editor');
    await chat.press('w1', 'open-diff');
    const diff = new DiffEditor(bench.page);
    await diff.right.getByText('agent').waitFor();
    const loaded = bench.page.waitForEvent('load');
    await bench.runCommand('Developer: Reload Window');
    await loaded;
    await diff.right.getByText('agent').waitFor();
    await diff.typeAtEnd('mine');
    await diff.action('Approve').click();
    await chat.turn('finished');
    assert.deepEqual(folder.tree(), { ...sampleTree(), 'notes.md': 'agent\nmine' });
  });

  it('what was open for a decided action is closed when the window comes back', async () => {
    const { bench, chat, panel, script } = session;
    script.says(
      { toolCalls: [call('w1', 'write_file', { path: 'notes.md', content: 'agent\n' })] },
      { text: 'Done' },
    );
    await session.fresh();
    await chat.send('Left open');
    await chat.armed('w1');
    await bench.runCommand('Countersign: Show Pending Approvals');
    await bench.quickPick.choose('Left open');
    await panel.armed('w1');
    await panel.press('w1', 'open-diff');
    const diff = new DiffEditor(bench.page);
    await diff.right.getByText('agent').waitFor();
    const loaded = bench.page.waitForEvent('load');
    await bench.runCommand('Developer: Reload Window'); // the window remembers both
    await loaded;
    await diff.right.getByText('agent').waitFor();
    await chat.decide('w1', 'approve');
    await chat.turn('finished');
    await bench.reload(); // as after a crash: what it remembers is older than the decision
    await chat.turn('finished');
    await bench.page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
  });

  it('everything is stopped and started: decided in the approval panel, the card in the chat goes away (HW7)', async () => {
    const actionId = await paused('Survive the night');
    await session.tomorrow();
    const { bench, chat, panel, folder } = session;
    await bench.page.locator('.statusbar-item').filter({ hasText: '2 waiting' }).click();
    await bench.quickPick.choose('Survive the night');
    await panel.armed('r1');
    assert.equal(await panel.actionId(), actionId);
    await bench.runCommand('View: Show Countersign');
    await chat.card('r1').waitFor();
    assert.equal(await chat.actionId(), actionId);
    assert.deepEqual(folder.tree(), sampleTree());
    await panel.decide('w1', 'approve');
    await panel.decide('r1', 'approve');
    await panel.submit();
    await chat.turn('finished');
    assertDoneOnce();
    assert.equal(await chat.card().count(), 0);
    await bench.page
      .locator('.statusbar-item')
      .filter({ hasText: 'waiting' })
      .waitFor({ state: 'detached' });
    await panel.card().first().waitFor({ state: 'detached' });
    await bench.reload();
    await chat.turn('finished');
    assertDoneOnce();
  });
});

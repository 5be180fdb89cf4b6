// What dies or runs out in the middle: the model's reply, a command, an approval. Nothing is lost or shown twice, nothing runs
// twice, and the human is told and asked.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import {
  completionEvents,
  startOpenAIServer,
  type FakeOpenAIServer,
} from '../fakes/openaiServer.ts';
import { sampleTree } from './support/folder.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';
import { Surface } from './support/surface.ts';
import { until } from './support/until.ts';

const SAID = 'A rather long answer that comes in pieces.';
const HALF = 'A rather long';

describe('in the middle', () => {
  let server: FakeOpenAIServer;
  let session: Session;

  before(async () => {
    server = await startOpenAIServer();
    const model = {
      'countersign.model.provider': 'openai',
      'countersign.model.id': 'fake',
      'countersign.model.baseUrl': server.baseUrl,
      'countersign.thread.titles': 'firstLine',
    };
    session = await startSession({ host: { settings: model } });
    await session.bench.runCommand('View: Show Countersign');
  });
  after(async () => {
    await session.stop();
    await server.dispose();
  });
  pictureOnFailure(() => session);

  /** The reply in two halves: the second comes when `release` is called. */
  function enqueueHalves(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    const events = completionEvents({ text: SAID });
    const cut = Math.ceil(HALF.length / 3) + 1;
    const writes = [...events.slice(0, cut), promise, ...events.slice(cut)];
    server.enqueue({ kind: 'raw', writes, then: 'end' });
    return resolve;
  }

  async function streaming(chat: Surface = session.chat): Promise<void> {
    const item = chat.frame.locator('[data-testid=item-assistant][data-state=streaming]');
    await item.getByText(HALF).waitFor();
  }

  async function saidOnce(chat: Surface = session.chat): Promise<void> {
    await chat.turn('finished');
    await chat.testId('item-assistant').getByText(SAID).waitFor();
    assert.deepEqual(await chat.testId('item-assistant').allInnerTexts(), [SAID]);
  }

  it('of a reply the chat is hidden: shown again, it holds all of it, once (H50, H70)', async () => {
    const { bench, chat } = session;
    const release = enqueueHalves();
    await session.fresh();
    await chat.send('Talk while I look elsewhere');
    await streaming();
    const webview = bench.page.locator('iframe.webview');
    await bench.runCommand('View: Show Explorer');
    await webview.waitFor({ state: 'detached' });
    await bench.runCommand('View: Show Countersign');
    // The only webview there is; VS Code does not say what for when it makes it anew.
    const again = new Surface(bench.page, 'iframe.webview');
    await streaming(again);
    await bench.runCommand('View: Show Explorer');
    await webview.waitFor({ state: 'detached' });
    release();
    await bench.runCommand('View: Show Countersign');
    await saidOnce(again);
    await bench.reload();
    await saidOnce();
  });

  it('of a reply the window is reloaded: what was said is there, and it is said again when the human continues', async () => {
    const { bench, chat } = session;
    enqueueHalves();
    await session.fresh();
    await chat.send('Talk while I reload');
    await streaming();
    await session.killExtensionHost();
    await bench.reload();
    await chat.testId('continue').waitFor();
    const said = chat.testId('item-assistant');
    assert.equal(await said.count(), 1);
    assert.match(await said.innerText(), new RegExp(`^${HALF}`));
    await bench.screenshot('recovery-reload-while-streaming');
    server.enqueue({ kind: 'completion', text: SAID });
    await chat.testId('continue').click();
    await saidOnce();
    await bench.reload();
    await saidOnce();
  });

  it('of a command the extension host is killed: it dies, and the human says what became of it (H40, HB4)', async () => {
    const { bench, chat, folder } = session;
    const command = "echo $$ > pid.txt; printf 'ran\\n' >> runs.txt; sleep 600";
    const toolCalls = [{ id: 'r1', name: 'run_command', args: { command } }];
    server.enqueue({ kind: 'completion', toolCalls });
    await session.fresh();
    await chat.send('Run it');
    await chat.decide('r1', 'approve');
    await until('the command', () => existsSync(folder.at('runs.txt')));
    const pid = Number(readFileSync(folder.at('pid.txt'), 'utf8'));
    await session.killExtensionHost();
    await until('the end of the command', () => !existsSync(`/proc/${pid}`));
    await chat.armed('r1');
    const card = chat.card('r1');
    for (const name of ['mark-done', 'run-again', 'skip', 'respond']) {
      await card.getByTestId(name).waitFor();
    }
    await bench.screenshot('recovery-outcome-unknown');
    server.enqueue({ kind: 'completion', text: 'I see.' });
    await chat.press('r1', 'skip');
    await chat.turn('finished');
    assert.equal(folder.tree()['runs.txt'], 'ran\n', 'it did not run again');
    const result = server.requests.at(-1)?.body.messages.at(-1);
    assert.equal(result?.role, 'tool');
    assert.match(result.content ?? '', /unknown/);
  });

  /** Minutes; counts after a reload. */
  async function expireAfter(minutes: number): Promise<void> {
    session.host.setSettings({ 'countersign.approval.expiresAfter': minutes });
    await session.bench.reload();
    await session.bench.runCommand('View: Show Countersign');
    await session.chat.testId('chat').waitFor();
  }

  it('of waiting the time runs out: nothing runs, and it can be asked again (H31, H67)', async () => {
    const { bench, chat, folder } = session;
    await expireAfter(0.05);
    const args = { path: 'notes.md', content: 'agent\n' };
    server.enqueue({ kind: 'completion', toolCalls: [{ id: 'w1', name: 'write_file', args }] });
    await session.fresh();
    await chat.send('Write a note');
    await chat.card('w1').waitFor();
    await chat.testId('ask-again').waitFor();
    await chat.card('w1').waitFor({ state: 'detached' });
    assert.deepEqual(folder.tree(), sampleTree());
    await bench.screenshot('recovery-expired');
    await expireAfter(0);
    await chat.testId('ask-again').click();
    server.enqueue({ kind: 'completion', text: 'Written.' });
    await chat.decide('w1', 'approve');
    await chat.turn('finished');
    assert.deepEqual(folder.tree(), { ...sampleTree(), 'notes.md': 'agent\n' });
  });
});

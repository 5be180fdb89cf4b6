// A model at an OpenAI-compatible endpoint, chosen and keyed as a user does it: streaming, stop, errors, the key's secrecy.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  completionEvents,
  startOpenAIServer,
  type FakeOpenAIServer,
} from '../fakes/openaiServer.ts';
import { sampleTree } from './support/folder.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

const KEY = 'sk-browser-test-c0ffee-4711';

describe('a model at an endpoint', () => {
  let server: FakeOpenAIServer;
  let session: Session;

  before(async () => {
    server = await startOpenAIServer();
    session = await startSession({
      host: { settings: { 'countersign.model.baseUrl': server.baseUrl } },
    });
    await session.bench.runCommand('View: Show Countersign');
  });
  after(async () => {
    await session.stop();
    await server.dispose();
  });
  pictureOnFailure(() => session);

  it('is selected in the quick pick and named in the chat', async () => {
    const { bench, chat } = session;
    await chat.testId('model').click();
    await bench.quickPick.choose('OpenAI-compatible endpoint');
    await bench.page.locator('.quick-input-widget').getByText('Model name at').waitFor();
    await bench.quickPick.enter('größtes-modell');
    await chat.testId('model').getByText('größtes-modell').waitFor();
  });

  it('that refuses the key says what to do; with the key it works', async () => {
    const { bench, chat } = session;
    server.enqueue({ kind: 'status', status: 401, body: '{"error":{"message":"bad key"}}' });
    await chat.send('Hello');
    await chat.turn('interrupted');
    await chat.frame.getByRole('button', { name: 'Try again' }).waitFor();
    const notice = chat.frame.locator('[data-testid=item-notice][data-code=model_auth]');
    assert.match(await notice.innerText(), /Set API Key/);
    await bench.runCommand('Countersign: Set API Key…');
    await bench.quickPick.enter(KEY);
    server.enqueue({
      kind: 'completion',
      text: 'Hallo, größe 日本語 🧾.',
      usage: { prompt_tokens: 1234, completion_tokens: 5 },
    });
    await chat.send('Hello again');
    await chat.turn('finished');
    await chat.testId('item-assistant').getByText('Hallo, größe 日本語 🧾.').waitFor();
    await chat.testId('context-meter').click();
    assert.match(await chat.testId('thread-usage').innerText(), /1\.2k in · 5 out/);
    assert.equal(server.requests.at(-1)?.headers['authorization'], `Bearer ${KEY}`);
  });

  it('streams: what has come is shown, and stop ends it and the request', async () => {
    const { chat } = session;
    const events = completionEvents({ text: 'Half of a long answer' }).slice(0, 5);
    server.enqueue({ kind: 'raw', writes: events, then: 'hang' });
    await session.fresh();
    await chat.send('Talk');
    const streaming = chat.frame.locator('[data-testid=item-assistant][data-state=streaming]');
    await streaming.getByText('Half of a').waitFor();
    const disconnected = server.nextDisconnect();
    await chat.testId('stop').click();
    await chat.turn('cancelled');
    await disconnected;
    await chat.testId('item-assistant').getByText('Half of a').waitFor();
    await streaming.waitFor({ state: 'detached' });
  });

  it('asks for calls in fragments after a 429; the approved one is done', async () => {
    const { chat, folder } = session;
    const args = { path: 'größe.md', content: '„日本語“ 🧾\n' };
    server.enqueue(
      {
        kind: 'status',
        status: 429,
        headers: { 'retry-after': '0' },
        body: '{"error":{"message":"slow down"}}',
      },
      { kind: 'completion', toolCalls: [{ id: 'call_1', name: 'write_file', args }], fragment: 2 },
      { kind: 'completion', text: 'Written.' },
    );
    await session.fresh();
    await chat.send('Write it');
    await chat.decide('call_1', 'approve');
    await chat.turn('finished');
    assert.deepEqual(folder.tree(), { ...sampleTree(), [args.path]: args.content });
  });

  it('the key is in no file of VS Code, nor in the page of the chat (HA2)', async () => {
    const { host, chat } = session;
    // Not extensions/, which is a link to the sources.
    const files = ['user', 'server'].flatMap((name) =>
      readdirSync(path.join(host.data, name), { recursive: true, withFileTypes: true }),
    );
    assert.ok(files.some(({ name }) => name === 'state.db'));
    const found = files
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).includes(KEY));
    assert.deepEqual(found, []);
    assert.equal((await chat.frame.locator('body').innerHTML()).includes(KEY), false);
  });
});

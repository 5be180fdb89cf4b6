// A thread's title over the wire: one request of its own after the turn's, and nothing left open when the window closes.
import assert from 'node:assert/strict';
import { optionsOf, useOpenAI } from './openaiHarness.ts';
import { useBench } from '../../core/agent/support.ts';
import { event } from '../../../fakes/openaiServer.ts';
import { Engine } from '../../../../src/core/threads/engine.ts';
import { createOpenAIProvider } from '../../../../src/node/models/openai.ts';

describe('a title from an OpenAI-compatible endpoint', () => {
  const harness = useOpenAI();
  const bench = useBench();
  let engine: Engine;

  beforeEach(() => {
    const providers = new Map([['openai', createOpenAIProvider(optionsOf(harness))]]);
    engine = new Engine({ ...bench().deps, providers, titles: () => 'model' });
  });
  afterEach(() => engine.dispose());

  async function turn(): Promise<string> {
    const { id: threadId } = await engine.createThread();
    const model = { provider: 'openai', id: 'gpt-test' };
    const start = { threadId, text: 'Fix the sum', model, mode: 'default' } as const;
    await (
      await engine.startTurn(start)
    ).done;
    return threadId;
  }

  const titled = (): Promise<string> =>
    new Promise((resolve) => {
      engine.onEvent((told) => {
        if (told.type === 'thread' && told.thread.title !== null) resolve(told.thread.title);
      });
    });

  it('is one short request without tools, and no parameter that some servers refuse', async () => {
    harness.server.enqueue({ kind: 'completion', text: 'It is fixed.' });
    harness.server.enqueue({ kind: 'completion', text: '“Invoice rounding.”\n' });
    const title = titled();
    await turn();
    assert.equal(await title, 'Invoice rounding');
    const [first, second, ...more] = harness.server.requests;
    assert.deepEqual(more, []);
    assert.ok((first?.body.tools ?? []).length > 0);
    const { messages, ...body } = second?.body ?? {};
    assert.deepEqual(body, {
      model: 'gpt-test',
      stream: true,
      stream_options: { include_usage: true },
    });
    assert.deepEqual(
      messages?.map(({ role }) => role),
      ['system', 'user'],
    );
    assert.match(String(messages?.[1]?.content), /User: Fix the sum\n\nAgent: It is fixed\./);
  });

  it('is not waited for by a window that closes', async () => {
    harness.server.enqueue({ kind: 'completion', text: 'It is fixed.' });
    const begun = event({ choices: [{ index: 0, delta: { content: 'Half a' } }] });
    harness.server.enqueue({ kind: 'raw', writes: [begun], then: 'hang' });
    const threadId = await turn();
    while (harness.server.requests.length < 2) await new Promise((next) => setImmediate(next));
    engine.dispose();
    assert.equal((await bench().deps.store.getThread(threadId))?.title, null);
  });
});

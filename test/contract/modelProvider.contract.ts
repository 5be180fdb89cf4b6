// What every ModelProvider must do, whatever is behind it. A subject says how to make the provider reply in a given way.
import assert from 'node:assert/strict';
import { callsOf, collectChunks, modelRequest, textOf } from '../fakes/modelRequests.ts';
import { isAbort } from '../../src/core/base/errors.ts';
import type { Message } from '../../src/core/agent/message.ts';
import type { ModelChunk, ModelProvider, ModelRef } from '../../src/core/ports/model.ts';

export interface PlannedReply {
  text?: string;
  toolCalls?: readonly { id: string; name: string; args: Record<string, unknown> }[];
}

export interface ProviderSubject {
  provider: ModelProvider;
  model: ModelRef;
  /** Makes the model's next reply be this one. */
  plan(reply: PlannedReply): void;
  dispose(): Promise<void>;
}

const unicode = 'Größe “¼” → 日本語 👩‍👩‍👧‍👦 \u202e\u0000\u2028 "\\n"';

export function modelProviderContract(
  name: string,
  createSubject: () => Promise<ProviderSubject>,
): void {
  describe(`model provider: ${name}`, () => {
    let subject: ProviderSubject;
    beforeEach(async () => {
      subject = await createSubject();
    });
    afterEach(async () => subject.dispose());

    const reply = async (messages?: readonly Message[]): Promise<ModelChunk[]> => {
      const { provider, model } = subject;
      return collectChunks(provider.stream(modelRequest({ model, ...(messages && { messages }) })));
    };

    it('streams text in several pieces, then ends with stop', async () => {
      subject.plan({ text: 'A sentence that is long enough for several pieces.' });
      const chunks = await reply();
      assert.equal(textOf(chunks), 'A sentence that is long enough for several pieces.');
      assert.ok(chunks.filter(({ type }) => type === 'text').length > 1);
      assert.deepEqual(chunks.at(-1), { type: 'end', reason: 'stop' });
    });

    it('streams tool calls with ids, names and arguments, in order, after the text', async () => {
      const toolCalls = [
        { id: 'c1', name: 'edit_file', args: { path: 'a.ts', old_string: 'a', new_string: 'b' } },
        { id: 'c2', name: 'run_command', args: { command: 'npm test' } },
        { id: 'c3', name: 'list_directory', args: {} },
      ];
      subject.plan({ text: 'Two changes.', toolCalls });
      const chunks = await reply();
      const calls = callsOf(chunks).map(({ id, name, args }) => ({
        id,
        name,
        args: JSON.parse(args) as unknown,
      }));
      assert.deepEqual(calls, toolCalls);
      assert.deepEqual(chunks.at(-1), { type: 'end', reason: 'tool_calls' });
      const firstCall = chunks.findIndex(({ type }) => type === 'toolCall');
      const lastText = chunks.findLastIndex(({ type }) => type === 'text');
      assert.ok(lastText < firstCall);
      const order = chunks.flatMap((chunk) => (chunk.type === 'toolCall' ? [chunk.index] : []));
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      );
    });

    it('keeps every character of text and arguments', async () => {
      const args = { path: 'ü/日本.txt', content: unicode.repeat(5) };
      subject.plan({ text: unicode, toolCalls: [{ id: 'c1', name: 'write_file', args }] });
      const chunks = await reply();
      assert.equal(textOf(chunks), unicode);
      assert.deepEqual(JSON.parse(callsOf(chunks)[0]?.args ?? ''), args);
    });

    it('ends exactly once, last, also when the reply is empty', async () => {
      for (const planned of [{ text: '' }, { text: 'x' }]) {
        subject.plan(planned);
        const types = (await reply()).map(({ type }) => type);
        assert.equal(types.indexOf('end'), types.length - 1);
      }
    });

    it('replies to a conversation with calls and results', async () => {
      subject.plan({ text: 'done' });
      const chunks = await reply([
        { role: 'user', id: 'm1', text: 'go' },
        {
          role: 'assistant',
          id: 'm2',
          text: '',
          toolCalls: [
            { id: 'c1', name: 'run_command', argsText: '{"command":"ls"}' },
            { id: 'c2', name: 'not a tool', argsText: '{"half' },
          ],
        },
        { role: 'tool', id: 'm3', callId: 'c1', tool: 'run_command', status: 'ok', text: 'a.ts' },
        { role: 'tool', id: 'm4', callId: 'c2', tool: 'not a tool', status: 'error', text: 'no' },
      ]);
      assert.equal(textOf(chunks), 'done');
    });

    it('throws an AbortError when it is stopped before or in mid-stream, and yields nothing more', async () => {
      const { provider, model } = subject;
      subject.plan({ text: 'never read' });
      const before = provider.stream(modelRequest({ model, signal: AbortSignal.abort() }));
      await assert.rejects(collectChunks(before), isAbort);
      subject.plan({ text: 'x'.repeat(5_000) });
      const controller = new AbortController();
      const seen: ModelChunk[] = [];
      await assert.rejects(async () => {
        for await (const chunk of provider.stream(
          modelRequest({ model, signal: controller.signal }),
        )) {
          seen.push(chunk);
          controller.abort();
        }
      }, isAbort);
      assert.equal(seen.length, 1);
    });

    it('lets the reader walk away in mid-stream and serves the next request', async () => {
      const { provider, model } = subject;
      subject.plan({ text: 'x'.repeat(5_000) });
      for await (const chunk of provider.stream(modelRequest({ model }))) {
        assert.equal(chunk.type, 'text');
        break;
      }
      subject.plan({ text: 'again' });
      assert.equal(textOf(await reply()), 'again');
    });
  });
}

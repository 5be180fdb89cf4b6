import assert from 'node:assert/strict';
import { optionsOf, replyOf, useOpenAI } from './openaiHarness.ts';
import { callsOf, textOf } from '../../../fakes/modelRequests.ts';
import { event } from '../../../fakes/openaiServer.ts';
import { createOpenAIProvider, type OpenAIOptions } from '../../../../src/node/models/openai.ts';
import type { ModelChunk, ModelRequest } from '../../../../src/core/ports/model.ts';

const text = (content: string): string => event({ choices: [{ index: 0, delta: { content } }] });
const stop = event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
const calls = (...tool_calls: object[]): string =>
  event({ choices: [{ index: 0, delta: { tool_calls } }] });
const finishCalls = event({ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] });
describe('openai provider: request and reply', () => {
  const harness = useOpenAI();
  const reply = (
    request: Partial<ModelRequest> = {},
    overrides: Partial<OpenAIOptions> = {},
  ): Promise<ModelChunk[]> => replyOf(harness, request, overrides);
  const raw = (...writes: string[]): void =>
    harness.server.enqueue({ kind: 'raw', writes, then: 'end' });
  describe('request', () => {
    it('sends system, user, assistant with calls and tool messages, tools and stream options', async () => {
      harness.server.enqueue({ kind: 'completion', text: 'ok' });
      const schema = { type: 'object', properties: { path: { type: 'string' } } };
      await reply({
        system: 'Be brief.',
        tools: [{ name: 'read_file', description: 'Reads.', schema }],
        messages: [
          { role: 'user', id: 'm1', text: 'hi' },
          {
            role: 'assistant',
            id: 'm2',
            text: 'Reading.',
            toolCalls: [{ id: 'c1', name: 'read_file', argsText: '{"path":"a"}' }],
          },
          { role: 'tool', id: 'm3', callId: 'c1', tool: 'read_file', status: 'ok', text: 'text' },
        ],
      });
      const [request] = harness.server.requests;
      assert.deepEqual(request?.body, {
        model: 'gpt-test',
        stream: true,
        stream_options: { include_usage: true },
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'hi' },
          {
            role: 'assistant',
            content: 'Reading.',
            tool_calls: [
              {
                id: 'c1',
                type: 'function',
                function: { name: 'read_file', arguments: '{"path":"a"}' },
              },
            ],
          },
          { role: 'tool', tool_call_id: 'c1', content: 'text' },
        ],
        tools: [
          {
            type: 'function',
            function: { name: 'read_file', description: 'Reads.', parameters: schema },
          },
        ],
      });
      assert.equal(request.headers['authorization'], 'Bearer sk-test');
    });

    it('sends images as content parts behind the text, and plain text where there is none', async () => {
      harness.server.enqueue({ kind: 'completion', text: 'ok' });
      const images = [
        { name: 'a.png', media: 'image/png' as const, data: 'iVBORw0KGgo=' },
        { name: 'b.jpg', media: 'image/jpeg' as const, data: '/9j/' },
      ];
      await reply({
        messages: [
          { role: 'user', id: 'm1', text: 'look', images },
          { role: 'assistant', id: 'm2', text: 'Yes', toolCalls: [] },
          { role: 'user', id: 'm3', text: 'and now' },
        ],
      });
      const sent = harness.server.requests[0]?.body.messages.map(({ content }) => content);
      assert.deepEqual(
        sent?.filter((content) => content !== 'Yes'),
        [
          [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
            { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,/9j/' } },
          ],
          'and now',
        ],
      );
    });

    it('knows well-known models by name, and the user’s word counts more', async () => {
      const traits = async (id: string, given = {}): Promise<unknown> =>
        createOpenAIProvider({ ...optionsOf(harness), traits: () => given }).traits?.(id);
      const known = { images: true, contextWindow: 128_000 };
      assert.deepEqual(await traits('gpt-4o-mini'), known);
      assert.deepEqual(await traits('openai/gpt-4o'), known);
      assert.deepEqual(await traits('gpt-3.5-turbo'), { images: false, contextWindow: 16_385 });
      assert.deepEqual(await traits('my-model'), { images: false, contextWindow: null });
      const given = { images: true, contextWindow: 32_768 };
      assert.deepEqual(await traits('my-model', given), given);
    });

    it('makes malformed names and arguments in the history acceptable to strict servers', async () => {
      harness.server.enqueue({ kind: 'completion', text: 'ok' });
      const toolCalls = [
        { id: 'c1', name: 'no such tool!', argsText: '{"a":' },
        { id: 'c2', name: '', argsText: '[1]' },
      ];
      const results = toolCalls.map(({ id }) => ({
        ...{ role: 'tool' as const, id: `r${id}`, callId: id, tool: 'x', text: 'no' },
        status: 'error' as const,
      }));
      const user = { role: 'user' as const, id: 'm1', text: 'hi' };
      const assistant = { role: 'assistant' as const, id: 'm2', text: '', toolCalls };
      await reply({ messages: [user, assistant, ...results] });
      const sent = harness.server.requests[0]?.body.messages[1]?.tool_calls?.map(
        (call) => call.function,
      );
      assert.deepEqual(sent, [
        { name: 'no_such_tool_', arguments: '{"malformed_arguments":"{\\"a\\":"}' },
        { name: 'unnamed', arguments: '{"malformed_arguments":"[1]"}' },
      ]);
    });

    it('takes nothing from OPENAI_* variables and sends only its own headers', async () => {
      const variables = {
        OPENAI_API_KEY: 'sk-from-environment',
        OPENAI_ADMIN_KEY: 'sk-admin-from-environment',
        OPENAI_BASE_URL: 'http://127.0.0.1:9/from-environment',
        OPENAI_ORG_ID: 'org-from-environment',
        OPENAI_PROJECT_ID: 'project-from-environment',
        OPENAI_CUSTOM_HEADERS: 'X-Custom: from-environment\nAuthorization: from-environment',
      };
      Object.assign(process.env, variables);
      try {
        harness.server.enqueue({ kind: 'completion', text: 'ok' });
        harness.server.enqueue({ kind: 'completion', text: 'ok' });
        await reply();
        await reply({}, { apiKey: async () => undefined });
      } finally {
        for (const name of Object.keys(variables)) delete process.env[name];
      }
      assert.doesNotMatch(JSON.stringify(harness.server.requests), /from-environment|stainless/i);
      assert.equal(harness.server.requests[0]?.headers['authorization'], 'Bearer sk-test');
      assert.equal(harness.server.requests[1]?.headers['authorization'], undefined);
    });
  });

  describe('reply', () => {
    it('survives a 429, then streams calls in tiny fragments with unicode, and usage at the end', async () => {
      const args = { path: 'src/größe.ts', content: '👩‍👩‍👧 “日本語”\n'.repeat(20) };
      harness.server.enqueue(
        { kind: 'status', status: 429, headers: { 'retry-after': '2' } },
        {
          kind: 'completion',
          text: 'Ändere…',
          toolCalls: [{ id: 'c1', name: 'write_file', args }],
          fragment: 2,
          bytes: 5,
          usage: { prompt_tokens: 12, completion_tokens: 34 },
        },
      );
      const chunks = await reply();
      assert.deepEqual(harness.waits, [2000]);
      assert.equal(textOf(chunks), 'Ändere…');
      assert.deepEqual(JSON.parse(callsOf(chunks)[0]?.args ?? ''), args);
      assert.deepEqual(chunks.slice(-2), [
        { type: 'usage', usage: { input: 12, output: 34 } },
        { type: 'end', reason: 'tool_calls' },
      ]);
    });

    const one = { id: 'a', function: { name: 'first', arguments: '{"x":1}' } };
    const two = { id: 'b', function: { name: 'second', arguments: '{"y":2}' } };
    const both = [
      { id: 'a', name: 'first', args: '{"x":1}' },
      { id: 'b', name: 'second', args: '{"y":2}' },
    ];
    const oddities: { name: string; events: string[]; calls: ReturnType<typeof callsOf> }[] = [
      {
        name: 'two calls in one event without index',
        events: [calls(one, two), finishCalls],
        calls: both,
      },
      {
        name: 'every call with index 0',
        events: [calls({ index: 0, ...one }), calls({ index: 0, ...two }), finishCalls],
        calls: both,
      },
      {
        name: 'fragments without index or id',
        events: [
          calls({ id: 'a', function: { name: 'first', arguments: '' } }),
          calls({ function: { arguments: '{"x"' } }),
          calls({ function: { arguments: ':1}' } }),
          calls({ id: 'b', function: { name: 'second' } }),
          calls({ function: { arguments: '{"y":2}' } }),
          finishCalls,
        ],
        calls: both,
      },
      {
        name: 'fragments of two calls mixed',
        events: [
          calls({ index: 0, id: 'a', function: { name: 'first', arguments: '{"x"' } }),
          calls({ index: 1, id: 'b', function: { name: 'second', arguments: '{"y"' } }),
          calls({ index: 0, function: { arguments: ':1}' } }),
          calls({ index: 1, function: { arguments: ':2}' } }),
          finishCalls,
        ],
        calls: both,
      },
      {
        name: 'missing ids',
        events: [
          calls({ index: 0, function: one.function }),
          calls({ function: two.function }),
          finishCalls,
        ],
        calls: both.map((call) => ({ ...call, id: undefined })),
      },
      {
        name: 'the same id twice',
        events: [calls({ index: 0, ...one }, { index: 1, ...two, id: 'a' }), finishCalls],
        calls: both.map((call) => ({ ...call, id: 'a' })),
      },
      {
        name: 'id and name again with every fragment, a new id with each',
        events: [
          calls({ index: 0, id: 'a', function: { name: 'first', arguments: '{"x"' } }),
          calls({ index: 0, id: 'a', function: { name: 'first', arguments: ':' } }),
          calls({ index: 0, id: 'noise', function: { arguments: '1}' } }),
          finishCalls,
        ],
        calls: both.slice(0, 1),
      },
      {
        name: 'a name in pieces, and no arguments at all',
        events: [
          calls({ index: 0, id: 'a', function: { name: 'fi' } }),
          calls({ index: 0, function: { name: 'rst' } }),
          finishCalls,
        ],
        calls: [{ id: 'a', name: 'first', args: '' }],
      },
      {
        name: 'arguments as an object',
        events: [
          calls({ index: 0, id: 'a', function: { name: 'first', arguments: { x: 1 } } }),
          stop,
        ],
        calls: both.slice(0, 1),
      },
    ];
    for (const oddity of oddities) {
      it(`sorts out ${oddity.name}`, async () => {
        raw(...oddity.events, 'data: [DONE]\n\n');
        const chunks = await reply();
        assert.deepEqual(callsOf(chunks), oddity.calls);
        assert.deepEqual(chunks.at(-1), { type: 'end', reason: 'tool_calls' });
      });
    }

    it('tolerates comments, missing choices, no usage and no [DONE]', async () => {
      raw(': ping\n\n', event({}), event({ choices: null }), text('hello'), stop);
      const chunks = await reply();
      assert.equal(textOf(chunks), 'hello');
      assert.deepEqual(chunks.at(-1), { type: 'end', reason: 'stop' });
    });

    it('is complete when the connection breaks after the finish reason', async () => {
      harness.server.enqueue({ kind: 'raw', writes: [text('hello'), stop], then: 'break' });
      assert.deepEqual((await reply()).at(-1), { type: 'end', reason: 'stop' });
    });

    for (const [finish, reason] of [
      ['length', 'length'],
      ['content_filter', 'other'],
      ['function_call', 'stop'],
    ]) {
      it(`ends with ${reason} for finish_reason ${finish}`, async () => {
        raw(event({ choices: [{ index: 0, delta: {}, finish_reason: finish }] }));
        assert.deepEqual(await reply(), [{ type: 'end', reason }]);
      });
    }
  });
});

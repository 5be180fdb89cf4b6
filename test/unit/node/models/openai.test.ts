import assert from 'node:assert/strict';
import {
  appErrorOf,
  callsOf,
  collectChunks,
  modelRequest,
  textOf,
} from '../../../fakes/modelRequests.ts';
import { event, startOpenAIServer, type FakeOpenAIServer } from '../../../fakes/openaiServer.ts';
import { recordingLogger, type RecordingLogger } from '../../../fakes/recordingLogger.ts';
import { createOpenAIProvider, type OpenAIOptions } from '../../../../src/node/models/openai.ts';
import { isAbort, type AppError } from '../../../../src/core/base/errors.ts';
import type { ModelChunk, ModelRequest } from '../../../../src/core/ports/model.ts';

const text = (content: string): string => event({ choices: [{ index: 0, delta: { content } }] });
const stop = event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
const calls = (...tool_calls: object[]): string =>
  event({ choices: [{ index: 0, delta: { tool_calls } }] });
const finishCalls = event({ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] });

describe('openai provider', () => {
  let server: FakeOpenAIServer;
  let logger: RecordingLogger;
  let waits: number[];
  beforeEach(async () => {
    server = await startOpenAIServer();
    logger = recordingLogger();
    waits = [];
  });
  afterEach(async () => server.dispose());

  const options = (overrides: Partial<OpenAIOptions> = {}): OpenAIOptions => ({
    baseUrl: () => server.baseUrl,
    apiKey: async () => 'sk-test',
    logger,
    delay: async (ms) => {
      waits.push(ms);
    },
    ...overrides,
  });
  const stream = (
    request: Partial<ModelRequest> = {},
    overrides: Partial<OpenAIOptions> = {},
  ): AsyncIterable<ModelChunk> =>
    createOpenAIProvider(options(overrides)).stream(
      modelRequest({ model: { provider: 'openai', id: 'gpt-test' }, ...request }),
    );
  const reply = (
    request: Partial<ModelRequest> = {},
    overrides: Partial<OpenAIOptions> = {},
  ): Promise<ModelChunk[]> => collectChunks(stream(request, overrides));
  const raw = (...writes: string[]): void => server.enqueue({ kind: 'raw', writes, then: 'end' });

  describe('request', () => {
    it('sends system, user, assistant with calls and tool messages, tools and stream options', async () => {
      server.enqueue({ kind: 'completion', text: 'ok' });
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
      const [request] = server.requests;
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

    it('makes malformed names and arguments in the history acceptable to strict servers', async () => {
      server.enqueue({ kind: 'completion', text: 'ok' });
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
      const sent = server.requests[0]?.body.messages[1]?.tool_calls?.map((call) => call.function);
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
        server.enqueue({ kind: 'completion', text: 'ok' });
        server.enqueue({ kind: 'completion', text: 'ok' });
        await reply();
        await reply({}, { apiKey: async () => undefined });
      } finally {
        for (const name of Object.keys(variables)) delete process.env[name];
      }
      assert.doesNotMatch(JSON.stringify(server.requests), /from-environment|stainless/i);
      assert.equal(server.requests[0]?.headers['authorization'], 'Bearer sk-test');
      assert.equal(server.requests[1]?.headers['authorization'], undefined);
    });
  });

  describe('reply', () => {
    it('survives a 429, then streams calls in tiny fragments with unicode, and usage at the end', async () => {
      const args = { path: 'src/größe.ts', content: '👩‍👩‍👧 “日本語”\n'.repeat(20) };
      server.enqueue(
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
      assert.deepEqual(waits, [2000]);
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
      server.enqueue({ kind: 'raw', writes: [text('hello'), stop], then: 'break' });
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

  describe('retries', () => {
    it('backs off with growing waits and gives up after maxRetries', async () => {
      for (let i = 0; i < 4; i += 1) server.enqueue({ kind: 'status', status: 503 });
      const error = await appErrorOf(reply());
      assert.equal(error.code, 'model_unavailable');
      assert.equal(server.requests.length, 4);
      assert.equal(waits.length, 3);
      waits.forEach((ms, i) => assert.ok(ms <= 500 * 2 ** i && ms >= 375 * 2 ** i, String(ms)));
    });

    it('honours Retry-After as a date and retry-after-ms, and does not wait for minutes', async () => {
      const date = new Date(Date.now() + 30_000).toUTCString();
      server.enqueue(
        { kind: 'status', status: 503, headers: { 'retry-after': date } },
        { kind: 'status', status: 429, headers: { 'retry-after-ms': '70', 'retry-after': '9' } },
        { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
      );
      const error = await appErrorOf(reply());
      assert.equal(error.code, 'model_rate_limited');
      assert.match(error.message, /in 3600 s/);
      assert.ok((waits[0] ?? 0) > 20_000 && (waits[0] ?? 0) <= 30_000, String(waits[0]));
      assert.equal(waits[1], 70);
      assert.equal(waits.length, 2);
    });

    it('does not repeat what cannot succeed: 400, 401, a used-up quota', async () => {
      const quota = JSON.stringify({ error: { message: 'no money', code: 'insufficient_quota' } });
      for (const reply of [{ status: 400 }, { status: 401 }, { status: 429, body: quota }]) {
        server.enqueue({ kind: 'status', ...reply });
      }
      await appErrorOf(reply());
      await appErrorOf(reply());
      assert.match((await appErrorOf(reply())).message, /no money/);
      assert.equal(server.requests.length, 3);
    });

    it('starts again when the stream broke before its first piece, never after it', async () => {
      server.enqueue({ kind: 'raw', writes: [': ping\n\n'], then: 'break' });
      server.enqueue({ kind: 'completion', text: 'second try' });
      assert.equal(textOf(await reply()), 'second try');
      server.enqueue({ kind: 'raw', writes: [text('half a')], then: 'break' });
      const error = await appErrorOf(reply());
      assert.equal(error.code, 'model_cut_off');
      assert.equal(server.requests.length, 3);
    });

    it('can be stopped while it waits', async () => {
      server.enqueue({ kind: 'status', status: 429, headers: { 'retry-after': '50' } });
      const controller = new AbortController();
      const { delay: _fake, ...rest } = options();
      const provider = createOpenAIProvider({
        ...rest,
        logger: { ...logger, info: () => controller.abort() },
      });
      await assert.rejects(
        collectChunks(provider.stream(modelRequest({ signal: controller.signal }))),
        isAbort,
      );
      assert.equal(server.requests.length, 1);
    });
  });

  it('closes the connection when it is stopped in a stream that hangs, or before any answer', async () => {
    for (const [before, writes] of [[text('hello')], []].entries()) {
      server.enqueue({ kind: 'raw', writes, then: 'hang' });
      const controller = new AbortController();
      const disconnected = server.nextDisconnect();
      const running = collectChunks(stream({ signal: controller.signal }));
      while (server.requests.length === before) await new Promise(setImmediate);
      controller.abort(new Error('a reason of their own'));
      await assert.rejects(running, isAbort);
      await disconnected;
    }
  });

  describe('errors', () => {
    const cases: { name: string; arrange: () => void; code: string; says: RegExp }[] = [
      ...[401, 403].map((status) => ({
        name: `HTTP ${status}`,
        arrange: () =>
          server.enqueue({ kind: 'status', status, body: '{"error":{"message":"bad"}}' }),
        code: 'model_auth',
        says: /127\.0\.0\.1:\d+ did not accept the API key.*bad.*“Countersign: Set API Key…”/,
      })),
      {
        name: 'HTTP 404 with a plain error',
        arrange: () =>
          server.enqueue({ kind: 'status', status: 404, body: '{"error":"no model x"}' }),
        code: 'model_rejected',
        says: /gpt-test \(HTTP 404\): no model x\./,
      },
      {
        name: 'HTTP 400 with a detail',
        arrange: () =>
          server.enqueue({ kind: 'status', status: 400, body: '{"detail":[{"msg":"bad field"}]}' }),
        code: 'model_rejected',
        says: /bad field/,
      },
      {
        name: 'HTTP 400 with a page of text',
        arrange: () => server.enqueue({ kind: 'status', status: 400, body: 'x'.repeat(200_000) }),
        code: 'model_rejected',
        says: /^.{0,800}$/,
      },
      {
        name: 'HTTP 500 with no body',
        arrange: () => server.enqueue({ kind: 'status', status: 500 }),
        code: 'model_unavailable',
        says: /failed \(HTTP 500\)/,
      },
      {
        name: 'HTTP 429',
        arrange: () => server.enqueue({ kind: 'status', status: 429 }),
        code: 'model_rate_limited',
        says: /limits requests/,
      },
      {
        name: 'a redirect',
        arrange: () =>
          server.enqueue({ kind: 'status', status: 307, headers: { location: 'http://other/v1' } }),
        code: 'model_rejected',
        says: /redirects/,
      },
      {
        name: 'a page instead of a stream',
        arrange: () =>
          server.enqueue({
            ...{ kind: 'raw', writes: ['<html>timed out</html>'], then: 'end' },
            headers: { 'content-type': 'text/html' },
          }),
        code: 'model_rejected',
        says: /answered with text\/html instead of a stream.*\/v1/,
      },
      {
        name: 'an error inside the stream',
        arrange: () => raw('data: {"error":{"message":"out of memory"}}\n\n'),
        code: 'model_unavailable',
        says: /out of memory/,
      },
      {
        name: 'an error with a status inside the stream',
        arrange: () => raw('data: {"error":{"code":401,"message":"no access"}}\n\n'),
        code: 'model_auth',
        says: /no access/,
      },
      {
        name: 'a stream that ends early',
        arrange: () => raw(text('half')),
        code: 'model_cut_off',
        says: /ended before it was complete/,
      },
      {
        name: 'an empty stream',
        arrange: () => raw('data: [DONE]\n\n'),
        code: 'model_cut_off',
        says: /ended before it was complete/,
      },
      {
        name: 'malformed JSON in the stream',
        arrange: () => raw(text('half'), 'data: {"choices": [\n\n'),
        code: 'model_cut_off',
        says: /not valid JSON/,
      },
      {
        name: 'something else in the stream',
        arrange: () => raw('data: {"choices": "many"}\n\n'),
        code: 'model_cut_off',
        says: /not a chat completion/,
      },
    ];
    for (const { name, arrange, code, says } of cases) {
      it(`${name} is ${code}`, async () => {
        arrange();
        const error = await appErrorOf(reply({}, { maxRetries: 0 }));
        assert.equal(error.code, code, error.message);
        assert.match(error.message, says);
      });
    }

    it('a refused connection is model_unreachable and names host and port', async () => {
      const { port } = server;
      await server.dispose();
      const error = await appErrorOf(reply());
      assert.equal(error.code, 'model_unreachable');
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}: nothing accepts`));
      assert.equal(waits.length, 3);
    });

    it('a name that cannot be resolved is model_unreachable', async () => {
      const baseUrl = (): string => 'https://model.invalid/v1';
      const error = await appErrorOf(reply({}, { baseUrl, maxRetries: 0 }));
      assert.equal(error.code, 'model_unreachable');
      assert.match(error.message, /model\.invalid:443: the host name cannot be resolved/);
    });

    it('a server that does not answer in time is model_unreachable, without trying again', async () => {
      const silent = (await import('node:net')).createServer();
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const { port } = silent.address() as { port: number };
      const baseUrl = (): string => `http://127.0.0.1:${port}/v1`;
      const error = await appErrorOf(reply({}, { baseUrl, timeoutMs: 20 }));
      silent.close();
      assert.equal(error.code, 'model_unreachable');
      assert.match(error.message, /did not answer in time/);
      assert.deepEqual(waits, []);
    });

    it('no key for the default endpoint is model_not_configured; other servers are asked without one', async () => {
      const apiKey = async (): Promise<undefined> => undefined;
      const error = await appErrorOf(reply({}, { apiKey, baseUrl: () => undefined }));
      assert.equal(error.code, 'model_not_configured');
      assert.match(error.message, /“Countersign: Set API Key…”/);
      server.enqueue({ kind: 'completion', text: 'no key needed' });
      assert.equal(textOf(await reply({}, { apiKey })), 'no key needed');
      server.enqueue({ kind: 'status', status: 401 });
      assert.match((await appErrorOf(reply({}, { apiKey }))).message, /wants an API key/);
    });

    for (const baseUrl of [
      'not a url',
      'ftp://host/v1',
      'http://user:sk-canary@host/v1',
      'http://host/v1?key=sk-canary',
    ]) {
      it(`base URL ${baseUrl} is model_not_configured`, async () => {
        const error = await appErrorOf(reply({}, { baseUrl: () => baseUrl }));
        assert.equal(error.code, 'model_not_configured');
        assert.match(error.message, /countersign\.model\.baseUrl/);
        assert.doesNotMatch(error.message, /canary/);
      });
    }

    it('warns once about plain http to another machine, never about this one', async () => {
      server.enqueue({ kind: 'completion', text: 'x' });
      await reply();
      assert.deepEqual(logger.lines, []);
      const provider = createOpenAIProvider(
        options({ baseUrl: () => 'http://model.invalid/v1', maxRetries: 0 }),
      );
      await appErrorOf(collectChunks(provider.stream(modelRequest())));
      await appErrorOf(collectChunks(provider.stream(modelRequest())));
      assert.equal(logger.lines.filter((line) => /plain http/.test(line)).length, 1);
    });
  });
});

/** Kept last: every way to fail, with a key that must not be found afterwards. */
describe('openai provider: the key stays secret', () => {
  const key = 'sk-canary-0123456789/+"\\x';
  const forms = [key, encodeURIComponent(key), Buffer.from(key).toString('base64')];

  it('is in no error and no log line, whatever the server sends back', async () => {
    const server = await startOpenAIServer();
    const logger = recordingLogger();
    const printed: string[] = [];
    const { inspect } = await import('node:util');
    const echo = (request: { headers: object }): string => {
      const all = JSON.stringify(request.headers);
      return JSON.stringify({ error: { message: `you sent ${all} ${forms.join(' ')}`, key } });
    };
    const echoed = `data: {"error":{"message":${JSON.stringify(forms.join(' '))}}}\n\n`;
    const fails = async (overrides: Partial<OpenAIOptions> = {}): Promise<AppError> => {
      const provider = createOpenAIProvider({
        baseUrl: () => server.baseUrl,
        apiKey: async () => key,
        logger,
        delay: async () => {},
        ...overrides,
      });
      const error = await appErrorOf(collectChunks(provider.stream(modelRequest())));
      logger.error('failed', error);
      printed.push(inspect(error, { depth: null, showHidden: true }), JSON.stringify(error));
      return error;
    };
    for (const status of [400, 401, 403, 404, 307, 429, 500, 503]) {
      for (const body of [echo, (request: { headers: object }) => inspect(request.headers)]) {
        for (let i = 0; i < 4; i += 1) {
          server.enqueue({
            kind: 'status',
            status,
            headers: { 'x-echo': encodeURIComponent(key) },
            body,
          });
        }
        await fails();
        server.clear();
      }
    }
    const type = { 'content-type': `text/html; ${encodeURIComponent(key)}` };
    for (const writes of [
      [echoed],
      [`data: {"${key}`, '\n\n'],
      [`data: {"choices":"${key}"}\n\n`],
    ]) {
      server.enqueue({ kind: 'raw', writes, then: 'end' });
      await fails({ maxRetries: 0 });
      server.enqueue({ kind: 'raw', writes, then: 'end', headers: type });
      await fails({ maxRetries: 0 });
      server.enqueue({ kind: 'raw', writes: [], then: 'break' });
      await fails({ maxRetries: 0 });
    }
    await fails({ apiKey: async () => `${key}\nx` });
    await fails({ apiKey: async () => `${key}ü` });
    await server.dispose();
    await fails();
    assert.ok(printed.length > 40 && logger.lines.length > 20);
    assert.ok(server.requests.some(({ headers }) => headers['authorization'] === `Bearer ${key}`));
    const everything = [...printed, ...logger.lines].join('\n');
    assert.doesNotMatch(everything, /canary|c2stY2FuYXJ5/);
  });
});

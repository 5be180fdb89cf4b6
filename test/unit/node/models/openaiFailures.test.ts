import assert from 'node:assert/strict';
import { optionsOf, replyOf, useOpenAI } from './openaiHarness.ts';
import { appErrorOf, collectChunks, modelRequest, textOf } from '../../../fakes/modelRequests.ts';
import { event } from '../../../fakes/openaiServer.ts';
import { createOpenAIProvider, type OpenAIOptions } from '../../../../src/node/models/openai.ts';
import { isAbort } from '../../../../src/core/base/errors.ts';
import type { ModelChunk, ModelRequest } from '../../../../src/core/ports/model.ts';

const text = (content: string): string => event({ choices: [{ index: 0, delta: { content } }] });

describe('openai provider: failures', () => {
  const harness = useOpenAI();
  const reply = (
    request: Partial<ModelRequest> = {},
    overrides: Partial<OpenAIOptions> = {},
  ): Promise<ModelChunk[]> => replyOf(harness, request, overrides);
  const raw = (...writes: string[]): void =>
    harness.server.enqueue({ kind: 'raw', writes, then: 'end' });
  describe('retries', () => {
    it('backs off with growing waits and gives up after maxRetries', async () => {
      for (let i = 0; i < 4; i += 1) harness.server.enqueue({ kind: 'status', status: 503 });
      const error = await appErrorOf(reply());
      assert.equal(error.code, 'model_unavailable');
      assert.equal(harness.server.requests.length, 4);
      assert.equal(harness.waits.length, 3);
      harness.waits.forEach((ms, i) =>
        assert.ok(ms <= 500 * 2 ** i && ms >= 375 * 2 ** i, String(ms)),
      );
    });

    it('honours Retry-After as a date and retry-after-ms, and does not wait for minutes', async () => {
      const date = new Date(Date.now() + 30_000).toUTCString();
      harness.server.enqueue(
        { kind: 'status', status: 503, headers: { 'retry-after': date } },
        { kind: 'status', status: 429, headers: { 'retry-after-ms': '70', 'retry-after': '9' } },
        { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
      );
      const error = await appErrorOf(reply());
      assert.equal(error.code, 'model_rate_limited');
      assert.match(error.message, /in 3600 s/);
      assert.ok(
        (harness.waits[0] ?? 0) > 20_000 && (harness.waits[0] ?? 0) <= 30_000,
        String(harness.waits[0]),
      );
      assert.equal(harness.waits[1], 70);
      assert.equal(harness.waits.length, 2);
    });

    it('does not repeat what cannot succeed: 400, 401, a used-up quota', async () => {
      const quota = JSON.stringify({ error: { message: 'no money', code: 'insufficient_quota' } });
      for (const reply of [{ status: 400 }, { status: 401 }, { status: 429, body: quota }]) {
        harness.server.enqueue({ kind: 'status', ...reply });
      }
      await appErrorOf(reply());
      await appErrorOf(reply());
      assert.match((await appErrorOf(reply())).message, /no money/);
      assert.equal(harness.server.requests.length, 3);
    });

    it('starts again when the stream broke before its first piece, never after it', async () => {
      harness.server.enqueue({ kind: 'raw', writes: [': ping\n\n'], then: 'break' });
      harness.server.enqueue({ kind: 'completion', text: 'second try' });
      assert.equal(textOf(await reply()), 'second try');
      harness.server.enqueue({ kind: 'raw', writes: [text('half a')], then: 'break' });
      const error = await appErrorOf(reply());
      assert.equal(error.code, 'model_cut_off');
      assert.equal(harness.server.requests.length, 3);
    });

    it('can be stopped while it waits', async () => {
      harness.server.enqueue({ kind: 'status', status: 429, headers: { 'retry-after': '50' } });
      const controller = new AbortController();
      const { delay: _fake, ...rest } = optionsOf(harness);
      const provider = createOpenAIProvider({
        ...rest,
        logger: { ...harness.logger, info: () => controller.abort() },
      });
      await assert.rejects(
        collectChunks(provider.stream(modelRequest({ signal: controller.signal }))),
        isAbort,
      );
      assert.equal(harness.server.requests.length, 1);
    });
  });

  it('closes the connection when it is stopped in a stream that hangs, or before any answer', async () => {
    for (const [before, writes] of [[text('hello')], []].entries()) {
      harness.server.enqueue({ kind: 'raw', writes, then: 'hang' });
      const controller = new AbortController();
      const disconnected = harness.server.nextDisconnect();
      const running = reply({ signal: controller.signal });
      while (harness.server.requests.length === before) await new Promise(setImmediate);
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
          harness.server.enqueue({ kind: 'status', status, body: '{"error":{"message":"bad"}}' }),
        code: 'model_auth',
        says: /127\.0\.0\.1:\d+ did not accept the API key.*bad.*“Countersign: Set API Key…”/,
      })),
      {
        name: 'HTTP 404 with a plain error',
        arrange: () =>
          harness.server.enqueue({ kind: 'status', status: 404, body: '{"error":"no model x"}' }),
        code: 'model_rejected',
        says: /gpt-test \(HTTP 404\): no model x\./,
      },
      {
        name: 'HTTP 400 with a detail',
        arrange: () =>
          harness.server.enqueue({
            kind: 'status',
            status: 400,
            body: '{"detail":[{"msg":"bad field"}]}',
          }),
        code: 'model_rejected',
        says: /bad field/,
      },
      {
        name: 'HTTP 400 with a page of text',
        arrange: () =>
          harness.server.enqueue({ kind: 'status', status: 400, body: 'x'.repeat(200_000) }),
        code: 'model_rejected',
        says: /^.{0,800}$/,
      },
      {
        name: 'HTTP 500 with no body',
        arrange: () => harness.server.enqueue({ kind: 'status', status: 500 }),
        code: 'model_unavailable',
        says: /failed \(HTTP 500\)/,
      },
      {
        name: 'HTTP 429',
        arrange: () => harness.server.enqueue({ kind: 'status', status: 429 }),
        code: 'model_rate_limited',
        says: /limits requests/,
      },
      {
        name: 'a redirect',
        arrange: () =>
          harness.server.enqueue({
            kind: 'status',
            status: 307,
            headers: { location: 'http://other/v1' },
          }),
        code: 'model_rejected',
        says: /redirects/,
      },
      {
        name: 'a page instead of a stream',
        arrange: () =>
          harness.server.enqueue({
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
      const { port } = harness.server;
      await harness.server.dispose();
      const error = await appErrorOf(reply());
      assert.equal(error.code, 'model_unreachable');
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}: nothing accepts`));
      assert.equal(harness.waits.length, 3);
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
      assert.deepEqual(harness.waits, []);
    });

    it('no key for the default endpoint is model_not_configured; other servers are asked without one', async () => {
      const apiKey = async (): Promise<undefined> => undefined;
      const error = await appErrorOf(reply({}, { apiKey, baseUrl: () => undefined }));
      assert.equal(error.code, 'model_not_configured');
      assert.match(error.message, /“Countersign: Set API Key…”/);
      harness.server.enqueue({ kind: 'completion', text: 'no key needed' });
      assert.equal(textOf(await reply({}, { apiKey })), 'no key needed');
      harness.server.enqueue({ kind: 'status', status: 401 });
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
      harness.server.enqueue({ kind: 'completion', text: 'x' });
      await reply();
      assert.deepEqual(harness.logger.lines, []);
      const provider = createOpenAIProvider({
        ...optionsOf(harness),
        baseUrl: () => 'http://model.invalid/v1',
        maxRetries: 0,
      });
      await appErrorOf(collectChunks(provider.stream(modelRequest())));
      await appErrorOf(collectChunks(provider.stream(modelRequest())));
      assert.equal(harness.logger.lines.filter((line) => /plain http/.test(line)).length, 1);
    });
  });
});

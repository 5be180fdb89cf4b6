// The moderation endpoint over real HTTP: what is sent, what counts as an answer, and that everything else is a failure.
import assert from 'node:assert/strict';
import {
  createModerator,
  sameServer,
  type ModerationSettings,
} from '../../../../src/node/screening/moderation.ts';
import { openModerator } from '../../../../src/node/screening/openModerator.ts';
import { createRedactor } from '../../../../src/core/agent/redactor.ts';
import {
  json,
  startModerationServer,
  type ModerationServer,
} from '../../../fakes/moderationServer.ts';
import { recordingLogger } from '../../../fakes/recordingLogger.ts';
import type { Moderator } from '../../../../src/core/ports/moderator.ts';
import type { JsonObject } from '../../../../src/protocol/calls.ts';

const PRIVATE = 'what was written';

describe('the moderation endpoint', () => {
  let server: ModerationServer;
  beforeEach(async () => {
    server = await startModerationServer();
  });
  afterEach(() => server.dispose());

  function moderator(settings: Partial<ModerationSettings> = {}, timeoutMs?: number): Moderator {
    const all = { on: true, baseUrl: server.baseUrl, model: '', ...settings };
    return createModerator({
      settings: () => all,
      apiKey: async () => 'sk-moderation',
      logger: recordingLogger(),
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  }

  async function fails(expected: RegExp, made = moderator()): Promise<void> {
    await assert.rejects(made.check([PRIVATE]), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'moderation_failed');
      assert.match(error.message, expected);
      assert.ok(!error.message.includes(PRIVATE) && !error.message.includes('sk-moderation'));
      return true;
    });
  }

  it('sends texts, model and key in one request, and gives the categories of each', async () => {
    const made = moderator({ model: 'omni-moderation-latest' });
    const found = await made.check(['fine', 'a forbidden thing', 'fine too']);
    assert.deepEqual(found, [[], ['violence', 'harassment/threatening'], []]);
    const [request, ...more] = server.requests;
    assert.deepEqual(more, []);
    assert.equal(request?.url, '/v1/moderations');
    assert.deepEqual(request.body, {
      input: ['fine', 'a forbidden thing', 'fine too'],
      model: 'omni-moderation-latest',
    });
    assert.equal(request.headers.authorization, 'Bearer sk-moderation');
    assert.equal(request.headers['user-agent'], 'countersign');
  });

  it('names no model where none is set', async () => {
    await moderator().check(['x']);
    assert.deepEqual(server.requests[0]?.body, { input: ['x'] });
  });

  it('a long text is checked in pieces, whole: what stands across a cut too', async () => {
    const at = 10_000 - 4;
    const text = `${'a'.repeat(at)}forbidden${'b'.repeat(30_000)}`;
    assert.deepEqual(await moderator().check(['ok', text]), [
      [],
      ['violence', 'harassment/threatening'],
    ]);
    assert.ok(server.texts().every((piece) => piece.length <= 10_000));
  });

  it('what is too long to be checked is not', async () => {
    await assert.rejects(moderator().check(['x'.repeat(1_000_000)]), /too long to be checked/);
    assert.deepEqual(server.requests, []);
  });

  it('flagged without a category is flagged', async () => {
    server.answer = (response) => json(response, { results: [{ flagged: true }] });
    assert.deepEqual(await moderator().check(['x']), [['']]);
  });

  for (const status of [301, 302, 307, 308]) {
    it(`a redirect (${status}) is not followed`, async () => {
      const other = await startModerationServer();
      server.answer = (response) => {
        response.writeHead(status, { location: `${other.baseUrl}/moderations` });
        response.end();
      };
      await fails(new RegExp(`status ${status}`));
      assert.deepEqual(other.requests, []);
      await other.dispose();
    });
  }

  const broken: [string, unknown][] = [
    ['nothing', {}],
    ['no results', { results: [] }],
    ['too many results', { results: [{ flagged: false }, { flagged: false }] }],
    ['results that are none', { results: ['no'] }],
    ['flagged as a word', { results: [{ flagged: 'false' }] }],
    ['an array', []],
    ['null', null],
  ];
  for (const [title, answer] of broken) {
    it(`an answer with ${title} is a failure`, async () => {
      server.answer = (response) => json(response, answer);
      await fails(/is not one of a moderation endpoint/);
    });
  }

  it('an answer that is no JSON, or cut off, or too long, is a failure', async () => {
    server.answer = (response) => response.end('<html>');
    await fails(/is not one of/);
    server.answer = (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"results":');
      response.destroy();
    };
    await fails(/cannot be reached/);
    server.answer = (response) => response.end(' '.repeat(1024 * 1024 + 1));
    await fails(/too long/);
  });

  for (const [status, hint] of [
    [401, /status 401.*Set API Key/],
    [404, /status 404.*moderationBaseUrl/],
    [429, /status 429/],
    [500, /status 500/],
  ] as const) {
    it(`status ${status} is a failure that says what to do`, async () => {
      server.answer = (response) => json(response, { error: { message: PRIVATE } }, status);
      await fails(hint);
    });
  }

  it('an endpoint that does not answer, or never ends, is not waited for', async () => {
    server.answer = () => undefined;
    await fails(/did not answer within 0\.2 s/, moderator({}, 200));
    server.answer = (response) => response.write('{');
    await fails(/did not answer within 0\.2 s/, moderator({}, 200));
  });

  it('nobody there is a failure', async () => {
    const gone = await startModerationServer();
    await gone.dispose();
    await fails(/cannot be reached/, moderator({ baseUrl: gone.baseUrl }));
  });

  for (const baseUrl of [
    'ftp://x',
    'not a url',
    'http://user:pass@127.0.0.1/v1',
    'http://x/?q=1',
  ]) {
    it(`an address such as ${baseUrl} is not used`, async () => {
      await fails(/countersign\.screening\.moderationBaseUrl/, moderator({ baseUrl }));
      assert.deepEqual(server.requests, []);
    });
  }

  it('servers are the same by scheme, host and port', () => {
    assert.ok(sameServer('https://api.openai.com/v1', 'https://api.openai.com:443/other'));
    for (const other of [
      'http://api.openai.com/v1',
      'https://api.openai.com:8443/v1',
      'https://api.openai.com.evil.example/v1',
      'https://openai.com/v1',
      'nonsense',
    ]) {
      assert.ok(!sameServer('https://api.openai.com/v1', other), other);
    }
  });

  describe('its key', () => {
    const keyFor = async (user: JsonObject, keys: Record<string, string>): Promise<unknown> => {
      const made = openModerator(
        {
          settings: {
            read: () => ({ user, workspace: {}, trusted: true }),
            onChange: () => ({ dispose: () => undefined }),
          },
          secrets: { get: async (name) => keys[name] },
          logger: recordingLogger(),
        },
        createRedactor(),
      );
      assert.ok(made.on());
      await made.check(['x']);
      return server.requests.at(-1)?.headers.authorization;
    };
    const on = (): JsonObject => ({
      'countersign.screening.moderation': 'endpoint',
      'countersign.screening.moderationBaseUrl': server.baseUrl,
    });

    it('is its own, else the model’s for the same server, else none', async () => {
      const both = { openai: 'sk-model', moderation: 'sk-own' };
      assert.equal(await keyFor(on(), both), 'Bearer sk-own');
      const { origin } = new URL(server.baseUrl);
      const same = { ...on(), 'countersign.model.baseUrl': `${origin}/other` };
      assert.equal(await keyFor(same, { openai: 'sk-model' }), 'Bearer sk-model');
      for (const elsewhere of ['', 'https://api.openai.com/v1', 'http://127.0.0.1:1/v1']) {
        const user = { ...on(), 'countersign.model.baseUrl': elsewhere };
        assert.equal(await keyFor(user, { openai: 'sk-model' }), undefined, elsewhere);
      }
    });
  });
});

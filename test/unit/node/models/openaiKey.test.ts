import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { appErrorOf, collectChunks, modelRequest } from '../../../fakes/modelRequests.ts';
import { startOpenAIServer } from '../../../fakes/openaiServer.ts';
import { recordingLogger } from '../../../fakes/recordingLogger.ts';
import { createOpenAIProvider, type OpenAIOptions } from '../../../../src/node/models/openai.ts';
import type { AppError } from '../../../../src/core/base/errors.ts';

// Every way to fail, with a key that must not be found afterwards.
describe('openai provider: the key stays secret', () => {
  const key = 'sk-canary-0123456789/+"\\x';
  const forms = [key, encodeURIComponent(key), Buffer.from(key).toString('base64')];

  it('is in no error and no log line, whatever the server sends back', async () => {
    const server = await startOpenAIServer();
    const logger = recordingLogger();
    const printed: string[] = [];
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

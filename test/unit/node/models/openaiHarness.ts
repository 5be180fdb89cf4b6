// A fresh server, logger and provider options for each test of the openai provider; waits are recorded, not waited.
import { collectChunks, modelRequest } from '../../../fakes/modelRequests.ts';
import { startOpenAIServer, type FakeOpenAIServer } from '../../../fakes/openaiServer.ts';
import { recordingLogger, type RecordingLogger } from '../../../fakes/recordingLogger.ts';
import { createOpenAIProvider, type OpenAIOptions } from '../../../../src/node/models/openai.ts';
import type { ModelChunk, ModelRequest } from '../../../../src/core/ports/model.ts';

export interface OpenAIHarness {
  server: FakeOpenAIServer;
  logger: RecordingLogger;
  /** Milliseconds of each wait between retries. */
  waits: number[];
}

/** Registers set-up and tear-down in the calling `describe`; the fields are those of the running test. */
export function useOpenAI(): OpenAIHarness {
  const harness = {} as OpenAIHarness;
  beforeEach(async () => {
    harness.server = await startOpenAIServer();
    harness.logger = recordingLogger();
    harness.waits = [];
  });
  afterEach(async () => harness.server.dispose());
  return harness;
}

export function optionsOf(harness: OpenAIHarness): OpenAIOptions {
  return {
    baseUrl: () => harness.server.baseUrl,
    apiKey: async () => 'sk-test',
    logger: harness.logger,
    delay: async (ms) => {
      harness.waits.push(ms);
    },
  };
}

/** The whole reply to a request, with some of the request's fields and the provider's options replaced. */
export function replyOf(
  harness: OpenAIHarness,
  request: Partial<ModelRequest> = {},
  overrides: Partial<OpenAIOptions> = {},
): Promise<ModelChunk[]> {
  const provider = createOpenAIProvider({ ...optionsOf(harness), ...overrides });
  const model = { provider: 'openai', id: 'gpt-test' };
  return collectChunks(provider.stream(modelRequest({ model, ...request })));
}

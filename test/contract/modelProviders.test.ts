// The contract of model providers, run for each of them. OpenAI is run against a real HTTP server.
import { modelProviderContract, type PlannedReply } from './modelProvider.contract.ts';
import { startOpenAIServer } from '../fakes/openaiServer.ts';
import { recordingLogger } from '../fakes/recordingLogger.ts';
import { createOpenAIProvider } from '../../src/node/models/openai.ts';
import { createScriptedProvider } from '../../src/node/models/scripted.ts';

modelProviderContract('scripted', async () => {
  let turns: PlannedReply[] = [];
  return {
    provider: createScriptedProvider({ readFile: async () => JSON.stringify({ turns }) }),
    model: { provider: 'scripted', id: 'script.json' },
    plan: (reply) => {
      turns = [reply];
    },
    dispose: async () => {},
  };
});

for (const bytes of [undefined, 7]) {
  const how = bytes === undefined ? 'one event a write' : `${bytes} bytes a write`;
  modelProviderContract(`openai, ${how}`, async () => {
    const server = await startOpenAIServer();
    return {
      provider: createOpenAIProvider({
        baseUrl: () => server.baseUrl,
        apiKey: async () => 'sk-test',
        logger: recordingLogger(),
      }),
      model: { provider: 'openai', id: 'fake' },
      plan: (reply) => {
        server.clear();
        server.enqueue({ kind: 'completion', ...reply, ...(bytes !== undefined && { bytes }) });
      },
      dispose: () => server.dispose(),
    };
  });
}

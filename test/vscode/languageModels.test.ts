// The models of vscode.lm, in a real extension host: through a provider that another extension (modelExtension)
// registered, and through models made here for what such a provider cannot be made to do.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  appErrorOf,
  callsOf,
  collectChunks,
  modelRequest,
  textOf,
} from '../fakes/modelRequests.ts';
import { createVscodeProvider, listVscodeModels } from '../../src/vscode/languageModels.ts';
import { isAbort } from '../../src/core/base/errors.ts';
import type { Message } from '../../src/core/agent/message.ts';
import type { ModelChunk } from '../../src/core/ports/model.ts';

const model = { provider: 'vscode', id: 'countersign-test/echo' };
const schema = { type: 'object', properties: { path: { type: 'string' } } };
const tools = [{ name: 'read_file', description: 'Reads a file.', schema }];
const user: Message = { role: 'user', id: 'm1', text: 'go' };

/** A model whose reply is made by `send`. */
function chatModel(send: vscode.LanguageModelChat['sendRequest']): vscode.LanguageModelChat {
  return {
    ...{ id: 'made-1', vendor: 'made', family: 'made', name: 'Made', version: '1' },
    maxInputTokens: 1000,
    sendRequest: send,
    countTokens: async () => 1,
  };
}

function replying(stream: () => AsyncIterable<unknown>): vscode.LanguageModelChat {
  return chatModel(async () => ({ stream: stream(), text: (async function* () {})() }));
}

async function replyOf(made: vscode.LanguageModelChat): Promise<ModelChunk[]> {
  const provider = createVscodeProvider(async () => [made]);
  return collectChunks(provider.stream(modelRequest({ model: { ...model, id: 'made/made' } })));
}

describe('vscode.lm: a registered provider', () => {
  before(async () => {
    const extension = vscode.extensions.getExtension('countersign-test.countersign-test-models');
    assert.ok(extension, 'the extension with the test models is not installed');
    await extension.activate();
  });

  it('is listed', async () => {
    const models = await listVscodeModels();
    const listed = models.find(({ id }) => id === 'countersign-test/echo');
    assert.deepEqual(listed, { id: 'countersign-test/echo', label: 'Echo (countersign-test)' });
  });

  it('streams text and a tool call, then gets the result of the call', async () => {
    const provider = createVscodeProvider();
    const first = await collectChunks(provider.stream(modelRequest({ model, tools })));
    assert.equal(textOf(first), 'Let me look.');
    const [call] = callsOf(first);
    assert.equal(call?.id, 'call-1');
    assert.equal(call.name, 'read_file');
    assert.deepEqual(JSON.parse(call.args), { path: 'größe/日本語.txt', schema });
    assert.deepEqual(first.at(-1), { type: 'end', reason: 'tool_calls' });

    const messages: Message[] = [
      user,
      {
        role: 'assistant',
        id: 'm2',
        text: 'Let me look.',
        toolCalls: [{ id: 'call-1', name: 'read_file', argsText: call.args }],
      },
      { role: 'tool', id: 'm3', callId: 'call-1', tool: 'read_file', status: 'ok', text: 'Größe' },
    ];
    const second = await collectChunks(
      provider.stream(modelRequest({ model, tools, messages, system: 'Be brief.', callIndex: 1 })),
    );
    assert.equal(textOf(second), 'call-1 said Größe');
    assert.deepEqual(second.at(-1), { type: 'end', reason: 'stop' });
  });

  it('that fails gives an error with its words', async () => {
    const error = await appErrorOf(
      collectChunks(createVscodeProvider().stream(modelRequest({ model }))),
    );
    assert.match(error.code, /^model_(rejected|unavailable)$/);
    assert.match(error.message, /no tools were offered/);
  });

  it('that is not there is model_not_configured', async () => {
    const missing = { provider: 'vscode', id: 'countersign-test/none' };
    const error = await appErrorOf(
      collectChunks(createVscodeProvider().stream(modelRequest({ model: missing }))),
    );
    assert.equal(error.code, 'model_not_configured');
    assert.match(error.message, /countersign-test\/none .*Select Model…/);
  });
});

describe('vscode.lm: how models fail and stop', () => {
  for (const [thrown, code] of [
    [vscode.LanguageModelError.NoPermissions('not allowed'), 'model_auth'],
    [vscode.LanguageModelError.NotFound('gone'), 'model_not_configured'],
    [vscode.LanguageModelError.Blocked('quota'), 'model_rejected'],
    [new Error('socket closed'), 'model_unavailable'],
  ] as const) {
    it(`${thrown.message} is ${code}, at once and in mid-stream`, async () => {
      const atOnce = await appErrorOf(replyOf(chatModel(async () => Promise.reject(thrown))));
      assert.equal(atOnce.code, code);
      const inStream = replying(async function* () {
        yield new vscode.LanguageModelTextPart('half');
        throw thrown;
      });
      assert.equal((await appErrorOf(replyOf(inStream))).code, code);
    });
  }

  it('parts of other kinds are left out', async () => {
    const made = replying(async function* () {
      yield { thinking: 'hm' };
      yield new vscode.LanguageModelTextPart('answer');
    });
    const end = { type: 'end', reason: 'stop' };
    assert.deepEqual(await replyOf(made), [{ type: 'text', delta: 'answer' }, end]);
  });

  it('a stop ends a model that hangs, and tells it so', async () => {
    const controller = new AbortController();
    let cancelled = false;
    const made = chatModel(async (_messages, _options, token) => {
      token?.onCancellationRequested(() => (cancelled = true));
      return { stream: hangAfterText(), text: (async function* () {})() };
    });
    const provider = createVscodeProvider(async () => [made]);
    await assert.rejects(async () => {
      const request = modelRequest({
        model: { ...model, id: 'made/made' },
        signal: controller.signal,
      });
      for await (const chunk of provider.stream(request)) {
        assert.equal(chunk.type, 'text');
        controller.abort();
      }
    }, isAbort);
    assert.equal(cancelled, true);
  });
});

async function* hangAfterText(): AsyncGenerator<unknown> {
  yield new vscode.LanguageModelTextPart('one');
  await new Promise(() => {});
}

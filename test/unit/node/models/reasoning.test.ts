// What a model says it thinks: taken from the wire apart from its reply, and never sent to a model again.
import assert from 'node:assert/strict';
import type { Message } from '../../../../src/core/agent/message.ts';
import { toChatTurns } from '../../../../src/core/models/vscodeChat.ts';
import { addPiece, emptyReply } from '../../../../src/node/models/openaiReply.ts';
import { toWireRequest } from '../../../../src/node/models/openaiRequest.ts';
import { createScriptedProvider } from '../../../../src/node/models/scripted.ts';

const delta = (fields: object): unknown => ({ choices: [{ delta: fields }] });

describe('reasoning', () => {
  it('comes under either name, and nothing else of that name breaks a reply', () => {
    const reply = emptyReply();
    assert.deepEqual(addPiece(reply, delta({ reasoning_content: 'Per' })), [
      { type: 'reasoning', delta: 'Per' },
    ]);
    assert.deepEqual(addPiece(reply, delta({ reasoning: 'haps', content: 'Yes' })), [
      { type: 'reasoning', delta: 'haps' },
      { type: 'text', delta: 'Yes' },
    ]);
    assert.deepEqual(addPiece(reply, delta({ reasoning: { effort: 1 }, content: 'No' })), [
      { type: 'text', delta: 'No' },
    ]);
    assert.deepEqual(addPiece(reply, delta({ reasoning_content: null, content: '' })), []);
  });

  it('is no part of what a model is sent', () => {
    const said: Message = {
      ...{ role: 'assistant', id: 'm', text: 'Yes', reasoning: 'SECRET THOUGHT' },
      toolCalls: [{ id: 'c', name: 'read_file', argsText: '{"path":"a"}' }],
    };
    const messages: Message[] = [{ role: 'user', id: 'u', text: 'Go' }, said];
    const model = { provider: 'openai', id: 'x' };
    const { signal } = new AbortController();
    const request = { model, system: 'S', messages, tools: [], callIndex: 1, signal };
    assert.ok(!JSON.stringify(toWireRequest(request)).includes('THOUGHT'));
    assert.ok(!JSON.stringify(toChatTurns('S', messages)).includes('THOUGHT'));
  });

  it('can be said by a script', async () => {
    const script = { turns: [{ reasoning: 'I think of something', text: 'Done' }] };
    const provider = createScriptedProvider({ readFile: async () => JSON.stringify(script) });
    const { signal } = new AbortController();
    const model = { provider: 'scripted', id: 's.json' };
    const request = { model, system: '', messages: [], tools: [], callIndex: 0, signal };
    const said = { reasoning: '', text: '' };
    for await (const chunk of provider.stream(request))
      if (chunk.type === 'reasoning' || chunk.type === 'text') said[chunk.type] += chunk.delta;
    assert.deepEqual(said, { reasoning: 'I think of something', text: 'Done' });
  });
});

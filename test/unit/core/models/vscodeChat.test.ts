import assert from 'node:assert/strict';
import {
  chatFailure,
  findModel,
  modelName,
  noSuchModel,
  toChatTurns,
} from '../../../../src/core/models/vscodeChat.ts';
import type { Message } from '../../../../src/core/agent/message.ts';

describe('messages for vscode.lm', () => {
  it('puts the system text first, keeps calls with their text, and shares one message for results', () => {
    const call = (id: string, argsText: string) => ({ id, name: 'read_file', argsText });
    const result = (callId: string, text: string): Message => ({
      ...{ role: 'tool', id: `r-${callId}`, callId, tool: 'read_file', status: 'ok', text },
    });
    const messages: Message[] = [
      { role: 'user', id: 'm1', text: 'go' },
      {
        role: 'assistant',
        id: 'm2',
        text: 'Reading.',
        toolCalls: [call('c1', '{"path":"a"}'), call('c2', '{"pa')],
      },
      result('c1', 'A'),
      result('c2', 'B'),
      { role: 'assistant', id: 'm3', text: '', toolCalls: [call('c3', '{}')] },
      result('c3', 'C'),
      { role: 'assistant', id: 'm4', text: '', toolCalls: [] },
    ];
    assert.deepEqual(toChatTurns('Be brief.', messages), [
      { role: 'user', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'go' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'Reading.' },
          { type: 'toolCall', id: 'c1', name: 'read_file', args: { path: 'a' } },
          {
            type: 'toolCall',
            id: 'c2',
            name: 'read_file',
            args: { malformed_arguments: '{"pa' },
          },
        ],
      },
      {
        role: 'user',
        parts: [
          { type: 'toolResult', callId: 'c1', text: 'A' },
          { type: 'toolResult', callId: 'c2', text: 'B' },
        ],
      },
      {
        role: 'assistant',
        parts: [{ type: 'toolCall', id: 'c3', name: 'read_file', args: {} }],
      },
      { role: 'user', parts: [{ type: 'toolResult', callId: 'c3', text: 'C' }] },
      { role: 'assistant', parts: [{ type: 'text', text: '' }] },
    ]);
    assert.equal(toChatTurns('', messages).length, 6);
  });
});

describe('models of vscode.lm', () => {
  const models = [
    { vendor: 'copilot', family: 'gpt-5', id: 'gpt-5-2025' },
    { vendor: 'copilot', family: 'claude', id: 'claude-1' },
    { vendor: 'copilot', family: 'claude', id: 'claude-2' },
    { vendor: 'local', family: 'gpt-5', id: 'gpt-5' },
    { vendor: 'local', family: 'swapped', id: 'other' },
    { vendor: 'local', family: 'other', id: 'swapped' },
  ];

  it('are found by vendor and family, vendor and id, or id', () => {
    assert.equal(findModel(models, 'copilot/gpt-5'), models[0]);
    assert.equal(findModel(models, 'copilot/claude-2'), models[2]);
    assert.equal(findModel(models, 'gpt-5'), models[3]);
    assert.equal(findModel(models, 'copilot/none'), undefined);
  });

  it('have names that find them again', () => {
    assert.deepEqual(
      models.map((model) => findModel(models, modelName(models, model))),
      models,
    );
    assert.equal(modelName(models, models[0] ?? assert.fail()), 'copilot/gpt-5');
    assert.equal(modelName(models, models[2] ?? assert.fail()), 'copilot/claude-2');
  });

  it('that are not there give model_not_configured with what to do', () => {
    const none = noSuchModel('copilot/gpt-5', []);
    assert.equal(none.code, 'model_not_configured');
    assert.match(none.message, /offers no language model.*Select Model…/);
    assert.match(
      noSuchModel('x', ['copilot/gpt-5']).message,
      /no model x \(it has copilot\/gpt-5\)/,
    );
  });

  for (const [code, expected] of [
    ['NoPermissions', 'model_auth'],
    ['NotFound', 'model_not_configured'],
    ['Blocked', 'model_rejected'],
    ['Unknown', 'model_unavailable'],
  ] as const) {
    it(`error ${code} is ${expected} and keeps the provider's words`, () => {
      const error = chatFailure({ code, message: 'their words.' }, 'copilot/gpt-5');
      assert.equal(error.code, expected);
      assert.match(error.message, /copilot\/gpt-5.*: their words\. /);
      const silent = chatFailure({ code, message: '' }, 'm').message;
      assert.doesNotMatch(silent.replaceAll('Countersign: ', ''), /: /);
    });
  }
});

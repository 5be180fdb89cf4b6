// A language model provider as other extensions register one: it calls a tool first, then repeats the tool's result.
import * as vscode from 'vscode';

const model = {
  id: 'echo-1',
  name: 'Echo',
  family: 'echo',
  version: '1',
  maxInputTokens: 10_000,
  maxOutputTokens: 10_000,
  capabilities: { toolCalling: true },
  // Newer versions of VS Code list only models that can be picked.
  isUserSelectable: true,
};

export function activate(context) {
  const provider = {
    provideLanguageModelChatInformation: async () => [model],
    provideTokenCount: async (_model, text) => JSON.stringify(text).length,
    provideLanguageModelChatResponse: async (_model, messages, options, progress) => {
      for (const part of reply(messages, options)) progress.report(part);
    },
  };
  context.subscriptions.push(
    vscode.lm.registerLanguageModelChatProvider('countersign-test', provider),
  );
}

function reply(messages, options) {
  const results = messages
    .flatMap(({ content }) => content)
    .filter((part) => part instanceof vscode.LanguageModelToolResultPart);
  const text = (value) => new vscode.LanguageModelTextPart(value);
  if (results.length > 0) {
    const [first] = results;
    return [text(`${first.callId} said `), text(first.content.map(({ value }) => value).join(''))];
  }
  const [tool] = options.tools ?? [];
  if (!tool) throw vscode.LanguageModelError.Blocked('no tools were offered');
  const input = { path: 'größe/日本語.txt', schema: tool.inputSchema };
  return [
    text('Let me '),
    text('look.'),
    new vscode.LanguageModelToolCallPart('call-1', tool.name, input),
  ];
}

// The part of talking to vscode.lm that needs no vscode: messages as plain parts, choice of a model, names of errors.
import { historyCall, type HistoryCall } from './historyCall.ts';
import { AppError } from '../base/errors.ts';
import type { Message } from '../agent/message.ts';

export type ChatPart =
  | { type: 'text'; text: string }
  | ({ type: 'toolCall' } & HistoryCall)
  | { type: 'toolResult'; callId: string; text: string };

export interface ChatTurn {
  role: 'user' | 'assistant';
  parts: ChatPart[];
}

/** There is no system role: its text comes first, as the user's. Results that follow each other share one message. */
export function toChatTurns(system: string, messages: readonly Message[]): ChatTurn[] {
  const turns: ChatTurn[] = [];
  if (system !== '') turns.push({ role: 'user', parts: [{ type: 'text', text: system }] });
  let results: ChatTurn | undefined;
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!results) turns.push((results = { role: 'user', parts: [] }));
      results.parts.push({ type: 'toolResult', callId: message.callId, text: message.text });
      continue;
    }
    results = undefined;
    turns.push({ role: message.role, parts: partsOf(message) });
  }
  return turns;
}

function partsOf(message: Exclude<Message, { role: 'tool' }>): ChatPart[] {
  const calls = message.role === 'assistant' ? message.toolCalls : [];
  const parts: ChatPart[] = calls.map((call) => ({ type: 'toolCall', ...historyCall(call) }));
  // A message must hold something.
  if (message.text !== '' || parts.length === 0)
    parts.unshift({ type: 'text', text: message.text });
  return parts;
}

interface ModelIdentity {
  vendor: string;
  family: string;
  id: string;
}

/** The model that `wanted` names: `vendor/id`, else `vendor/family`, else a bare id. */
export function findModel<M extends ModelIdentity>(
  models: readonly M[],
  wanted: string,
): M | undefined {
  return (
    models.find(({ vendor, id }) => `${vendor}/${id}` === wanted) ??
    models.find(({ vendor, family }) => `${vendor}/${family}` === wanted) ??
    models.find(({ id }) => id === wanted)
  );
}

/** How to name a model so that `findModel` finds it among these: by family while that is enough, else by id. */
export function modelName(models: readonly ModelIdentity[], model: ModelIdentity): string {
  const byFamily = `${model.vendor}/${model.family}`;
  return findModel(models, byFamily) === model && countOf(models, model) === 1
    ? byFamily
    : `${model.vendor}/${model.id}`;
}

function countOf(models: readonly ModelIdentity[], { vendor, family }: ModelIdentity): number {
  return models.filter((model) => model.vendor === vendor && model.family === family).length;
}

/** What to say when no model answers to the name. */
export function noSuchModel(wanted: string, available: readonly string[]): AppError {
  const there =
    available.length === 0
      ? 'VS Code offers no language model. Install an extension that brings some (for example GitHub Copilot) or sign in to it'
      : `VS Code has no model ${wanted} (it has ${available.slice(0, 10).join(', ')})`;
  return new AppError(
    'model_not_configured',
    `${there}, or run “Countersign: Select Model…” and choose another.`,
  );
}

/** The AppError for an error of vscode.lm; `code` is that of a LanguageModelError. */
export function chatFailure(thrown: { code: string; message: string }, model: string): AppError {
  const says = thrown.message.trim() === '' ? '' : `: ${thrown.message.trim().replace(/\.$/, '')}`;
  switch (thrown.code) {
    case 'NoPermissions':
      return new AppError(
        'model_auth',
        `VS Code does not let Countersign use ${model}${says}. Send the message again and allow it, or select another model.`,
      );
    case 'NotFound':
      return new AppError(
        'model_not_configured',
        `VS Code no longer has the model ${model}${says}. Run “Countersign: Select Model…”.`,
      );
    case 'Blocked':
      return new AppError(
        'model_rejected',
        `The provider of ${model} refused the request${says}. Wait, change the message or select another model.`,
      );
    default:
      return new AppError(
        'model_unavailable',
        `${model} failed${says}. Send the message again, or select another model.`,
      );
  }
}

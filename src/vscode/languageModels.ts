// The models of vscode.lm (Copilot and others that extensions bring) as a model provider. Keys and accounts are theirs.
import * as vscode from 'vscode';
import { throwIfAborted, untilAborted } from '../core/models/abort.ts';
import {
  chatFailure,
  findModel,
  modelName,
  noSuchModel,
  toChatTurns,
  type ChatPart,
  type ChatTurn,
} from '../core/models/vscodeChat.ts';
import { AppError, isAbort } from '../core/base/errors.ts';
import { t } from '../protocol/l10n.ts';
import type { ModelChunk, ModelProvider, ModelRequest, ModelTraits } from '../core/ports/model.ts';

interface VscodeModel {
  /** For a ModelRef of provider `vscode`: `vendor/family`, or `vendor/id` where that is not enough. */
  id: string;
  label: string;
}

/** Finds chat models; replaced by tests. */
type SelectModels = () => PromiseLike<readonly vscode.LanguageModelChat[]>;

const selectAll: SelectModels = () => vscode.lm.selectChatModels();

/** The models that VS Code offers now, as its extensions name them; may be empty. */
export async function listVscodeModels(select: SelectModels = selectAll): Promise<VscodeModel[]> {
  const models = await select();
  return models.map((model) => ({
    id: modelName(models, model),
    label: `${model.name || model.id} (${model.vendor})`,
  }));
}

/** Streams through the model named by the request. VS Code may first ask the user for permission. */
export function createVscodeProvider(select: SelectModels = selectAll): ModelProvider {
  return {
    traits: rememberedTraits(select),
    async *stream(request) {
      const { signal } = request;
      throwIfAborted(signal);
      const cancellation = new vscode.CancellationTokenSource();
      const cancel = (): void => cancellation.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      try {
        yield* streamReply(select, request, cancellation.token);
      } catch (thrown) {
        throwIfAborted(signal);
        throw failureOf(thrown, request.model.id);
      } finally {
        signal.removeEventListener('abort', cancel);
        // Also reached when the reader stops early: the provider need not go on.
        cancellation.cancel();
        cancellation.dispose();
      }
    },
  };
}

/** Asked of VS Code once a minute at most: the chat asks whenever it looks. It offers extensions no way to send images. */
function rememberedTraits(select: SelectModels): (id: string) => Promise<ModelTraits> {
  const known = new Map<string, { until: number; traits: Promise<ModelTraits> }>();
  return (id) => {
    const found = known.get(id);
    if (found && found.until > Date.now()) return found.traits;
    const traits = traitsOfModel(select, id);
    known.set(id, { until: Date.now() + 60_000, traits });
    return traits;
  };
}

async function traitsOfModel(select: SelectModels, id: string): Promise<ModelTraits> {
  try {
    const model = findModel(await select(), id);
    return { images: false, contextWindow: model?.maxInputTokens ?? null };
  } catch {
    return { images: false, contextWindow: null };
  }
}

async function* streamReply(
  select: SelectModels,
  request: ModelRequest,
  token: vscode.CancellationToken,
): AsyncGenerator<ModelChunk> {
  const { signal } = request;
  const models = await untilAborted(select(), signal);
  const model = findModel(models, request.model.id);
  if (!model)
    throw noSuchModel(
      request.model.id,
      models.map((each) => modelName(models, each)),
    );
  const messages = toChatTurns(request.system, request.messages).map(toChatMessage);
  const response = await untilAborted(
    model.sendRequest(messages, requestOptions(request), token),
    signal,
  );
  let calls = 0;
  const parts = response.stream[Symbol.asyncIterator]();
  for (;;) {
    const next = await untilAborted(parts.next(), signal);
    if (next.done) break;
    const chunk = toChunk(next.value, calls);
    if (!chunk) continue;
    if (chunk.type === 'toolCall') calls += 1;
    yield chunk;
  }
  yield { type: 'end', reason: calls > 0 ? 'tool_calls' : 'stop' };
}

function requestOptions(request: ModelRequest): vscode.LanguageModelChatRequestOptions {
  const tools = request.tools.map(({ name, description, schema }) => ({
    ...{ name, description },
    inputSchema: schema,
  }));
  return {
    justification: t('Countersign sends the thread to this model to get the agent’s next step.'),
    ...(tools.length > 0 ? { tools } : {}),
  };
}

/** Text and tool calls; parts of other kinds (thinking, data) are not part of the reply. */
function toChunk(part: unknown, index: number): ModelChunk | undefined {
  if (part instanceof vscode.LanguageModelTextPart) {
    return part.value === '' ? undefined : { type: 'text', delta: part.value };
  }
  if (part instanceof vscode.LanguageModelToolCallPart) {
    const args = JSON.stringify(part.input ?? {});
    return { type: 'toolCall', index, id: part.callId, name: part.name, args };
  }
  return undefined;
}

function toChatMessage(turn: ChatTurn): vscode.LanguageModelChatMessage {
  const role =
    turn.role === 'user'
      ? vscode.LanguageModelChatMessageRole.User
      : vscode.LanguageModelChatMessageRole.Assistant;
  return new vscode.LanguageModelChatMessage(role, turn.parts.map(toInputPart));
}

function toInputPart(part: ChatPart): vscode.LanguageModelInputPart {
  switch (part.type) {
    case 'text':
      return new vscode.LanguageModelTextPart(part.text);
    case 'toolCall':
      return new vscode.LanguageModelToolCallPart(part.id, part.name, part.args);
    case 'toolResult':
      return new vscode.LanguageModelToolResultPart(part.callId, [
        new vscode.LanguageModelTextPart(part.text),
      ]);
  }
}

function failureOf(thrown: unknown, model: string): unknown {
  if (thrown instanceof AppError || isAbort(thrown)) return thrown;
  if (thrown instanceof vscode.LanguageModelError) return chatFailure(thrown, model);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return chatFailure({ code: 'Unknown', message }, model);
}

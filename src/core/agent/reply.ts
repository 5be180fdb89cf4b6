// Folds the pieces of a streamed reply into one assistant message. Pure apart from the callback for text.
import { AppError } from '../base/errors.ts';
import type { AssistantMessage, ToolCall, Usage } from './message.ts';
import type { ModelChunk } from '../ports/model.ts';

/** More of it is not kept, in UTF-16 units. */
const MAX_REASONING = 50_000;

interface PartialCall {
  id: string;
  name: string;
  args: string;
}

export interface Reply {
  message: AssistantMessage;
  /** The model stopped at its length limit. */
  cutAtLimit: boolean;
}

interface ReplyOptions {
  messageId: string;
  /** Ids of the turn's earlier calls; a repeated id is made unique, because decisions are keyed by it. */
  usedIds: ReadonlySet<string>;
  onText: (delta: string) => void;
  /** What it thinks, as far as it is kept. */
  onReasoning: (delta: string) => void;
}

/** Throws AppError `model_cut_off` when the stream ends without an end piece, `model_empty` when it holds nothing. */
export async function collectReply(
  chunks: AsyncIterable<ModelChunk>,
  options: ReplyOptions,
): Promise<Reply> {
  const calls = new Map<number, PartialCall>();
  let text = '';
  let reasoning = '';
  let usage: Usage | undefined;
  let end: Extract<ModelChunk, { type: 'end' }>['reason'] | undefined;
  for await (const chunk of chunks) {
    if (chunk.type === 'text') {
      text += chunk.delta;
      options.onText(chunk.delta);
    } else if (chunk.type === 'reasoning') {
      const delta = chunk.delta.slice(0, MAX_REASONING - reasoning.length);
      reasoning += delta;
      if (delta !== '') options.onReasoning(delta);
    } else if (chunk.type === 'toolCall') addToCall(calls, chunk);
    else if (chunk.type === 'usage') usage = chunk.usage;
    else end = chunk.reason;
  }
  if (end === undefined) {
    throw new AppError(
      'model_cut_off',
      'The model’s reply ended too early. Send the message again.',
    );
  }
  const inOrder = [...calls].sort(([a], [b]) => a - b).map(([, call]) => call);
  const toolCalls = uniqueCalls(inOrder, options);
  if (text.trim() === '' && toolCalls.length === 0) {
    throw new AppError(
      'model_empty',
      'The model sent an empty reply. Send the message again, or select another model.',
    );
  }
  const message: AssistantMessage = {
    ...{ role: 'assistant', id: options.messageId, text, toolCalls },
    ...(usage && { usage }),
    ...(reasoning !== '' && { reasoning }),
  };
  return { message, cutAtLimit: end === 'length' };
}

function addToCall(
  calls: Map<number, PartialCall>,
  chunk: Extract<ModelChunk, { type: 'toolCall' }>,
): void {
  const call = calls.get(chunk.index) ?? { id: '', name: '', args: '' };
  calls.set(chunk.index, {
    id: call.id || (chunk.id ?? ''),
    name: call.name || (chunk.name ?? ''),
    args: call.args + (chunk.args ?? ''),
  });
}

/** Ids become keys of decisions and attributes of cards: no names that every object has, nothing invisible or endless. */
function isPlainId(id: string): boolean {
  return /^[\w.:~|/+=-]{1,200}$/.test(id) && !(id in {});
}

function uniqueCalls(calls: readonly PartialCall[], options: ReplyOptions): ToolCall[] {
  const used = new Set(options.usedIds);
  return calls.map((call, index) => {
    const wanted = isPlainId(call.id) ? call.id : `${options.messageId}.${index}`;
    let id = wanted;
    for (let n = 2; used.has(id); n += 1) id = `${wanted}~${n}`;
    used.add(id);
    return { id, name: call.name, argsText: call.args };
  });
}

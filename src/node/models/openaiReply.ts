// Puts a streamed chat completion together: text as it comes, fragments of tool calls sorted into their calls.
// Tolerates what servers get wrong: index missing or always 0, ids missing or repeated, names in pieces, no usage.
import { z } from 'zod';
import { parseJson } from '../../core/base/json.ts';
import type { Usage } from '../../core/agent/message.ts';
import type { ModelChunk } from '../../core/ports/model.ts';

const CallPiece = z.object({
  index: z.number().int().nullish(),
  id: z.string().nullish(),
  function: z
    .object({
      name: z.string().nullish(),
      // Some servers send the arguments as an object, whole.
      arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
    })
    .nullish(),
});
type CallPiece = z.infer<typeof CallPiece>;

const Choice = z.object({
  delta: z
    .object({
      content: z.string().nullish().catch(null),
      refusal: z.string().nullish(),
      // Under the one name or the other, depending on the server.
      reasoning_content: z.string().nullish().catch(null),
      reasoning: z.string().nullish().catch(null),
      tool_calls: z.array(CallPiece).nullish(),
    })
    .nullish(),
  finish_reason: z.string().nullish(),
});

const Piece = z.object({
  choices: z.array(Choice).nullish(),
  usage: z
    .object({ prompt_tokens: z.number(), completion_tokens: z.number() })
    .nullish()
    .catch(null),
});

interface Call {
  wireIndex: number | undefined;
  id: string;
  name: string;
  args: string;
  nameSent: boolean;
}

/** A reply as far as it has come. */
interface PartialReply {
  calls: Call[];
  usage: Usage | undefined;
  finishReason: string | undefined;
}

export function emptyReply(): PartialReply {
  return { calls: [], usage: undefined, finishReason: undefined };
}

/** Takes in one piece of the stream and returns what it adds; undefined when it is not a chat-completion chunk. */
export function addPiece(reply: PartialReply, piece: unknown): ModelChunk[] | undefined {
  const parsed = Piece.safeParse(piece);
  if (!parsed.success) return undefined;
  const { choices, usage } = parsed.data;
  if (usage) reply.usage = { input: usage.prompt_tokens, output: usage.completion_tokens };
  const choice = choices?.[0];
  if (choice?.finish_reason) reply.finishReason = choice.finish_reason;
  const text = choice?.delta?.content ?? choice?.delta?.refusal ?? '';
  const reasoning = choice?.delta?.reasoning_content ?? choice?.delta?.reasoning ?? '';
  const chunks: ModelChunk[] = [];
  if (reasoning !== '') chunks.push({ type: 'reasoning', delta: reasoning });
  if (text !== '') chunks.push({ type: 'text', delta: text });
  for (const call of choice?.delta?.tool_calls ?? []) chunks.push(...addCallPiece(reply, call));
  return chunks;
}

/** The last pieces, `end` last; undefined when the stream stopped before the server said that it was complete. */
export function finishReply(reply: PartialReply): ModelChunk[] | undefined {
  if (reply.finishReason === undefined) return undefined;
  const chunks: ModelChunk[] = reply.calls.flatMap((call, index) =>
    call.nameSent ? [] : [headOf(call, index)],
  );
  if (reply.usage) chunks.push({ type: 'usage', usage: reply.usage });
  return [
    ...chunks,
    { type: 'end', reason: endReason(reply.finishReason, reply.calls.length > 0) },
  ];
}

function endReason(
  finishReason: string,
  hasCalls: boolean,
): Extract<ModelChunk, { type: 'end' }>['reason'] {
  if (finishReason === 'length') return 'length';
  if (['stop', 'tool_calls', 'function_call'].includes(finishReason)) {
    return hasCalls ? 'tool_calls' : 'stop';
  }
  return 'other';
}

function addCallPiece(reply: PartialReply, piece: CallPiece): ModelChunk[] {
  const call = callFor(reply.calls, piece) ?? newCall(reply.calls, piece);
  const index = reply.calls.indexOf(call);
  call.id ||= piece.id ?? '';
  const name = piece.function?.name ?? '';
  // A name may come in pieces, or whole again with every fragment.
  if (!call.nameSent && name !== call.name) call.name += name;
  const args = argsOf(piece);
  if (args === '') return [];
  call.args += args;
  if (call.nameSent || call.name === '') return [{ type: 'toolCall', index, args }];
  call.nameSent = true;
  return [{ ...headOf(call, index), args }];
}

function headOf(call: Call, index: number): Extract<ModelChunk, { type: 'toolCall' }> {
  const id = call.id === '' ? {} : { id: call.id };
  return { type: 'toolCall', index, ...id, name: call.name };
}

/** The call that a fragment continues; undefined when it begins a new one. */
function callFor(calls: readonly Call[], piece: CallPiece): Call | undefined {
  const { index, id } = piece;
  const name = piece.function?.name ?? '';
  if (typeof index === 'number') {
    const known = calls.findLast((call) => call.wireIndex === index);
    // Every call with index 0: a name under a new id begins another. Without a name the id may be noise.
    const begins = known && id && known.id !== '' && known.id !== id && name !== '';
    return begins ? undefined : known;
  }
  const last = calls.at(-1);
  if (!last) return undefined;
  if (id && last.id !== '' && last.id !== id) {
    return calls.find((call) => call.id === id) ?? (name === '' ? last : undefined);
  }
  const complete = last.args !== '' && parseJson(last.args).ok;
  return name !== '' && complete ? undefined : last;
}

function newCall(calls: Call[], piece: CallPiece): Call {
  const wireIndex = piece.index ?? undefined;
  const call = { wireIndex, id: '', name: '', args: '', nameSent: false };
  calls.push(call);
  return call;
}

function argsOf(piece: CallPiece): string {
  const args = piece.function?.arguments ?? '';
  return typeof args === 'string' ? args : JSON.stringify(args);
}

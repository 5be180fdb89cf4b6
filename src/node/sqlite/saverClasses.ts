// The closed list of classes that a checkpoint may hold besides plain data, by tags that we choose.
// What is built here has no side effects; nothing is ever looked up by a name that was stored.
import {
  AIMessage,
  AIMessageChunk,
  ChatMessage,
  FunctionMessage,
  HumanMessage,
  HumanMessageChunk,
  RemoveMessage,
  SystemMessage,
  ToolMessage,
  type BaseMessage,
  type BaseMessageFields,
} from '@langchain/core/messages';
import { DeltaSnapshot } from '@langchain/langgraph-checkpoint';
import { AppError } from '../../core/base/errors.ts';

type Kwargs = Record<string, unknown>;
type Tag = [kind: string, ...parts: unknown[]];

/** What stands for an instance in JSON; undefined for plain data. Throws AppError for what JSON would change silently. */
export function tagOf(value: object): Tag | undefined {
  if (value instanceof DeltaSnapshot) return ['delta_snapshot', value.value];
  if (value instanceof Uint8Array) return ['bytes', Buffer.from(value).toString('base64')];
  if (value instanceof Map) return ['map', ...value];
  if (value instanceof Set) return ['set', ...value];
  if (value instanceof Error) return ['error', value.name, value.message];
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof RegExp) {
    throw new AppError('store_failed', `A checkpoint cannot hold a ${value.constructor.name}.`, {
      audience: 'log',
    });
  }
  return messageTag(value);
}

/** What LangGraph needs of a `Send` when it reads it back as data; undefined for anything else. */
export function sendData(value: object): object | undefined {
  if (!('lg_name' in value) || value.lg_name !== 'Send') return undefined;
  if (Object.getPrototypeOf(value) === Object.prototype) return undefined;
  if (!('node' in value) || !('args' in value)) return undefined;
  const { node, args } = value;
  const timeout = 'timeout' in value ? value.timeout : undefined;
  return { node, args, ...(timeout !== undefined && { timeout }) };
}

/** The instance for a tag whose parts are decoded already; undefined for one that we do not write. */
export function reviveClass(kind: string, parts: readonly unknown[]): unknown {
  const [first, second] = parts;
  switch (kind) {
    case 'delta_snapshot':
      return new DeltaSnapshot(first);
    case 'bytes':
      return typeof first === 'string' ? new Uint8Array(Buffer.from(first, 'base64')) : undefined;
    case 'map':
      return parts.every(isPair) ? new Map(parts) : undefined;
    case 'set':
      return new Set(parts);
    case 'error':
      return { name: String(first), message: String(second) };
    case 'message':
      return typeof first === 'string' && isFields(second)
        ? messages.get(first)?.build(second)
        : undefined;
    default:
      return undefined;
  }
}

function isPair(part: unknown): part is [unknown, unknown] {
  return Array.isArray(part) && part.length === 2;
}

type Fields = BaseMessageFields & Kwargs;

function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const content = 'content' in value ? value.content : undefined;
  return content === undefined || typeof content === 'string' || Array.isArray(content);
}

interface MessageKind {
  type: abstract new (...args: never[]) => BaseMessage;
  build: (fields: Fields) => BaseMessage;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const messages: ReadonlyMap<string, MessageKind> = new Map<string, MessageKind>([
  ['human', { type: HumanMessage, build: (fields) => new HumanMessage(fields) }],
  ['human_chunk', { type: HumanMessageChunk, build: (fields) => new HumanMessageChunk(fields) }],
  ['ai', { type: AIMessage, build: (fields) => new AIMessage(fields) }],
  ['ai_chunk', { type: AIMessageChunk, build: (fields) => new AIMessageChunk(fields) }],
  ['system', { type: SystemMessage, build: (fields) => new SystemMessage(fields) }],
  [
    'tool',
    {
      type: ToolMessage,
      build: (fields) => new ToolMessage({ ...fields, tool_call_id: text(fields['tool_call_id']) }),
    },
  ],
  [
    'function',
    {
      type: FunctionMessage,
      build: (fields) => new FunctionMessage({ ...fields, name: text(fields['name']) }),
    },
  ],
  [
    'chat',
    {
      type: ChatMessage,
      build: (fields) => new ChatMessage({ ...fields, role: text(fields['role']) }),
    },
  ],
  [
    'remove',
    {
      type: RemoveMessage,
      build: (fields) => new RemoveMessage({ ...fields, id: text(fields['id']) }),
    },
  ],
]);

/** Subclasses are not on the list: they would come back as something else. */
function messageTag(value: object): Tag | undefined {
  for (const [kind, { type }] of messages) {
    if (value.constructor !== type || !(value instanceof type)) continue;
    const json = value.toJSON();
    return ['message', kind, 'kwargs' in json ? json.kwargs : {}];
  }
  return undefined;
}

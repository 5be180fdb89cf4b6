// Turns LangGraph's values into plain JSON and back. Stored JSON can never become a class, a secret or code.
import type { SerializerProtocol } from '@langchain/langgraph-checkpoint';
import { AppError } from '../../core/base/errors.ts';
import { parsePlainJson } from './plainJson.ts';

/** LangGraph may write `undefined` as a value of its own, which JSON does not have. */
const UNDEFINED = 'undefined';
const JSON_TYPE = 'json';

/**
 * `dumpsTyped` throws AppError `store_failed` for values that JSON would silently change; `loadsTyped` throws
 * `store_damaged_row`.
 */
export const plainJsonSerde: SerializerProtocol = {
  dumpsTyped: async (value: unknown) => {
    if (value === undefined) return [UNDEFINED, new Uint8Array()];
    return [JSON_TYPE, new TextEncoder().encode(JSON.stringify(value, refuseClasses))];
  },
  loadsTyped: async (type: string, data: Uint8Array | string): Promise<unknown> => {
    if (type === UNDEFINED) return undefined;
    if (type !== JSON_TYPE) throw damagedValue(`its type is ${type}`);
    try {
      return parsePlainJson(typeof data === 'string' ? data : new TextDecoder().decode(data));
    } catch (error) {
      throw damagedValue(String(error));
    }
  },
};

function damagedValue(detail: string): AppError {
  return new AppError('store_damaged_row', `A stored value cannot be read: ${detail}`);
}

function refuseClasses(_key: string, value: unknown): unknown {
  const lossy =
    value instanceof Map ||
    value instanceof Set ||
    ArrayBuffer.isView(value) ||
    typeof value === 'bigint';
  if (!lossy) return value instanceof Error ? errorData(value) : value;
  throw new AppError('store_failed', 'The state of a turn must be plain JSON.', {
    audience: 'log',
  });
}

function errorData({ name, message }: Error): { name: string; message: string } {
  return { name, message };
}

// A tool call of the conversation so far, as it may be sent to a model again. Providers refuse a whole conversation for
// one odd name or argument text in it, so both are made acceptable; the error result beside it says what was wrong.
import { parseJson } from '../base/json.ts';
import type { JsonObject } from '../../protocol/calls.ts';
import type { ToolCall } from '../agent/message.ts';

const LONGEST_NAME = 64;

export interface HistoryCall {
  id: string;
  name: string;
  args: JsonObject;
}

/** Arguments that are no JSON object come back as the text under `malformed_arguments`. */
export function historyCall(call: ToolCall): HistoryCall {
  const name = call.name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, LONGEST_NAME) || 'unnamed';
  const json = parseJson(call.argsText);
  const args = json.ok && isObject(json.value) ? { ...json.value } : undefined;
  return { id: call.id, name, args: args ?? { malformed_arguments: call.argsText } };
}

// Not with zod: this file is part of the extension's own small bundle.
function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

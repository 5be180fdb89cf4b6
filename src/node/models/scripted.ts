// A model that replies from a JSON file: the demo agent and the tests. Needs no key and no network.
import { delay } from './delay.ts';
import { invalid, parseScript, type Script, type ScriptEntry } from './script.ts';
import { lastResults, listResults, RESULTS_PLACEHOLDER } from './scriptResults.ts';
import { AppError } from '../../core/base/errors.ts';
import type { Message } from '../../core/agent/message.ts';
import { throwIfAborted } from '../../core/models/abort.ts';
import type { ModelChunk, ModelProvider, ModelRequest } from '../../core/ports/model.ts';

export interface ScriptedOptions {
  /** Text of a script file; rejects when it cannot be read. */
  readFile(path: string): Promise<string>;
}

const LONGEST_QUOTE = 300;

/**
 * Entry number `callIndex` of the script named by the model's id is the reply. Throws AppError `script_invalid` for a
 * file that cannot be read or parsed, `script_mismatch` when an expected text is missing or the script has run out.
 */
export function createScriptedProvider(options: ScriptedOptions): ModelProvider {
  return {
    traits: async (id) => {
      const script = await load(options, id).catch(() => undefined);
      const { images = false, contextWindow = null } = script?.model ?? {};
      return { images, contextWindow };
    },
    async *stream(request) {
      const { signal, model, messages, callIndex } = request;
      const script = await load(options, model.id);
      throwIfAborted(signal);
      if (request.purpose === 'title') {
        yield* replyOf({ text: script.title ?? '' }, [], callIndex);
        return;
      }
      const entry = entryFor(script, request);
      if (entry.delayMs) await delay(entry.delayMs, signal);
      for (const chunk of replyOf(entry, messages, callIndex)) {
        throwIfAborted(signal);
        yield chunk;
      }
    },
  };
}

async function load(options: ScriptedOptions, file: string): Promise<Script> {
  let text: string;
  try {
    text = await options.readFile(file);
  } catch (error) {
    throw invalid(
      file,
      `it cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return parseScript(text, file);
}

function entryFor(script: Script, request: ModelRequest): ScriptEntry {
  const { callIndex, messages, model } = request;
  const entry = script.turns[callIndex];
  const came = cameSince(messages, callIndex);
  if (!entry) {
    throw new AppError(
      'script_mismatch',
      `The script ${model.id} has run out: it has ${script.turns.length} entries and the model was called for number ${callIndex + 1}. What came: ${quote(came)}. Add an entry, or start a new thread.`,
    );
  }
  const missing = (entry.expect ?? []).filter((expected) => !came.includes(expected));
  if (missing.length > 0) {
    throw new AppError(
      'script_mismatch',
      `The script ${model.id} does not fit at turns[${callIndex}]: it expected ${missing.map(quote).join(' and ')}. What came: ${quote(came)}. Correct the script, or bring the workspace into the state it was written for.`,
    );
  }
  return entry;
}

/** The text in which expectations are looked for: the results since the last reply, at first also the user's message. */
function cameSince(messages: readonly Message[], callIndex: number): string {
  const texts = lastResults(messages).map(({ text }) => text);
  const user = callIndex === 0 ? messages.findLast(({ role }) => role === 'user') : undefined;
  return [...(user ? [user.text] : []), ...texts].join('\n');
}

function* replyOf(
  entry: ScriptEntry,
  messages: readonly Message[],
  callIndex: number,
): Generator<ModelChunk> {
  const text = entry.text?.replaceAll(RESULTS_PLACEHOLDER, () => listResults(messages)) ?? '';
  for (const delta of pieces(entry.reasoning ?? '')) yield { type: 'reasoning', delta };
  for (const delta of pieces(text)) yield { type: 'text', delta };
  const calls = entry.toolCalls ?? [];
  for (const [index, call] of calls.entries()) {
    yield { type: 'toolCall', index, id: call.id ?? `s${callIndex}.${index}`, name: call.name };
    const argsText = call.argsText ?? JSON.stringify(call.args ?? {});
    for (const args of pieces(argsText)) yield { type: 'toolCall', index, args };
  }
  if (entry.usage) yield { type: 'usage', usage: entry.usage };
  yield { type: 'end', reason: calls.length > 0 ? 'tool_calls' : 'stop' };
}

/** Cuts a text into short pieces, as a model streams it; never inside a code point. */
function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,16}/gu) ?? [];
}

function quote(text: string): string {
  const points = [...text];
  return JSON.stringify(
    points.length > LONGEST_QUOTE ? `${points.slice(0, LONGEST_QUOTE).join('')}…` : text,
  );
}

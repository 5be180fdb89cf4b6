// What a script can know of the conversation: the results since the last reply, as texts to check and as a plain list.
import { parseJson } from '../../core/base/json.ts';
import { JsonObject } from '../../protocol/calls.ts';
import type { AssistantMessage, Message, ToolMessage } from '../../core/agent/message.ts';

/** Replaced in an entry's text by the list of `listResults`. */
export const RESULTS_PLACEHOLDER = '{{results}}';

const LONGEST_LINE = 200;
const TARGET_KEYS = ['path', 'command', 'question', 'pattern', 'from'];
/** Results that say by themselves that the call did not run. */
const SAYS_WHY = /^(rejected|denied|blocked|cancelled)\b/i;
/** The note under a result that says the human changed the call before approving it. */
const EDIT_NOTE = /^(The user changed .*?)[.:]/m;

/** The tool results that came after the last reply. */
export function lastResults(messages: readonly Message[]): ToolMessage[] {
  const lastReply = messages.findLastIndex((message) => message.role === 'assistant');
  return messages.slice(lastReply + 1).filter((message) => message.role === 'tool');
}

/** One line a result: `- edit_file src/price.ts → <first line of the result>`; says so when there is none. */
export function listResults(messages: readonly Message[]): string {
  const reply = messages.findLast((message) => message.role === 'assistant');
  const results = lastResults(messages);
  if (results.length === 0) return '- no results';
  return results.map((result) => `- ${subject(result, reply)} → ${outcome(result)}`).join('\n');
}

function subject(result: ToolMessage, reply: AssistantMessage | undefined): string {
  const call = reply?.toolCalls.find(({ id }) => id === result.callId);
  const json = parseJson(call?.argsText ?? '');
  const args = JsonObject.safeParse(json.ok ? json.value : undefined);
  const target = TARGET_KEYS.map((key) => args.data?.[key]).find(
    (value) => typeof value === 'string',
  );
  return target === undefined ? result.tool : `${result.tool} ${firstLine(target)}`;
}

function outcome(result: ToolMessage): string {
  const line = firstLine(result.text) || '(empty)';
  const failed = result.status === 'error' && !SAYS_WHY.test(line);
  const note = EDIT_NOTE.exec(result.text)?.[1];
  return `${failed ? 'failed: ' : ''}${line}${note === undefined ? '' : ` (${note})`}`;
}

function firstLine(text: string): string {
  const line = text.trim().split(/\r?\n/, 1)[0] ?? '';
  const points = [...line];
  return points.length > LONGEST_LINE ? `${points.slice(0, LONGEST_LINE).join('')}…` : line;
}

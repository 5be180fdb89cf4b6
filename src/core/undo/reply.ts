// Stands in for the model in a turn that undoes another one: one batch of calls, then how many of them did it. Nothing is asked
// and nothing leaves the machine.
import type { UndoFile, UndoPlan } from './plan.ts';
import { counted } from '../tools/paths.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import { UNDO_TOOL } from '../../protocol/calls.ts';
import type { Message } from '../agent/message.ts';
import type { ModelChunk } from '../ports/model.ts';

/** `messages` are those of this turn. */
export async function* undoReply(
  plan: UndoPlan,
  messages: readonly Message[],
): AsyncGenerator<ModelChunk> {
  if (messages.some(({ role }) => role === 'assistant')) {
    yield { type: 'text', delta: outcomeText(plan, messages) };
    yield { type: 'end', reason: 'stop' };
    return;
  }
  yield { type: 'text', delta: planText(plan) };
  for (const [index, { path }] of plan.files.entries()) {
    const args = JSON.stringify({ path, turn: plan.turnId });
    yield { type: 'toolCall', index, id: `undo${index}`, name: UNDO_TOOL, args };
  }
  yield { type: 'end', reason: 'tool_calls' };
}

function planText({ title, files, left }: UndoPlan): string {
  const intro = `To undo “${displayBytes(title)}”, ${counted(files.length, 'file')} would change. Nothing is written before you approve it.`;
  const stay = left.length === 0 ? [] : ['', 'Left as they are:', '', ...left.map(line)];
  return [intro, '', ...files.map(line), ...stay].join('\n');
}

function line({ path, says }: UndoFile): string {
  return `- ${code(path)}: ${displayBytes(says)}`;
}

/** As Markdown code: a path may hold backticks of its own. */
function code(path: string): string {
  const shown = displayBytes(path);
  return shown.includes('`') ? shown.replaceAll(/[\\`*_[\]<>~]/g, '\\$&') : `\`${shown}\``;
}

function outcomeText({ title, files, left }: UndoPlan, messages: readonly Message[]): string {
  const done = messages.filter((message) => message.role === 'tool' && message.status === 'ok');
  const all = counted(files.length + left.length, 'file');
  return `Undid ${done.length} of ${all} of “${displayBytes(title)}”.`;
}

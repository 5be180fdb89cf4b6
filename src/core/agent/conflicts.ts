// An edit that clashes with what the user changed since is decided with a text in which each clash is settled. Pure.
import { isMarked, markerLine, sideOf } from '../../protocol/conflict.ts';
import { findTool } from '../tools/registry.ts';
import type { EngineDeps } from './deps.ts';
import type { Refusal } from './submission.ts';
import type { ActionRequest, Decisions } from '../../protocol/calls.ts';
import type { Texts } from '../ports/system.ts';

/** The refusal of what would lose a change of the user's, of whichever call comes first. */
export function unsettled(
  { texts, tools }: Pick<EngineDeps, 'texts' | 'tools'>,
  requests: readonly ActionRequest[],
  decisions: Decisions,
): Refusal | undefined {
  for (const { callId, tool, proposal } of requests) {
    const decision = decisions[callId];
    if (decision?.type !== 'edit' || proposal.kind !== 'edit') continue;
    const { newText } = proposal;
    const { content, args } = decision;
    const exact = findTool(tools, tool)?.replacesExactly === true;
    const whole = isMarked(newText) && args !== undefined && !exact ? WHOLE : null;
    const problem = content === undefined ? whole : clashIn(texts, content, newText ?? '');
    if (problem === null) continue;
    const message = `${proposal.path}: ${problem} Nothing was decided.`;
    return { code: 'unsettled', message, callIds: [callId] };
  }
  return undefined;
}

const WHOLE =
  'its arguments would replace the whole file, and what you changed in it would be lost. Resolve the conflict in its text instead.';

/**
 * What is not settled in a text that was made of `shown`, as sentences; null when all is. What a human typed may clash where
 * what was shown does not.
 */
export function clashIn(
  { merge }: Pick<Texts, 'merge'>,
  text: string,
  shown: string,
): string | null {
  const marked = isMarked(shown);
  const line = marked || isMarked(text) ? markerLine(text) : null;
  if (line !== null) {
    return `line ${line} is still a conflict marker. Write what is right there and take the markers out.`;
  }
  if (!marked) return null;
  // An editor knows one kind of line end.
  const [file, before] = [plain(sideOf(shown, 'theirs')), plain(sideOf(shown, 'before'))];
  const own = plain(text);
  if (before === file) return null;
  if (merge(before, own, file).text === own) return null;
  return 'in a conflict it has the lines from before both changes, so that what you changed would be lost. Take yours, the agent’s, or both.';
}

function plain(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

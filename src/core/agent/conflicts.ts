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
    if (!isMarked(proposal.newText)) continue;
    const { content, args } = decision;
    const exact = findTool(tools, tool)?.replacesExactly === true;
    const problem =
      content !== undefined
        ? clashIn(texts, content, proposal.newText)
        : args !== undefined && !exact
          ? WHOLE
          : null;
    if (problem === null) continue;
    const message = `${proposal.path}: ${problem} Nothing was decided.`;
    return { code: 'unsettled', message, callIds: [callId] };
  }
  return undefined;
}

const WHOLE =
  'its arguments would replace the whole file, and what you changed in it would be lost. Resolve the conflict in its text instead.';

/** What is not settled in a text that was made of a marked one, as sentences; null when all is. */
export function clashIn(
  { merge }: Pick<Texts, 'merge'>,
  text: string,
  marked: string,
): string | null {
  const line = markerLine(text);
  if (line !== null) {
    return `line ${line} is still a conflict marker. Write what is right there and take the markers out.`;
  }
  const file = sideOf(marked, 'theirs');
  const before = sideOf(marked, 'before');
  if (before === file) return null;
  const kept = merge(before, text, file).text;
  if (kept === text) return null;
  return 'in a conflict it has the lines from before both changes, so that what you changed would be lost. Take yours, the agent’s, or both.';
}

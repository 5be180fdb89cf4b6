// An edit that clashes with what the user changed since is decided with a text in which each clash is settled. Pure.
import { isMarked, markerLine, middlesLeft, sideOf } from '../../protocol/conflict.ts';
import type { Refusal } from './submission.ts';
import type { ActionRequest, Decisions } from '../../protocol/calls.ts';
import type { Texts } from '../ports/system.ts';

/** The refusal of a text that still clashes, of whichever call comes first. */
export function unsettled(
  texts: Pick<Texts, 'merge'>,
  requests: readonly ActionRequest[],
  decisions: Decisions,
): Refusal | undefined {
  for (const { callId, proposal } of requests) {
    const decision = decisions[callId];
    if (decision?.type !== 'edit' || decision.content === undefined) continue;
    if (proposal.kind !== 'edit' || !isMarked(proposal.newText)) continue;
    const problem = clashIn(texts, decision.content, proposal.newText);
    if (problem === null) continue;
    const message = `${proposal.path}: ${problem} Nothing was decided.`;
    return { code: 'unsettled', message, callIds: [callId] };
  }
  return undefined;
}

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
  if (middlesLeft(text, marked)) {
    return 'a line “=======” of a conflict is left. Take it out.';
  }
  const file = sideOf(marked, 'theirs');
  const before = sideOf(marked, 'before');
  if (before === file) return null;
  const kept = merge(before, text, file).text;
  if (kept === text) return null;
  return 'in a conflict it has the lines from before both changes, so that what you changed would be lost. Take yours, the agent’s, or both.';
}

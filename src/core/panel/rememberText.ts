// What the native dialog says before an approval is remembered: the exact rules, how far they reach, and until when. Pure.
import type { Decisions } from '../../protocol/calls.ts';
import { reachText } from '../../protocol/consent.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import type { ActionRow } from '../ports/store.ts';

/** One paragraph for each approval that shall be remembered; empty when none shall. */
export function rememberLines(
  { requests }: Pick<ActionRow, 'requests'>,
  decisions: Decisions,
): string[] {
  return requests.flatMap(({ callId, remember }) => {
    const decision = Object.hasOwn(decisions, callId) ? decisions[callId] : undefined;
    if (decision?.type !== 'approve' || !decision.remember || !remember) return [];
    const rules = remember.rules.map((rule) => displayBytes(rule)).join('\n');
    return [`Allow without asking ${reachText(decision.remember)}:\n${rules}`];
  });
}

// What the native dialog says before an approval is remembered: the exact rules, how far they reach, and until when. Pure.
import type { Decisions } from '../../protocol/calls.ts';
import type { GrantScope, Remember } from '../../protocol/consent.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import type { ActionRow } from '../ports/store.ts';

const REACH: Readonly<Record<GrantScope, string>> = {
  turn: 'for the rest of this turn',
  thread: 'in this thread',
  workspace: 'in every thread of this workspace',
  always: 'in every workspace, also in those you open later',
};

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

/** How far and until when, as it goes on after “without asking”. */
export function reachText({ scope, minutes, uses }: Remember): string {
  const time = minutes === undefined ? '' : `, for ${durationText(minutes)}`;
  const count = uses === undefined ? '' : `, for ${uses} more ${uses === 1 ? 'call' : 'calls'}`;
  const open = time === '' && count === '' ? ', without an end' : '';
  return `${REACH[scope]}${time}${count}${open}`;
}

function durationText(minutes: number): string {
  if (minutes % 60 !== 0) return minutes === 1 ? 'a minute' : `${minutes} minutes`;
  const hours = minutes / 60;
  return hours === 1 ? 'an hour' : `${hours} hours`;
}

// What was decided, where and when, as every window shows it and every loser of a race is told. Pure.
import { z } from 'zod';
import { rememberText } from './consent.ts';
import { t } from './l10n.ts';
import { Decisions, type Decision, type DecisionType } from './calls.ts';

/** How one call was decided, for its line in the transcript. `reason` is the human's, cut to fit a line. */
export const DecidedCall = z.object({
  /** Starts a sentence: “Edited and approved”. */
  text: z.string(),
  reason: z.string(),
  /** The window or command line that decided. */
  by: z.string(),
  at: z.number(),
});
export type DecidedCall = z.infer<typeof DecidedCall>;

/** How many hunks the edits of an action had, by call. */
export const HunkCounts = z.record(z.string(), z.int());
export type HunkCounts = z.infer<typeof HunkCounts>;

/** How a whole action was decided. */
export const DecidedAction = z.object({
  by: z.string(),
  at: z.number(),
  decisions: Decisions,
  hunks: HunkCounts.optional(),
});
export type DecidedAction = z.infer<typeof DecidedAction>;

/** How windows on one state file are called, for people and for the record. */
export function windowName(number: number | null, pid: number): string {
  return number === null ? `a window (pid ${pid})` : `window ${number} (pid ${pid})`;
}

/** Completes “Approved …”. `own` is the name of the window that says it. */
export function placeText(by: string, own?: string): string {
  if (by === own) return t('in this window');
  // The record is in English; a name of ours is taken apart to be said in the language of the display.
  const [, number, pid = ''] = /^(?:a window|window (\d+)) \(pid (\d+)\)$/.exec(by) ?? [];
  if (number !== undefined) return t('in window {0} (pid {1})', number, pid);
  if (pid !== '') return t('in a window (pid {0})', pid);
  const line = /^command line(.*)$/.exec(by);
  return line ? t('on the command line{0}', line[1] ?? '') : t('by {0}', by);
}

function verbOf(type: DecisionType): string {
  const verbs: Record<DecisionType, string> = {
    approve: t('approved'),
    edit: t('edited and approved'),
    reject: t('rejected'),
    respond: t('answered'),
    mark_done: t('marked as done'),
    run_again: t('told to run again'),
    skip: t('skipped'),
  };
  return verbs[type];
}

/** Which changes an edit keeps: “3 of 5 changes”; undefined for every other decision. `count` is how many there are. */
export function keptText(decision: Decision, count: number | undefined): string | undefined {
  if (decision.type !== 'edit' || decision.hunks === undefined) return undefined;
  const kept = decision.hunks.length;
  return count === undefined ? t('{0} of its changes', kept) : t('{0} of {1} changes', kept, count);
}

/** “approved”, “approved 3 of 5 changes”, “approved 2 calls, rejected 1”. */
export function decisionsText({
  decisions,
  hunks,
}: Pick<DecidedAction, 'decisions' | 'hunks'>): string {
  const counts = new Map<string, number>();
  const all = Object.entries(decisions);
  for (const [callId, decision] of all) {
    const kept = keptText(decision, hunks?.[callId]);
    const part = all.length === 1 ? t('approved {0}', kept ?? '') : t('approved in part');
    const verb = kept === undefined ? verbOf(decision.type) : part;
    counts.set(verb, (counts.get(verb) ?? 0) + 1);
  }
  if (all.length === 1) return [...counts.keys()].join();
  return [...counts]
    .map(([verb, count], index) =>
      index > 0
        ? `${verb} ${count}`
        : `${verb} ${count === 1 ? t('1 call') : t('{0} calls', count)}`,
    )
    .join(', ');
}

const MAX_REASON = 300;

/** A decision as its call's line says it. `hunks` is how many the edit had. */
export function decidedCall(
  decision: Decision,
  { by, at }: Pick<DecidedCall, 'by' | 'at'>,
  hunks?: number,
): DecidedCall {
  const stop = decision.type === 'reject' && decision.stop === true ? t(', and stop') : '';
  const lasting =
    decision.type === 'approve' && decision.remember
      ? ` ${t('and remembered ({0})', rememberText(decision.remember))}`
      : '';
  const kept = keptText(decision, hunks);
  const verb = kept === undefined ? verbOf(decision.type) : t('approved {0}', kept);
  const reason = decision.type === 'reject' ? (decision.reason ?? '') : '';
  return {
    text: `${verb.charAt(0).toUpperCase()}${verb.slice(1)}${stop}${lasting}`,
    reason: reason.length > MAX_REASON ? `${reason.slice(0, MAX_REASON)}…` : reason,
    by,
    at,
  };
}

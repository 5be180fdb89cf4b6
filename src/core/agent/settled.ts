// What became of a call, and what a human says became of one whose process died. Pure.
import { assertNever } from '../base/assert.ts';
import type { CallOutcome, CallState, Decision, Verdict } from '../../protocol/calls.ts';
import type { CallRow } from '../ports/store.ts';

/** What became of a call: settled in the journal, told to the model. */
export interface Settled {
  state: Extract<CallState, 'done' | 'blocked' | 'unknown'>;
  outcome: CallOutcome;
  text: string;
  /** The whole output, when `text` holds only its head and tail. */
  fullOutput?: string;
  /** An edit that failed wrote something all the same. */
  differs?: boolean;
  /** What policy said when it was checked again, for a call that this kept from running. */
  verdict?: Verdict;
}

const OUTCOME_UNKNOWN =
  'The outcome of this call is unknown: it was started, and the process ended before its result was recorded.';

/** A call that did not run. */
export function blocked(outcome: CallOutcome, text: string): Settled {
  return { state: 'blocked', outcome, text };
}

/** A call that was started when its process died: the human says what became of it. It is never run again unasked. */
export function afterCrash(unknown: Decision | undefined): Settled {
  if (!unknown) return unknownOutcome();
  switch (unknown.type) {
    case 'mark_done': {
      const output = unknown.output?.trim();
      const text = output ? `: ${output}` : '.';
      return { state: 'done', outcome: 'ok', text: `Done, as the user found after a crash${text}` };
    }
    case 'respond':
      return { state: 'unknown', outcome: 'responded', text: unknown.text };
    case 'skip':
      return {
        state: 'unknown',
        outcome: 'cancelled',
        text: `${OUTCOME_UNKNOWN} The user skipped it.`,
      };
    // Its decision was used up by the claim, which planned the call again: it was started once more since.
    case 'run_again':
    case 'approve':
    case 'edit':
    case 'reject':
      return unknownOutcome();
    default:
      return assertNever(unknown);
  }
}

function unknownOutcome(): Settled {
  return {
    state: 'unknown',
    outcome: 'error',
    text: `${OUTCOME_UNKNOWN} It was not run again. Look at the workspace before you go on.`,
  };
}

export const CHANGED_SINCE =
  'The file had changed since you read it; both changes are in it now. Read it again before the next edit.';

/** What the model must know besides the result of a call that worked. */
export function noted(settled: Settled, note: string): Settled {
  return settled.outcome === 'ok' ? { ...settled, text: `${settled.text}\n\n${note}` } : settled;
}

export function rejectedText(reason: string | undefined): string {
  return `Rejected by the user: ${reason?.trim() || 'no reason given'}`;
}

/** A result the journal already holds. A call that was started and never settled is never run again. */
export function knownResult(row: CallRow): Settled | undefined {
  if (row.state === 'planned' || row.state === 'started') return undefined;
  return { state: row.state, outcome: row.outcome ?? 'error', text: row.result ?? '' };
}

/** For a call that was allowed when it was planned: nobody was asked, so it does not run. */
export function needsApprovalText(verdict: Verdict): string {
  return `Not run: it was allowed when you asked for it, but now it needs the user’s approval (${verdict.reason}). Ask for it again.`;
}

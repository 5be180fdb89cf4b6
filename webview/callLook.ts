// How a call line looks: state, icon and words from the journal's state and outcome. Pure.
import type { CallOutcome, Verdict } from '../src/protocol/calls.ts';
import type { TranscriptItem } from '../src/protocol/messages.ts';

type CallItem = Extract<TranscriptItem, { kind: 'call' }>;

interface CallLook {
  /** For drivers and styles: waiting, planned, running, unknown or the outcome. */
  state: string;
  /** Name of a codicon. */
  icon: string;
  /** Said and shown as a tooltip. */
  word: string;
  tone: 'quiet' | 'good' | 'bad' | 'asks';
}

const OUTCOMES: Record<CallOutcome, Omit<CallLook, 'state'>> = {
  ok: { icon: 'check', word: 'done', tone: 'good' },
  error: { icon: 'error', word: 'failed', tone: 'bad' },
  denied: { icon: 'circle-slash', word: 'denied by policy', tone: 'bad' },
  rejected: { icon: 'close', word: 'rejected', tone: 'bad' },
  responded: { icon: 'comment', word: 'answered by you', tone: 'quiet' },
  cancelled: { icon: 'circle-slash', word: 'cancelled, not run', tone: 'quiet' },
  invalid: { icon: 'error', word: 'not a valid call', tone: 'bad' },
};

/** `waiting` says whether the call is in an open action. */
export function callLook(item: CallItem, waiting: boolean): CallLook {
  switch (item.state) {
    case 'planned':
      return waiting
        ? { state: 'waiting', icon: 'question', word: 'waits for your decision', tone: 'asks' }
        : { state: 'planned', icon: 'clock', word: 'planned', tone: 'quiet' };
    case 'started':
      return {
        state: 'running',
        icon: 'loading codicon-modifier-spin',
        word: 'running',
        tone: 'quiet',
      };
    case 'done':
    case 'blocked': {
      const outcome = item.outcome ?? (item.state === 'done' ? 'ok' : 'cancelled');
      return { state: item.state, ...OUTCOMES[outcome] };
    }
    case 'unknown':
      return { state: 'unknown', icon: 'question', word: 'outcome unknown', tone: 'asks' };
  }
}

const WORDS = { allow: 'allowed', ask: 'asked', deny: 'denied' };

/** The why line in two words; the whole reason is one press away. */
export function whyShort(why: Verdict): string {
  const remembered = why.layer === 'grant' ? 'remembered ' : '';
  return `${WORDS[why.verdict]} · ${remembered}${why.rule ?? why.layer}`;
}

const MAX_OUTPUT = 50_000;

/** The end of an output, which is what one looks at, and how much is left out before it. */
export function outputTail(output: string): { text: string; cut: number } {
  const cut = Math.max(0, output.length - MAX_OUTPUT);
  return { text: output.slice(cut), cut };
}

// How a call line looks: state, icon and words from the journal's state and outcome. Pure.
import type { CallOutcome, Verdict } from '../src/protocol/calls.ts';
import { t } from '../src/protocol/l10n.ts';
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

function outcomeLook(outcome: CallOutcome): Omit<CallLook, 'state'> {
  const looks: Record<CallOutcome, Omit<CallLook, 'state'>> = {
    ok: { icon: 'check', word: t('done'), tone: 'good' },
    error: { icon: 'error', word: t('failed'), tone: 'bad' },
    denied: { icon: 'circle-slash', word: t('denied by policy'), tone: 'bad' },
    rejected: { icon: 'close', word: t('rejected'), tone: 'bad' },
    responded: { icon: 'comment', word: t('answered by you'), tone: 'quiet' },
    cancelled: { icon: 'circle-slash', word: t('cancelled, not run'), tone: 'quiet' },
    invalid: { icon: 'error', word: t('not a valid call'), tone: 'bad' },
  };
  return looks[outcome];
}

/** `waiting` says whether the call is in an open action. */
export function callLook(item: CallItem, waiting: boolean): CallLook {
  switch (item.state) {
    case 'planned':
      return waiting
        ? { state: 'waiting', icon: 'question', word: t('waits for your decision'), tone: 'asks' }
        : { state: 'planned', icon: 'clock', word: t('planned'), tone: 'quiet' };
    case 'started':
      return {
        state: 'running',
        icon: 'loading codicon-modifier-spin',
        word: t('running'),
        tone: 'quiet',
      };
    case 'done':
    case 'blocked': {
      const outcome = item.outcome ?? (item.state === 'done' ? 'ok' : 'cancelled');
      return { state: item.state, ...outcomeLook(outcome) };
    }
    case 'unknown':
      return { state: 'unknown', icon: 'question', word: t('outcome unknown'), tone: 'asks' };
  }
}

/** The why line in two words; the whole reason is one press away. */
export function whyShort(why: Verdict): string {
  const words = { allow: t('allowed'), ask: t('asked'), deny: t('denied') };
  const by = why.rule ?? why.layer;
  return `${words[why.verdict]} · ${why.layer === 'grant' ? t('remembered {0}', by) : by}`;
}

/** Longest result that stands on a line, in UTF-16 units. */
const SHORT_RESULT = 160;

/** What a call came to, in one line, where that says more than its state: how a command ended, why a call failed. */
export function resultShort({ tool, state, outcome, output }: CallItem): string {
  const says = outcome === 'error' || outcome === 'invalid' || tool === 'run_command';
  if (!says || outcome === 'rejected' || (state !== 'done' && state !== 'blocked')) return '';
  const [line = ''] = output.trimStart().split('\n', 1);
  return line.length > SHORT_RESULT ? `${line.slice(0, SHORT_RESULT)}…` : line;
}

const MAX_OUTPUT = 50_000;
/** What is shown of an output until all of it is asked for. */
const SHORT_OUTPUT = 4000;

/** The end of an output, which is what one looks at, and how much is left out before it. */
export function outputTail(output: string, all = true): { text: string; cut: number } {
  const cut = Math.max(0, output.length - (all ? MAX_OUTPUT : SHORT_OUTPUT));
  return { text: output.slice(cut), cut };
}

/** How long a call took: "80 ms", "3.2 s", "2 min 5 s". */
export function callDuration(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s`;
  return `${String(Math.floor(ms / 60_000))} min ${String(Math.floor((ms % 60_000) / 1000))} s`;
}

// What a page says in place of a card that was decided somewhere else. Pure.
import { decisionsText, placeText } from '../src/protocol/decided.ts';
import type { ViewState } from './store.ts';
import type { ActionView } from '../src/protocol/messages.ts';
import { callTitle, decisionText } from './review.ts';
import { t } from '../src/protocol/l10n.ts';
import { draftOf, unusedTexts, type Drafts } from './drafts.ts';

export interface DecidedNote {
  actionId: string;
  threadId: string;
  /** Who decided. */
  by: string;
  at: number;
  /** “approved 2 calls, rejected 1”. */
  what: string;
  /** This page submitted a decision of its own, which lost. */
  lost: boolean;
  /** What was typed or picked in this page and is not in the decision. */
  unused: string[];
}

/** The note on a decided action; undefined when it is not decided. */
export function decidedNote(
  action: ActionView,
  drafts: Drafts,
  lost: boolean,
): DecidedNote | undefined {
  const { decided, actionId, threadId } = action;
  if (!decided) return undefined;
  const unused = action.requests.flatMap((request) => {
    const draft = draftOf(drafts, action, request);
    const decision = decided.decisions[request.callId];
    const picked = draft.decision && draft.decision.type !== decision?.type ? draft.decision : null;
    const texts = unusedTexts(draft, decision);
    return picked
      ? [`${callTitle(request).kind}: ${decisionText(picked, request.changes)}`, ...texts]
      : texts;
  });
  const { by, at } = decided;
  return { actionId, threadId, by, at, what: decisionsText(decided), lost, unused };
}

/** Those of what this page shows: not what its own window decided, unless it lost. */
export function notesFor(
  notes: Iterable<DecidedNote>,
  { status, surface }: Pick<ViewState, 'status' | 'surface'>,
): DecidedNote[] {
  return [...notes].filter(
    ({ by, lost, threadId }) =>
      (lost || by !== status?.window) && (surface === 'panel' || threadId === status?.thread?.id),
  );
}

/** The sentences of a note, as shown and as read out; `own` is the name of this page's window. */
export function noteText(note: DecidedNote, own: string | undefined, now: number): string {
  const where = placeText(note.by, own);
  const head = note.lost ? t('Already decided') : t('Decided elsewhere');
  const typed = note.unused.length > 0 ? ` ${t('What was typed here was not used.')}` : '';
  const unused = note.lost ? ` ${t('Your decision was not used.')}` : typed;
  return `${head}: ${note.what} ${where} · ${timeText(note.at, now)}.${unused}`;
}

/** A point in time, as short as it can be told: with the day only when it was not today. */
export function timeText(at: number, now: number): string {
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
  const today = new Date(at).toDateString() === new Date(now).toDateString();
  const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
  return new Intl.DateTimeFormat(undefined, today ? time : { ...day, ...time }).format(at);
}

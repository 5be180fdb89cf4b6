// What a screen reader is told, politely, of what happens while the page stands: what waits, how a turn went on, what failed. What
// was there before, as after a reload or in another thread, is not read out again.
import type { TurnStatus } from '../src/protocol/calls.ts';
import { displayBytes } from '../src/protocol/displayBytes.ts';
import { t } from '../src/protocol/l10n.ts';
import type { ActionView, TranscriptItem } from '../src/protocol/messages.ts';
import type { Controller } from './controller.ts';
import { noteText } from './elsewhere.ts';
import { callTitle } from './review.ts';

interface Heard {
  thread: string | undefined;
  turn: TurnStatus | null | undefined;
  actions: ReadonlySet<string>;
  notes: ReadonlySet<string>;
  /** The last row of the transcript. */
  row: string | undefined;
}

export class Announcer {
  /** The last thing said; stays until there is another. */
  text = '';
  #heard: Heard | undefined;

  /** To be called whenever the page is drawn. Gives the actions that were not there before. */
  look(controller: Controller): ActionView[] {
    const { state, notes } = controller;
    if (!state.ready) return [];
    const { status, actions, items } = state;
    const before = this.#heard;
    this.#heard = {
      thread: status?.thread?.id,
      turn: status?.turn,
      actions: new Set(actions.map(({ actionId }) => actionId)),
      notes: new Set(notes.map(({ actionId }) => actionId)),
      row: items.at(-1)?.id,
    };
    const fresh = actions.filter(({ actionId }) => before?.actions.has(actionId) !== true);
    if (!before) return fresh;
    const same = before.thread === this.#heard.thread;
    const said = [
      ...(same ? failures(items, before.row) : []),
      ...(same && before.turn !== status?.turn ? turnText(status?.turn) : []),
      ...(same && before.actions.size > 0 && actions.length === 0
        ? [t('Nothing is waiting any more.')]
        : []),
      ...notes
        .filter(({ actionId }) => !before.notes.has(actionId))
        .map((note) => noteText(note, status?.window, Date.now() + state.skew)),
      ...fresh.map(waits),
    ];
    if (said.length > 0) this.text = said.join(' ');
    return fresh;
  }
}

function waits({ requests }: ActionView): string {
  const calls = requests.map((request) => {
    const { kind, subject } = callTitle(request);
    const { proposal } = request;
    const about = proposal.kind === 'question' ? displayBytes(proposal.question, true) : subject;
    return `${kind} ${about}`.trim();
  });
  return t('Waits for your decision: {0}.', calls.join(', '));
}

/** How a turn went on; that it waits is said of what waits. */
function turnText(turn: TurnStatus | null | undefined): string[] {
  switch (turn) {
    case 'running':
      return [t('The agent is working.')];
    case 'finished':
      return [t('The agent has finished.')];
    case 'failed':
      return [t('The turn failed.')];
    case 'cancelled':
      return [t('The turn was stopped.')];
    case 'expired':
      return [t('The approval expired. Nothing ran.')];
    case 'interrupted':
      return [t('The turn was interrupted.')];
    case 'queued':
    case 'paused':
    case null:
    case undefined:
      return [];
  }
}

/** Of the rows that came after the one that was last. */
function failures(items: readonly TranscriptItem[], last: string | undefined): string[] {
  const at = items.findLastIndex(({ id }) => id === last);
  if (at < 0) return [];
  return items
    .slice(at + 1)
    .flatMap((item) =>
      item.kind === 'notice' && item.level === 'error' ? [displayBytes(item.text, true)] : [],
    );
}

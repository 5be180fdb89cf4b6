// When a window speaks up because a turn waits, and in what words. Pure.
import { callLine } from '../protocol/callTitle.ts';
import { displayBytes } from '../protocol/displayBytes.ts';
import { t } from '../protocol/l10n.ts';
import type { ActionRow } from '../core/ports/store.ts';

export type WhenWaiting = 'off' | 'unfocused' | 'always';

/** What a window does when a turn begins to wait: the sound goes with the notification. */
export function attends(
  wants: { whenWaiting: WhenWaiting; sound: boolean },
  focused: boolean,
): { notifies: boolean; sounds: boolean } {
  const notifies = speaksUp(wants.whenWaiting, focused);
  return { notifies, sounds: notifies && wants.sound };
}

function speaksUp(when: WhenWaiting, focused: boolean): boolean {
  return when === 'always' || (when === 'unfocused' && !focused);
}

/** The card shows all of it; nothing is decided here. */
const MAX_CALL = 120;

export function waitingText({ requests }: Pick<ActionRow, 'requests'>, title: string): string {
  const [first] = requests;
  const thread = displayBytes(title);
  if (requests.length !== 1 || !first)
    return t('{0} calls wait for your decision in “{1}”.', requests.length, thread);
  const line = displayBytes(callLine(first).replaceAll(/\s+/g, ' '));
  const short = line.length > MAX_CALL ? `${line.slice(0, MAX_CALL - 1)}…` : line;
  return first.proposal.kind === 'question'
    ? t('The agent asks in “{0}”. {1}', thread, short)
    : t('Waits for your decision in “{0}”: {1}', thread, short);
}

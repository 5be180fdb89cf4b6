// A message of the human's: what can be done with it, and which message says it again or is said again by it.
import { html, nothing, type TemplateResult } from 'lit';
import type { Again, TranscriptItem } from '../../src/protocol/messages.ts';
import { t } from '../../src/protocol/l10n.ts';
import type { Controller } from '../controller.ts';
import { editAgain } from '../editing.ts';
import { attachedAgain, sentChips } from './attachmentChips.ts';
import { focusComposer } from './messageField.ts';
import { linkButton } from './linkButton.ts';
import { icon, shownLines } from './text.ts';

type UserItem = Extract<TranscriptItem, { kind: 'user' }>;

export interface UserRow {
  controller: Controller;
  item: UserItem;
  /** Its turn has not begun. */
  queued: boolean;
  /** Of the last message, when nothing runs or waits: what the human can do with it. */
  offers: Again['how'] | undefined;
  /** The later message that says it again. */
  replacedBy: UserItem | undefined;
}

export function userRow(row: UserRow): TemplateResult {
  const { item, queued, offers, replacedBy } = row;
  const state = queued ? 'queued' : replacedBy ? 'replaced' : undefined;
  return html`<div
    class="user ${state === undefined ? '' : `user-${state}`}"
    data-testid="item-user"
    data-state=${state ?? nothing}
    role="group"
    aria-label=${labelOf(row)}
  >
    ${item.again ? origin(row, item.again) : nothing} ${shownLines(item.text)}
    ${sentChips(item.attachments)} ${queued ? queuedLine(row) : nothing}
    ${replacedBy ? successor(row, replacedBy) : nothing}
    ${offers && !item.undo ? againLine(row, offers) : nothing}
  </div>`;
}

function labelOf({ item, queued, replacedBy }: UserRow): string {
  if (queued) return t('You, queued');
  if (replacedBy?.again)
    return replacedBy.again.how === 'edit' ? t('You, edited later') : t('You, tried again later');
  if (!item.again) return t('You');
  return item.again.how === 'edit' ? t('You, an edit') : t('You, another try');
}

/** Of a message that says an earlier one again. */
function origin(row: UserRow, { turnId, how }: Again): TemplateResult {
  const word = how === 'edit' ? t('Edit of an earlier message') : t('Another try of a message');
  const to = t('Show the earlier one');
  return markLine(row, { testid: 'again-of', icon: iconOf(how), word, to, turnId });
}

/** Of a message that is said again by a later one; what came of it stays readable. */
function successor(row: UserRow, { turnId, again }: UserItem): TemplateResult {
  const how = again?.how ?? 'edit';
  const word = how === 'edit' ? t('Edited and sent again later') : t('Tried again later');
  const to = t('Show the later one');
  return markLine(row, { testid: 'replaced', icon: iconOf(how), word, to, turnId });
}

const iconOf = (how: Again['how']): string => (how === 'edit' ? 'edit' : 'refresh');

interface Mark {
  testid: string;
  icon: string;
  word: string;
  to: string;
  turnId: string;
}

function markLine({ controller }: UserRow, mark: Mark): TemplateResult {
  return html`<span class="queued-line" data-testid=${mark.testid}>
    ${icon(mark.icon)}<span>${mark.word}</span>
    <button
      class="link"
      @click=${() => {
        controller.showMessage(mark.turnId);
      }}
    >
      ${mark.to}
    </button>
  </span>`;
}

/** Both start a turn of their own: what was said stays as it is. */
function againLine({ controller, item }: UserRow, how: Again['how']): TemplateResult {
  const { text, turnId } = item;
  const attachments = attachedAgain(turnId, item.attachments);
  const along = attachments.length > 0 && { attachments };
  return html`<span class="queued-line">
    ${
      how === 'retry'
        ? linkButton('retry', t('Retry'), () =>
            controller.send({ type: 'send', text, ...along, again: { turnId, how } }),
          )
        : nothing
    }
    ${linkButton('edit-resend', t('Edit and resend'), () => {
      editAgain(controller, turnId, text);
      controller.composing.attach(attachments);
      focusComposer();
    })}
  </span>`;
}

function queuedLine({ controller, item }: UserRow): TemplateResult {
  return html`<span class="queued-line">
    ${icon('clock')}<span>${t('queued')}</span>
    <button
      class="link"
      data-testid="remove-queued"
      aria-label=${t('Remove the queued message')}
      @click=${() => {
        controller.send({ type: 'removeQueued', turnId: item.turnId });
      }}
    >
      ${t('Remove')}
    </button>
  </span>`;
}

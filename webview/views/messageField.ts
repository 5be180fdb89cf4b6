// The field of the message: what is typed, the list of files for an @, what is pasted, and what Enter does.
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Controller } from '../controller.ts';
import { comboboxOf, mentionKey } from './mentionList.ts';
import { t } from '../../src/protocol/l10n.ts';

/** Whether the thread's turn is not over, and whether the human has something to decide there first. */
interface Busy {
  active: boolean;
  choice: boolean;
  /** What is written is an edit of an earlier message. */
  edits: boolean;
}

export function messageField(controller: Controller, is: Busy): TemplateResult {
  const combobox = comboboxOf(controller);
  return html`<textarea
    class="field"
    data-testid="composer-input"
    aria-label=${t('Message to the agent')}
    aria-describedby=${is.edits ? 'composer-editing' : is.choice ? 'composer-note' : nothing}
    aria-autocomplete="list"
    role=${combobox.role}
    aria-expanded=${combobox.expanded}
    aria-controls=${combobox.controls}
    aria-activedescendant=${combobox.active}
    rows="3"
    placeholder=${controller.state.status?.turn === 'paused' ? t('Waiting for your decision') : t('Ask the agent to do something')}
    .value=${live(controller.drafts.composer)}
    @input=${(event: Event) => {
      if (event.target instanceof HTMLTextAreaElement) controller.setComposer(event.target.value);
      lookForMention(controller, event);
    }}
    @keyup=${(event: KeyboardEvent) => {
      if (/^(?:Arrow(?:Left|Right)|Home|End)$/.test(event.key)) lookForMention(controller, event);
    }}
    @click=${(event: Event) => {
      lookForMention(controller, event);
    }}
    @blur=${() => {
      controller.composing.close();
    }}
    @paste=${(event: ClipboardEvent) => {
      if (controller.composing.transfer(event.clipboardData)) event.preventDefault();
    }}
    @keydown=${(event: KeyboardEvent) => {
      keyDown(controller, event, is);
    }}
  ></textarea>`;
}

function keyDown(controller: Controller, event: KeyboardEvent, is: Busy): void {
  if (event.isComposing || !event.isTrusted) return;
  const taken = mentionKey(controller, event);
  if (!taken && (event.key !== 'Enter' || event.shiftKey)) return;
  event.preventDefault();
  if (!taken) enter(controller, is);
}

/** The list of files follows the cursor, wherever it goes. */
function lookForMention(controller: Controller, { target }: Event): void {
  if (!(target instanceof HTMLTextAreaElement)) return;
  controller.composing.look(target.value, target.selectionStart);
}

/** Enter discards nothing: it waits behind what runs, and asks where the human has something to decide. */
function enter(controller: Controller, is: Busy): void {
  if (!is.active) controller.sendMessage();
  else if (!is.choice) controller.sendMessage('queue');
  else if (controller.drafts.composer.trim() !== '') controller.askWhatToDo();
}

/** Lets the user go on writing. */
export function focusComposer(): void {
  document.querySelector<HTMLElement>('[data-testid="composer-input"]')?.focus();
}

// The foot of the chat: message field, mode and model, send and stop. A message never approves anything.
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { Mode, UNFINISHED, type TurnStatus } from '../../src/protocol/calls.ts';
import type { ChatStatus } from '../../src/protocol/messages.ts';
import type { Controller } from '../controller.ts';
import { controlValue } from '../controls.ts';
import { editedTurn, stopEditing } from '../editing.ts';
import { backgroundNote } from './commandActions.ts';
import { attachmentChips } from './attachmentChips.ts';
import { contextDetails, contextMeter } from './contextMeter.ts';
import { mentionList } from './mentionList.ts';
import { messageField } from './messageField.ts';
import { driftList } from './driftBanner.ts';
import { t } from '../../src/protocol/l10n.ts';
import { icon, shown } from './text.ts';

function modeText(mode: Mode): string {
  const texts: Record<Mode, string> = {
    plan: t('Plan: nothing is changed'),
    default: t('Default: changes ask'),
    acceptEdits: t('Accept edits in the workspace'),
    dontAsk: t('Don’t ask: what would ask is denied'),
    bypass: t('Bypass: almost nothing asks'),
  };
  return texts[mode];
}
const OFFERED: readonly Mode[] = ['plan', 'default', 'acceptEdits', 'dontAsk'];

/** The human is to act on the turn: a message to it needs a choice of its own. */
const NEEDS_CHOICE: readonly TurnStatus[] = ['paused', 'expired', 'interrupted'];

export function composer(controller: Controller): TemplateResult {
  const { status } = controller.state;
  const turn = status?.turn ?? null;
  const tryAgain = status?.tryAgain === true;
  const active = turn !== null && UNFINISHED.includes(turn) && !tryAgain;
  const choice = active && NEEDS_CHOICE.includes(turn);
  const { composer: text } = controller.drafts;
  const edits = editedTurn(controller) !== undefined;
  return html`<div class="composer" data-testid="composer" data-state=${turn ?? 'idle'}>
    ${
      controller.error
        ? html`<p
            class="card-error"
            role="alert"
            data-testid="chat-error"
            data-code=${controller.error.code}
          >
            ${icon('error')}<span>${shown(controller.error.message)}</span>
          </p>`
        : nothing
    }
    ${backgroundNote(controller)} ${turn === 'interrupted' ? interrupted(controller) : nothing}
    ${turn === 'expired' ? expired(controller) : nothing} ${turn === 'queued' ? queued() : nothing}
    ${choice ? choiceNote(controller, turn) : nothing} ${edits ? editingNote(controller) : nothing}
    ${attachmentChips(controller)} ${mentionList(controller)}
    ${messageField(controller, { active, choice, edits })} ${contextDetails(controller)}
    <div class="composer-row">
      ${modePicker(controller, status)} ${modelButton(controller, status)}
      ${attachButton(controller)} ${contextMeter(controller)}
      <span class="grow"></span>
      ${active ? busyButtons(controller, text) : sendButton(controller, text)}
    </div>
  </div>`;
}

function attachButton(controller: Controller): TemplateResult {
  return html`<button
    class="icon-button"
    data-testid="attach"
    aria-label=${t('Attach…')}
    title=${t('Attach files or images (or type @, drag them here with Shift held, paste an image)')}
    @click=${() => {
      controller.send({ type: 'pickFiles' });
    }}
  >
    ${icon('attach')}
  </button>`;
}

/** Said again, differently, after an Enter that sent nothing. */
function choiceNote(controller: Controller, turn: TurnStatus): TemplateResult | typeof nothing {
  const { choosing } = controller;
  if (turn !== 'paused' && !choosing) return nothing;
  return html`<p
    class="composer-note ${choosing ? 'composer-note-choose' : ''}"
    id="composer-note"
    data-testid="composer-choice"
    role=${choosing ? 'alert' : nothing}
  >
    ${icon('debug-pause')}<span
      >${
        choosing
          ? t('Not sent yet: answer first, or choose “Queue after” or “Discard and send”.')
          : t('Answer first, or queue the message after it, or discard what waits.')
      }
      ${t('A message never approves anything.')}</span
    >
  </p>`;
}

function editingNote(controller: Controller): TemplateResult {
  return html`<p class="composer-note" id="composer-editing" data-testid="composer-editing">
    ${icon('edit')}<span
      >${t('This is an edit of your last message. What came of that stays.')}</span
    >
    <button
      class="link"
      data-testid="stop-editing"
      @click=${() => {
        stopEditing(controller);
      }}
    >
      ${t('Send as a new message')}
    </button>
  </p>`;
}

const queued = (): TemplateResult =>
  html`<p class="composer-note" data-testid="composer-queued">
    ${icon('clock')}<span
      >${t('Queued: it goes on when fewer turns run than the limit allows.')}</span
    >
  </p>`;

function expired(controller: Controller): TemplateResult {
  return html`<p class="composer-note">
    ${icon('clock')}<span>${t('The approval expired. Nothing ran.')}</span>
    <vscode-button
      data-testid="ask-again"
      @click=${(event: Event) => {
        if (event.isTrusted) controller.send({ type: 'askAgain' });
      }}
      >${t('Ask again')}</vscode-button
    >
  </p>`;
}

/** With drift, Continue says that it goes on with what is not so any more. */
function interrupted(controller: Controller): TemplateResult {
  const { drift, tryAgain } = controller.state.status ?? {};
  return html`<div class="composer-note">
    ${icon('debug-disconnect')}
    <div>
      <span
        >${tryAgain ? t('The model could not be used.') : t('The turn was interrupted.')}
        ${t('Nothing runs twice when it goes on.')}</span
      >
      ${drift ? driftList(drift) : nothing}
    </div>
    <vscode-button
      data-testid="continue"
      @click=${(event: Event) => {
        if (!event.isTrusted) return;
        controller.send({ type: 'continue', ...(drift && { drift: drift.hash }) });
      }}
      >${drift ? t('Resume as it was') : tryAgain ? t('Try again') : t('Continue')}</vscode-button
    >
  </div>`;
}

/** What can be done with a message while the turn is not over; without one there is only Stop. */
function busyButtons(controller: Controller, text: string): TemplateResult {
  const choices =
    text.trim() === ''
      ? nothing
      : html`${choiceButton(controller, 'queue', t('Queue after'))}
        ${choiceButton(controller, 'discard', t('Discard and send'))}`;
  return html`<span class="composer-actions">${choices} ${stopButton(controller)}</span>`;
}

function choiceButton(
  controller: Controller,
  whenBusy: 'queue' | 'discard',
  label: string,
): TemplateResult {
  return html`<vscode-button
    appearance=${whenBusy === 'queue' ? 'primary' : 'secondary'}
    data-testid=${`send-${whenBusy}`}
    title=${
      whenBusy === 'queue'
        ? t('The message is sent when this turn is over')
        : t('Stops this turn and what is queued, and sends the message')
    }
    @click=${(event: Event) => {
      if (event.isTrusted) controller.sendMessage(whenBusy);
    }}
    >${label}</vscode-button
  >`;
}

function stopButton(controller: Controller): TemplateResult {
  return html`<vscode-button
    appearance="secondary"
    data-testid="stop"
    @click=${() => {
      controller.send({ type: 'stop' });
    }}
    >${t('Stop')}</vscode-button
  >`;
}

function sendButton(controller: Controller, text: string): TemplateResult {
  return html`<vscode-button
    data-testid="send"
    ?disabled=${text.trim() === ''}
    @click=${(event: Event) => {
      if (event.isTrusted) controller.sendMessage();
    }}
    >${t('Send')}</vscode-button
  >`;
}

function modePicker(controller: Controller, status: ChatStatus | null): TemplateResult {
  const mode = status?.mode ?? 'default';
  const offered = OFFERED.includes(mode) ? OFFERED : [...OFFERED, mode];
  return html`<select
    class="picker"
    data-testid="mode"
    data-state=${mode}
    aria-label=${t('Mode')}
    title=${modeText(mode)}
    @change=${(event: Event) => {
      if (!event.isTrusted) return;
      const chosen = Mode.safeParse(controlValue(event));
      if (chosen.success && chosen.data !== mode)
        controller.send({ type: 'setMode', mode: chosen.data });
    }}
  >
    ${offered.map(
      (value) =>
        html`<option value=${value} title=${modeText(value)} .selected=${live(value === mode)}>
          ${value}
        </option>`,
    )}
  </select>`;
}

function modelButton(controller: Controller, status: ChatStatus | null): TemplateResult {
  const label = status?.model?.label;
  return html`<button
    class="picker"
    data-testid="model"
    title=${t('Select the model')}
    @click=${() => {
      controller.send({ type: 'selectModel' });
    }}
  >
    ${label === undefined ? t('Select model') : shown(label)}
  </button>`;
}

// The foot of the chat: message field, mode and model, send and stop. A message never approves anything.
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { Mode, UNFINISHED } from '../../src/protocol/calls.ts';
import type { ChatStatus } from '../../src/protocol/messages.ts';
import type { Controller } from '../controller.ts';
import { controlValue } from '../controls.ts';
import { icon, shown } from './text.ts';

const MODES: Record<Mode, string> = {
  plan: 'Plan: nothing is changed',
  default: 'Default: changes ask',
  acceptEdits: 'Accept edits in the workspace',
  dontAsk: 'Don’t ask: what would ask is denied',
  bypass: 'Bypass: almost nothing asks',
};
const OFFERED: readonly Mode[] = ['plan', 'default', 'acceptEdits', 'dontAsk'];

const PAUSED = 'Answer first or stop the turn. A message never approves anything.';

export function composer(controller: Controller): TemplateResult {
  const { status } = controller.state;
  const turn = status?.turn ?? null;
  const paused = turn === 'paused';
  const active = turn !== null && turn !== undefined && UNFINISHED.includes(turn);
  const { composer: text } = controller.drafts;
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
    ${turn === 'interrupted' ? interrupted(controller) : nothing}
    ${turn === 'expired' ? expired(controller) : nothing}
    ${paused ? html`<p class="composer-note" id="composer-note">${icon('debug-pause')}<span>${PAUSED}</span></p>` : nothing}
    <textarea
      class="field"
      data-testid="composer-input"
      aria-label="Message to the agent"
      aria-describedby=${paused ? 'composer-note' : nothing}
      rows="3"
      placeholder=${paused ? 'Waiting for your decision' : 'Ask the agent to do something'}
      ?disabled=${paused}
      .value=${live(text)}
      @input=${(event: Event) => {
        if (event.target instanceof HTMLTextAreaElement) controller.setComposer(event.target.value);
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        if (!active && event.isTrusted) controller.sendMessage();
      }}
    ></textarea>
    <div class="composer-row">
      ${modePicker(controller, status)} ${modelButton(controller, status)}
      <span class="usage" data-testid="usage">${usageText(status)}</span>
      <span class="grow"></span>
      ${active ? stopButton(controller) : sendButton(controller, text)}
    </div>
  </div>`;
}

function expired(controller: Controller): TemplateResult {
  return html`<p class="composer-note">
    ${icon('clock')}<span>The approval expired. Nothing ran.</span>
    <vscode-button
      data-testid="ask-again"
      @click=${(event: Event) => {
        if (event.isTrusted) controller.send({ type: 'askAgain' });
      }}
      >Ask again</vscode-button
    >
  </p>`;
}

function interrupted(controller: Controller): TemplateResult {
  return html`<p class="composer-note">
    ${icon('debug-disconnect')}<span
      >The turn was interrupted. Nothing runs twice when it goes on.</span
    >
    <vscode-button
      data-testid="continue"
      @click=${(event: Event) => {
        if (event.isTrusted) controller.send({ type: 'continue' });
      }}
      >Continue</vscode-button
    >
  </p>`;
}

function stopButton(controller: Controller): TemplateResult {
  return html`<vscode-button
    appearance="secondary"
    data-testid="stop"
    @click=${() => {
      controller.send({ type: 'stop' });
    }}
    >Stop</vscode-button
  >`;
}

function sendButton(controller: Controller, text: string): TemplateResult {
  return html`<vscode-button
    data-testid="send"
    ?disabled=${text.trim() === ''}
    @click=${(event: Event) => {
      if (event.isTrusted) controller.sendMessage();
    }}
    >Send</vscode-button
  >`;
}

function modePicker(controller: Controller, status: ChatStatus | null): TemplateResult {
  const mode = status?.mode ?? 'default';
  const offered = OFFERED.includes(mode) ? OFFERED : [...OFFERED, mode];
  return html`<select
    class="picker"
    data-testid="mode"
    data-state=${mode}
    aria-label="Mode"
    title=${MODES[mode]}
    @change=${(event: Event) => {
      const chosen = Mode.safeParse(controlValue(event));
      if (chosen.success && chosen.data !== mode)
        controller.send({ type: 'setMode', mode: chosen.data });
    }}
  >
    ${offered.map(
      (value) =>
        html`<option value=${value} title=${MODES[value]} .selected=${live(value === mode)}>
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
    title="Select the model"
    @click=${() => {
      controller.send({ type: 'selectModel' });
    }}
  >
    ${label === undefined ? 'Select model' : shown(label)}
  </button>`;
}

function usageText(status: ChatStatus | null): string {
  const { input = 0, output = 0 } = status?.usage ?? {};
  return input + output === 0 ? '' : `${compact(input)} in · ${compact(output)} out`;
}

/** 1234 as "1.2k". */
export function compact(count: number): string {
  if (count < 1000) return String(count);
  const [value, unit] = count < 999_950 ? [count / 1000, 'k'] : [count / 1_000_000, 'M'];
  return `${value.toFixed(1).replace(/\.0$/, '')}${unit}`;
}

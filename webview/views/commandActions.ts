// What the human can do with a command that runs or ran: see it in a terminal, stop it. Decides nothing.
import { html, nothing, type TemplateResult } from 'lit';
import type { TranscriptItem } from '../../src/protocol/messages.ts';
import type { Controller } from '../controller.ts';
import { t } from '../../src/protocol/l10n.ts';
import { linkButton } from './linkButton.ts';
import { icon } from './text.ts';

type CallItem = Extract<TranscriptItem, { kind: 'call' }>;

/** Whether the call's command goes on in the background at this moment. */
export function goesOn(controller: Controller, item: TranscriptItem): boolean {
  if (item.kind !== 'call' || item.command !== 'background') return false;
  const { turnId, callId } = item;
  const running = controller.state.status?.background ?? [];
  return running.some((one) => one.turnId === turnId && one.callId === callId);
}

/** Below the line of a command, while it runs; of one in the background the terminal stays to be had. */
export function commandActions(
  controller: Controller,
  item: CallItem,
  live: boolean,
): TemplateResult | typeof nothing {
  if (item.command === undefined) return nothing;
  const { turnId, callId } = item;
  const running = item.state === 'started' || live;
  const started = item.command === 'background' && item.state === 'done';
  if (!running && !started) return nothing;
  const call = { turnId, callId };
  return html`<div
    class="command-actions"
    data-testid="command-actions"
    data-state=${running ? 'running' : 'over'}
  >
    ${live ? html`<span class="command-live">${icon('loading codicon-modifier-spin')}${t('goes on in the background')}</span>` : nothing}
    ${running ? nothing : html`<span data-testid="command-over">${t('does not run any more')}</span>`}
    ${linkButton('show-terminal', t('Show in Terminal'), () => controller.send({ type: 'showTerminal', ...call }))}
    ${running ? linkButton('stop-command', t('Stop Command'), () => controller.send({ type: 'stopCommand', ...call })) : nothing}
  </div>`;
}

/** Above the message field, while commands of the thread go on in the background. */
export function backgroundNote(controller: Controller): TemplateResult | typeof nothing {
  const count = controller.state.status?.background?.length ?? 0;
  if (count === 0) return nothing;
  const text =
    count === 1
      ? t('1 command runs in the background')
      : t('{0} commands run in the background', count);
  return html`<p class="composer-note" data-testid="background-note">
    ${icon('server-process')}<span>${text}</span>
    ${linkButton('show-background', t('Show'), () => controller.send({ type: 'showBackground' }))}
  </p>`;
}

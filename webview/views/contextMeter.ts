// How full the model's context is, and what was used: a small ring in the composer's bar that opens to say it in words.
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { ContextView } from '../../src/protocol/modelView.ts';
import type { ChatStatus } from '../../src/protocol/messages.ts';
import type { Controller } from '../controller.ts';
import { t } from '../../src/protocol/l10n.ts';

/** From here on the ring warns. */
const NEARLY_FULL = 0.8;

export function contextMeter(controller: Controller): TemplateResult | typeof nothing {
  const context = controller.state.status?.context;
  if (!context) return nothing;
  const open = controller.composing.meterOpen;
  const share = shareOf(context);
  const short = share === null ? compact(context.used) : percent(share);
  const visible = context.estimated ? `~${short}` : short;
  return html`<button
    class="meter ${share !== null && share >= NEARLY_FULL ? 'meter-full' : ''}"
    data-testid="context-meter"
    aria-expanded=${open ? 'true' : 'false'}
    aria-controls=${open ? 'context-details' : nothing}
    aria-label=${t('{0}, context: {1}', visible, contextText(context))}
    title=${contextText(context)}
    @click=${() => {
      controller.composing.toggleMeter();
    }}
  >
    ${share === null ? nothing : ring(share)}<span>${visible}</span>
  </button>`;
}

/** Opened: the same in words, and what the turn and the thread used. */
export function contextDetails(controller: Controller): TemplateResult | typeof nothing {
  const { status } = controller.state;
  if (!status?.context || !controller.composing.meterOpen) return nothing;
  const { turn } = status.context;
  return html`<dl class="context-details" id="context-details" data-testid="context-details">
    ${row(t('Context after the last call'), contextText(status.context))}
    ${row(t('Used by the last turn'), usageText(turn), 'turn-usage')}
    ${row(t('Used by the thread'), usageText(status.usage), 'thread-usage')}
  </dl>`;
}

function row(name: string, value: string, testid?: string): TemplateResult | typeof nothing {
  if (value === '') return nothing;
  return html`<div>
    <dt>${name}</dt>
    <dd data-testid=${testid ?? nothing}>${value}</dd>
  </div>`;
}

/** Between 0 and 1; null when nobody knows how much the model takes. */
function shareOf({ used, window }: ContextView): number | null {
  return window === null ? null : Math.min(1, used / window);
}

function percent(share: number): string {
  return t('{0} %', share > 0 && share < 0.01 ? '<1' : Math.floor(share * 100));
}

export function contextText(context: ContextView): string {
  const { used, window, estimated } = context;
  const share = shareOf(context);
  const said =
    window === null || share === null
      ? t('{0} tokens; how many the model takes is not known', compact(used))
      : t('{0} of {1} tokens ({2})', compact(used), compact(window), percent(share));
  return estimated ? `${said}, ${t('estimated: the model does not say')}` : said;
}

export function usageText({ input, output }: ChatStatus['usage']): string {
  return input + output === 0 ? '' : t('{0} in · {1} out', compact(input), compact(output));
}

/** 1234 as "1.2k". */
export function compact(count: number): string {
  if (count < 1000) return String(count);
  const [value, unit] = count < 999_950 ? [count / 1000, 'k'] : [count / 1_000_000, 'M'];
  return `${value.toFixed(1).replace(/\.0$/, '')}${unit}`;
}

/** Decorative: the text beside it says the same. */
function ring(share: number): TemplateResult {
  const filled = `${String(Math.round(share * 100))} 100`;
  return html`<svg class="meter-ring" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    ${svg`<circle class="meter-track" cx="8" cy="8" r="6" fill="none" stroke-width="2.5" />
    <circle class="meter-fill" cx="8" cy="8" r="6" fill="none" stroke-width="2.5" pathLength="100"
      stroke-dasharray=${filled} transform="rotate(-90 8 8)" />`}
  </svg>`;
}

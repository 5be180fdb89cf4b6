// While the calls of a batch run: how many are done, and which one runs now.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../src/protocol/l10n.ts';
import { batchProgress } from '../batchProgress.ts';
import type { ViewState } from '../store.ts';
import { shown } from './text.ts';

export function batchBar(state: ViewState): TemplateResult | typeof nothing {
  const progress = batchProgress(state);
  if (!progress) return nothing;
  const { done, total, now } = progress;
  return html`<div
    class="batch-progress"
    data-testid="batch-progress"
    role="group"
    aria-label=${t('Calls that run')}
  >
    <progress max=${total} .value=${done} aria-label=${t('Calls that are done')}></progress>
    <span class="decided-count">${t('{0} of {1} done', done, total)}</span>
    ${
      now
        ? html`<span class="batch-now" data-testid="batch-now"
            >${t('runs now:')} <code>${shown(now.tool)}</code> ${shown(now.summary)}</span
          >`
        : nothing
    }
  </div>`;
}

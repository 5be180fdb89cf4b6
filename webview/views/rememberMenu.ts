// “Approve and remember…”: the quiet way beside Approve, and the form it opens. Shows the exact rules; sends none of them.
import { html, nothing, type TemplateResult } from 'lit';
import { GrantScope, scopeText, type RememberOffer } from '../../src/protocol/consent.ts';
import {
  allowsText,
  canRemember,
  endChoices,
  endOf,
  rememberApproval,
  remembered,
  withEnd,
} from '../remember.ts';
import { button } from './actionButton.ts';
import type { CardView } from './card.ts';
import { t } from '../../src/protocol/l10n.ts';
import { shownDense } from './text.ts';

/** Opens the form; decides nothing. */
export function rememberOpener(card: CardView): TemplateResult | typeof nothing {
  if (!canRemember(card.request, card.draft)) return nothing;
  return html`<button
    class="link"
    data-testid="remember"
    ?disabled=${card.busy}
    @click=${() => {
      card.openForm('remember');
    }}
  >
    ${t('Approve and remember…')}
  </button>`;
}

export function rememberForm(card: CardView, offer: RememberOffer): TemplateResult {
  const picked = remembered(offer, card.draft);
  const confirm = button({
    name: t('Approve and remember'),
    testid: 'approve-remember',
    says: t('{0}; you are asked once more', offer.rules.join(', ')),
    disabled: card.busy || !card.looksArmed,
    press: (event) => {
      card.decide(event, rememberApproval(picked));
    },
  });
  const cancel = button({
    name: t('Cancel'),
    testid: 'cancel',
    says: t('this decision; nothing is sent'),
    press: () => {
      card.openForm('none');
    },
  });
  const scope = choice({
    ...{ label: t('Remember for'), testid: 'remember-scope', value: picked.scope },
    options: offer.scopes.map((one) => [one, capital(scopeText(one))]),
    pick: (value) => {
      const chosen = GrantScope.safeParse(value);
      if (chosen.success) card.patch({ remember: { ...picked, scope: chosen.data } });
    },
  });
  const end = choice({
    ...{ label: t('Limit'), testid: 'remember-end', value: endOf(picked) },
    options: endChoices().map(([id, label]) => [id, capital(label)]),
    pick: (value) => {
      card.patch({ remember: withEnd(picked, value) });
    },
  });
  return html`<div class="form remember" role="group" aria-label=${t('Approve and remember')}>
      <div class="remember-choices">${scope}${end}</div>
      <p class="remember-text" data-end data-testid="remember-text">${allowsText(offer, picked)}</p>
      <ul class="remember-rules" aria-label=${t('What is remembered')} data-testid="remember-rules">
        ${offer.rules.map((rule) => html`<li><code>${shownDense(rule)}</code></li>`)}
      </ul>
    </div>
    <div class="actions" data-end>${confirm} ${cancel}</div>`;
}

interface Choice {
  label: string;
  testid: string;
  value: string;
  options: readonly (readonly [id: string, label: string])[];
  pick: (value: string) => void;
}

function choice({ label, testid, value, options, pick }: Choice): TemplateResult {
  return html`<label class="field-label">
    <span>${label}</span>
    <select
      class="field"
      data-testid=${testid}
      @change=${(event: Event) => {
        if (event.target instanceof HTMLSelectElement) pick(event.target.value);
      }}
    >
      ${options.map(
        ([id, name]) => html`<option value=${id} .selected=${id === value}>${name}</option>`,
      )}
    </select>
  </label>`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

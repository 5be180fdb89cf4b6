// What changed since a turn was started, and the three ways to go on. Its card is not armed before the human chose the first.
import { html, nothing, type TemplateResult } from 'lit';
import type { ActionView, DriftView } from '../../src/protocol/messages.ts';
import type { Controller } from '../controller.ts';
import { ArmedElement } from './armedElement.ts';
import { t, tParts } from '../../src/protocol/l10n.ts';
import { icon, shown } from './text.ts';

/** The sentences alone. */
export function driftList({ changes }: DriftView): TemplateResult {
  return html`<span>${t('This changed since the turn was started:')}</span>
    <ul data-testid="drift-changes">
      ${changes.map((change) => html`<li>${shown(change)}</li>`)}
    </ul>`;
}

class DriftBanner extends ArmedElement {
  static override properties = {
    controller: { attribute: false },
    action: { attribute: false },
    accepted: { attribute: false },
  };
  declare controller: Controller;
  declare action: ActionView;
  declare accepted: boolean;

  protected override updated(): void {
    this.watch?.rendered();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { drift } = this.action;
    if (!drift) return nothing;
    if (this.accepted) {
      return html`<p class="card-note" data-testid="drift-accepted" role="status">
        ${icon('history')}<span
          >${tParts<unknown>('Resumed as it was, once you decide: {0}', shown(drift.changes.join(' ')))}</span
        >
      </p>`;
    }
    return html`<div
      class="drift"
      role="group"
      aria-label=${t('The turn changed')}
      data-testid="drift"
      data-end
    >
      <div class="drift-text" role="alert">
        ${icon('warning')}
        <div>${driftList(drift)}</div>
      </div>
      ${this.#ways()}
    </div>`;
  }

  #ways(): TemplateResult {
    const { action, controller } = this;
    const { actionId } = action;
    return html`<div class="actions">
      ${this.#button({ name: t('Resume as it was'), testid: 'resume-as-it-was' }, () => {
        controller.acceptDrift(action);
      })}
      ${
        action.kind === 'outcome_unknown'
          ? nothing
          : this.#button({ name: t('Ask again'), testid: 'drift-ask-again' }, () => {
              controller.send({ type: 'askAgain', actionId });
            })
      }
      ${this.#button({ name: t('Discard'), testid: 'drift-discard' }, () => {
        controller.send({ type: 'discard', actionId });
      })}
    </div>`;
  }

  #button({ name, testid }: { name: string; testid: string }, act: () => void): TemplateResult {
    return html`<vscode-button
      appearance="secondary"
      data-testid=${testid}
      ?disabled=${this.watch?.looksArmed !== true}
      @click=${(event: Event) => {
        if (event.isTrusted && this.watch?.armed === true) act();
      }}
      >${name}</vscode-button
    >`;
  }
}

customElements.define('cs-drift', DriftBanner);

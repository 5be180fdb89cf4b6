// What changed since a turn was started, and the three ways to go on. Its card is not armed before the human chose the first.
import { html, nothing, type TemplateResult } from 'lit';
import type { ActionView, DriftView } from '../../src/protocol/messages.ts';
import type { Controller } from '../controller.ts';
import { ArmedElement } from './armedElement.ts';
import { icon, shown } from './text.ts';

/** The sentences alone. */
export function driftList({ changes }: DriftView): TemplateResult {
  return html`<span>This changed since the turn was started:</span>
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

  #press(event: Event, act: () => void): void {
    if (event.isTrusted && this.watch?.armed === true) act();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { action, controller } = this;
    const { drift, actionId } = action;
    if (!drift) return nothing;
    if (this.accepted) {
      return html`<p class="card-note" data-testid="drift-accepted" role="status">
        ${icon('history')}<span
          >Resumed as it was, once you decide: ${shown(drift.changes.join(' '))}</span
        >
      </p>`;
    }
    const armed = this.watch?.looksArmed === true;
    return html`<div
      class="drift"
      role="group"
      aria-label="The turn changed"
      data-testid="drift"
      data-end
    >
      <div class="drift-text" role="alert">
        ${icon('warning')}
        <div>${driftList(drift)}</div>
      </div>
      <div class="actions">
        <vscode-button
          data-testid="resume-as-it-was"
          ?disabled=${!armed}
          @click=${(event: Event) => {
            this.#press(event, () => {
              controller.acceptDrift(action);
            });
          }}
          >Resume as it was</vscode-button
        >
        ${
          action.kind === 'outcome_unknown'
            ? nothing
            : html`<vscode-button
                appearance="secondary"
                data-testid="drift-ask-again"
                ?disabled=${!armed}
                @click=${(event: Event) => {
                  this.#press(event, () => {
                    controller.send({ type: 'askAgain', actionId });
                  });
                }}
                >Ask again</vscode-button
              >`
        }
        <vscode-button
          appearance="secondary"
          data-testid="drift-discard"
          ?disabled=${!armed}
          @click=${(event: Event) => {
            this.#press(event, () => {
              controller.send({ type: 'discard', actionId });
            });
          }}
          >Discard</vscode-button
        >
      </div>
    </div>`;
  }
}

customElements.define('cs-drift', DriftBanner);

// One pending action: what the agent says about it, a card for each call, and for several calls the bar that submits.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { UNDO_TOOL } from '../../src/protocol/calls.ts';
import type { ActionView } from '../../src/protocol/messages.ts';
import type { Controller } from '../controller.ts';
import { draftKey } from '../drafts.ts';
import { allows, approval, canApprove, holdsBack, undecided } from '../review.ts';
import { CardView } from './card.ts';
import { ArmedElement } from './armedElement.ts';
import './driftBanner.ts';
import { t } from '../../src/protocol/l10n.ts';
import { icon, shown, shownLines } from './text.ts';

/** The group of one action; the cards are keyed by proposal, so that a changed one is a new, unarmed card. */
export function batch(controller: Controller, action: ActionView, now: number): TemplateResult {
  const submission = controller.submission(action);
  return html`<div
    class="batch"
    data-testid="action"
    data-action-id=${action.actionId}
    data-kind=${action.kind}
  >
    ${agentSays(action)}
    ${
      action.drift
        ? html`<cs-drift
            .controller=${controller}
            .action=${action}
            .accepted=${!controller.drifted(action)}
          ></cs-drift>`
        : nothing
    }
    ${repeat(
      action.requests,
      (request) => draftKey(action, request),
      (request) =>
        html`<cs-card
          .controller=${controller}
          .action=${action}
          .request=${request}
          .draft=${controller.draft(action, request)}
          .submission=${submission}
          .blocked=${controller.drifted(action)}
          .now=${now}
        ></cs-card>`,
    )}
    ${
      action.requests.length > 1
        ? html`<cs-submit-bar
            .controller=${controller}
            .action=${action}
            .drafts=${controller.drafts}
            .submission=${submission}
            .blocked=${controller.drifted(action)}
          ></cs-submit-bar>`
        : nothing
    }
  </div>`;
}

const SHORT_LINES = 3;
const SHORT_TEXT = 240;

/** The model's own words: apart from the cards, plain and labelled. Of an undo they are the host's. */
function agentSays({
  agentText,
  requests,
}: Pick<ActionView, 'agentText' | 'requests'>): TemplateResult | typeof nothing {
  const plain = agentText.trim();
  // No model can ask for it.
  const undo = requests.every(({ tool }) => tool === UNDO_TOOL);
  if (plain === '') return nothing;
  const long = plain.length > SHORT_TEXT || plain.split('\n').length > SHORT_LINES;
  return html`<div class="claim" data-testid="agent-says">
    <small>${undo ? t('What this undo would do') : t('What the agent says (not checked)')}</small>
    ${
      long
        ? html`<details>
            <summary>
              <span class="claim-short">${shownLines(plain.slice(0, SHORT_TEXT))}…</span>
            </summary>
            <p>${shownLines(plain)}</p>
          </details>`
        : html`<p>${shownLines(plain)}</p>`
    }
  </div>`;
}

class SubmitBar extends ArmedElement {
  static override properties = {
    controller: { attribute: false },
    action: { attribute: false },
    drafts: { attribute: false },
    submission: { attribute: false },
    blocked: { attribute: false },
  };
  declare controller: Controller;
  declare action: ActionView;
  declare drafts: Controller['drafts'];
  declare submission: ReturnType<Controller['submission']>;
  declare blocked: boolean;
  #left = -1;
  #dropped = '';
  #foreign = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('blocked')) this.watch?.touch();
    // What Submit would send has changed.
    const left = undecided(this.action, this.drafts).length;
    const foreign = this.controller.foreignChanges(this.action);
    const drafts = this.action.requests.map((one) => this.controller.draft(this.action, one));
    const dropped = JSON.stringify(drafts.map((draft) => draft.dropped ?? []));
    const changes = left !== this.#left || foreign !== this.#foreign || dropped !== this.#dropped;
    if (changes && this.#left >= 0) this.watch?.touch();
    this.#left = left;
    this.#dropped = dropped;
    this.#foreign = foreign;
  }

  #press(event: Event, act: () => void): void {
    if (this.blocked || this.submission.inFlight) return;
    if (event.isTrusted && this.watch?.armed === true) act();
  }

  /** Whether every card that Approve all would decide has been on screen that had to be. */
  #allSeen(): boolean {
    const cards = this.parentElement?.querySelectorAll('cs-card') ?? [];
    return [...cards].every(
      (card) => !(card instanceof CardView) || card.draft.decision !== null || card.seen,
    );
  }

  #approveAll = (event: Event): void => {
    this.#press(event, () => {
      if (!this.#allSeen()) return;
      this.controller.decideAll(this.action, (request) => {
        const draft = this.controller.draft(this.action, request);
        const approves = canApprove(request, draft) && !holdsBack(request, draft);
        return request.proposal.kind !== 'question' && approves
          ? approval(request, draft)
          : undefined;
      });
    });
  };

  #rejectRest = (event: Event): void => {
    this.#press(event, () => {
      this.controller.rejectRest(this.action);
    });
  };

  #submit = (event: Event): void => {
    this.#press(event, () => {
      this.controller.submitBatch(this.action);
    });
  };

  protected override render(): TemplateResult {
    const open = undecided(this.action, this.drafts);
    const total = this.action.requests.length;
    const armed = this.watch?.looksArmed === true && !this.blocked && !this.submission.inFlight;
    const approvable = open.some(
      (request) => request.proposal.kind !== 'question' && allows(request, 'approve'),
    );
    const rejectable = open.some((request) => allows(request, 'reject'));
    return html`${this.#error()}
      <div
        class="submit-bar"
        role="group"
        aria-label=${t('Submit all decisions')}
        data-testid="submit-bar"
        data-action-id=${this.action.actionId}
        data-state=${this.submission.inFlight ? 'submitting' : open.length === 0 ? 'decided' : 'waiting'}
        data-armed=${armed ? 'true' : 'false'}
      >
        <progress max=${total} .value=${total - open.length} aria-hidden="true"></progress>
        <span class="decided-count" data-testid="decided-count"
          >${t('{0} of {1} decided', total - open.length, total)}</span
        >
        <vscode-button
          data-testid="submit"
          ?disabled=${!armed || open.length > 0}
          @click=${this.#submit}
          >${t('Submit')}</vscode-button
        >
        <span class="break"></span>
        ${this.controller.state.surface === 'chat' ? this.#panelButton() : nothing}
        ${this.#filesButton()}
        ${
          approvable
            ? html`<button
                class="link"
                data-testid="approve-all"
                ?disabled=${!armed || !this.#allSeen()}
                @click=${this.#approveAll}
              >
                ${t('Approve all')}
              </button>`
            : nothing
        }
        ${
          rejectable
            ? html`<button
                class="link"
                data-testid="reject-and-stop"
                ?disabled=${!armed}
                @click=${this.#rejectRest}
              >
                ${t('Reject and stop')}
              </button>`
            : nothing
        }
      </div>`;
  }

  #panelButton(): TemplateResult {
    return html`<button
      class="link"
      data-testid="open-panel"
      @click=${() => {
        this.controller.send({ type: 'openPanel', actionId: this.action.actionId });
      }}
    >
      ${t('Open approval panel')}
    </button>`;
  }

  /** Only for several edits: one has its own button. */
  #filesButton(): TemplateResult | typeof nothing {
    const edits = this.action.requests.filter(({ proposal }) => proposal.kind === 'edit');
    if (edits.length < 2) return nothing;
    return html`<button
      class="link"
      data-testid="review-files"
      @click=${() => {
        this.controller.send({ type: 'openAllDiffs', actionId: this.action.actionId });
      }}
    >
      ${t('Review all files')}
    </button>`;
  }

  #error(): TemplateResult | typeof nothing {
    const { error } = this.submission;
    if (!error) return nothing;
    return html`<p
      class="card-error"
      role="alert"
      data-testid="submit-error"
      data-code=${error.code}
    >
      ${icon('error')}<span>${shown(error.message)}</span>
    </p>`;
  }
}

customElements.define('cs-submit-bar', SubmitBar);

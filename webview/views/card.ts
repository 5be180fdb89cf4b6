// One waiting call: what it would do, why it asks, and the buttons that decide it. Never takes the focus; every press
// that sends something must be a real one on an armed card.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Decision } from '../../src/protocol/calls.ts';
import type { ActionView, RequestView } from '../../src/protocol/messages.ts';
import type { Controller, Submission } from '../controller.ts';
import { emptyDraft, type CardDraft } from '../drafts.ts';
import {
  allows,
  approval,
  callTitle,
  canApprove,
  decisionDetail,
  decisionText,
  holdsBack,
} from '../review.ts';
import { ageText, expiryText } from '../store.ts';
import { cardActions } from './cardActions.ts';
import { editBody, keptNote, placeWarnings, plainBody } from './cardBody.ts';
import { ArmedElement } from './armedElement.ts';
import { questionBody } from './questionBody.ts';
import { t, tParts } from '../../src/protocol/l10n.ts';
import { icon, shown, shownLines } from './text.ts';

export class CardView extends ArmedElement {
  static override properties = {
    controller: { attribute: false },
    action: { attribute: false },
    request: { attribute: false },
    draft: { attribute: false },
    submission: { attribute: false },
    blocked: { attribute: false },
    now: { attribute: false },
  };
  declare controller: Controller;
  declare action: ActionView;
  declare request: RequestView;
  declare draft: CardDraft;
  declare submission: Submission;
  /** Something changed that the human has to accept first. */
  declare blocked: boolean;
  /** The host's clock. */
  declare now: number;
  #focusNext = false;
  #foreign = 0;
  #dropped = '';

  constructor() {
    super();
    this.draft = emptyDraft;
    this.blocked = false;
    this.now = 0;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('blocked')) this.watch?.touch();
    // What a press would send was changed by someone else: it must be seen first.
    const foreign = this.controller.foreignChanges(this.action);
    if (foreign !== this.#foreign && this.hasUpdated) this.watch?.touch();
    this.#foreign = foreign;
    const dropped = (this.draft.dropped ?? []).join();
    if (dropped !== this.#dropped && this.hasUpdated) this.watch?.touch();
    this.#dropped = dropped;
  }

  protected override updated(): void {
    this.watch?.rendered();
    if (!this.#focusNext) return;
    this.#focusNext = false;
    const field = this.querySelector('.form .field');
    if (field instanceof HTMLElement) field.focus();
    else this.#focusCard();
  }

  /** Opens or closes a form because the user pressed a button, which is gone then: the focus goes with it. */
  openForm = (form: CardDraft['form']): void => {
    this.#focusNext = true;
    this.patch({ form });
  };

  /** Whether the card is alone in its action, so that its buttons submit. */
  get single(): boolean {
    return this.action.requests.length === 1;
  }

  get busy(): boolean {
    return this.submission.inFlight;
  }

  /** Whether a press on a button that consents counts now. */
  get armed(): boolean {
    return this.watch?.armed === true && this.#whole();
  }

  /** As `armed` at the last look; for rendering. */
  get looksArmed(): boolean {
    return this.watch?.looksArmed === true && this.#whole();
  }

  /** Whether the whole card has been on screen that had to be. */
  get seen(): boolean {
    return this.watch?.ready === true && this.#whole();
  }

  #whole(): boolean {
    return !this.blocked && this.querySelector('[data-truncated]') === null;
  }

  patch = (patch: Partial<CardDraft>): void => {
    this.controller.patch(this.action, this.request, patch);
  };

  /** As `patch`, for what is picked and not typed: the host has it at once. */
  pick = (patch: Partial<CardDraft>): void => {
    this.patch(patch);
    this.controller.flush();
  };

  /** Takes a decision from a press; anything but the user's own press on an armed card is ignored. */
  decide = (event: Event, decision: Decision): void => {
    if (!event.isTrusted || this.busy || !this.armed) return;
    // The pressed button goes or is disabled: the focus stays on the card, where no plain key decides.
    if (this.contains(document.activeElement)) this.#focusCard();
    this.controller.decide(this.action, this.request, decision);
  };

  #focusCard(): void {
    const card = this.querySelector('.card');
    if (card instanceof HTMLElement) card.focus({ preventScroll: true });
  }

  openDiff = (merge = false): void => {
    const { callId } = this.request;
    const more = merge ? { merge } : {};
    this.controller.send({ type: 'openDiff', actionId: this.action.actionId, callId, ...more });
  };

  #keydown = (event: KeyboardEvent): void => {
    const wanted = event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.repeat;
    // Only with the card itself focused: not from a field or a button in it.
    if (!wanted || event.target !== event.currentTarget) return;
    const decision = this.#plainApproval();
    if (!decision) return;
    if (this.#onScreen()) this.decide(event, decision);
    else this.scrollIntoView({ block: 'nearest' });
  };

  /** What Approve would send of the card as it stands; undefined where it would send nothing. */
  #plainApproval(): Decision | undefined {
    const { request, draft } = this;
    const plain = draft.form === 'none' || draft.form === 'diff';
    if (!plain || draft.decision !== null || request.proposal.kind === 'question') return undefined;
    if (!canApprove(request, draft) || holdsBack(request, draft)) return undefined;
    return approval(request, draft);
  }

  /** For a command of the window, which asks natively about what is sent then. Null when it was done, else why not. */
  pressed(button: 'approve' | 'reject'): string | null {
    const { action, request } = this;
    if (this.busy || this.draft.decision !== null) return t('This card is decided already.');
    if (button === 'reject') {
      if (!allows(request, 'reject')) return t('This call cannot be rejected.');
      this.openForm('reject');
      return null;
    }
    const decision = this.#plainApproval();
    if (!decision) return t('This card cannot simply be approved: decide on the card itself.');
    if (!this.#onScreen() || !this.armed)
      return t('The card is not in view as a whole yet: look at it, then try again.');
    this.controller.decide(action, request, decision, true);
    return null;
  }

  /** Whether the end of the card is in view: keys reach a focused card that was scrolled away, too. */
  #onScreen(): boolean {
    const view = this.closest('[data-scroller]')?.getBoundingClientRect();
    const foot = this.querySelector('.card-foot')?.getBoundingClientRect();
    return (
      view !== undefined && foot !== undefined && foot.top >= view.top && foot.top < view.bottom
    );
  }

  protected override render(): TemplateResult {
    const { action, request } = this;
    const title = callTitle(request);
    return html`<section
      class="card"
      tabindex="0"
      role="group"
      aria-label=${t('{0} {1}, waits for your decision', title.kind, title.subject)}
      data-testid="card"
      data-kind=${request.proposal.kind}
      data-action-id=${action.actionId}
      data-call-id=${request.callId}
      data-state=${this.#state()}
      data-decision=${this.draft.decision?.type ?? nothing}
      data-armed=${this.looksArmed ? 'true' : 'false'}
      @keydown=${this.#keydown}
    >
      <div class="card-head" data-end>
        <span class="kind">${title.kind}</span>
        <span class="subject">${shown(title.subject)}</span>
        ${this.#stat()} ${keptNote(request, this.draft)}
        <span class="age">${ageText(this.now, action.createdAt)}</span>
        ${this.#expiry()}
        ${this.single && this.controller.state.surface === 'chat' ? this.#panelButton() : nothing}
      </div>
      ${this.#why()} ${this.#note()} ${this.#body()} ${this.#error()}
      <div class="card-foot" data-end>
        ${this.draft.decision ? this.#decided(this.draft.decision) : cardActions(this)}
      </div>
    </section>`;
  }

  #state(): string {
    if (this.busy) return 'submitting';
    if (this.#ownError()) return 'error';
    return this.draft.decision ? 'decided' : 'waiting';
  }

  #panelButton(): TemplateResult {
    return html`<button
      class="icon-button"
      data-testid="open-panel"
      aria-label=${t('Open approval panel')}
      title=${t('Open approval panel')}
      @click=${() => {
        this.controller.send({ type: 'openPanel', actionId: this.action.actionId });
      }}
    >
      ${icon('link-external')}
    </button>`;
  }

  #expiry(): TemplateResult | typeof nothing {
    const text = expiryText(this.now, this.action.expiresAt);
    if (text === '') return nothing;
    return html`<span class="expiry" data-testid="card-expiry">${text}</span>`;
  }

  #stat(): TemplateResult | typeof nothing {
    const { proposal } = this.request;
    if (proposal.kind !== 'edit') return nothing;
    return html`<span
      class="stat"
      aria-label=${t('{0} lines added, {1} removed', proposal.added, proposal.removed)}
      ><ins>+${proposal.added}</ins> <del>−${proposal.removed}</del></span
    >`;
  }

  #why(): TemplateResult {
    const { why, proposal } = this.request;
    const rule = why.rule ?? '';
    return html`<p class="card-why" data-testid="card-why">
        ${tParts<unknown>('Asks: {0}', shown(why.reason))}
        ${
          rule === ''
            ? nothing
            : html`<button
                class="link"
                data-testid="open-why"
                @click=${() => {
                  this.controller.send({ type: 'openWhy', rule, layer: why.layer });
                }}
              >
                ${shown(rule)}
              </button>`
        }
      </p>
      ${placeWarnings(proposal)}`;
  }

  /** What happened since the call was shown before. */
  #note(): TemplateResult | typeof nothing {
    const { note } = this.request;
    if (note === undefined) return nothing;
    return html`<p class="card-warning" data-testid="card-changed">
      ${icon('warning')}<span>${shown(note)}</span>
    </p>`;
  }

  #body(): TemplateResult {
    const { request, draft, patch } = this;
    const { proposal } = request;
    switch (proposal.kind) {
      case 'edit':
        return editBody({
          ...{ request, proposal, draft, patch: this.pick },
          disabled: this.busy || draft.decision !== null,
        });
      case 'question':
        return questionBody({
          question: proposal,
          draft,
          patch,
          disabled: this.busy || draft.decision !== null,
        });
      case 'move':
      case 'command':
      case 'read':
      case 'tool':
      case 'running':
        return plainBody(proposal);
    }
  }

  #ownError(): boolean {
    const { error } = this.submission;
    return (
      error !== null &&
      (error.callIds.includes(this.request.callId) || (this.single && error.callIds.length === 0))
    );
  }

  #error(): TemplateResult | typeof nothing {
    const { error } = this.submission;
    if (!error || !this.#ownError()) return nothing;
    return html`<p class="card-error" role="alert" data-testid="card-error" data-code=${error.code}>
      ${icon('error')}<span>${shown(error.message)}</span>
    </p>`;
  }

  #decided(decision: Decision): TemplateResult {
    const kind = decision.type === 'reject' ? 'close' : 'check';
    const detail = decisionDetail(decision);
    return html`<div class="decided" data-testid="decided">
      ${icon(kind)}<span>${decisionText(decision, this.request.changes)}</span>
      ${detail === '' ? nothing : html`<span class="decided-detail">${shownLines(detail)}</span>`}
      <vscode-button
        appearance="secondary"
        data-testid="undo"
        ?disabled=${this.busy}
        @click=${() => {
          this.#focusCard();
          this.patch({ decision: null });
          this.controller.flush(); // an approval that is taken back is in no reload
        }}
        >${t('Undo')}</vscode-button
      >
    </div>`;
  }
}

customElements.define('cs-card', CardView);

// The frame of both surfaces: the chat (transcript, cards, composer) and the approval panel (one action, wide).
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ActionView } from '../../src/protocol/messages.ts';
import { isTemporary } from '../../src/protocol/temporary.ts';
import { isAttachable } from '../composing.ts';
import { dragLeave, dragOver } from '../dragging.ts';
import { checkLayout } from '../arming.ts';
import { Announcer } from '../announcer.ts';
import type { Controller } from '../controller.ts';
import { Find } from '../find.ts';
import { showItem } from '../showItem.ts';
import { batch } from './batch.ts';
import { batchBar } from './batchBar.ts';
import { composer } from './composer.ts';
import { focusComposer } from './messageField.ts';
import { decidedNotes } from './decidedNote.ts';
import { findBar } from './findBar.ts';
import { FeedScroll } from './feedScroll.ts';
import { LightElement } from './lightElement.ts';
import { icon, shown } from './text.ts';
import { t } from '../../src/protocol/l10n.ts';
import type { TranscriptView } from './transcript.ts';
import './transcript.ts';

const AGE_INTERVAL = 30_000;
const NOT_FINDING: TranscriptView['finding'] = { text: '', itemId: undefined };

export class AppView extends LightElement {
  declare controller: Controller;
  #scroll: FeedScroll | undefined;
  readonly #announcer = new Announcer();
  #clock: ReturnType<typeof setInterval> | undefined;
  readonly find = new Find({
    controller: () => this.controller,
    scroll: () => this.#scroll,
    changed: () => {
      this.requestUpdate();
    },
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => {
      if (this.controller.state.actions.length > 0) this.requestUpdate();
    }, AGE_INTERVAL);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
    this.#scroll?.dispose();
    this.#scroll = undefined;
  }

  protected override willUpdate(): void {
    const [first] = this.#announcer.look(this.controller);
    if (first) this.#scroll?.reveal(first.actionId);
  }

  protected override updated(): void {
    const feed = this.querySelector('[data-scroller]');
    if (feed instanceof HTMLElement && this.#scroll?.feed !== feed) {
      this.#scroll?.dispose();
      this.#scroll = new FeedScroll(feed, this.controller.state.surface === 'chat');
      const first = this.controller.state.actions[0];
      if (first) this.#scroll.reveal(first.actionId);
    }
    checkLayout();
  }

  protected override render(): TemplateResult {
    const { state } = this.controller;
    const surface = !state.ready
      ? nothing
      : state.surface === 'chat'
        ? this.#chat()
        : this.#panel();
    return html`${surface}
      <div class="sr-only" role="status" aria-live="polite" data-testid="announcer">
        ${this.#announcer.text}
      </div>`;
  }

  #chat(): TemplateResult {
    const { state } = this.controller;
    const empty = state.items.length === 0 && state.actions.length === 0;
    return html`<main
      class="chat"
      data-testid="chat"
      data-state=${state.status?.turn ?? 'idle'}
      @dragover=${dragOver}
      @dragleave=${dragLeave}
      @drop=${this.#drop}
    >
      ${this.#title()} ${findBar(this.find, state.items)} ${this.#problems()}
      <div
        class="feed"
        data-scroller
        data-testid="transcript"
        role="log"
        aria-live="off"
        aria-label=${t('Thread')}
        tabindex="0"
      >
        <div class="feed-content">
          ${empty ? this.#welcome() : this.#rows()} ${batchBar(state)} ${this.#notes()}
          ${this.#batches()} ${this.#queued()}
        </div>
      </div>
      ${composer(this.controller)}
    </main>`;
  }

  #title(): TemplateResult | typeof nothing {
    const { status } = this.controller.state;
    if (!status?.thread) return nothing;
    return html`<header class="title">
        <h1 class="title-text">${shown(status.thread.title)}</h1>
        ${
          status.waiting > 0
            ? html`<span
                class="badge"
                data-testid="waiting-count"
                role="img"
                aria-label=${t('{0} waiting', status.waiting)}
                >${status.waiting}</span
              >`
            : nothing
        }
        <button
          class="icon-button"
          data-testid="new-thread"
          aria-label=${t('New thread')}
          title=${t('New thread')}
          @click=${() => {
            this.controller.send({ type: 'newThread' });
          }}
        >
          ${icon('add')}
        </button>
      </header>
      ${status.thread.temporary ? temporaryMark() : nothing}`;
  }

  #problems(): TemplateResult[] {
    const problems = this.controller.state.status?.problems ?? [];
    return problems.map(
      (text) =>
        html`<div class="notice notice-warning" role="note" data-testid="problem">
          ${icon('warning')}<span>${shown(text)}</span>
        </div>`,
    );
  }

  #welcome(): TemplateResult {
    return html`<div class="welcome" data-testid="welcome">
      <h1>${t('Nothing runs until you countersign it')}</h1>
      <p>
        ${t('The agent reads and proposes. Every change and every command stops here first, as a card that you approve, edit, reject or answer, now or next week.')}
      </p>
      <div class="welcome-actions">
        <vscode-button
          data-testid="try-demo"
          @click=${(event: Event) => {
            if (event.isTrusted) this.controller.send({ type: 'tryDemo' });
          }}
          >${t('Try the Demo')}</vscode-button
        >
        <vscode-button
          appearance="secondary"
          data-testid="welcome-model"
          @click=${() => {
            this.controller.send({ type: 'selectModel' });
          }}
          >${t('Select a Model')}</vscode-button
        >
      </div>
      <p class="welcome-hint">
        ${t('The demo needs no key and no network. Nothing it proposes happens before you approve it.')}
      </p>
    </div>`;
  }

  #rows(): TemplateResult {
    const { items: all, actions } = this.controller.state;
    const queued = this.#queuedTurns();
    const items = queued.size === 0 ? all : all.filter(({ turnId }) => !queued.has(turnId));
    const waiting = new Set(actions.map((action) => action.actionId));
    return html`<cs-transcript
      .controller=${this.controller}
      .items=${items}
      .waiting=${waiting}
      .following=${this.#following}
      .laidOut=${this.#laidOut}
      .finding=${this.#finding()}
    ></cs-transcript>`;
  }

  #finding(): TranscriptView['finding'] {
    const { text, itemId } = this.find;
    return itemId === undefined ? NOT_FINDING : { text, itemId };
  }

  /** Brings the message of a turn into view, with the keyboard on what leads back. */
  async showMessage(turnId: string): Promise<void> {
    if (!this.#scroll) return;
    const shower = { controller: this.controller, scroll: this.#scroll, wanted: () => true };
    const row = await showItem(shower, (item) => item.kind === 'user' && item.turnId === turnId);
    const back = row?.querySelector('.queued-line button');
    if (back instanceof HTMLElement) back.focus({ preventScroll: true });
  }

  readonly #drop = (event: DragEvent): void => {
    dragLeave(event);
    if (!isAttachable(event.dataTransfer)) return;
    event.preventDefault();
    if (this.controller.composing.transfer(event.dataTransfer)) focusComposer();
  };

  readonly #following = (): boolean => this.#scroll?.following ?? true;

  readonly #laidOut = (): void => {
    this.#scroll?.settle();
    checkLayout();
  };

  #queuedTurns(): Set<string> {
    return new Set(this.controller.state.status?.queued);
  }

  /** Messages that wait stand last: what is said and asked before them comes first. */
  #queued(): unknown {
    const turns = this.#queuedTurns();
    if (turns.size === 0) return nothing;
    const items = this.controller.state.items.filter(({ turnId }) => turns.has(turnId));
    return repeat(
      items,
      (item) => item.id,
      (item) =>
        html`<cs-item
          data-item=${item.id}
          .controller=${this.controller}
          .item=${item}
          .queued=${true}
        ></cs-item>`,
    );
  }

  #batches(): unknown {
    const { actions, skew } = this.controller.state;
    const now = Date.now() + skew;
    return repeat(
      actions,
      (action) => action.actionId,
      (action) => batch(this.controller, action, now),
    );
  }

  #notes(): TemplateResult[] {
    return decidedNotes(this.controller, Date.now() + this.controller.state.skew);
  }

  #nothingWaits(): TemplateResult | typeof nothing {
    if (this.controller.notes.length > 0) return nothing;
    return html`<p class="nothing-waits" data-testid="nothing-waits">
      ${t('Nothing is waiting here.')}
    </p>`;
  }

  /** The chat has it above the composer. */
  #error(): TemplateResult | typeof nothing {
    const { error } = this.controller;
    if (!error) return nothing;
    return html`<p
      class="card-error"
      role="alert"
      data-testid="panel-error"
      data-code=${error.code}
    >
      ${icon('error')}<span>${shown(error.message)}</span>
    </p>`;
  }

  #panel(): TemplateResult {
    const { actions, status } = this.controller.state;
    const first = actions[0];
    const title = first?.threadTitle ?? status?.thread?.title ?? '';
    return html`<main class="panel" data-testid="panel">
      <header class="title">
        <h1>${t('Approval')}</h1>
        <span class="title-text">${shown(title)}</span>
        ${first ? html`<span class="title-meta">${asked(first)}</span>` : nothing}
      </header>
      ${first && isTemporary(first.threadId) ? temporaryMark() : nothing} ${this.#problems()}
      ${this.#error()}
      <div
        class="feed"
        data-scroller
        tabindex="0"
        role="region"
        aria-label=${t('Calls that wait for a decision')}
      >
        <div class="feed-content">
          ${this.#notes()} ${first ? this.#batches() : this.#nothingWaits()}
        </div>
      </div>
    </main>`;
  }
}

function temporaryMark(): TemplateResult {
  return html`<p class="temporary" data-testid="temporary">
    ${icon('eye-closed')}<span>${t('Temporary: gone when this window closes or reloads')}</span>
  </p>`;
}

function asked(action: ActionView): string {
  const calls = action.requests.length === 1 ? t('1 call') : t('{0} calls', action.requests.length);
  const when = new Intl.DateTimeFormat(undefined, {
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
  });
  return t('{0} · asked {1}', calls, when.format(action.createdAt));
}

customElements.define('countersign-app', AppView);

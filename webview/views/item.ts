// One row of the transcript: user bubble, assistant text, call line, notice. Re-renders only when its item changes.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { TranscriptItem } from '../../src/protocol/messages.ts';
import type { Controller } from '../controller.ts';
import { placeText } from '../../src/protocol/decided.ts';
import { callLook, outputTail, whyShort } from '../callLook.ts';
import { timeText } from '../elsewhere.ts';
import { LightElement } from './lightElement.ts';
import type { TextUses } from './codeBlock.ts';
import { markdownBlocks, type Block } from './markdown.ts';
import { t } from '../../src/protocol/l10n.ts';
import { icon, shown, shownLines } from './text.ts';

type Item<Kind> = Extract<TranscriptItem, { kind: Kind }>;

class ItemView extends LightElement {
  static override properties = {
    controller: { attribute: false },
    item: { attribute: false },
    waiting: { attribute: false },
    queued: { attribute: false },
    open: { state: true },
    whyOpen: { state: true },
  };
  declare controller: Controller;
  declare item: TranscriptItem;
  /** Whether the call waits in an open action. */
  declare waiting: boolean;
  /** Whether the message's turn has not begun. */
  declare queued: boolean;
  declare open: boolean | undefined;
  declare whyOpen: boolean;
  #blocks: Block[] = [];
  #text = '';

  constructor() {
    super();
    this.waiting = false;
    this.queued = false;
    this.open = undefined;
    this.whyOpen = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('item')) return;
    if (this.item.kind !== 'assistant') return;
    const { text } = this.item;
    this.#blocks = markdownBlocks(text, this.#blocks, this.#text, this.#uses);
    this.#text = text;
  }

  readonly #uses: TextUses = {
    copy: (text) => {
      this.controller.send({ type: 'useText', use: 'copy', text });
    },
    insert: (text) => {
      this.controller.send({ type: 'useText', use: 'insert', text });
    },
    openLink: (address) => {
      this.controller.send({ type: 'openLink', address });
    },
  };

  protected override render(): TemplateResult {
    const { item } = this;
    switch (item.kind) {
      case 'user':
        return this.#user(item);
      case 'assistant':
        return html`<div
          class="assistant"
          data-testid="item-assistant"
          data-state=${item.streaming ? 'streaming' : 'done'}
          role="group"
          aria-label=${t('Agent')}
        >
          ${this.#blocks.map((block) => block.node)}
        </div>`;
      case 'call':
        return this.#call(item);
      case 'notice':
        return notice(item);
    }
  }

  #user(item: Item<'user'>): TemplateResult {
    const { queued } = this;
    return html`<div
      class="user ${queued ? 'user-queued' : ''}"
      data-testid="item-user"
      data-state=${queued ? 'queued' : nothing}
      role="group"
      aria-label=${queued ? t('You, queued') : t('You')}
    >
      ${shownLines(item.text)} ${queued ? this.#queuedLine(item.turnId) : nothing}
    </div>`;
  }

  #queuedLine(turnId: string): TemplateResult {
    return html`<span class="queued-line">
      ${icon('clock')}<span>${t('queued')}</span>
      <button
        class="link"
        data-testid="remove-queued"
        aria-label=${t('Remove the queued message')}
        @click=${() => {
          this.controller.send({ type: 'removeQueued', turnId });
        }}
      >
        ${t('Remove')}
      </button>
    </span>`;
  }

  #call(item: Item<'call'>): TemplateResult {
    const look = callLook(item, this.waiting);
    const open = this.open ?? (look.state === 'running' && item.output !== '');
    return html`<div
      class="call call-${look.tone}"
      data-testid="item-call"
      data-call-id=${item.callId}
      data-action-id=${item.actionId ?? nothing}
      data-state=${look.state}
      data-outcome=${item.outcome ?? nothing}
    >
      <div class="call-line">
        ${this.#toggle(item, open)} ${item.why ? this.#whyButton(item.why) : nothing}
      </div>
      ${item.decided ? this.#decided(item.decided) : nothing}
      ${this.whyOpen && item.why ? this.#whyFull(item.why) : nothing}
      ${open && item.output !== '' ? output(item) : nothing}
    </div>`;
  }

  /** For good, in every window: what was decided, where and when. */
  #decided({ text, reason, by, at }: NonNullable<Item<'call'>['decided']>): TemplateResult {
    const { status, skew } = this.controller.state;
    const where = `${text} ${placeText(by, status?.window)} · ${timeText(at, Date.now() + skew)}`;
    return html`<p class="call-decided" data-testid="call-decided" title=${new Date(at).toString()}>
      ${shown(where)}${reason === '' ? nothing : html`: <q>${shown(reason)}</q>`}
    </p>`;
  }

  #toggle(item: Item<'call'>, open: boolean): TemplateResult {
    const look = callLook(item, this.waiting);
    return html`<button
      class="call-toggle"
      aria-expanded=${item.output === '' ? nothing : open ? 'true' : 'false'}
      ?disabled=${item.output === ''}
      @click=${() => {
        this.open = !open;
      }}
    >
      <span class="call-icon" role="img" aria-label=${look.word} title=${look.word}
        >${icon(look.icon)}</span
      >
      <code>${shown(item.tool)}</code>
      <span class="call-summary">${shown(item.summary)}</span>
    </button>`;
  }

  #whyButton(why: NonNullable<Item<'call'>['why']>): TemplateResult {
    return html`<button
      class="why"
      data-testid="why"
      title=${why.reason}
      aria-expanded=${this.whyOpen ? 'true' : 'false'}
      @click=${() => {
        this.whyOpen = !this.whyOpen;
      }}
    >
      ${shown(whyShort(why))}
    </button>`;
  }

  #whyFull(why: NonNullable<Item<'call'>['why']>): TemplateResult {
    const rule = why.rule ?? '';
    return html`<p class="why-full" data-testid="why-full">
      ${shown(why.reason)}
      ${
        rule === ''
          ? nothing
          : html`<button
              class="link"
              @click=${() => {
                this.controller.send({ type: 'openWhy', rule, layer: why.layer });
              }}
            >
              ${shown(rule)}
            </button>`
      }
    </p>`;
  }
}

function output(item: Item<'call'>): TemplateResult {
  const tail = outputTail(item.output);
  return html`<pre
    class="output"
    tabindex="0"
    role="group"
    aria-label=${t('Output')}
    data-testid="call-output"
  >
${
      tail.cut > 0
        ? html`<span class="output-cut"
            >… ${t('{0} characters before this are not shown', tail.cut)}
          </span>`
        : nothing
    }${shownLines(tail.text)}</pre>`;
}

const NOTICE_ICONS = { info: 'info', warning: 'warning', error: 'error' };

function notice(item: Item<'notice'>): TemplateResult {
  return html`<div
    class="notice notice-${item.level}"
    data-testid="item-notice"
    data-level=${item.level}
    data-code=${item.code}
    role="note"
  >
    ${icon(NOTICE_ICONS[item.level])}<span
      >${shownLines(item.text)} <small class="code">${shown(item.code)}</small></span
    >
  </div>`;
}

customElements.define('cs-item', ItemView);

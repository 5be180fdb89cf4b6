// One row of the transcript: user bubble, assistant text, call line, notice. Re-renders only when its item changes.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { argLines, partsOfItem, searcher } from '../../src/protocol/itemText.ts';
import type { Again, TranscriptItem } from '../../src/protocol/messages.ts';
import type { Controller } from '../controller.ts';
import { displayBytes } from '../../src/protocol/displayBytes.ts';
import { placeText } from '../../src/protocol/decided.ts';
import { callDuration, callLook, outputTail, resultShort, whyShort } from '../callLook.ts';
import { timeText } from '../elsewhere.ts';
import { changedRow } from './changedRow.ts';
import { commandActions } from './commandActions.ts';
import { LightElement } from './lightElement.ts';
import type { TextUses } from './codeBlock.ts';
import { markdownBlocks, type Block } from './markdown.ts';
import { t } from '../../src/protocol/l10n.ts';
import { icon, shown, shownLines } from './text.ts';
import { userRow } from './userRow.ts';

type Item<Kind> = Extract<TranscriptItem, { kind: Kind }>;

export class ItemView extends LightElement {
  static override properties = {
    controller: { attribute: false },
    item: { attribute: false },
    waiting: { attribute: false },
    queued: { attribute: false },
    again: { attribute: false },
    live: { attribute: false },
    open: { state: true },
    whyOpen: { state: true },
    all: { state: true },
    replacedBy: { attribute: false },
    wanted: { attribute: false },
  };
  declare controller: Controller;
  declare item: TranscriptItem;
  /** Whether the call waits in an open action. */
  declare waiting: boolean;
  /** Of the last message, when nothing runs or waits: what the human can do with it. */
  declare again: Again['how'] | undefined;
  /** Of a message: the later one that says it again. */
  declare replacedBy: Item<'user'> | undefined;
  /** What the human looks for and is shown in this row: the parts that hold it are open. */
  declare wanted: string;
  /** Whether the call's command goes on in the background. */
  declare live: boolean;
  /** Whether the message's turn has not begun. */
  declare queued: boolean;
  declare open: boolean | undefined;
  declare whyOpen: boolean;
  /** All of the output is shown. */
  declare all: boolean;
  #blocks: Block[] = [];
  #text = '';

  constructor() {
    super();
    this.waiting = false;
    this.live = false;
    this.queued = false;
    this.open = undefined;
    this.whyOpen = false;
    this.all = false;
    this.wanted = '';
    this.replacedBy = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('wanted')) this.#openFor(this.wanted);
    if (!changed.has('item')) return;
    if (this.item.kind !== 'assistant') return;
    const { text } = this.item;
    this.#blocks = markdownBlocks(text, this.#blocks, this.#text, this.#uses);
    this.#text = text;
  }

  #openFor(wanted: string): void {
    const finds = searcher(wanted);
    const found = partsOfItem(this.item).filter(({ text }) => finds(text));
    if (found.length === 0 || found.some(({ where }) => where === 'line')) return;
    this.open = true;
    this.all = true;
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
        return userRow({
          ...{ controller: this.controller, item, queued: this.queued },
          ...{ offers: this.again, replacedBy: this.replacedBy },
        });
      case 'assistant':
        return html`<div
          class="assistant"
          data-testid="item-assistant"
          data-state=${item.streaming ? 'streaming' : 'done'}
          role="group"
          aria-label=${t('Agent')}
        >
          ${item.reasoning === undefined ? nothing : this.#thinking(item, item.reasoning)}
          ${this.#blocks.map((block) => block.node)}
        </div>`;
      case 'call':
        return this.#call(item);
      case 'changed':
        return changedRow(this.controller, item);
      case 'notice':
        return notice(item);
    }
  }

  /** Not the reply: closed until the human wants it, plain, and named as what it is. Drawn only while it is open. */
  #thinking({ streaming, text }: Item<'assistant'>, reasoning: string): TemplateResult {
    const now = streaming && text === '';
    return html`<details
      class="reasoning"
      data-testid="reasoning"
      data-state=${now ? 'streaming' : 'done'}
      .open=${this.open === true}
      @toggle=${(event: Event) => {
        if (event.target instanceof HTMLDetailsElement) this.open = event.target.open;
      }}
    >
      <summary>
        ${now ? html`${t('Thinking…')} ${icon('loading codicon-modifier-spin')}` : t('Thinking')}
      </summary>
      ${this.open === true ? html`<p>${shownLines(reasoning)}</p>` : nothing}
    </details>`;
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
      ${item.decided ? this.#decided(item.decided) : nothing} ${resultLine(item)}
      ${this.whyOpen && item.why ? this.#whyFull(item.why) : nothing}
      ${open ? this.#details(item) : nothing} ${commandActions(this.controller, item, this.live)}
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
      aria-expanded=${isEmpty(item) ? nothing : open ? 'true' : 'false'}
      ?disabled=${isEmpty(item)}
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

  /** What the agent asked for, what came of it, how long it took. */
  #details(item: Item<'call'>): TemplateResult {
    const { args = '', durationMs } = item;
    return html`${
      args === ''
        ? nothing
        : html`<pre
            class="output call-args"
            tabindex="0"
            role="group"
            aria-label=${t('Arguments')}
            data-testid="call-args"
          >
${shownLines(argLines(args))}</pre>`
    }
    ${item.output === '' ? nothing : this.#output(item)}
    ${
      durationMs === undefined
        ? nothing
        : html`<p class="call-time" data-testid="call-time">
            ${t('took {0}', callDuration(durationMs))}
          </p>`
    }`;
  }

  #output(item: Item<'call'>): TemplateResult {
    const tail = outputTail(item.output, this.all);
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
        }${shownLines(tail.text)}</pre>
      ${
        tail.cut > 0 && !this.all
          ? html`<button
              class="link call-all"
              data-testid="show-all"
              @click=${() => {
                this.all = true;
              }}
            >
              ${t('Show all')}
            </button>`
          : nothing
      }`;
  }

  #whyButton(why: NonNullable<Item<'call'>['why']>): TemplateResult {
    return html`<button
      class="why"
      data-testid="why"
      title=${displayBytes(why.reason)}
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

/** Where it is known what it came to: on the line, before it is opened. */
function resultLine(item: Item<'call'>): TemplateResult | typeof nothing {
  const short = resultShort(item);
  if (short === '') return nothing;
  return html`<p class="call-result" data-testid="call-result">${shown(short)}</p>`;
}

const isEmpty = ({ output, args = '' }: Item<'call'>): boolean => output === '' && args === '';

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

// The rows of the conversation: of a long one only those near what is seen are in the page, the others are room.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { UNFINISHED } from '../../src/protocol/calls.ts';
import type { Again, TranscriptItem } from '../../src/protocol/messages.ts';
import type { Controller } from '../controller.ts';
import { guessHeight, places, shownRows, topOf, type Place, type Shown } from '../window.ts';
import { goesOn } from './commandActions.ts';
import './item.ts';
import { t } from '../../src/protocol/l10n.ts';
import { LightElement } from './lightElement.ts';

const SOME_HEIGHT = 800;
/** So many rows before the first one that is there, the host is asked for more. */
const NEAR_START = 40;

export class TranscriptView extends LightElement {
  static override properties = {
    controller: { attribute: false },
    items: { attribute: false },
    waiting: { attribute: false },
    following: { attribute: false },
    laidOut: { attribute: false },
    finding: { attribute: false },
  };
  declare controller: Controller;
  declare items: readonly TranscriptItem[];
  /** Ids of the open actions. */
  declare waiting: ReadonlySet<string>;
  /** Whether the feed keeps its end in view. */
  declare following: () => boolean;
  /** Called when rows have come or gone, before they are painted. */
  declare laidOut: () => void;
  /** What the human looks for, and the row in which it is shown. */
  declare finding: { text: string; itemId: string | undefined };
  /** By turn: the later message that says its message again. */
  #again = new Map<string, UserItem>();
  #feed: HTMLElement | null = null;
  /** Heights of rows that are or were in the page, by id, at the width `#width`. */
  readonly #measured = new Map<string, number>();
  #guessed = new WeakMap<TranscriptItem, number>();
  #width = 0;
  #frame = 0;
  #asked: string | undefined;
  #heights: readonly number[] = [];
  #shown: Shown = { from: 0, to: 0 };
  #rooms: readonly number[] = [];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('items')) return;
    this.#again = new Map();
    for (const item of this.items)
      if (item.kind === 'user' && item.again) this.#again.set(item.again.turnId, item);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#feed = this.closest<HTMLElement>('[data-scroller]');
    this.#feed?.addEventListener('scroll', this.#scrolled, { passive: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#feed?.removeEventListener('scroll', this.#scrolled);
    cancelAnimationFrame(this.#frame);
    this.#feed = null;
  }

  /** Brings a row into the page and into view. */
  async showRow(index: number): Promise<void> {
    const feed = this.#feed;
    if (!feed) return;
    this.#measure();
    const middle = Math.max(0, (feed.clientHeight - (this.#heights[index] ?? 0)) / 2);
    feed.scrollTop = this.#above() + topOf(this.#heights, index) - middle;
    this.#look();
    await this.updateComplete;
    const row = this.querySelector(`[data-row="${String(index)}"]`);
    row?.scrollIntoView({ block: 'nearest' });
  }

  /** In the same frame, but after everyone has heard of it: whether the end is followed may have changed. */
  readonly #scrolled = (): void => {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(this.#look);
  };

  readonly #look = (): void => {
    this.#measure();
    const { from, to } = this.#window();
    if (from !== this.#shown.from || to !== this.#shown.to) this.requestUpdate();
  };

  /** Looks at the rows that are in the page, while they are. */
  #measure(): void {
    const width = this.clientWidth;
    if (width !== this.#width) {
      this.#width = width;
      this.#measured.clear();
      this.#guessed = new WeakMap();
    }
    for (const row of this.querySelectorAll<ItemRow>('cs-item')) {
      const height = row.offsetHeight;
      if (height > 0) this.#measured.set(row.item.id, height);
    }
    this.#heights = this.items.map((item) => this.#measured.get(item.id) ?? this.#guess(item));
  }

  #guess(item: TranscriptItem): number {
    const known = this.#guessed.get(item);
    if (known !== undefined) return known;
    const height = guessHeight(item, this.#width || 400);
    this.#guessed.set(item, height);
    return height;
  }

  /** From the start of what is scrolled to the first row, pixels. */
  #above(): number {
    const feed = this.#feed;
    if (!feed) return 0;
    return this.getBoundingClientRect().top - feed.getBoundingClientRect().top + feed.scrollTop;
  }

  #window(): Shown {
    const feed = this.#feed;
    const height = (feed?.clientHeight ?? 0) || SOME_HEIGHT;
    return shownRows(this.#heights, { top: this.#top(), height, end: this.following() });
  }

  /** From the first row to what is seen first, pixels: by the row that is there, for what is before it may be new. */
  #top(): number {
    const feed = this.#feed;
    if (!feed) return 0;
    const { top, bottom } = feed.getBoundingClientRect();
    for (const row of this.querySelectorAll<ItemRow>('cs-item')) {
      const place = row.getBoundingClientRect();
      if (place.bottom <= top || place.top >= bottom) continue;
      const index = this.items.findIndex(({ id }) => id === row.item.id);
      if (index >= 0) return topOf(this.#heights, index) + top - place.top;
    }
    return feed.scrollTop - this.#above();
  }

  /** Once for each first row: the host answers with rows before it. */
  #askForEarlier(): void {
    const first = this.items[0]?.id ?? '';
    const near = this.#shown.from < NEAR_START;
    if (!near || !this.controller.state.earlier || first === this.#asked) return;
    this.#asked = first;
    this.controller.send({ type: 'earlier' });
  }

  /** The row that has the focus stays in the page: who reads on from there does not lose the place. */
  #kept(): number[] {
    const row = document.activeElement?.closest<ItemRow>('cs-item');
    if (!row || !this.contains(row)) return [];
    const at = this.items.findIndex(({ id }) => id === row.item.id);
    return at < 0 ? [] : [at];
  }

  protected override render(): TemplateResult {
    this.#measure();
    this.#shown = this.#window();
    const all = places(this.#heights, this.#shown, this.#kept());
    this.#rooms = all.flatMap((place) => (place.kind === 'room' ? [place.height] : []));
    return html`${this.controller.state.earlier ? loading() : nothing}${repeat(
      all,
      (place) => (place.kind === 'row' ? this.items[place.index]?.id : `room ${this.#side(place)}`),
      (place) => (place.kind === 'row' ? this.#row(place.index) : this.#room(place)),
    )}`;
  }

  /** Names a room by what it borders on, so that rows that stay are never moved in the page. */
  #side(place: Extract<Place, { kind: 'room' }>): string {
    if (place.from === 0) return 'first';
    return place.to === this.items.length
      ? 'last'
      : `after ${this.items[place.from - 1]?.id ?? ''}`;
  }

  #row(index: number): TemplateResult | typeof nothing {
    const item = this.items[index];
    if (!item) return nothing;
    const waits = item.kind === 'call' && item.actionId !== null && this.waiting.has(item.actionId);
    return html`<cs-item
      data-row=${index}
      data-item=${item.id}
      data-found=${item.id === this.finding.itemId ? 'now' : nothing}
      .controller=${this.controller}
      .item=${item}
      .waiting=${waits}
      .again=${index === this.#lastMessage() ? this.#offers() : undefined}
      .replacedBy=${item.kind === 'user' ? this.#again.get(item.turnId) : undefined}
      .wanted=${item.id === this.finding.itemId ? this.finding.text : ''}
      .live=${goesOn(this.controller, item)}
    ></cs-item>`;
  }

  #lastMessage(): number {
    return this.items.findLastIndex(({ kind }) => kind === 'user');
  }

  #offers(): Again['how'] | undefined {
    const { status, actions } = this.controller.state;
    const turn = status?.turn ?? null;
    if (actions.length > 0 || turn === null || status?.tryAgain || UNFINISHED.includes(turn))
      return undefined;
    return turn === 'finished' ? 'edit' : 'retry';
  }

  /** For who comes here without scrolling: the keyboard and a screen reader go on by a button. */
  #room(place: Extract<Place, { kind: 'room' }>): TemplateResult {
    const count = place.to - place.from;
    const before = place.to <= this.#shown.from;
    const [word, target] = before ? ['earlier', place.to - 1] : ['later', place.from];
    return html`<div class="rows-room ${before ? 'rows-room-before' : ''}">
      <button
        class="link page-button"
        data-testid=${`show-${word}`}
        @click=${async () => {
          await this.showRow(target);
        }}
      >
        ${before ? t('Show {0} earlier', count) : t('Show {0} later', count)}
      </button>
    </div>`;
  }

  protected override updated(): void {
    // Not in the template: the page's policy lets no style attribute in.
    this.querySelectorAll<HTMLElement>('.rows-room').forEach((room, at) => {
      room.style.height = `${String(this.#rooms[at] ?? 0)}px`;
    });
    this.#askForEarlier();
    const rows = [...this.querySelectorAll<ItemRow>('cs-item')];
    Promise.all(rows.map((row) => row.updateComplete))
      .then(this.laidOut)
      .catch(() => undefined);
  }
}

function loading(): TemplateResult {
  return html`<p class="rows-loading" data-testid="loading-earlier">
    ${t('Loading earlier messages…')}
  </p>`;
}

type UserItem = Extract<TranscriptItem, { kind: 'user' }>;
type ItemRow = LightElement & { item: TranscriptItem };

customElements.define('cs-transcript', TranscriptView);

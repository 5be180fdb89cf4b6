// Find in the thread: what is looked for, where it was found as the host says, and which place is shown. The host looks, because the
// page has only a part of a long thread.
import { wantedText } from '../src/protocol/itemText.ts';
import type { HostToView } from '../src/protocol/messages.ts';
import type { Controller } from './controller.ts';
import { drawMarks, findRanges, scrollToRange } from './findMarks.ts';
import { showItem } from './showItem.ts';
import type { FeedScroll } from './views/feedScroll.ts';

type Found = Extract<HostToView, { type: 'found' }>;

/** What the page around it does. */
export interface FindPage {
  controller: () => Controller;
  scroll: () => FeedScroll | undefined;
  changed: () => void;
}

export class Find {
  open = false;
  text = '';
  /** Rows in which it was found, first to last; undefined while the host looks. */
  found: readonly string[] | undefined;
  /** There are more rows before these. */
  more = false;
  /** The row that is shown, of `found`. */
  itemId: string | undefined;
  readonly #page: FindPage;
  /** The place in that row. */
  #within = 0;
  #current: Range | undefined;
  /** What the thread was like when it was looked through. */
  #mark = 0;
  /** Counts goings: an older one ends when there is a newer. */
  #going = 0;
  /** Where to go from the shown row when the host has answered. */
  #then: 1 | -1 | undefined;
  #backTo: Element | null = null;
  #frame = 0;
  readonly #redraws = new MutationObserver(() => {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      this.draw();
    });
  });

  constructor(page: FindPage) {
    this.#page = page;
  }

  /** Opens the field, or selects what is in it. */
  start(): void {
    if (this.#page.controller().state.surface !== 'chat') return;
    if (!this.open) this.#backTo = document.activeElement;
    this.open = true;
    const feed = this.#page.scroll()?.feed;
    if (feed) this.#redraws.observe(feed, { childList: true, characterData: true, subtree: true });
    this.#page.changed();
    requestAnimationFrame(() => {
      const field = document.querySelector('[data-testid="find-input"]');
      if (field instanceof HTMLInputElement) {
        field.focus();
        field.select();
      }
    });
    if (this.text !== '') this.#look();
  }

  /** Closes it, with the keyboard back where it was. */
  close(): void {
    this.open = false;
    this.#going += 1;
    this.itemId = undefined;
    this.#current = undefined;
    this.#redraws.disconnect();
    drawMarks([], undefined);
    const feed = this.#page.scroll()?.feed;
    const back = this.#backTo?.isConnected && this.#backTo !== document.body ? this.#backTo : feed;
    this.#page.changed();
    if (back instanceof HTMLElement) back.focus({ preventScroll: true });
  }

  setText(text: string): void {
    this.text = text;
    this.#look();
  }

  /** Which row of how many is shown, from 1; 0 when none is. */
  get at(): number {
    return this.itemId === undefined ? 0 : (this.found ?? []).indexOf(this.itemId) + 1;
  }

  /** Goes to the next place, or the one before; anew when the thread has changed since it was looked through. */
  async step(by: 1 | -1): Promise<void> {
    if (this.found === undefined || this.text === '') return;
    if (this.#mark !== this.#page.controller().state.mark) this.#look(by);
    else await this.#stepIn(by);
  }

  /** The host's answer; that to an older question is none. */
  take({ text, itemIds, more }: Found): void {
    if (!this.open || text !== this.text) return;
    const by = this.#then;
    const anew = this.found === undefined && by === undefined;
    this.#then = undefined;
    this.found = itemIds;
    this.more = more;
    this.#page.changed();
    if (by !== undefined) this.#run(this.#stepIn(by));
    else if (anew) this.#run(this.#go(this.#nearest(), 0));
  }

  /** Marks what is in the page. */
  draw(): void {
    const feed = this.#page.scroll()?.feed;
    if (!this.open || !feed) return;
    const wanted = wantedText(this.text);
    const rows = [...feed.querySelectorAll('cs-item')];
    const ranges = rows.map((row) => ({ row, ranges: findRanges(row, wanted) }));
    const own = ranges.find(({ row }) => row.getAttribute('data-item') === this.itemId);
    this.#current = own?.ranges.at(Math.min(this.#within, own.ranges.length - 1));
    drawMarks(
      ranges.flatMap((one) => one.ranges),
      this.#current,
    );
  }

  #look(by?: 1 | -1): void {
    this.#mark = this.#page.controller().state.mark;
    this.#going += 1;
    this.#then = by;
    if (by === undefined) {
      this.itemId = undefined;
      this.found = undefined;
    }
    if (wantedText(this.text) === '') this.found = [];
    this.#page.changed();
    if (this.found?.length === 0 && wantedText(this.text) === '') return;
    this.#page.controller().send({ type: 'find', text: this.text });
  }

  async #stepIn(by: 1 | -1): Promise<void> {
    const { found = [], itemId } = this;
    const places = this.#placesHere();
    const next = this.#within + by;
    if (itemId !== undefined && next >= 0 && next < places) return this.#go(itemId, next);
    const at = itemId === undefined ? -1 : found.indexOf(itemId);
    if (at < 0) return this.#go(this.#nearest(), 0);
    return this.#go(found.at((at + by) % found.length), by === 1 ? 0 : -1);
  }

  /** How many places of the shown row are drawn. */
  #placesHere(): number {
    const row = this.#rows().find((one) => one.getAttribute('data-item') === this.itemId);
    return row ? findRanges(row, wantedText(this.text)).length : 0;
  }

  #rows(): Element[] {
    return [...(this.#page.scroll()?.feed.querySelectorAll('cs-item') ?? [])];
  }

  /** The first found row that is seen or comes after what is seen; else the last one. */
  #nearest(): string | undefined {
    const { found = [] } = this;
    const feed = this.#page.scroll()?.feed;
    const top = feed?.getBoundingClientRect().top ?? 0;
    const first = this.#rows().find((row) => row.getBoundingClientRect().bottom > top);
    const { items } = this.#page.controller().state;
    const from = items.findIndex(({ id }) => id === first?.getAttribute('data-item'));
    const later = new Set(items.slice(Math.max(0, from)).map(({ id }) => id));
    return found.find((id) => later.has(id)) ?? found.at(-1);
  }

  /** Shows a row and a place in it; -1 is its last. */
  async #go(itemId: string | undefined, within: number): Promise<void> {
    const scroll = this.#page.scroll();
    if (itemId === undefined || !scroll) return;
    this.#going += 1;
    const going = this.#going;
    const wanted = (): boolean => this.open && this.#going === going;
    this.itemId = itemId;
    this.#page.changed();
    const shower = { controller: this.#page.controller(), scroll, wanted };
    const row = await showItem(shower, ({ id }) => id === itemId);
    if (!row || !wanted()) return;
    await row.updateComplete;
    const ranges = findRanges(row, wantedText(this.text));
    this.#within = Math.max(0, within < 0 ? ranges.length - 1 : within);
    this.draw();
    if (this.#current) scrollToRange(this.#current, scroll.feed);
    scroll.release();
    this.#page.changed();
  }

  #run(going: Promise<void>): void {
    going.catch(() => undefined);
  }
}

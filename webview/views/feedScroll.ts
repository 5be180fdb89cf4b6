// Where the feed is scrolled to: at the end while the user is there, at the start of a new action, else what is read stays
// where it is, whatever comes or changes above it. The browser's own anchoring is off (styles.css): it loses its anchor
// when many rows come at once.
import { disarmAll } from '../arming.ts';

const NEAR_END = 40;

export class FeedScroll {
  readonly feed: HTMLElement;
  #pinned: boolean;
  #reveal = '';
  #height = 0;
  #anchor: { element: Element; top: number } | undefined;
  readonly #sizes = new ResizeObserver(() => {
    this.settle();
  });

  /** `follow` keeps the end in view while it is in view. */
  constructor(feed: HTMLElement, follow: boolean) {
    this.feed = feed;
    this.#pinned = follow;
    this.#sizes.observe(feed);
    for (const child of feed.children) this.#sizes.observe(child);
    feed.addEventListener('scroll', this.#scrolled, { passive: true });
  }

  dispose(): void {
    this.#sizes.disconnect();
    this.feed.removeEventListener('scroll', this.#scrolled);
  }

  /** Whether the end is kept in view. */
  get following(): boolean {
    return this.#pinned;
  }

  /** The user goes elsewhere: what is seen now stays, until they scroll to the end again. */
  release(): void {
    this.#pinned = false;
    this.#reveal = '';
    this.#takeAnchor();
  }

  /** Brings the start of an action into view when it comes, if the user follows the end. */
  reveal(actionId: string): void {
    if (this.#pinned) this.#reveal = actionId;
  }

  #scrolled = (): void => {
    const { feed } = this;
    this.#takeAnchor();
    // A change of height scrolls too; only the user changes whether the end is followed.
    if (feed.scrollHeight !== this.#height) return;
    this.#pinned = feed.scrollHeight - feed.scrollTop - feed.clientHeight < NEAR_END;
    this.#reveal = '';
  };

  /** To be called when the layout has changed, before it is painted. */
  settle(): void {
    const { feed } = this;
    const before = feed.scrollTop;
    this.#height = feed.scrollHeight;
    if (this.#pinned) feed.scrollTop = this.#target();
    else if (this.#anchor?.element.isConnected)
      feed.scrollTop = before + this.#place(this.#anchor.element) - this.#anchor.top;
    if (feed.scrollTop !== before) disarmAll();
    this.#takeAnchor();
  }

  /** The first part of the feed of which something is seen. */
  #takeAnchor(): void {
    const { feed } = this;
    const parts = feed.querySelectorAll('cs-item, .feed-content > :not(cs-transcript)');
    this.#anchor = undefined;
    for (const element of parts) {
      const top = this.#place(element);
      if (top + element.clientHeight <= 0) continue;
      if (top < feed.clientHeight) this.#anchor = { element, top };
      return;
    }
  }

  #place(element: Element): number {
    return element.getBoundingClientRect().top - this.feed.getBoundingClientRect().top;
  }

  /** The end, or the start of the action that came, when both do not fit. */
  #target(): number {
    const { feed } = this;
    const end = feed.scrollHeight - feed.clientHeight;
    const action = [...feed.querySelectorAll('[data-testid="action"]')].find(
      (element) => element.getAttribute('data-action-id') === this.#reveal,
    );
    if (!action) return end;
    return Math.min(end, this.#place(action) + feed.scrollTop - 8);
  }
}

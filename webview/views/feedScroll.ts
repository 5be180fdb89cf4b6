// Where the feed is scrolled to: at the end while the user is there, at the start of a new action, else left alone.
import { disarmAll } from '../arming.ts';

const NEAR_END = 40;

export class FeedScroll {
  readonly feed: HTMLElement;
  #pinned: boolean;
  #reveal = '';
  #height = 0;
  #keep = false;
  readonly #sizes = new ResizeObserver(() => {
    this.#settle();
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

  /** Brings the start of an action into view when it comes, if the user follows the end. */
  reveal(actionId: string): void {
    if (this.#pinned) this.#reveal = actionId;
  }

  /** Keeps what is in view in place while rows are added before it. */
  keep(): void {
    this.#keep = true;
    this.#pinned = false;
  }

  #scrolled = (): void => {
    const { feed } = this;
    // A change of height scrolls too; only the user changes whether the end is followed.
    if (feed.scrollHeight !== this.#height) return;
    this.#pinned = feed.scrollHeight - feed.scrollTop - feed.clientHeight < NEAR_END;
    this.#reveal = '';
  };

  #settle(): void {
    const { feed } = this;
    const before = feed.scrollTop;
    const grown = feed.scrollHeight - this.#height;
    this.#height = feed.scrollHeight;
    if (this.#keep) {
      this.#keep = false;
      if (grown > 0 && before < grown) feed.scrollTop = before + grown;
    } else if (this.#pinned) {
      feed.scrollTop = this.#target();
    }
    if (feed.scrollTop !== before) disarmAll();
  }

  /** The end, or the start of the action that came, when both do not fit. */
  #target(): number {
    const { feed } = this;
    const end = feed.scrollHeight - feed.clientHeight;
    const action = [...feed.querySelectorAll('[data-testid="action"]')].find(
      (element) => element.getAttribute('data-action-id') === this.#reveal,
    );
    if (!action) return end;
    const top =
      action.getBoundingClientRect().top - feed.getBoundingClientRect().top + feed.scrollTop;
    return Math.min(end, top - 8);
  }
}

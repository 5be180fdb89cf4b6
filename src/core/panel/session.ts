// What one window has chosen: its thread, model and mode; which card of its chat has the focus, and what the window asks of the
// chat. Held by the host; a webview only asks for changes.
import { Emitter, type Event } from '../base/event.ts';
import type { Mode } from '../../protocol/calls.ts';
import type { ModelRef } from '../ports/model.ts';
import type { CardRef, PageWish } from '../../protocol/messages.ts';

export interface SessionState {
  threadId: string | null;
  model: (ModelRef & { label: string }) | null;
  mode: Mode;
}

/** A card may be on its way; what was attached would be lost. */
export const canWait = ({ type }: PageWish): boolean =>
  type === 'focusCard' || type === 'find' || type === 'attach';

export class Session {
  #state: SessionState;
  readonly #emitter: Emitter<SessionState>;
  readonly onChange: Event<SessionState>;
  readonly #wishes: Emitter<PageWish>;
  /** Each is for the page of the chat, which may refuse it: it decides nothing. */
  readonly onWish: Event<PageWish>;
  readonly #focus: Emitter<CardRef | null>;
  readonly onFocus: Event<CardRef | null>;
  readonly #chatFocus: Emitter<boolean>;
  /** Whether the keyboard is in the page of the chat. */
  readonly onChatFocus: Event<boolean>;
  #focused: CardRef | null = null;
  #unseen: PageWish[] = [];

  constructor(initial: SessionState, onError: (error: unknown) => void) {
    this.#state = initial;
    this.#emitter = new Emitter(onError);
    this.onChange = this.#emitter.event;
    this.#wishes = new Emitter(onError);
    this.onWish = this.#wishes.event;
    this.#focus = new Emitter(onError);
    this.onFocus = this.#focus.event;
    this.#chatFocus = new Emitter(onError);
    this.onChatFocus = this.#chatFocus.event;
  }

  get state(): SessionState {
    return this.#state;
  }

  update(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    this.#emitter.fire(this.#state);
  }

  /** The card of the chat that had the focus last and is still there, as the page says. */
  get focusedCard(): CardRef | null {
    return this.#focused;
  }

  cardFocused(card: CardRef | null): void {
    this.#focused = card;
    this.#focus.fire(card);
  }

  chatFocused(has: boolean): void {
    this.#chatFocus.fire(has);
  }

  /** Asks the page of the chat for something; what can wait is kept until there is a page: the last of its kind, all attachments. */
  wish(wish: PageWish): void {
    if (wish.type !== 'attach')
      this.#unseen = this.#unseen.filter(({ type }) => type !== wish.type);
    if (canWait(wish)) this.#unseen.push(wish);
    this.#wishes.fire(wish);
  }

  /** The wishes that no page was there for; each is asked for once. */
  takeWishes(): PageWish[] {
    return this.#unseen.splice(0);
  }

  dispose(): void {
    this.#wishes.dispose();
    this.#focus.dispose();
    this.#chatFocus.dispose();
    this.#emitter.dispose();
  }
}

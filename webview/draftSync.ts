// Sends what is typed on cards to the host, which keeps it: a moment after the first key, and at once when asked to.
import type { CardDraft as CardPart } from '../src/protocol/drafts.ts';
import type { ReplyError } from './client.ts';

/** Milliseconds for which typing may go on unsent. */
const SETTLE = 250;

export interface UnsentDraft {
  actionId: string;
  callId: string;
  proposalHash: string;
  card: CardPart | null;
}

interface Entry {
  draft: UnsentDraft;
  sent: boolean;
}

export class DraftSync {
  readonly #send: (draft: UnsentDraft) => Promise<ReplyError | null>;
  readonly #failed: (error: ReplyError) => void;
  /** By draft key: what the host is not known to have. */
  readonly #entries = new Map<string, Entry>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `failed` is told of drafts that the host could not keep; they stand in this view all the same. */
  constructor(
    send: (draft: UnsentDraft) => Promise<ReplyError | null>,
    failed: (error: ReplyError) => void,
  ) {
    this.#send = send;
    this.#failed = failed;
  }

  changed(key: string, draft: UnsentDraft): void {
    this.#entries.set(key, { draft, sent: false });
    this.#timer ??= setTimeout(() => {
      this.flush();
    }, SETTLE);
  }

  /** Whether what is typed here is newer than what the host says it has. */
  isAhead(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Sends what was not sent. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [key, entry] of this.#entries) {
      if (entry.sent) continue;
      entry.sent = true;
      this.#send(entry.draft)
        .then((error) => {
          if (this.#entries.get(key) === entry) this.#entries.delete(key);
          // Decided meanwhile: the view is told of that by itself.
          if (error && error.code !== 'not_paused') this.#failed(error);
        })
        .catch(() => undefined);
    }
  }

  /** Forgets what belongs to an action that is closed. */
  forget(actionId: string): void {
    for (const [key, { draft }] of this.#entries) {
      if (draft.actionId === actionId) this.#entries.delete(key);
    }
  }
}

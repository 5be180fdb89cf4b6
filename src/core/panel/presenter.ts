// Connects one webview to the engine: a snapshot when it says it is ready, then what changes; every message parsed, bounded
// and answered. It holds no truth: what it sends is read from the store, but for the output of running commands.
import { Feed } from './feed.ts';
import { findInThread } from './find.ts';
import { handleViewMessage, type PanelHost } from './requests.ts';
import { DisposableStore, type Disposable } from '../base/lifecycle.ts';
import { toAppError } from '../base/errors.ts';
import { ViewToHost, type HostToView, type PageWish } from '../../protocol/messages.ts';
import { canWait, type Session } from './session.ts';
import { createFileFinder, type FileFinder } from './fileFinder.ts';
import type { EngineEvent } from '../agent/events.ts';
import type { Event } from '../base/event.ts';
import type { Clock, Logger } from '../ports/system.ts';
import type { Store } from '../ports/store.ts';
import type { Files } from '../ports/workspace.ts';
import type { Refusal } from '../agent/submission.ts';
import type { Engine } from '../threads/engine.ts';
import type { Tool } from '../tools/tool.ts';

export interface ViewChannel {
  post(message: HostToView): void;
  onMessage: Event<unknown>;
}

export interface PresenterDeps {
  engine: Engine;
  store: Store;
  session: Session;
  host: PanelHost;
  tools: readonly Tool[];
  files: Files;
  clock: Clock;
  logger: Logger;
  /** What is wrong with settings or state, for the chat's head. */
  problems: () => string[];
  /** Before trust no turn starts and nothing is decided. */
  trusted: () => boolean;
}

type ReplyError = Pick<Refusal, 'message' | 'decided'> & {
  code: string;
  callIds?: readonly string[];
};

/** `chat` shows the session's thread; `panel` shows one pending action. */
export type Surface = { kind: 'chat' } | { kind: 'panel'; actionId: string };

export function present(deps: PresenterDeps, surface: Surface, channel: ViewChannel): Disposable {
  const owned = new DisposableStore();
  const presenter = new Presenter(deps, surface, channel);
  owned.add(channel.onMessage((raw) => presenter.receive(raw)));
  owned.add(deps.engine.onEvent((event) => presenter.onEngineEvent(event)));
  owned.add(deps.session.onChange(() => presenter.look()));
  owned.add(deps.store.onExternalChange(() => presenter.look()));
  if (surface.kind === 'chat') owned.add(deps.session.onWish((wish) => presenter.onWish(wish)));
  owned.add(presenter);
  return owned;
}

class Presenter implements Disposable {
  readonly #deps: PresenterDeps;
  readonly #channel: ViewChannel;
  readonly #surface: Surface;
  readonly #feed: Feed;
  readonly #finder: FileFinder;
  #ready = false;
  #looking = false;
  #disposed = false;
  #finding = new AbortController();
  /** Messages leave in the order in which their causes came, although building one may await the store. */
  #queue: Promise<void> = Promise.resolve();

  constructor(deps: PresenterDeps, surface: Surface, channel: ViewChannel) {
    this.#deps = deps;
    this.#channel = channel;
    this.#surface = surface;
    this.#feed = new Feed(deps, surface);
    this.#finder = createFileFinder(deps.files, deps.clock);
  }

  receive(raw: unknown): void {
    const parsed = ViewToHost.safeParse(raw);
    if (!parsed.success) {
      // It may quote as much as was sent.
      const why = parsed.error.message.slice(0, MAX_LOGGED);
      this.#deps.logger.warn(`A webview message was refused: ${why}`);
      this.#reply(requestIdOf(raw), { code: 'bad_message', message: 'The message was refused.' });
      return;
    }
    const message = parsed.data;
    if (message.type === 'ready') {
      this.#ready = true;
      this.#enqueue(() => this.#feed.snapshot());
      if (this.#surface.kind === 'chat') this.#enqueue(async () => this.#wishes());
    }
    if (message.type === 'findFiles' && this.#ready)
      this.#enqueue(() => this.#files(message.query));
    if (message.type === 'earlier' && this.#ready) this.#enqueue(() => this.#feed.earlier());
    const done =
      message.type === 'find' ? this.#find(message) : handleViewMessage(this.#deps, message);
    done
      .then((error) => this.#reply(message.requestId, error))
      .catch((error: unknown) => {
        const failure = toAppError(error);
        if (failure.audience === 'log') this.#deps.logger.error(`${message.type} failed`, error);
        this.#reply(message.requestId, failure);
      });
  }

  /** Something was committed, here or elsewhere, or the session changed. Looks that wait already see it too. */
  look(): void {
    if (!this.#ready || this.#looking) return;
    this.#looking = true;
    this.#enqueue(() => {
      this.#looking = false;
      return this.#feed.look();
    });
  }

  /** After what the session shows by now, so that the card is there. */
  onWish(wish: PageWish): void {
    if (!this.#ready) return;
    if (wish.type === 'find') this.#enqueue(async () => this.#wishes());
    else if (!canWait(wish)) this.#enqueue(async () => [wish]);
    else {
      this.#enqueue(() => this.#feed.look());
      this.#enqueue(async () => this.#wishes());
    }
  }

  /** Beside the queue: what streams is not held up by it. */
  async #find({ text }: Extract<ViewToHost, { type: 'find' }>): Promise<null> {
    this.#finding.abort();
    const { signal } = (this.#finding = new AbortController());
    const { threadId } = this.#deps.session.state;
    const found =
      threadId === null || this.#surface.kind === 'panel'
        ? { itemIds: [], more: false }
        : await findInThread(this.#deps.store, { threadId, text, signal });
    if (!signal.aborted) this.#enqueue(async () => [{ type: 'found', text, ...found }]);
    return null;
  }

  /** None before trust: the workspace is not looked through then. */
  async #files(query: string): Promise<HostToView[]> {
    const paths = this.#deps.trusted() ? await this.#finder.find(query) : [];
    return [{ type: 'files', query, paths }];
  }

  #wishes(): HostToView[] {
    return this.#deps.session.takeWishes();
  }

  onEngineEvent(event: EngineEvent): void {
    // What a command in the background prints is for its terminal.
    if (event.type === 'commandOutput') return;
    if (event.type !== 'output') this.look();
    else if (this.#ready) this.#enqueue(async () => this.#feed.output(event));
  }

  dispose(): void {
    this.#disposed = true;
    this.#finding.abort();
    if (this.#surface.kind !== 'chat') return;
    this.#deps.session.cardFocused(null);
    this.#deps.session.chatFocused(false);
  }

  #enqueue(step: () => Promise<HostToView[]>): void {
    this.#queue = this.#queue
      .then(async () => {
        for (const message of await step()) if (!this.#disposed) this.#channel.post(message);
      })
      .catch((error: unknown) => {
        this.#deps.logger.error('a view update failed', error);
      });
  }

  #reply(requestId: number, error: ReplyError | null): void {
    const { code, message, callIds, decided } = error ?? {};
    const body =
      code === undefined || message === undefined
        ? null
        : { code, message, callIds: [...(callIds ?? [])], ...(decided ? { decided } : {}) };
    this.#enqueue(async () => [{ type: 'reply', requestId, error: body }]);
  }
}

const MAX_LOGGED = 1000;

/** The request id of a message that did not parse, so that even a bad request is answered; 0 when it has none. */
function requestIdOf(raw: unknown): number {
  if (raw === null || typeof raw !== 'object' || !('requestId' in raw)) return 0;
  const { requestId } = raw;
  return Number.isSafeInteger(requestId) && typeof requestId === 'number' ? requestId : 0;
}

// Connects one webview to the engine: a snapshot when it says it is ready, then idempotent updates; every message
// parsed, bounded and answered. It holds no truth: everything it sends comes from the store or from engine events.
import { callItem, callItemId, endItem, messageItem } from './items.ts';
import { handleViewMessage, type PanelHost } from './requests.ts';
import { ShownActions } from './shownActions.ts';
import { actionView, threadItems } from './snapshot.ts';
import { chatStatus } from './status.ts';
import { DisposableStore, type Disposable } from '../base/lifecycle.ts';
import { toAppError } from '../base/errors.ts';
import { ViewToHost, type HostToView } from '../../protocol/messages.ts';
import type { Session } from './session.ts';
import type { EngineEvent } from '../agent/events.ts';
import type { Event } from '../base/event.ts';
import type { Clock, Logger } from '../ports/system.ts';
import type { ActionRow, Store } from '../ports/store.ts';
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
  owned.add(deps.session.onChange(() => presenter.refresh()));
  owned.add(deps.store.onExternalChange(() => presenter.refresh()));
  owned.add(presenter);
  return owned;
}

class Presenter implements Disposable {
  readonly #deps: PresenterDeps;
  readonly #surface: Surface;
  readonly #channel: ViewChannel;
  readonly #shown: ShownActions;
  #ready = false;
  #disposed = false;
  /** Messages leave in the order in which their causes came, although building one may await the store. */
  #queue: Promise<void> = Promise.resolve();

  constructor(deps: PresenterDeps, surface: Surface, channel: ViewChannel) {
    this.#deps = deps;
    this.#surface = surface;
    this.#channel = channel;
    this.#shown = new ShownActions(surface.kind === 'panel' ? [surface.actionId] : []);
  }

  receive(raw: unknown): void {
    const parsed = ViewToHost.safeParse(raw);
    if (!parsed.success) {
      this.#deps.logger.warn(`A webview message was refused: ${parsed.error.message}`);
      this.#reply(requestIdOf(raw), { code: 'bad_message', message: 'The message was refused.' });
      return;
    }
    const message = parsed.data;
    if (message.type === 'ready') {
      this.#ready = true;
      this.#enqueue(() => this.#sendSnapshot());
    }
    handleViewMessage(this.#deps, message)
      .then((error) => this.#reply(message.requestId, error))
      .catch((error: unknown) => {
        const failure = toAppError(error);
        if (failure.audience === 'log') this.#deps.logger.error(`${message.type} failed`, error);
        this.#reply(message.requestId, failure);
      });
  }

  refresh(): void {
    if (this.#ready) this.#enqueue(() => this.#sendSnapshot());
  }

  onEngineEvent(event: EngineEvent): void {
    if (this.#ready) this.#enqueue(() => this.#forward(event));
  }

  dispose(): void {
    this.#disposed = true;
  }

  #enqueue(step: () => Promise<void>): void {
    this.#queue = this.#queue.then(step).catch((error: unknown) => {
      this.#deps.logger.error('a view update failed', error);
    });
  }

  #post(message: HostToView): void {
    if (!this.#disposed) this.#channel.post(message);
  }

  #reply(requestId: number, error: ReplyError | null): void {
    const { code, message, callIds, decided } = error ?? {};
    const body =
      code === undefined || message === undefined
        ? null
        : { code, message, callIds: [...(callIds ?? [])], ...(decided ? { decided } : {}) };
    this.#enqueue(async () => this.#post({ type: 'reply', requestId, error: body }));
  }

  async #sendSnapshot(): Promise<void> {
    const { store, tools, clock } = this.#deps;
    const surface = this.#surface;
    const { threadId } = this.#deps.session.state;
    const chat = surface.kind === 'chat';
    const open = await store.openActions();
    const shown = open.filter((action) =>
      chat ? action.threadId === threadId : action.id === surface.actionId,
    );
    for (const action of await this.#shown.replace(store, shown)) await this.#sendAction(action);
    this.#post({
      type: 'snapshot',
      surface: surface.kind,
      status: await chatStatus(this.#deps),
      items: chat && threadId !== null ? await threadItems(store, threadId) : [],
      actions: await Promise.all(shown.map((action) => actionView(store, action, tools))),
      now: clock.now(),
    });
  }

  async #forward(event: EngineEvent): Promise<void> {
    switch (event.type) {
      case 'thread':
        return this.#sendStatus();
      case 'turn':
        if (this.#shows(event.turn.threadId)) {
          for (const item of endItem(event.turn)) this.#post({ type: 'item', item });
        }
        return this.#sendStatus();
      case 'message': {
        const item = messageItem(event.row);
        if (item && this.#shows(event.threadId)) this.#post({ type: 'item', item });
        return;
      }
      case 'text':
        return this.#forwardText(event);
      case 'call': {
        if (!this.#shows(event.threadId)) return;
        const waiting = await this.#deps.store.waiting();
        const open = waiting.find(({ turnId }) => turnId === event.call.turnId)?.actionId ?? null;
        const decisions = await this.#deps.store.decisionsOfTurn(event.call.turnId);
        return this.#post({ type: 'item', item: callItem(event.call, open, decisions) });
      }
      case 'output': {
        const { turnId, callId, offset, delta, threadId } = event;
        const itemId = callItemId(turnId, callId);
        if (this.#shows(threadId)) this.#post({ type: 'output', itemId, offset, delta });
        return;
      }
      case 'action':
        if (this.#showsAction(event.action.threadId, event.action.id)) {
          this.#shown.sent(event.action);
          await this.#sendAction(event.action);
          if (event.action.state === 'resolved') await this.#sendDecided(event.action);
        }
        return this.#sendStatus();
      case 'draft': {
        const { actionId, updatedAt: _, ...draft } = event.draft;
        if (this.#shown.has(actionId)) this.#post({ type: 'draft', actionId, draft });
        return;
      }
    }
  }

  async #sendAction(action: ActionRow): Promise<void> {
    const { store, tools } = this.#deps;
    this.#post({ type: 'action', action: await actionView(store, action, tools) });
  }

  /** The lines of calls that were decided just now, although none of them has run yet. */
  async #sendDecided({ threadId, turnId, batchId, requests }: ActionRow): Promise<void> {
    if (!this.#shows(threadId)) return;
    const { store } = this.#deps;
    const decisions = await store.decisionsOfTurn(turnId);
    const asked = new Set(requests.map(({ callId }) => callId));
    for (const call of await store.callsOfBatch(turnId, batchId)) {
      if (asked.has(call.callId))
        this.#post({ type: 'item', item: callItem(call, null, decisions) });
    }
  }

  #forwardText(event: Extract<EngineEvent, { type: 'text' }>): void {
    if (!this.#shows(event.threadId)) return;
    const { messageId: id, turnId, offset, delta } = event;
    if (offset === 0) {
      const item = { kind: 'assistant', id, turnId, text: '', streaming: true } as const;
      this.#post({ type: 'item', item });
    }
    this.#post({ type: 'text', itemId: id, offset, delta });
  }

  async #sendStatus(): Promise<void> {
    this.#post({ type: 'status', status: await chatStatus(this.#deps) });
  }

  #shows(threadId: string): boolean {
    return this.#surface.kind === 'chat' && threadId === this.#deps.session.state.threadId;
  }

  #showsAction(threadId: string, actionId: string): boolean {
    return this.#surface.kind === 'panel'
      ? actionId === this.#surface.actionId
      : this.#shows(threadId);
  }
}

/** The request id of a message that did not parse, so that even a bad request is answered; 0 when it has none. */
function requestIdOf(raw: unknown): number {
  if (raw === null || typeof raw !== 'object' || !('requestId' in raw)) return 0;
  const { requestId } = raw;
  return Number.isSafeInteger(requestId) && typeof requestId === 'number' ? requestId : 0;
}

// A page at the other end of a presenter: keeps what it is sent, and the state that the real page would make of it.
import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/core/base/event.ts';
import { present, type PresenterDeps, type Surface } from '../../../../src/core/panel/presenter.ts';
import { HostToView } from '../../../../src/protocol/messages.ts';
import { initialState, reduce, type ViewState } from '../../../../webview/store.ts';
import type { Disposable } from '../../../../src/core/base/lifecycle.ts';

/** What a page's wishes lead to where no test looks at it: nothing; the user says yes. */
export function quietHost(decidedBy: string): PresenterDeps['host'] {
  const nothing = async (): Promise<undefined> => undefined;
  return {
    ...{ openDiff: nothing, openPanel: nothing, selectModel: nothing, tryDemo: nothing },
    openAllDiffs: async () => undefined,
    ...{ openWhy: nothing, copy: nothing, insertAtCursor: nothing, openLink: nothing },
    undoTurn: nothing,
    ...{ showTerminal: nothing, showBackground: nothing },
    ...{ pickFiles: async () => [], filesOf: async () => [] },
    confirm: async () => true,
    decidedBy,
  };
}

export class View {
  /** As they were posted; what is inside `changes` comes behind it. */
  readonly posted: HostToView[] = [];
  /** What the page makes of it. */
  state: ViewState = initialState;
  readonly #toHost = new Emitter<unknown>((error) => assert.fail(String(error)));
  readonly #waiting: { matches: (message: HostToView) => boolean; resolve: () => void }[] = [];
  readonly presented: Disposable;
  #requestId = 1_000_000;

  constructor(deps: PresenterDeps, surface: Surface) {
    const post = (message: HostToView): void => {
      // What is sent can be parsed by the other side, to the last member.
      assert.deepEqual(HostToView.parse(message), message);
      this.posted.push(message, ...(message.type === 'changes' ? message.changes : []));
      this.state = reduce(this.state, message, 0);
      assert.equal(this.state.gap, false, 'something is missing');
      for (const one of [...this.#waiting]) {
        if (!this.posted.some(one.matches)) continue;
        this.#waiting.splice(this.#waiting.indexOf(one), 1);
        one.resolve();
      }
    };
    this.presented = present(deps, surface, { post, onMessage: this.#toHost.event });
  }

  /** Sends a raw message and resolves with what was replied to it. */
  async raw(message: unknown, requestId: number): Promise<Extract<HostToView, { type: 'reply' }>> {
    const replied = this.until((m) => m.type === 'reply' && m.requestId === requestId);
    this.#toHost.fire(message);
    await replied;
    const reply = this.posted.findLast((m) => m.type === 'reply' && m.requestId === requestId);
    assert.ok(reply?.type === 'reply');
    return reply;
  }

  async ask(message: object): Promise<string | null> {
    this.#requestId += 1;
    const reply = await this.raw({ ...message, requestId: this.#requestId }, this.#requestId);
    return reply.error?.code ?? null;
  }

  fire(message: unknown): void {
    this.#toHost.fire(message);
  }

  async until(matches: (message: HostToView) => boolean): Promise<void> {
    if (this.posted.some(matches)) return;
    await new Promise<void>((resolve) => this.#waiting.push({ matches, resolve }));
  }

  /** Resolves when the page is in such a state. */
  async untilState(matches: (state: ViewState) => boolean): Promise<void> {
    await this.until(() => matches(this.state));
  }

  ofType<T extends HostToView['type']>(type: T): Extract<HostToView, { type: T }>[] {
    return this.posted.filter((m): m is Extract<HostToView, { type: T }> => m.type === type);
  }
}

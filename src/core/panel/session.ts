// What one window has chosen: its thread, model and mode. Held by the host; a webview only asks for changes.
import { Emitter, type Event } from '../base/event.ts';
import type { Mode } from '../../protocol/calls.ts';
import type { ModelRef } from '../ports/model.ts';

export interface SessionState {
  threadId: string | null;
  model: (ModelRef & { label: string }) | null;
  mode: Mode;
}

export class Session {
  #state: SessionState;
  readonly #emitter: Emitter<SessionState>;
  readonly onChange: Event<SessionState>;

  constructor(initial: SessionState, onError: (error: unknown) => void) {
    this.#state = initial;
    this.#emitter = new Emitter(onError);
    this.onChange = this.#emitter.event;
  }

  get state(): SessionState {
    return this.#state;
  }

  update(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    this.#emitter.fire(this.#state);
  }

  dispose(): void {
    this.#emitter.dispose();
  }
}

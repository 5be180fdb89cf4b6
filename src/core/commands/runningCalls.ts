// Calls that run in this process. Each can be stopped by itself, without the turn that it is part of.
import type { CallPlace } from '../ports/commands.ts';

type Key = Pick<CallPlace, 'turnId' | 'callId'>;

export class RunningCalls {
  readonly #aborts = new Map<string, AbortController>();

  /** `signal` is that of the turn; what is given back also knows a stop of the call alone. */
  begin(call: Key, signal: AbortSignal): { signal: AbortSignal; end: () => void } {
    const abort = new AbortController();
    const key = keyOf(call);
    this.#aborts.set(key, abort);
    const end = (): void => {
      if (this.#aborts.get(key) === abort) this.#aborts.delete(key);
    };
    return { signal: AbortSignal.any([signal, abort.signal]), end };
  }

  /** False when it does not run here. */
  stop(call: Key): boolean {
    const abort = this.#aborts.get(keyOf(call));
    abort?.abort();
    return abort !== undefined;
  }

  has(call: Key): boolean {
    return this.#aborts.has(keyOf(call));
  }
}

const keyOf = ({ turnId, callId }: Key): string => `${turnId} ${callId}`;

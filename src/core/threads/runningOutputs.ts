// What commands that run in this process have said so far, for a view that comes later. In memory: the result is stored.
import type { EngineEvent } from '../agent/events.ts';

/** Longest output that is kept of one call, in UTF-16 units; of a longer one a late view is shown what comes. */
const MAX_KEPT = 1_000_000;

export class RunningOutputs {
  /** Null once there was too much. */
  readonly #texts = new Map<string, string | null>();

  see(event: EngineEvent): void {
    if (event.type === 'output') this.#add(keyOf(event.turnId, event.callId), event.delta);
    // Whatever a call's line says now: a start begins anew, an end has the result.
    if (event.type === 'call') this.#texts.delete(keyOf(event.call.turnId, event.call.callId));
    if (event.type === 'turn' && event.turn.status !== 'running') this.#forget(event.turn.id);
  }

  /** All of it from its beginning; undefined when it is not kept. */
  of(turnId: string, callId: string): string | undefined {
    return this.#texts.get(keyOf(turnId, callId)) ?? undefined;
  }

  #add(key: string, delta: string): void {
    const known = this.#texts.get(key);
    if (known === null) return;
    const text = (known ?? '') + delta;
    this.#texts.set(key, text.length > MAX_KEPT ? null : text);
  }

  #forget(turnId: string): void {
    for (const key of this.#texts.keys()) {
      if (key.startsWith(`${turnId} `)) this.#texts.delete(key);
    }
  }
}

const keyOf = (turnId: string, callId: string): string => `${turnId} ${callId}`;

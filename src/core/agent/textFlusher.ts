// Streamed text on its way to the event log and the watchers: at most one write each 50 ms, none of it lost by more.
import type { EngineDeps } from './deps.ts';

const FLUSH_MS = 50;

export interface TextFlusher {
  /** `thought`: beside the reply, counted on its own. */
  add(messageId: string, delta: string, thought?: true): void;
  /** Writes what is waiting; rejects when the store does. */
  flush(): Promise<void>;
}

export function createTextFlusher(
  deps: Pick<EngineDeps, 'store' | 'emit' | 'logger'>,
  turn: { id: string; threadId: string },
): TextFlusher {
  let waiting: { messageId: string; delta: string; thought?: true } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();
  const sent = new Map<string, number>();

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (!waiting) return writing;
    const { messageId, delta, thought } = waiting;
    waiting = undefined;
    const key = `${thought === true ? 'thought' : 'text'} ${messageId}`;
    const offset = sent.get(key) ?? 0;
    sent.set(key, offset + delta.length);
    const { id: turnId, threadId } = turn;
    // Told only when it is in the log: a watcher that reads the log then has it, and has it once.
    writing = writing.then(async () => {
      const event = { turnId, messageId, offset, delta, ...(thought && { thought }) };
      await deps.store.appendText([event]);
      deps.emit({ type: 'text', threadId, ...event });
    });
    return writing;
  };
  const onTimer = (): void => {
    flush().catch((error: unknown) => deps.logger.error('text could not be stored', error));
  };
  return {
    add: (messageId, delta, thought) => {
      if (waiting && (waiting.messageId !== messageId || waiting.thought !== thought)) onTimer();
      waiting = { messageId, delta: (waiting?.delta ?? '') + delta, ...(thought && { thought }) };
      timer ??= setTimeout(onTimer, FLUSH_MS);
    },
    flush,
  };
}

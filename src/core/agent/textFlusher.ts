// Streamed text on its way to the event log and the watchers: at most one write each 50 ms, none of it lost by more.
import type { EngineDeps } from './deps.ts';

const FLUSH_MS = 50;

export interface TextFlusher {
  add(messageId: string, delta: string): void;
  /** Writes what is waiting; rejects when the store does. */
  flush(): Promise<void>;
}

export function createTextFlusher(
  deps: Pick<EngineDeps, 'store' | 'emit' | 'logger'>,
  turn: { id: string; threadId: string },
): TextFlusher {
  let waiting: { messageId: string; delta: string } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();
  const sent = new Map<string, number>();

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (!waiting) return writing;
    const { messageId, delta } = waiting;
    waiting = undefined;
    const offset = sent.get(messageId) ?? 0;
    sent.set(messageId, offset + delta.length);
    const { id: turnId, threadId } = turn;
    // Told only when it is in the log: a watcher that reads the log then has it, and has it once.
    writing = writing.then(async () => {
      await deps.store.appendText([{ turnId, messageId, offset, delta }]);
      deps.emit({ type: 'text', threadId, turnId, messageId, offset, delta });
    });
    return writing;
  };
  const onTimer = (): void => {
    flush().catch((error: unknown) => deps.logger.error('text could not be stored', error));
  };
  return {
    add: (messageId, delta) => {
      if (waiting && waiting.messageId !== messageId) onTimer();
      waiting = { messageId, delta: (waiting?.delta ?? '') + delta };
      timer ??= setTimeout(onTimer, FLUSH_MS);
    },
    flush,
  };
}

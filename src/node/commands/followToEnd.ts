// Waits for a started shell to end, ends it on time-out or abort, and clears up what it leaves behind.
import type { ChildProcess } from 'node:child_process';
import { endLeftovers, endTree, groupAlive } from './processGroups.ts';

export interface Ending {
  exitCode: number | null;
  signal: string | null;
  timedOut: boolean;
  cancelled: boolean;
  /** It had ended of itself, and processes it had started were still there. */
  leftRunning: boolean;
}

/** How long the output may stay open once the shell is gone, e.g. for `> >(tee log)`. */
const DRAIN_MS = 500;

/** Never rejects. Settles soon after the shell's own end, whoever still holds its output. */
export async function followToEnd(
  child: ChildProcess,
  limits: { timeoutMs: number; signal: AbortSignal },
): Promise<Ending> {
  let timedOut = false;
  let cancelled = false;
  const pid = child.pid;
  const closed = once(child, 'close');
  // A signal that cannot be sent is reported here; unheard it would be thrown.
  child.on('error', () => undefined);
  const exited = exitOf(child);
  const stop = (): void => {
    if (pid !== undefined) endTree(pid);
  };
  const onAbort = (): void => {
    cancelled = !timedOut;
    stop();
  };
  const timer = setTimeout(() => {
    timedOut = !cancelled;
    stop();
  }, limits.timeoutMs);
  limits.signal.addEventListener('abort', onAbort, { once: true });
  // The abort may have come while the shell was starting.
  if (limits.signal.aborted) onAbort();
  const { exitCode, signal } = await exited;
  clearTimeout(timer);
  limits.signal.removeEventListener('abort', onAbort);
  await Promise.race([closed, delay(DRAIN_MS)]);
  const left = pid !== undefined && groupAlive(pid);
  if (pid !== undefined) endLeftovers(pid);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return { exitCode, signal, timedOut, cancelled, leftRunning: left && !timedOut && !cancelled };
}

function exitOf(child: ChildProcess): Promise<Pick<Ending, 'exitCode' | 'signal'>> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

function once(child: ChildProcess, event: 'close'): Promise<void> {
  return new Promise((resolve) => {
    child.once(event, () => resolve());
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

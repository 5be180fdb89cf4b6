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
/** How long a process that has closed its output may take to be gone. */
const VANISH_MS = 250;
const LOOK_EVERY_MS = 10;

/** Never rejects. Settles soon after the shell's own end, whoever still holds its output. */
export async function followToEnd(
  child: ChildProcess,
  limits: { timeoutMs: number | null; signal: AbortSignal },
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
  const { timeoutMs } = limits;
  const onTimeout = (): void => {
    timedOut = !cancelled;
    stop();
  };
  const timer = timeoutMs === null ? undefined : setTimeout(onTimeout, timeoutMs);
  limits.signal.addEventListener('abort', onAbort, { once: true });
  // The abort may have come while the shell was starting.
  if (limits.signal.aborted) onAbort();
  const { exitCode, signal } = await exited;
  clearTimeout(timer);
  limits.signal.removeEventListener('abort', onAbort);
  await Promise.race([closed, drained()]);
  const left = pid !== undefined && (await staysAlive(pid));
  if (pid !== undefined) endLeftovers(pid);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return { exitCode, signal, timedOut, cancelled, leftRunning: left && !timedOut && !cancelled };
}

/** Whether the group is more than just about to end. */
async function staysAlive(pid: number): Promise<boolean> {
  const until = performance.now() + VANISH_MS;
  while (groupAlive(pid)) {
    if (performance.now() >= until) return true;
    await delay(LOOK_EVERY_MS);
  }
  return false;
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

/** Keeps nobody waiting: an open output keeps the process alive of itself. */
function drained(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, DRAIN_MS).unref();
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

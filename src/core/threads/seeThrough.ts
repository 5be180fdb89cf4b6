// A command waits for its own turn while that is in the queue.
import { startQueued } from './queue.ts';
import { recover } from './recovering.ts';
import type { DriveEnd } from '../agent/turnRunner.ts';
import type { Store } from '../ports/store.ts';
import type { ThreadDeps } from './deps.ts';

/** Looks again at least this often, in milliseconds: a place also becomes free when a lease runs out, which nobody tells. */
const LOOK_MS = 1000;

/**
 * For a process that waits for one queued turn: drives it as soon as there is a place, or follows it to where another process
 * brings it. Ends with `queued` when `signal` is aborted before; the turn stays in the queue.
 */
export async function seeThrough(
  deps: ThreadDeps,
  turnId: string,
  signal: AbortSignal,
): Promise<DriveEnd> {
  for (;;) {
    const change = nextChange(deps.store, signal);
    const [drive] = await startQueued(deps, turnId);
    const end = drive ? await drive.done : await endElsewhere(deps, turnId);
    if (end || signal.aborted) return end ?? { kind: 'queued' };
    if ((await change) === 'nothing') await recover(deps, { drive: false });
  }
}

/** Where the turn is, when it neither waits nor runs any more. */
async function endElsewhere(deps: ThreadDeps, turnId: string): Promise<DriveEnd | undefined> {
  const turn = await deps.store.getTurn(turnId);
  if (turn?.status === 'queued' || turn?.status === 'running') return undefined;
  if (turn && turn.endedAt !== null) return { kind: 'ended', turn };
  const open = await deps.store.openActions();
  const action = open.find((known) => known.turnId === turnId);
  return action ? { kind: 'paused', action } : { kind: 'lost' };
}

/** Resolves when another process changed something, when it is time to look again (`nothing`), or when aborted. */
function nextChange(
  store: Pick<Store, 'onExternalChange'>,
  signal: AbortSignal,
): Promise<'change' | 'nothing'> {
  return new Promise((resolve) => {
    const settle = (what: 'change' | 'nothing'): void => {
      clearTimeout(timer);
      watching.dispose();
      signal.removeEventListener('abort', aborted);
      resolve(what);
    };
    const aborted = (): void => settle('change');
    const timer = setTimeout(() => settle('nothing'), LOOK_MS);
    const watching = store.onExternalChange(() => settle('change'));
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
}

// The queue: turns that wait for the one before them in their thread, or for a free place. Which one is next is the store's
// to say; whoever wins it drives it, so a process that dies with queued turns loses nothing.
import { emitTurn } from '../agent/pausing.ts';
import { checkSnapshot } from '../agent/submission.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { TurnRow } from '../ports/store.ts';
import type { Drive, ThreadDeps } from './deps.ts';

/** Drives the queued turns that may run now, the oldest first; all of them, or only `wanted`. Returns the drives it started. */
export async function startQueued(deps: ThreadDeps, wanted?: string): Promise<Drive[]> {
  const { store, files } = deps;
  const drives: Drive[] = [];
  for (;;) {
    const queued = await store.turnsInState('queued');
    // One of another workspace must not keep the others waiting.
    const here = queued.filter((turn) => checkSnapshot(turn, files.roots) === undefined);
    const ids = here.map(({ id }) => id).filter((id) => wanted === undefined || id === wanted);
    const won = ids.length > 0 && (await store.startQueued(ids, deps.maxRunningTurns()));
    if (!won) return drives;
    const drive = await driveOn(deps, won.id, won.generation);
    if (drive && deps.drives.has(won.id)) drives.push(drive);
  }
}

/** Goes on with a turn that this process just moved to `generation`: drives it when that made it run, else it is queued. */
export async function driveOn(
  deps: ThreadDeps,
  turnId: string,
  generation: number,
): Promise<Drive | undefined> {
  const turn = await emitTurn(deps, turnId);
  if (!turn) return undefined;
  const ours = turn.status === 'running' && turn.generation === generation;
  return ours ? { turn, done: deps.drives.start(turn, null) } : inQueue(turn);
}

/** A turn that is not driven here. */
export function inQueue(turn: TurnRow): Drive {
  return { turn, done: Promise.resolve({ kind: 'queued' }) };
}

/** Keeps the queue moving in a process that takes from it: after its own drives, and when another process changed something. */
export class QueueKeeper implements Disposable {
  readonly #deps: ThreadDeps;
  readonly #watching: readonly Disposable[];
  #moving: Promise<void> | undefined;
  #again = false;
  #disposed = false;

  constructor(deps: ThreadDeps) {
    this.#deps = deps;
    const move = (): void => this.move();
    this.#watching = [deps.drives.onEnd(move), deps.store.onExternalChange(move)];
  }

  /** Starts what may run; asked again while it does, it looks once more. */
  move(): void {
    if (this.#disposed || !this.#deps.takesQueued()) return;
    this.#again = true;
    this.#moving ??= this.#move().finally(() => (this.#moving = undefined));
  }

  /** Resolves when nothing is driven or being taken from the queue. */
  async idle(): Promise<void> {
    do {
      await this.#deps.drives.idle();
      await this.#moving;
    } while (this.#deps.drives.busy);
  }

  dispose(): void {
    this.#disposed = true;
    for (const each of this.#watching) each.dispose();
  }

  async #move(): Promise<void> {
    while (this.#again && !this.#disposed) {
      this.#again = false;
      try {
        await startQueued(this.#deps);
      } catch (error) {
        this.#deps.logger.warn(`queued turns could not be started: ${String(error)}`);
      }
    }
  }
}

// Looks again whenever something was committed, here or in another window: one look at a time, and one more for all that
// happened meanwhile. It asks nothing of the store by itself.
import type { EngineEvent } from '../../core/agent/events.ts';
import { DisposableStore, toDisposable, type Disposable } from '../../core/base/lifecycle.ts';
import type { OpenedEngine } from '../../core/services.ts';

export interface Follower extends Disposable {
  /** Asks for a look. */
  now(): void;
  /** Resolves when no look is under way. */
  settled(): Promise<void>;
}

/** `look` is called at once, and then after every event for which `concerns` holds. */
export function follow(
  { engine, store }: Pick<OpenedEngine, 'engine' | 'store'>,
  concerns: (event: EngineEvent) => boolean,
  look: () => Promise<void>,
  failed: (error: unknown) => void,
): Follower {
  const owned = new DisposableStore();
  let [looking, again, disposed] = [false, false, false];
  let under: Promise<void> = Promise.resolve();
  const now = (): void => {
    again = true;
    if (looking || disposed) return;
    looking = true;
    const run = async (): Promise<void> => {
      while (again && !disposed) {
        again = false;
        await look();
      }
    };
    under = run()
      .catch(failed)
      .finally(() => {
        looking = false;
        if (again) now();
      });
  };
  owned.add(engine.onEvent((event) => (concerns(event) ? now() : undefined)));
  owned.add(store.onExternalChange(now));
  owned.add(toDisposable(() => (disposed = true)));
  now();
  return { now, settled: () => under, dispose: () => owned.dispose() };
}

/** Lets whatever else waits in this process go first. */
export function others(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

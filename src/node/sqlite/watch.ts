// Notices commits of other connections and processes. Watching the folder makes it quick, polling makes it sure.
import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { toDisposable } from '../../core/base/lifecycle.ts';
import type { Connection } from './connection.ts';

/** The folder's event comes before the commit can be seen. */
const SETTLE = 20;
/** Every window sees a change within 500 ms, also where watching tells nothing. A look costs some microseconds. */
export const POLL_MS = 250;

/** `onChange` is called after a commit of another connection, never for our own. Timers keep no process alive. */
export function watchExternalChanges(
  connection: Connection,
  onChange: () => void,
  pollEvery: number = POLL_MS,
): Disposable {
  const changed = changeDetector(connection);
  const check = (): void => {
    if (changed()) onChange();
  };
  const settle = coalesced(check);
  const poll = setInterval(check, pollEvery).unref();
  const watcher = watchFolder(connection, settle.run);
  return toDisposable(() => {
    clearInterval(poll);
    settle.dispose();
    watcher?.close();
  });
}

/** True once for what others committed since the last call; `data_version` does not move for our own commits. */
export function changeDetector({ db, logger }: Pick<Connection, 'db' | 'logger'>): () => boolean {
  const version = (): unknown => db.pragma('data_version', { simple: true });
  let seen = version();
  return () => {
    if (!db.open) return false;
    try {
      const now = version();
      if (now === seen) return false;
      seen = now;
      return true;
    } catch (error) {
      logger.debug(`Reading data_version failed: ${String(error)}`);
      return false;
    }
  };
}

/** Runs `check` 20 ms after a call, and once more when calls came meanwhile. */
function coalesced(check: () => void): { run: () => void } & Disposable {
  let timer: NodeJS.Timeout | undefined;
  let again = false;
  const arm = (): void => {
    timer = setTimeout(() => {
      timer = undefined;
      if (again) {
        again = false;
        arm();
      }
      check();
    }, SETTLE).unref();
  };
  return {
    run: () => {
      if (timer === undefined) arm();
      else again = true;
    },
    dispose: () => clearTimeout(timer),
  };
}

function watchFolder({ file, logger }: Connection, run: () => void): FSWatcher | undefined {
  const name = basename(file);
  try {
    const watcher = watch(dirname(file), { persistent: false }, (_event, changed) => {
      if (changed === null || changed.startsWith(name)) run();
    });
    watcher.on('error', (error) => {
      logger.warn(`The folder of ${file} is not watched any more, only polled: ${error.message}`);
      watcher.close();
    });
    return watcher;
  } catch (error) {
    logger.warn(`The folder of ${file} cannot be watched, only polled: ${String(error)}`);
    return undefined;
  }
}

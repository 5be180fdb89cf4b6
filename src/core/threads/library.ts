// What a human does with a whole thread: names it, puts it away, deletes it.
import { AppError } from '../base/errors.ts';
import { stopResting } from './stopping.ts';
import { givenTitle } from './titleText.ts';
import type { BackgroundCommands } from '../commands/background.ts';
import type { ThreadDeps } from './deps.ts';
import type { RunnerDeps } from '../agent/turnRunner.ts';

/** Throws AppError `empty_title` or `unknown_thread`. */
export async function renameThread(deps: RunnerDeps, id: string, name: string): Promise<void> {
  const title = givenTitle(name);
  if (title === '')
    throw new AppError('empty_title', 'Type a name in which something can be seen.');
  if (!(await deps.store.renameThread(id, title))) throw unknownThread();
  await announce(deps, id);
}

/** Throws AppError `unknown_thread`. */
export async function archiveThread(
  deps: RunnerDeps,
  id: string,
  archived: boolean,
): Promise<void> {
  if (!(await deps.store.archiveThread(id, archived))) throw unknownThread();
  await announce(deps, id);
}

/**
 * What waits in the thread, and its commands in the background, are stopped first, so that every call has its result. Throws AppError `unknown_thread`, and
 * `thread_running` when a turn of it runs or is about to, here or in another window: then nothing is changed.
 */
export async function deleteThread(
  deps: ThreadDeps & { background: BackgroundCommands | undefined },
  id: string,
): Promise<void> {
  const stopped = await stopResting(deps, id);
  if (stopped) await deps.background?.stopOfThread(id, 'the deletion of its thread');
  const outcome = stopped ? await deps.store.deleteThread(id, deps.clock.now()) : 'busy';
  if (outcome === 'unknown') throw unknownThread();
  if (outcome === 'busy') {
    throw new AppError(
      'thread_running',
      'The agent is at work in this thread. Stop it first, then delete the thread.',
    );
  }
  deps.emit({ type: 'threadDeleted', threadId: id });
}

async function announce(deps: RunnerDeps, id: string): Promise<void> {
  const thread = await deps.store.getThread(id);
  if (thread) deps.emit({ type: 'thread', thread });
}

function unknownThread(): AppError {
  return new AppError('unknown_thread', 'This thread is gone: it was deleted.');
}

// What the page does about a message before its turn runs: attaches to it, takes it back. What is attached comes back to the page as a
// wish; nothing of a file is read before its message is sent.
import { AppError } from '../base/errors.ts';
import type { PresenterDeps } from './presenter.ts';
import type { Attachment } from '../../protocol/attachments.ts';
import type { ViewToHost } from '../../protocol/messages.ts';

type Attachable = Extract<ViewToHost, { type: 'pickFiles' | 'dropFiles' | 'keepImage' }>;

async function attachable(deps: PresenterDeps, message: Attachable): Promise<Attachment[]> {
  if (message.type === 'pickFiles') return deps.host.pickFiles();
  if (message.type === 'dropFiles') return deps.host.filesOf(message.uris);
  const { name, data } = message.image;
  const hash = await deps.engine.keepImage(deps.session.state.threadId, data);
  return [{ kind: 'image', hash, name }];
}

/** Throws what the window's `filesOf` and the engine's `keepImage` throw. */
export async function attach(deps: PresenterDeps, message: Attachable): Promise<null> {
  const attachments = await attachable(deps, message);
  if (attachments.length > 0) deps.session.wish({ type: 'attach', attachments });
  return null;
}

/** Throws AppError `not_queued`. */
export async function removeQueued(deps: PresenterDeps, turnId: string): Promise<null> {
  if (await deps.engine.removeQueued(turnId)) return null;
  throw new AppError(
    'not_queued',
    'This message is not queued any more: its turn has begun. Stop the turn instead.',
  );
}

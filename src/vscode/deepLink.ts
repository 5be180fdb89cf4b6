// The one handler of links from outside of VS Code: shows a thread, and decides nothing.
import * as vscode from 'vscode';
import { focusChat } from './commands/threads.ts';
import { linkedThread } from './deepLinkText.ts';
import { notify } from './notify.ts';
import { toAppError } from '../core/base/errors.ts';
import type { Contribution } from './contribution.ts';
import { t } from '../protocol/l10n.ts';
import type { Services } from './services.ts';

export const deepLink: Contribution = {
  name: 'links to threads',
  register: (services) =>
    vscode.window.registerUriHandler({
      handleUri: (uri) => {
        follow(services, uri.path).catch((error: unknown) => {
          services.logger.error('a link could not be opened', error);
          notify('error', toAppError(error).message);
        });
      },
    }),
};

async function follow(services: Services, path: string): Promise<void> {
  const threadId = linkedThread(path);
  if (threadId === undefined) {
    notify('error', t('This link names no thread of Countersign.'));
    return;
  }
  const { store } = await services.engine();
  if (!(await store.getThread(threadId))) {
    notify(
      'error',
      t(
        'The thread of this link is not in this workspace. Open the folder that it belongs to, then the link; or it was deleted.',
      ),
    );
    return;
  }
  services.session.update({ threadId });
  await focusChat();
}

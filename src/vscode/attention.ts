// Says that a turn of this window waits: a notification with one button, which shows the card and decides nothing, and a sound. Once
// an action, and only as the settings have it.
import * as vscode from 'vscode';
import { attends, waitingText } from './attentionText.ts';
import { showCard } from './commands/inbox.ts';
import { notify } from './notify.ts';
import { toDisposable } from '../core/base/lifecycle.ts';
import { titleOf } from '../core/threads/titleText.ts';
import type { OpenedEngine } from '../core/services.ts';
import type { ActionRow } from '../core/ports/store.ts';
import type { Contribution } from './contribution.ts';
import { t } from '../protocol/l10n.ts';
import type { Services } from './services.ts';

export const attention: Contribution = {
  name: 'attention',
  register: (services) => {
    services.whenOpened((opened) => {
      const said = new Set<string>();
      return opened.engine.onEvent((event) => {
        if (event.type !== 'action') return;
        const { id, state } = event.action;
        if (state !== 'open') said.delete(id);
        else if (!said.has(id)) {
          said.add(id);
          speak(services, opened, event.action).catch((error: unknown) => {
            services.logger.error('it could not be said that a turn waits', error);
          });
        }
      });
    });
    return toDisposable(() => undefined);
  },
};

async function speak(services: Services, opened: OpenedEngine, action: ActionRow): Promise<void> {
  const { values } = opened.settings();
  const wants = {
    whenWaiting: values['countersign.notify.whenWaiting'],
    sound: values['countersign.notify.sound'],
  };
  const { notifies, sounds } = attends(wants, vscode.window.state.focused);
  if (!notifies) return;
  const title = titleOf(await opened.store.getThread(action.threadId));
  const [first] = action.requests;
  notify('info', waitingText(action, title), [t('Review')], () => {
    if (!first) return;
    showCard(services, { actionId: action.id, callId: first.callId }).catch((error: unknown) => {
      services.logger.error('a card could not be shown', error);
      notify('info', t('This approval does not wait any more.'));
    });
  });
  if (sounds) services.session.wish({ type: 'sound' });
}

// Thread commands: new, resume, pending, stop. They name threads and actions; they decide nothing.
import * as vscode from 'vscode';
import { registerCommand } from './register.ts';
import { ageText } from '../ageText.ts';
import { showBackgroundCommands } from '../backgroundList.ts';
import { COMMANDS, CONTEXT, VIEWS } from '../ids.ts';
import { notify } from '../notify.ts';
import { plainPick } from '../plainText.ts';
import { isTemporary } from '../../protocol/temporary.ts';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import { titleOf } from '../../core/threads/titleText.ts';
import { stopTurn } from '../../core/panel/requests.ts';
import { callLine } from '../../protocol/callTitle.ts';
import type { ActionRow, Store } from '../../core/ports/store.ts';
import type { Contribution } from '../contribution.ts';
import { t } from '../../protocol/l10n.ts';
import type { Services } from '../services.ts';

export const threadCommands: Contribution = {
  name: 'thread commands',
  register: (services) => {
    const owned = new DisposableStore();
    const add = (id: string, handler: () => Promise<void>): void => {
      owned.add(registerCommand(services, id, handler));
    };
    add(COMMANDS.newThread, () => newThread(services));
    add(COMMANDS.newTemporaryThread, () => newTemporaryThread(services));
    add(COMMANDS.resumePausedThread, () => resumePausedThread(services));
    add(COMMANDS.showPendingApprovals, () => showPendingApprovals(services));
    add(COMMANDS.stop, () => stop(services));
    add(COMMANDS.findInThread, () => findInThread(services));
    owned.add(
      services.session.onChatFocus((has) => {
        vscode.commands
          .executeCommand('setContext', CONTEXT.chatFocused, has)
          .then(undefined, () => undefined);
      }),
    );
    add(COMMANDS.showBackground, () => showBackgroundCommands(services));
    return owned;
  },
};

export async function focusChat(): Promise<void> {
  await vscode.commands.executeCommand(`${VIEWS.chat}.focus`);
}

async function newThread(services: Services): Promise<void> {
  await services.engine();
  services.session.update({ threadId: null });
  await focusChat();
}

/** It is made at once, not with its first message: the chat says what it is before anything is typed. */
async function newTemporaryThread(services: Services): Promise<void> {
  const { engine } = await services.engine();
  const { id } = await engine.createThread({ temporary: true });
  services.session.update({ threadId: id });
  await focusChat();
}

async function resumePausedThread(services: Services): Promise<void> {
  const action = await pickAction(services, t('Resume Paused Thread'));
  if (!action) return;
  services.session.update({ threadId: action.threadId });
  await focusChat();
}

async function showPendingApprovals(services: Services): Promise<void> {
  const action = await pickAction(services, t('Pending Approvals'));
  if (action) services.reveal.fire(action.id);
}

/** In the page of the chat, where what is found is shown. */
async function findInThread(services: Services): Promise<void> {
  await services.engine();
  services.session.wish({ type: 'find' });
  await focusChat();
}

async function stop(services: Services): Promise<void> {
  const { engine } = await services.engine();
  await stopTurn({ engine, session: services.session });
}

interface ActionPick extends vscode.QuickPickItem {
  action: ActionRow;
}

async function pickAction(services: Services, title: string): Promise<ActionRow | undefined> {
  const { store } = await services.engine();
  const actions = await store.openActions();
  if (actions.length === 0) {
    notify('info', t('Nothing waits for you in this workspace.'));
    return undefined;
  }
  const picks = await Promise.all(actions.map((action) => toPick(store, action)));
  const options = {
    title: `Countersign: ${title}`,
    placeHolder: t('What waits, oldest first'),
    matchOnDetail: true,
  };
  return (await vscode.window.showQuickPick(picks, options))?.action;
}

async function toPick(store: Store, action: ActionRow): Promise<ActionPick> {
  const thread = await store.getThread(action.threadId);
  return {
    label: plainPick(titleOf(thread)),
    description: `${isTemporary(action.id) ? `${t('temporary')}, ` : ''}${t('waiting {0}', ageText(Date.now() - action.createdAt))}`,
    detail: action.requests.map(describeRequest).join(' · '),
    action,
  };
}

const describeRequest = (request: ActionRow['requests'][number]): string =>
  plainPick(callLine(request));

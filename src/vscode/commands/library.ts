// What a human does with whole threads: open, find, name, put away, delete, export, link. They decide nothing that waits, but for
// Delete, which stops it, and says so first.
import * as vscode from 'vscode';
import { z } from 'zod';
import { registerCommand, registerItemCommand } from './register.ts';
import { focusChat } from './threads.ts';
import { threadLink } from '../deepLinkText.ts';
import { exportLedger, exportThreadFile } from '../exportFiles.ts';
import { findThread } from '../findThread.ts';
import { COMMANDS } from '../ids.ts';
import { askNatively } from '../notify.ts';
import { AppError } from '../../core/base/errors.ts';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import { MAX_TITLE, titleOf } from '../../core/threads/titleText.ts';
import { isTemporary } from '../../protocol/temporary.ts';
import type { ThreadRow } from '../../core/ports/store.ts';
import type { Contribution } from '../contribution.ts';
import { t } from '../../protocol/l10n.ts';
import type { Services } from '../services.ts';

/** A row of the view; without one it is the thread in the chat. */
const Row = z.object({ entry: z.object({ id: z.string() }) });

type Act = (services: Services, thread: ThreadRow) => Promise<void>;

export const libraryCommands: Contribution = {
  name: 'library commands',
  register: (services) => {
    const owned = new DisposableStore();
    const add = (id: string, act: Act): void => {
      owned.add(
        registerItemCommand(services, id, async (item) => {
          const thread = await threadOf(services, item);
          if (thread) await act(services, thread);
        }),
      );
    };
    add(COMMANDS.openThread, open);
    add(COMMANDS.renameThread, rename);
    add(COMMANDS.archiveThread, (_, { id }) => archive(services, id, true));
    add(COMMANDS.unarchiveThread, (_, { id }) => archive(services, id, false));
    add(COMMANDS.deleteThread, remove);
    add(COMMANDS.exportThread, exportThreadFile);
    add(COMMANDS.copyThreadLink, copyLink);
    owned.add(
      registerCommand(services, COMMANDS.findThread, async () => {
        const id = await findThread(services);
        if (id !== undefined) await show(services, id);
      }),
    );
    owned.add(registerCommand(services, COMMANDS.exportLedger, () => exportLedger(services)));
    return owned;
  },
};

async function threadOf(services: Services, item: unknown): Promise<ThreadRow | undefined> {
  const { store } = await services.engine();
  const row = Row.safeParse(item);
  const id = row.success ? row.data.entry.id : services.session.state.threadId;
  if (id === null) {
    throw new AppError('no_thread', t('No thread is open. Open one in the Threads view first.'));
  }
  const thread = await store.getThread(id);
  if (thread) return thread;
  throw new AppError('unknown_thread', t('This thread is gone: it was deleted.'));
}

async function show(services: Services, threadId: string): Promise<void> {
  services.session.update({ threadId });
  await focusChat();
}

async function open(services: Services, { id }: ThreadRow): Promise<void> {
  await show(services, id);
}

async function rename(services: Services, thread: ThreadRow): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: t('Countersign: Rename Thread'),
    prompt: t('One line; what is longer than {0} characters is cut.', MAX_TITLE),
    value: titleOf(thread),
  });
  if (name === undefined) return;
  const { engine } = await services.engine();
  await engine.renameThread(thread.id, name);
}

async function archive(services: Services, id: string, archived: boolean): Promise<void> {
  const { engine } = await services.engine();
  await engine.archiveThread(id, archived);
}

/** The first button has the focus: Enter, pressed once too often, deletes nothing. */
async function remove(services: Services, thread: ThreadRow): Promise<void> {
  const { engine, store } = await services.engine();
  const turns = await store.turnsOfThread(thread.id);
  if (turns.some(({ status }) => status === 'running')) {
    throw new AppError(
      'thread_running',
      t('The agent is at work in this thread. Stop it first, then delete the thread.'),
    );
  }
  const waits = (await store.waiting()).some(({ threadId }) => threadId === thread.id);
  const detail = [
    ...(waits
      ? [t('It waits for your decision: it is stopped first, and nothing of it runs.')]
      : []),
    t(
      'Everything said and proposed in it goes, for all windows. Files stay as they are. The ledger keeps what was decided.',
    ),
    t('This cannot be undone.'),
  ].join('\n\n');
  const [keep, gone] = [t('Keep'), t('Delete')];
  const question = t('Delete “{0}”?', titleOf(thread));
  if ((await askNatively(question, detail, [keep, gone])) !== gone) return;
  await engine.deleteThread(thread.id);
}

async function copyLink(_: Services, { id }: ThreadRow): Promise<void> {
  if (isTemporary(id)) {
    throw new AppError('temporary_thread', t('A temporary thread is gone when its window closes.'));
  }
  await vscode.env.clipboard.writeText(threadLink(vscode.env.uriScheme, id));
  vscode.window.setStatusBarMessage(t('Countersign: link copied'), 3000);
}

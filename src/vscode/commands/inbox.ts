// Commands around what waits: next, previous, open a card, and the buttons of the card that has the focus. None of them decides:
// a press goes to the card in the page, and what it submits is asked about natively.
import * as vscode from 'vscode';
import { z } from 'zod';
import { registerCommand, registerItemCommand } from './register.ts';
import { focusChat } from './threads.ts';
import { COMMANDS, CONTEXT } from '../ids.ts';
import { stepFrom, type CardPlace } from '../inbox/approvalRows.ts';
import { notify } from '../notify.ts';
import { AppError } from '../../core/base/errors.ts';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import type { Contribution } from '../contribution.ts';
import { t } from '../../protocol/l10n.ts';
import type { Services } from '../services.ts';

/** A row of the view; whatever else it is given names nothing. */
const Row = z.object({ row: z.object({ actionId: z.string(), callId: z.string() }) });
const Group = z.object({ group: z.object({ threadId: z.string() }) });

export const inboxCommands: Contribution = {
  name: 'inbox commands',
  register: (services) => {
    const owned = new DisposableStore();
    const add = (id: string, handler: () => Promise<void> | void): void => {
      owned.add(registerCommand(services, id, handler));
    };
    add(COMMANDS.nextPending, () => step(services, 1));
    add(COMMANDS.previousPending, () => step(services, -1));
    add(COMMANDS.showMoreApprovals, () => services.inbox.showMore());
    add(COMMANDS.approveFocused, () => press(services, 'approve'));
    add(COMMANDS.rejectFocused, () => press(services, 'reject'));
    owned.add(registerItemCommand(services, COMMANDS.openPending, (item) => open(services, item)));
    owned.add(
      registerItemCommand(services, COMMANDS.openPendingPanel, async (item) => {
        const { row } = Row.parse(item);
        await stillWaits(services, row);
        services.reveal.fire(row.actionId);
      }),
    );
    owned.add(
      services.session.onFocus((card) => {
        vscode.commands
          .executeCommand('setContext', CONTEXT.cardFocused, card !== null)
          .then(undefined, () => undefined);
      }),
    );
    return owned;
  },
};

/** Shows the card in the chat, with the focus on it. */
export async function showCard(services: Services, card: CardPlace): Promise<void> {
  const threadId = await stillWaits(services, card);
  const { actionId, callId } = card;
  if (services.session.state.threadId !== threadId) services.session.update({ threadId });
  services.session.wish({ type: 'focusCard', card: { actionId, callId } });
  await focusChat();
}

/** The id of its thread. */
async function stillWaits(services: Services, { actionId }: CardPlace): Promise<string> {
  const { store } = await services.engine();
  const action = await store.getAction(actionId);
  if (action?.state === 'open') return action.threadId;
  throw new AppError('not_paused', t('This approval does not wait any more.'));
}

async function open(services: Services, item: unknown): Promise<void> {
  const group = Group.safeParse(item);
  if (!group.success) return showCard(services, Row.parse(item).row);
  services.session.update({ threadId: group.data.group.threadId });
  await focusChat();
}

/** From the card that has the focus, else from the one that was gone to last. */
async function step(services: Services, by: 1 | -1): Promise<void> {
  await services.engine();
  await services.inbox.settled();
  const from = services.session.focusedCard ?? last;
  const next = stepFrom(services.inbox.state.rows, from, by);
  if (!next) {
    notify('info', t('Nothing waits for you in this workspace.'));
    return;
  }
  last = next;
  await showCard(services, next);
}

let last: CardPlace | null = null;

function press(services: Services, button: 'approve' | 'reject'): void {
  if (services.session.focusedCard === null) {
    throw new AppError(
      'no_card',
      t('No card has the focus. “Countersign: Next Pending” goes to one that waits.'),
    );
  }
  services.session.wish({ type: 'press', button });
}

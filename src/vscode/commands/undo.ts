// Undo Turn…: picks a turn of the chat's thread and starts the turn that undoes it. It decides nothing: the card asks.
import * as vscode from 'vscode';
import { registerCommand } from './register.ts';
import { focusChat } from './threads.ts';
import { ageText } from '../ageText.ts';
import { COMMANDS } from '../ids.ts';
import { notify } from '../notify.ts';
import { plainPick } from '../plainText.ts';
import { refuseUntrusted } from '../../core/panel/requests.ts';
import { t } from '../../protocol/l10n.ts';
import type { UndoableTurn } from '../../core/threads/undoing.ts';
import type { Contribution } from '../contribution.ts';
import type { Services } from '../services.ts';

export const undoCommands: Contribution = {
  name: 'undo',
  register: (services) => registerCommand(services, COMMANDS.undoTurn, () => undoTurn(services)),
};

/** Most files that one line names. */
const SHOWN_FILES = 6;

interface TurnPick extends vscode.QuickPickItem {
  turnId: string;
}

/** Shows what undoing would do, of the turns of the chat's thread or of one of them, and starts what the user picks. */
export async function undoTurn(services: Services, turnId?: string): Promise<void> {
  const trusted = (): boolean => vscode.workspace.isTrusted;
  refuseUntrusted({ trusted });
  const { engine } = await services.engine();
  const { threadId } = services.session.state;
  const all = threadId === null ? [] : await engine.undoableTurns(threadId);
  const turns = turnId === undefined ? all : all.filter((turn) => turn.turnId === turnId);
  if (turns.length === 0) {
    const none = t('No turn of this thread changed files in a way that can be undone.');
    notify('info', turnId === undefined ? none : t('What this turn changed is not kept any more.'));
    return;
  }
  const picked = await vscode.window.showQuickPick(turns.map(toPick), {
    title: `Countersign: ${t('Undo Turn')}`,
    placeHolder: t('Nothing is written before you approve it. What commands did is not undone.'),
    matchOnDetail: true,
  });
  if (!picked) return;
  refuseUntrusted({ trusted });
  await focusChat();
  await engine.undoTurn(picked.turnId);
}

function toPick({ turnId, title, at, files, left, same }: UndoableTurn): TurnPick {
  const all = files.length + left.length + same.length;
  const can = t('{0} of {1} files can be restored', files.length, all);
  const named = [
    ...files.map(({ path, says }) => `${path}: ${says}`),
    ...left.map(({ path }) => t('{0}: stays as it is', path)),
    ...same.map((path) => t('{0}: is as it was before', path)),
  ];
  const more = named.length > SHOWN_FILES ? [`+${named.length - SHOWN_FILES}`] : [];
  return {
    label: plainPick(title),
    description: plainPick(t('{0} ago, {1}', ageText(Date.now() - at), can)),
    detail: plainPick([...named.slice(0, SHOWN_FILES), ...more].join(' · ')),
    turnId,
  };
}

// Commands around the agent: model, key, mode, walkthrough, demo, log.
import * as vscode from 'vscode';
import { registerCommand } from './register.ts';
import { tryDemo } from '../demo.ts';
import { COMMANDS, WALKTHROUGH } from '../ids.ts';
import { selectModel, setApiKey } from '../models.ts';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import type { Mode } from '../../protocol/calls.ts';
import type { Contribution } from '../contribution.ts';
import { t } from '../../protocol/l10n.ts';
import type { Services } from '../services.ts';

export const setupCommands: Contribution = {
  name: 'set-up commands',
  register: (services) => {
    const owned = new DisposableStore();
    const add = (id: string, handler: () => Promise<void> | void): void => {
      owned.add(registerCommand(services, id, handler));
    };
    add(COMMANDS.selectModel, () => selectModel(services));
    add(COMMANDS.setApiKey, () => setApiKey(services));
    add(COMMANDS.setMode, () => setMode(services));
    add(COMMANDS.openWalkthrough, () => openWalkthrough());
    add(COMMANDS.tryDemo, () => tryDemo(services));
    add(COMMANDS.showLog, () => services.logger.show());
    return owned;
  },
};

const modes = (): { mode: Mode; detail: string }[] => [
  { mode: 'default', detail: t('What no rule allows waits for you.') },
  { mode: 'plan', detail: t('Edits and commands are denied.') },
  {
    mode: 'acceptEdits',
    detail: t('Edits inside the workspace run; commands and protected files wait.'),
  },
  { mode: 'dontAsk', detail: t('What no rule allows is denied.') },
];

async function setMode(services: Services): Promise<void> {
  await services.engine();
  const picks = modes().map(({ mode, detail }) => ({ label: mode, detail, mode }));
  const picked = await vscode.window.showQuickPick(picks, {
    title: t('Countersign: Set Mode'),
    placeHolder: t('For new turns in this window'),
  });
  if (picked) services.session.update({ mode: picked.mode });
}

async function openWalkthrough(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, false);
}

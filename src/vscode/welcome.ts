// First run of `npm start`: the walkthrough and the chat come to the front, once, so that the demo is one click away.
import * as vscode from 'vscode';
import { COMMANDS, VIEWS } from './ids.ts';
import { toDisposable } from '../core/base/lifecycle.ts';
import type { Contribution } from './contribution.ts';

const WELCOMED = 'countersign.welcomed';

export const welcome: Contribution = {
  name: 'welcome',
  register: ({ context, logger }) => {
    const greet = async (): Promise<void> => {
      // Set by test/host/start.mjs: an installed extension does not push itself to the front.
      if (process.env['COUNTERSIGN_WELCOME'] !== '1') return;
      if (context.workspaceState.get(WELCOMED) === true) return;
      await context.workspaceState.update(WELCOMED, true);
      await vscode.commands.executeCommand(COMMANDS.openWalkthrough);
      await vscode.commands.executeCommand(`${VIEWS.chat}.focus`);
    };
    greet().catch((error: unknown) => logger.error('the welcome failed', error));
    return toDisposable(() => undefined);
  },
};

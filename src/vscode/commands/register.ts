// Registers a command whose failure is shown to the user, with what to do, and logged.
import * as vscode from 'vscode';
import { displayBytes } from '../../protocol/displayBytes.ts';
import { toAppError } from '../../core/base/errors.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Services } from '../services.ts';

/** Handlers take no arguments: a link or another extension cannot steer what they do. */
export function registerCommand(
  services: Services,
  id: string,
  handler: () => Promise<void> | void,
): Disposable {
  return vscode.commands.registerCommand(id, async () => {
    try {
      await handler();
    } catch (error) {
      const failure = toAppError(error);
      services.logger.error(`${id} failed`, error);
      showError(failure.message);
    }
  });
}

/** Shows an error; the text can never become a link. */
function showError(text: string): void {
  vscode.window.showErrorMessage(plain(text)).then(undefined, () => undefined);
}

/** Notifications parse `[label](command:…)`: the bracket is taken apart so that no text becomes a link. */
export function plain(text: string): string {
  return displayBytes(text).replaceAll('](', '] (');
}

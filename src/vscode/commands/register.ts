// Registers a command whose failure is shown to the user, with what to do, and logged.
import * as vscode from 'vscode';
import { notify } from '../notify.ts';
import { toAppError } from '../../core/base/errors.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Services } from '../services.ts';

/** Handlers take no arguments: a link or another extension cannot steer what they do. */
export function registerCommand(
  services: Services,
  id: string,
  handler: () => Promise<void> | void,
): Disposable {
  return vscode.commands.registerCommand(id, () => reported(services, id, handler));
}

/**
 * For a row of a view: `handler` gets what VS Code hands on, which may come from anybody. It must parse it, and may only open or
 * ask: no such command decides.
 */
export function registerItemCommand(
  services: Services,
  id: string,
  handler: (item: unknown) => Promise<void>,
): Disposable {
  return vscode.commands.registerCommand(id, (item: unknown) =>
    reported(services, id, () => handler(item)),
  );
}

async function reported(
  services: Services,
  id: string,
  handler: () => Promise<void> | void,
): Promise<void> {
  try {
    await handler();
  } catch (error) {
    const failure = toAppError(error);
    services.logger.error(`${id} failed`, error);
    notify('error', failure.message);
  }
}

// Activation: a table of contents. Builds the services, registers the contributions, reports its own failure.
import * as vscode from 'vscode';
import { approvalPanels } from './vscode/approvalPanel.ts';
import { chatView } from './vscode/chatView.ts';
import { diffCommands } from './vscode/commands/diff.ts';
import { setupCommands } from './vscode/commands/setup.ts';
import { threadCommands } from './vscode/commands/threads.ts';
import { followSettings } from './vscode/followSettings.ts';
import { registerAll, type Contribution } from './vscode/contribution.ts';
import { createServices, type EngineLoader } from './vscode/services.ts';
import { recovery } from './vscode/recovery.ts';
import { statusBar } from './vscode/statusBar.ts';
import { warmUp } from './vscode/warmUp.ts';

const CONTRIBUTIONS: readonly Contribution[] = [
  chatView,
  approvalPanels,
  statusBar,
  threadCommands,
  setupCommands,
  diffCommands,
  followSettings,
  recovery,
  warmUp,
];

const loadEngine: EngineLoader = async (options) => {
  const { openEngine } = await import('./engine.ts');
  return openEngine(options);
};

export function activate(context: vscode.ExtensionContext): void {
  try {
    const services = createServices(context, loadEngine);
    context.subscriptions.push(services.owned, ...registerAll(CONTRIBUTIONS, services));
  } catch (error) {
    // VS Code does not show a notification when an extension fails to activate.
    const reason = error instanceof Error ? error.message : String(error);
    vscode.window
      .showErrorMessage(`Countersign could not start: ${reason}`)
      .then(undefined, () => undefined);
    throw error;
  }
}

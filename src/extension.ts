// Activation: a table of contents. Builds the services, registers the contributions, reports its own failure.
import * as vscode from 'vscode';
import { allowListCommands } from './vscode/commands/allowList.ts';
import { approvalsTree } from './vscode/inbox/approvalsTree.ts';
import { approvalPanels } from './vscode/approvalPanel.ts';
import { approvalCommands } from './vscode/commands/approvals.ts';
import { attachCommands } from './vscode/commands/attach.ts';
import { attention } from './vscode/attention.ts';
import { chatView } from './vscode/chatView.ts';
import { diffCommands } from './vscode/commands/diff.ts';
import { inboxCommands } from './vscode/commands/inbox.ts';
import { libraryCommands } from './vscode/commands/library.ts';
import { deepLink } from './vscode/deepLink.ts';
import { hookCommands } from './vscode/commands/hooks.ts';
import { policyCommands } from './vscode/commands/policy.ts';
import { setupCommands } from './vscode/commands/setup.ts';
import { threadsTree } from './vscode/inbox/threadsTree.ts';
import { threadCommands } from './vscode/commands/threads.ts';
import { undoCommands } from './vscode/commands/undo.ts';
import { diffDrafts } from './vscode/diffDrafts.ts';
import { followSettings } from './vscode/followSettings.ts';
import { registerAll, type Contribution } from './vscode/contribution.ts';
import { notify } from './vscode/notify.ts';
import { t, useTranslations } from './protocol/l10n.ts';
import { createServices, type EngineLoader, type Services } from './vscode/services.ts';
import { ruleDiagnostics } from './vscode/ruleDiagnostics.ts';
import { recovery } from './vscode/recovery.ts';
import { statusBar } from './vscode/statusBar.ts';
import { warmUp } from './vscode/warmUp.ts';
import { welcome } from './vscode/welcome.ts';

const CONTRIBUTIONS: readonly Contribution[] = [
  chatView,
  approvalsTree,
  threadsTree,
  approvalPanels,
  statusBar,
  threadCommands,
  inboxCommands,
  libraryCommands,
  deepLink,
  attention,
  undoCommands,
  attachCommands,
  setupCommands,
  diffCommands,
  diffDrafts,
  policyCommands,
  approvalCommands,
  allowListCommands,
  hookCommands,
  ruleDiagnostics,
  followSettings,
  recovery,
  warmUp,
  welcome,
];

const load: EngineLoader = {
  engine: async (options) => {
    const { openEngine } = await import('./engine.ts');
    return openEngine(options);
  },
  desk: async (options) => {
    const { createPolicyDesk } = await import('./engine.ts');
    return createPolicyDesk(options);
  },
};

/** Gives its services to tests in the extension host, and nothing to anybody else. */
export function activate(context: vscode.ExtensionContext): Services | undefined {
  try {
    useTranslations(vscode.l10n.bundle ?? {});
    const services = createServices(context, load);
    context.subscriptions.push(services.owned, ...registerAll(CONTRIBUTIONS, services));
    return context.extensionMode === vscode.ExtensionMode.Test ? services : undefined;
  } catch (error) {
    // VS Code does not show a notification when an extension fails to activate.
    const reason = error instanceof Error ? error.message : String(error);
    notify('error', t('Countersign could not start: {0}', reason));
    throw error;
  }
}

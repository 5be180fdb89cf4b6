// Problems of rule lists, shown at their place in the settings files that are open in an editor.
import * as vscode from 'vscode';
import { settingsFileOf } from './settingsFiles.ts';
import { DisposableStore, toDisposable } from '../core/base/lifecycle.ts';
import type { RuleDiagnostic } from '../core/policy/desk.ts';
import type { Contribution } from './contribution.ts';
import type { Services } from './services.ts';

const DELAY_MS = 300;
/** Larger files are no settings that anybody wrote. */
const MAX_LENGTH = 1_000_000;

export const ruleDiagnostics: Contribution = {
  name: 'rule diagnostics',
  register: (services) => {
    const owned = new DisposableStore();
    const shown = owned.add(vscode.languages.createDiagnosticCollection('countersign'));
    const timers = new Map<string, NodeJS.Timeout>();
    const later = (document: vscode.TextDocument, delay: number): void => {
      if (settingsFileOf(document.uri) === null) return;
      const key = document.uri.toString();
      clearTimeout(timers.get(key));
      timers.set(
        key,
        setTimeout(() => {
          timers.delete(key);
          refresh(services, document, shown).catch((error: unknown) => {
            services.logger.error('rules could not be diagnosed', error);
          });
        }, delay),
      );
    };
    const { workspace } = vscode;
    owned.add(workspace.onDidOpenTextDocument((document) => later(document, 0)));
    owned.add(workspace.onDidChangeTextDocument(({ document }) => later(document, DELAY_MS)));
    owned.add(workspace.onDidCloseTextDocument(({ uri }) => shown.delete(uri)));
    owned.add(toDisposable(() => timers.forEach((timer) => clearTimeout(timer))));
    for (const document of workspace.textDocuments) later(document, 0);
    return owned;
  },
};

async function refresh(
  services: Services,
  document: vscode.TextDocument,
  shown: vscode.DiagnosticCollection,
): Promise<void> {
  const file = settingsFileOf(document.uri);
  if (file === null || document.isClosed) return;
  const { version } = document;
  const text = document.getText();
  // Nothing is loaded for settings that do not speak of us.
  const concerned = text.includes('countersign') && text.length <= MAX_LENGTH;
  const found = concerned ? await (await services.desk()).diagnose({ text, ...file }) : [];
  if (document.isClosed || document.version !== version) return;
  shown.set(
    document.uri,
    found.map((one) => toDiagnostic(one, document)),
  );
}

function toDiagnostic(found: RuleDiagnostic, document: vscode.TextDocument): vscode.Diagnostic {
  const range = new vscode.Range(document.positionAt(found.from), document.positionAt(found.to));
  const diagnostic = new vscode.Diagnostic(range, found.message, SEVERITY[found.severity]);
  diagnostic.source = 'Countersign';
  return diagnostic;
}

const SEVERITY = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
} as const;

// Test a Call against Policy…: what would become of a call, as a read-only text; and from there to the rule that decided.
import * as vscode from 'vscode';
import { registerCommand } from './register.ts';
import { COMMANDS } from '../ids.ts';
import { openRule } from '../openRule.ts';
import { AppError } from '../../core/base/errors.ts';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import { allowListText } from '../../core/policy/allowList.ts';
import type { TestedCall } from '../../core/policy/desk.ts';
import type { SettingsLayers } from '../../core/ports/settings.ts';
import type { Contribution } from '../contribution.ts';
import { t } from '../../protocol/l10n.ts';
import type { Services } from '../services.ts';

const SCHEME = 'countersign-policy';

export const policyCommands: Contribution = {
  name: 'policy commands',
  register: (services) => {
    const owned = new DisposableStore();
    const answers = new Map<string, TestedCall>();
    let count = 0;
    const show = async (answer: TestedCall): Promise<void> => {
      const uri = vscode.Uri.from({
        scheme: SCHEME,
        path: `/${t('Policy Test {0}', (count += 1))}`,
      });
      answers.set(uri.toString(), answer);
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document, { preview: true });
    };
    const provideTextDocumentContent = (uri: vscode.Uri): string =>
      answers.get(uri.toString())?.report ?? '';
    owned.add(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, { provideTextDocumentContent }),
    );
    owned.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => answers.delete(uri.toString())));
    owned.add(registerCommand(services, COMMANDS.testCall, () => testCall(services, show)));
    owned.add(registerCommand(services, COMMANDS.openRule, () => openShownRule(services, answers)));
    return owned;
  },
};

async function testCall(
  services: Services,
  show: (answer: TestedCall) => Promise<void>,
): Promise<void> {
  const call = await vscode.window.showInputBox({
    title: t('Test a Call against Policy'),
    prompt: t(
      'Nothing is run. A command line, or: read PATH, edit PATH, delete PATH, rename FROM -> TO',
    ),
    placeHolder: 'git push --force',
    validateInput: (value) =>
      value.trim() === '' ? t('Type a command line or a path call.') : null,
  });
  if (call === undefined) return;
  const desk = await services.desk();
  const { mode } = services.session.state;
  const settings = services.settings.read();
  const acknowledged = await acknowledgedIn(services, settings);
  await show(
    await desk.test(call, { settings, mode, acknowledged: (list) => list === acknowledged }),
  );
}

/** The state is opened only for a workspace that brings an allow list. */
async function acknowledgedIn(
  services: Services,
  settings: SettingsLayers,
): Promise<string | null> {
  if (!settings.trusted || allowListText(settings) === null) return null;
  return (await services.engine()).allowList.acknowledged();
}

async function openShownRule(
  services: Services,
  answers: ReadonlyMap<string, TestedCall>,
): Promise<void> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const answer = uri && answers.get(uri.toString());
  if (!answer) throw new AppError('no_test', t('Test a call first; then open its rule.'));
  if (answer.rule === null) {
    throw new AppError(
      'no_rule',
      t('No rule decided this call: it was the mode, or what is built in.'),
    );
  }
  await openRule(await services.desk(), answer.rule);
}

// Which model answers: what settings say, a quick pick to change it, and the key in the secret storage.
import * as vscode from 'vscode';
import path from 'node:path';
import { listVscodeModels } from './languageModels.ts';
import { plainPick } from './plainText.ts';
import { secretKey } from '../core/models/secretKey.ts';
import { displayBytes } from '../protocol/displayBytes.ts';
import type { Services } from './services.ts';
import type { SessionState } from '../core/panel/session.ts';
import { t } from '../protocol/l10n.ts';
import type { OpenedEngine } from '../core/services.ts';

type Chosen = NonNullable<SessionState['model']>;
interface ModelPick extends vscode.QuickPickItem {
  choose(): Promise<Chosen | undefined>;
}

/** The model of the settings; with none set, a model of VS Code if there is one, else the demo agent. */
export async function initialModel(opened: OpenedEngine): Promise<Chosen | null> {
  const { values } = opened.settings();
  const provider = values['countersign.model.provider'];
  const id = values['countersign.model.id'];
  if (provider !== '' && id !== '') return chosen(opened, provider, id);
  if (provider === 'openai') return null;
  const [first] = provider === 'scripted' ? [] : await listVscodeModels();
  if (first) return { provider: 'vscode', id: first.id, label: first.label };
  return provider === 'vscode' ? null : demo(opened);
}

export async function selectModel(services: Services): Promise<void> {
  const opened = await services.engine();
  const picks = [...(await vscodePicks()), openaiPick(opened), demoPick(opened)];
  const picked = await vscode.window.showQuickPick(picks, {
    title: t('Countersign: Select Model'),
    placeHolder: t('Who answers in new turns; a waiting turn keeps its model'),
  });
  const model = await picked?.choose();
  if (!model) return;
  services.session.update({ model });
  await saveChoice(model);
  // Two settings, written one after the other: what was chosen counts, not what they meant in between.
  services.session.update({ model });
}

/** Asks for the key of the OpenAI-compatible endpoint; it goes to the secret storage and nowhere else. */
export async function setApiKey(services: Services): Promise<void> {
  const whose = await whoseKey(services);
  if (whose === undefined) return;
  const key = await vscode.window.showInputBox({
    title: t('Countersign: Set API Key'),
    prompt: whose.prompt,
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return;
  const name = secretKey(whose.secret);
  if (key.trim() === '') await services.context.secrets.delete(name);
  else await services.context.secrets.store(name, key.trim());
  const done =
    key.trim() === '' ? t('API key removed.') : t('API key saved in the secret storage.');
  vscode.window.setStatusBarMessage(`Countersign: ${done}`, 5000);
}

interface KeyPick {
  label: string;
  prompt: string;
  secret: string;
}

function keyPicks(): [KeyPick, KeyPick] {
  return [
    {
      label: t('OpenAI-compatible endpoint'),
      prompt: t(
        'Key of the OpenAI-compatible endpoint. Kept in the secret storage; leave empty to remove it.',
      ),
      secret: 'openai',
    },
    {
      label: t('Moderation endpoint'),
      prompt: t(
        'Key of the moderation endpoint. Kept in the secret storage; leave empty to remove it.',
      ),
      secret: 'moderation',
    },
  ];
}

/** There is a choice only while what is written is moderated. */
async function whoseKey(services: Services): Promise<KeyPick | undefined> {
  const { user } = services.settings.read();
  if (user['countersign.screening.moderation'] !== 'endpoint') return keyPicks()[0];
  return vscode.window.showQuickPick(keyPicks(), { title: t('Countersign: Set API Key') });
}

async function vscodePicks(): Promise<ModelPick[]> {
  const models = await listVscodeModels();
  return models.map(({ id, label }) => ({
    label: plainPick(label),
    description: t('VS Code language model'),
    choose: async () => ({ provider: 'vscode', id, label }),
  }));
}

function openaiPick(opened: OpenedEngine): ModelPick {
  const { values } = opened.settings();
  const saved =
    values['countersign.model.provider'] === 'openai' ? values['countersign.model.id'] : '';
  const endpoint = values['countersign.model.baseUrl'] || 'OpenAI';
  return {
    label: t('OpenAI-compatible endpoint…'),
    description: plainPick(endpoint),
    choose: async () => {
      const id = await vscode.window.showInputBox({
        title: t('Model name at {0}', displayBytes(endpoint)),
        prompt: t(
          'As the endpoint calls it, for example gpt-5 or qwen3-coder. The endpoint is countersign.model.baseUrl.',
        ),
        value: saved,
        validateInput: (text) => (text.trim() === '' ? t('Type the name of a model.') : undefined),
      });
      return id === undefined ? undefined : chosen(opened, 'openai', id.trim());
    },
  };
}

function demoPick(opened: OpenedEngine): ModelPick {
  return {
    label: t('Demo agent'),
    description: t('scripted: no key, no network, for the sample workspace'),
    choose: async () => demo(opened),
  };
}

function demo(opened: OpenedEngine): Chosen {
  return { ...opened.demoModel, label: t('Demo agent') };
}

function chosen(opened: OpenedEngine, provider: string, id: string): Chosen {
  const isDemo = provider === opened.demoModel.provider && id === opened.demoModel.id;
  const name = provider === 'scripted' ? path.basename(id) : id;
  return { provider, id, label: isDemo ? t('Demo agent') : name };
}

async function saveChoice(model: Chosen): Promise<void> {
  const settings = vscode.workspace.getConfiguration('countersign.model');
  await settings.update('provider', model.provider, vscode.ConfigurationTarget.Global);
  await settings.update('id', model.id, vscode.ConfigurationTarget.Global);
}

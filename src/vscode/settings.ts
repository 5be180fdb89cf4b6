// Settings of VS Code as layers. Values of every workspace folder count as the workspace's.
import * as vscode from 'vscode';
import { approvalSwitch } from '../core/approvalSwitch.ts';
import { joinLayers, type Inspect } from './settingsLayers.ts';
import type { Settings, SettingsLayers } from '../core/ports/settings.ts';

/** Full keys of all settings that package.json declares for this extension. */
export function createSettings(keys: readonly string[]): Settings {
  return {
    read: () => readLayers(keys),
    onChange: (listener) => {
      const watchers = [
        vscode.workspace.onDidChangeConfiguration((change) => {
          if (change.affectsConfiguration('countersign')) listener();
        }),
        vscode.workspace.onDidGrantWorkspaceTrust(() => listener()),
        atEndOfBypass(() => readLayers(keys), listener),
      ];
      return {
        dispose: () => {
          for (const watcher of watchers) watcher.dispose();
        },
      };
    },
  };
}

/** The end of mode bypass is a change of the settings in force, though nobody writes one. */
function atEndOfBypass(read: () => SettingsLayers, listener: () => void): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    clearTimeout(timer);
    const { bypass } = approvalSwitch(read(), Date.now());
    if (bypass?.counts !== true || bypass.until === null) return;
    // A timer cannot be set for longer; it is set again then.
    const left = Math.min(bypass.until - Date.now(), LONGEST_TIMER_MS);
    timer = setTimeout(() => {
      arm();
      if (approvalSwitch(read(), Date.now()).bypass?.counts === false) listener();
    }, left);
  };
  arm();
  const watcher = vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration('countersign.approval')) arm();
  });
  return vscode.Disposable.from(watcher, new vscode.Disposable(() => clearTimeout(timer)));
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

function readLayers(keys: readonly string[]): SettingsLayers {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const scopes = folders.length === 0 ? [null] : folders.map(({ uri }) => uri);
  const lookups = scopes.map((scope): Inspect => {
    const configuration = vscode.workspace.getConfiguration(undefined, scope);
    return (key) => configuration.inspect<unknown>(key);
  });
  return { ...joinLayers(keys, lookups), trusted: vscode.workspace.isTrusted };
}

/** The keys under contributes.configuration of our own manifest. */
export function manifestKeys(manifest: unknown): string[] {
  const properties: unknown = path(manifest, ['contributes', 'configuration', 'properties']);
  return properties !== null && typeof properties === 'object' ? Object.keys(properties) : [];
}

function path(value: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (at, name) =>
      at !== null && typeof at === 'object' && Object.hasOwn(at, name)
        ? Object.getOwnPropertyDescriptor(at, name)?.value
        : null,
    value,
  );
}

// Settings of VS Code as layers. Values of every workspace folder count as the workspace's.
import * as vscode from 'vscode';
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
      ];
      return {
        dispose: () => {
          for (const watcher of watchers) watcher.dispose();
        },
      };
    },
  };
}

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

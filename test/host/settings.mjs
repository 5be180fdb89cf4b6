// User settings of a VS Code server. It keeps them on disk: User/settings.json holds every scope but `machine`,
// which a remote window reads from Machine/settings.json only.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { say } from './process.mjs';

/** A quiet workbench: nothing opens by itself, nothing looks for updates. Given settings win. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.startupPrompt': 'never',
};

/**
 * Adds settings to those already there, each where VS Code reads it for its scope.
 * @param {string} data data folder of a host
 * @param {Record<string, unknown>} settings
 * @param {string} extensionRoot whose package.json tells the scopes
 */
export function writeSettings(data, settings, extensionRoot) {
  const machineKeys = machineScoped(extensionRoot);
  const entries = Object.entries(settings);
  merge(path.join(data, 'user', 'User', 'settings.json'), QUIET, Object.fromEntries(entries));
  const machine = entries.filter(([key]) => machineKeys.has(key));
  if (machine.length > 0) {
    merge(path.join(data, 'user', 'Machine', 'settings.json'), {}, Object.fromEntries(machine));
  }
}

/**
 * @param {string} file
 * @param {Record<string, unknown>} defaults
 * @param {Record<string, unknown>} settings
 */
function merge(file, defaults, settings) {
  let present = {};
  if (existsSync(file)) {
    try {
      present = JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      say(`${file} has comments or errors and is left as it is.`);
      return;
    }
  }
  mkdirSync(path.dirname(file), { recursive: true });
  // Renamed into place: VS Code watches the file and must not read half of it.
  const temp = `${file}.new`;
  writeFileSync(temp, `${JSON.stringify({ ...defaults, ...present, ...settings }, null, 2)}\n`);
  renameSync(temp, file);
}

/**
 * @param {string} extensionRoot
 * @returns {Set<string>} setting keys that a remote window takes from the machine's own file
 */
function machineScoped(extensionRoot) {
  const manifest = path.join(extensionRoot, 'package.json');
  const contributed = JSON.parse(readFileSync(manifest, 'utf8')).contributes?.configuration ?? [];
  const keys = new Set();
  for (const { properties = {} } of [contributed].flat()) {
    for (const [key, { scope }] of Object.entries(properties)) {
      if (String(scope).startsWith('machine')) keys.add(key);
    }
  }
  return keys;
}

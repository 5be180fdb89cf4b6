// Joins what VS Code says of each setting, scope by scope, into the layers that core parses. A narrower scope never drops
// a rule of a wider one, as VS Code's own merging would. No vscode import: plain values in, plain values out.
import { RULE_KEYS, strictestMode } from '../core/settings.ts';
import type { SettingsLayers } from '../core/ports/settings.ts';

/** The part of VS Code's `inspect` that counts. */
export interface Inspected {
  globalValue?: unknown;
  workspaceValue?: unknown;
  workspaceFolderValue?: unknown;
}

/** Looks one full key up as one folder sees it. */
export type Inspect = (key: string) => Inspected | undefined;

const RULE_LISTS = new Set<string>(Object.values(RULE_KEYS));
const MODE = 'countersign.approval.mode';

/** `folders` holds one lookup a folder, or a single one for a window without any. */
export function joinLayers(
  keys: readonly string[],
  folders: readonly Inspect[],
): Pick<SettingsLayers, 'user' | 'workspace'> {
  const user: Record<string, unknown> = {};
  const workspace: Record<string, unknown> = {};
  for (const key of keys) {
    const found = folders.map((inspect) => inspect(key) ?? {});
    const global = found.find(({ globalValue }) => globalValue !== undefined)?.globalValue;
    if (global !== undefined) user[key] = global;
    const own = joinValues(key, workspaceValues(found));
    if (own !== undefined) workspace[key] = own;
  }
  return { user, workspace };
}

/** The workspace's value and every folder's, each once: a single folder's settings are told as both. */
function workspaceValues(found: readonly Inspected[]): unknown[] {
  const values = new Map<string, unknown>();
  const all = [
    ...found.map(({ workspaceValue }) => workspaceValue),
    ...found.map(({ workspaceFolderValue }) => workspaceFolderValue),
  ];
  for (const value of all) if (value !== undefined) values.set(JSON.stringify(value), value);
  return [...values.values()];
}

function joinValues(key: string, values: readonly unknown[]): unknown {
  if (values.length < 2) return values[0];
  if (RULE_LISTS.has(key)) return joinLists(values);
  if (key === MODE) return strictestMode(values) ?? values[0];
  return values.at(-1);
}

/** What is no list becomes an entry that is no rule: it is reported, and it loosens nothing. */
function joinLists(values: readonly unknown[]): unknown[] {
  return values.flatMap((value): unknown[] => {
    if (Array.isArray(value)) return value;
    return value === null ? [] : [[value]];
  });
}

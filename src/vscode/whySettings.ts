// Which page of the settings shows the rule of a why line. No vscode import: plain values in, plain values out.
import { RULE_KEYS } from '../core/settings.ts';
import type { SettingsLayers } from '../core/ports/settings.ts';

/** A command of VS Code and what the settings page is filtered by. */
interface SettingsPage {
  command: 'workbench.action.openSettings' | 'workbench.action.openWorkspaceSettings';
  query: string;
}

/** The list that holds `rule`, the strictest first as policy goes; all approval settings for a rule of no list. */
export function pageOfRule(rule: string, layers: SettingsLayers): SettingsPage {
  for (const kind of ['deny', 'ask', 'allow'] as const) {
    const key = RULE_KEYS[kind];
    const query = `@id:${key}`;
    if (holds(layers.user[key], rule)) return { command: 'workbench.action.openSettings', query };
    const counts = kind !== 'allow' || layers.trusted;
    if (counts && holds(layers.workspace[key], rule)) {
      return { command: 'workbench.action.openWorkspaceSettings', query };
    }
  }
  return { command: 'workbench.action.openSettings', query: 'countersign.approval' };
}

/** Rules are texts, or objects with the text in `rule`. */
function holds(list: unknown, rule: string): boolean {
  if (!Array.isArray(list)) return false;
  const entries: readonly unknown[] = list;
  return entries.some(
    (entry) =>
      entry === rule ||
      (entry !== null && typeof entry === 'object' && 'rule' in entry && entry.rule === rule),
  );
}

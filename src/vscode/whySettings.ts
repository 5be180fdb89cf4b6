// Where the rule of a why line stands in the settings. No vscode import: plain values in, plain values out.
import { RULE_KEYS } from '../core/settings.ts';
import type { RuleName } from '../core/policy/desk.ts';
import type { SettingsLayers } from '../core/ports/settings.ts';
import type { RuleLayer } from '../protocol/calls.ts';

/** A command of VS Code and what the settings page is filtered by. */
interface SettingsPage {
  command: 'workbench.action.openSettings' | 'workbench.action.openWorkspaceSettings';
  query: string;
}

interface RulePlace {
  /** The rule's own line in a settings file; null for a rule of no list. */
  rule: (RuleName & { layer: 'user' | 'workspace' }) | null;
  /** Where to look when that line cannot be opened. */
  page: SettingsPage;
}

const ALL: SettingsPage = {
  command: 'workbench.action.openSettings',
  query: 'countersign.approval',
};

/** The list of this layer that holds `rule`, the strictest first as policy goes; all approval settings for a rule of no list. */
export function placeOfRule(rule: string, layer: RuleLayer, layers: SettingsLayers): RulePlace {
  if (layer !== 'user' && layer !== 'workspace') return { rule: null, page: ALL };
  for (const kind of ['deny', 'ask', 'allow'] as const) {
    const key = RULE_KEYS[kind];
    const counts = layer === 'user' || kind !== 'allow' || layers.trusted;
    if (!counts || !holds(layers[layer][key], rule)) continue;
    const command =
      layer === 'user' ? 'workbench.action.openSettings' : 'workbench.action.openWorkspaceSettings';
    return { rule: { layer, key, text: rule }, page: { command, query: `@id:${key}` } };
  }
  return { rule: null, page: ALL };
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

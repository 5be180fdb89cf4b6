// Picks the rule lists out of the settings layers. A workspace can tighten; it can widen only once it is trusted.
import type { SettingsLayers } from '../ports/settings.ts';
import type { GlobCompiler } from '../ports/system.ts';
import { parseRules, type RawLists } from './rules.ts';
import type { RuleSet } from './types.ts';

/** The rules that user and workspace settings put in force; `now` in ms since the epoch, for rules that end. */
export function rulesOfSettings(
  settings: SettingsLayers,
  globs: GlobCompiler,
  now?: number,
): RuleSet {
  const { user, workspace, trusted } = settings;
  const lists = { user: listsOf(user), workspace: listsOf(workspace), trusted };
  return parseRules(now === undefined ? lists : { ...lists, now }, globs);
}

function listsOf(values: Readonly<Record<string, unknown>>): RawLists {
  return {
    allow: values['countersign.approval.allow'],
    ask: values['countersign.approval.ask'],
    deny: values['countersign.approval.deny'],
  };
}

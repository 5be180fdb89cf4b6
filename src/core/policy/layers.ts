// Picks the rule lists out of the settings layers. A workspace can tighten; it can widen only once it is trusted.
import { approvalSwitch, bypassHolds } from '../approvalSwitch.ts';
import type { SettingsLayers } from '../ports/settings.ts';
import type { GlobCompiler } from '../ports/system.ts';
import { parseRules, type RawLists } from './rules.ts';
import type { RuleSet } from './types.ts';

/**
 * The rules that user and workspace settings put in force, and what stands above them; `now` in ms since the epoch, for what
 * ends.
 */
export function rulesOfSettings(
  settings: SettingsLayers,
  globs: GlobCompiler,
  now?: number,
): RuleSet {
  const { user, workspace, trusted } = settings;
  const lists = { user: listsOf(user), workspace: listsOf(workspace), trusted };
  const rules = parseRules(now === undefined ? lists : { ...lists, now }, globs);
  const { off, bypass } = approvalSwitch(settings, now);
  const end = bypass?.counts === true ? (bypass.until ?? Infinity) : Infinity;
  const validUntil = Math.min(end, rules.validUntil ?? Infinity);
  return {
    ...rules,
    ...(off && { approvalsOff: true }),
    ...(!bypassHolds(settings, now) && { noBypass: true }),
    ...(validUntil !== Infinity && { validUntil }),
  };
}

function listsOf(values: Readonly<Record<string, unknown>>): RawLists {
  return {
    allow: values['countersign.approval.allow'],
    ask: values['countersign.approval.ask'],
    deny: values['countersign.approval.deny'],
  };
}

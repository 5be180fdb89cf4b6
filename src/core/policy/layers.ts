// Picks the rule lists out of the settings layers. A workspace can tighten; it can widen only once it is trusted and the user
// has acknowledged exactly its list.
import { approvalSwitch, bypassHolds } from '../approvalSwitch.ts';
import type { SettingsLayers } from '../ports/settings.ts';
import type { GlobCompiler } from '../ports/system.ts';
import { allowListText } from './allowList.ts';
import { parseList, parseRules, type RawLists } from './rules.ts';
import type { RuleSet } from './types.ts';

/** Whether the user has acknowledged the allow list of this text (`allowListText`). */
export type Acknowledged = (allowList: string) => boolean;

/**
 * The rules that user and workspace settings put in force, and what stands above them; `now` in ms since the epoch, for what
 * ends. Without `acknowledged` no rule of the workspace allows anything.
 */
export function rulesOfSettings(
  settings: SettingsLayers,
  globs: GlobCompiler,
  now?: number,
  acknowledged: Acknowledged = () => false,
): RuleSet {
  const { user, workspace, trusted } = settings;
  const text = allowListText(settings);
  const counts = trusted && (text === null || acknowledged(text));
  const lists = { user: listsOf(user), workspace: listsOf(workspace), workspaceAllows: counts };
  const rules = parseRules(now === undefined ? lists : { ...lists, now }, globs);
  const pending = trusted && !counts ? pendingRules(lists.workspace, globs, now) : [];
  const { off, bypass } = approvalSwitch(settings, now);
  const end = bypass?.counts === true ? (bypass.until ?? Infinity) : Infinity;
  const validUntil = Math.min(end, rules.validUntil ?? Infinity);
  return {
    ...rules,
    ...(off && { approvalsOff: true }),
    ...(!bypassHolds(settings, now) && { noBypass: true }),
    ...(validUntil !== Infinity && { validUntil }),
    ...(pending.length > 0 && { pending }),
  };
}

function pendingRules(
  { allow }: RawLists,
  globs: GlobCompiler,
  now: number | undefined,
): RuleSet['rules'] {
  return parseList(allow, { kind: 'allow', layer: 'workspace' }, { globs, now }).rules;
}

function listsOf(values: Readonly<Record<string, unknown>>): RawLists {
  return {
    allow: values['countersign.approval.allow'],
    ask: values['countersign.approval.ask'],
    deny: values['countersign.approval.deny'],
  };
}

// Reads rule lists from raw settings values. Nothing malformed is ignored: it becomes a problem that says where it is.
import type { GlobCompiler } from '../ports/system.ts';
import type { VerdictKind } from '../../protocol/calls.ts';
import { readEntry, shown, type EntryOptions, type EntryResult } from './ruleEntry.ts';
import { checkPathSamples, isShellRule } from './ruleSamples.ts';
import type { RuleProblem, RuleSet } from './types.ts';

/** The three lists of one settings layer, exactly as they stand in the file. */
export interface RawLists {
  allow?: unknown;
  ask?: unknown;
  deny?: unknown;
}

interface RuleLayers {
  user: RawLists;
  workspace: RawLists | null;
  /** The workspace's allow list counts only when this is true; its deny and ask lists always count. */
  workspaceAllows?: boolean;
  /** Milliseconds since the epoch, for rules that end; without it none of those allows anything. */
  now?: number;
}

/** Every list of each kind, the strictest first. */
export const RULE_KINDS = ['deny', 'ask', 'allow'] as const;

/** All rules of both layers, in order, with everything that could not be read. Total. */
export function parseRules(layers: RuleLayers, globs: GlobCompiler): RuleSet {
  const options = { globs, now: layers.now };
  const user = RULE_KINDS.map((kind) =>
    parseList(layers.user[kind], { kind, layer: 'user' }, options),
  );
  const counted = RULE_KINDS.filter((kind) => kind !== 'allow' || layers.workspaceAllows === true);
  const workspace = counted.map((kind) =>
    parseList(layers.workspace?.[kind], { kind, layer: 'workspace' }, options),
  );
  return joinSets([...user, ...workspace]);
}

/** One list, as it stands under its key in one file. Total. */
export function parseList(
  value: unknown,
  from: { kind: VerdictKind; layer: 'user' | 'workspace' },
  options: EntryOptions,
): RuleSet {
  const key = `countersign.approval.${from.kind}`;
  if (value === undefined || value === null) return joinSets([]);
  if (!Array.isArray(value)) return noArray(value, { ...from, key });
  const entries: readonly unknown[] = value;
  return joinSets(
    entries.map((entry, index) =>
      setOf(readEntry(entry, { ...from, key, index }, options), from.kind),
    ),
  );
}

function noArray(
  value: unknown,
  { kind, layer, key }: { kind: VerdictKind; layer: 'user' | 'workspace'; key: string },
): RuleSet {
  const message = 'It must be an array of rules; put the rule in square brackets.';
  const base = { key, layer, index: -1, text: shown(value), at: [], span: null };
  const problem: RuleProblem = { ...base, message, severity: 'error' };
  return { rules: [], problems: [problem], blocksAllow: kind !== 'allow' };
}

/** The entry's rule with its samples looked at, as far as that needs no shell parser. */
function setOf(entry: EntryResult, kind: VerdictKind): RuleSet {
  const failing = entry.rules.flatMap(checkPathSamples);
  const problems = [...entry.problems, ...failing];
  const wrong = problems.some(({ severity }) => severity === 'error');
  const rules = kind === 'allow' && wrong ? [] : entry.rules;
  const unchecked = rules.filter((rule) => rule.samples !== undefined && isShellRule(rule));
  return {
    rules: kind === 'allow' ? rules.filter((rule) => !unchecked.includes(rule)) : rules,
    problems,
    blocksAllow: kind !== 'allow' && wrong,
    ...(unchecked.length > 0 && { unchecked }),
    ...(entry.endsAt !== undefined && { validUntil: entry.endsAt }),
  };
}

function joinSets(sets: readonly RuleSet[]): RuleSet {
  const unchecked = sets.flatMap((set) => set.unchecked ?? []);
  const ends = sets.flatMap((set) => set.validUntil ?? []);
  return {
    rules: sets.flatMap((set) => set.rules),
    problems: sets.flatMap((set) => set.problems),
    blocksAllow: sets.some((set) => set.blocksAllow),
    ...(unchecked.length > 0 && { unchecked }),
    ...(ends.length > 0 && { validUntil: ends.reduce((a, b) => Math.min(a, b)) }),
  };
}

/** One line for the user: where the rule stands, what is wrong, what it causes. */
export function describeProblem(problem: RuleProblem): string {
  const where =
    problem.index < 0 ? problem.key : `${problem.key}[${String(problem.index)}] (${problem.text})`;
  return `${where} in ${problem.layer} settings: ${problem.message}${effectOf(problem)}`;
}

/** What an error causes, as a sentence after the message. */
export function effectOf({ severity, key }: RuleProblem): string {
  if (severity !== 'error') return '';
  return key.endsWith('.allow')
    ? ' The rule is ignored.'
    : ' Until it is corrected, nothing is allowed automatically.';
}

// Reads rule lists from raw settings values. Nothing malformed is ignored: it becomes a problem that says where it is.
import { z } from 'zod';
import type { GlobCompiler } from '../ports/system.ts';
import type { VerdictKind } from '../../protocol/calls.ts';
import { knownRuleNames, patternKindOf } from './ruleNames.ts';
import type { Rule, RuleMatcher, RuleProblem, RuleSet } from './types.ts';
import { parseArgvPattern, wordPattern } from './wordPattern.ts';

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
  trusted?: boolean;
}

interface Place {
  kind: VerdictKind;
  layer: 'user' | 'workspace';
  key: string;
  index: number;
}

const KINDS = ['deny', 'ask', 'allow'] as const;
const NO_RULES: RuleSet = { rules: [], problems: [], blocksAllow: false };
const MAX_PATTERN = 4096;
const RuleObject = z.strictObject({
  rule: z.string(),
  match: z.unknown().optional(),
  notMatch: z.unknown().optional(),
  expires: z.unknown().optional(),
  comment: z.string().optional(),
});

/** All rules of both layers, in order, with everything that could not be read. Total. */
export function parseRules(layers: RuleLayers, globs: GlobCompiler): RuleSet {
  const sets = [
    ...KINDS.map((kind) => parseList(layers.user[kind], { kind, layer: 'user' }, globs)),
    ...KINDS.filter((kind) => kind !== 'allow' || layers.trusted === true).map((kind) =>
      parseList(layers.workspace?.[kind], { kind, layer: 'workspace' }, globs),
    ),
  ];
  return {
    rules: sets.flatMap((set) => set.rules),
    problems: sets.flatMap((set) => set.problems),
    blocksAllow: sets.some((set) => set.blocksAllow),
  };
}

/** One line for the user: where the rule stands, what is wrong, what it causes. */
export function describeProblem(problem: RuleProblem): string {
  const where =
    problem.index < 0 ? problem.key : `${problem.key}[${String(problem.index)}] (${problem.text})`;
  const blocks = problem.key.endsWith('.allow')
    ? 'The rule is ignored.'
    : 'Until it is corrected, nothing is allowed automatically.';
  return `${where} in ${problem.layer} settings: ${problem.message} ${blocks}`;
}

function parseList(
  value: unknown,
  from: Pick<Place, 'kind' | 'layer'>,
  globs: GlobCompiler,
): RuleSet {
  if (value === undefined || value === null) return NO_RULES;
  const key = `countersign.approval.${from.kind}`;
  if (!Array.isArray(value)) {
    const message = 'It must be an array of rules; put the rule in square brackets.';
    return broken({ ...from, key, index: -1 }, shown(value), message);
  }
  const entries: readonly unknown[] = value;
  const sets = entries.map((entry, index) => parseEntry(entry, { ...from, key, index }, globs));
  return {
    rules: sets.flatMap((set) => set.rules),
    problems: sets.flatMap((set) => set.problems),
    blocksAllow: sets.some((set) => set.blocksAllow),
  };
}

function parseEntry(entry: unknown, place: Place, globs: GlobCompiler): RuleSet {
  if (typeof entry === 'string') return parseRule(entry, place, globs);
  const object = RuleObject.safeParse(entry);
  if (!object.success) {
    const message =
      'Write a rule as text, or as an object with "rule" and, if you like, "comment".';
    return broken(place, shown(entry), message);
  }
  const { rule, match, notMatch, expires } = object.data;
  if (match === undefined && notMatch === undefined && expires === undefined) {
    return parseRule(rule, place, globs);
  }
  const message =
    '"match", "notMatch" and "expires" are not supported yet; remove them to use the rule.';
  const problem = broken(place, rule, message);
  // What tightens holds even so; what would widen does not.
  const rules = place.kind === 'allow' ? [] : parseRule(rule, place, globs).rules;
  return { ...problem, rules };
}

function parseRule(text: string, place: Place, globs: GlobCompiler): RuleSet {
  const matcher = parseMatcher(text, place.kind, globs);
  if (typeof matcher === 'string') return broken(place, text, matcher);
  const { kind, layer, key, index } = place;
  const rule: Rule = { text, kind, layer, place: { key, index }, match: matcher };
  return { rules: [rule], problems: [], blocksAllow: false };
}

/** The matcher, or what is wrong with the text. */
function parseMatcher(text: string, kind: VerdictKind, globs: GlobCompiler): RuleMatcher | string {
  const parts = /^([^()]*)(?:\(([^]*)\))?$/.exec(text.trim());
  const name = parts?.[1]?.trim() ?? '';
  const pattern = parts?.[2];
  if (parts === null || (pattern !== undefined && !balanced(pattern))) {
    return 'The brackets do not match; write tool or tool(pattern).';
  }
  const patternKind = patternKindOf(name);
  if (patternKind === undefined) {
    return `There is no tool or group of this name; known are ${knownRuleNames().join(', ')}.`;
  }
  if (pattern === undefined) return { name, argv: null, glob: null, literal: null };
  if (pattern.trim() === '')
    return 'The pattern is empty; write a pattern or leave the brackets out.';
  if (pattern.length > MAX_PATTERN) return 'The pattern is too long; split it into several rules.';
  if (patternKind === 'none') return 'This tool takes no pattern; leave the brackets out.';
  if (patternKind === 'argv') {
    const argv = parseArgvPattern(pattern);
    return { name, argv, glob: null, literal: pattern.includes('*') ? null : pattern };
  }
  if (patternKind === 'text') {
    const word = wordPattern(pattern.trim());
    return { name, argv: null, glob: (value) => word.matches(value, false), literal: null };
  }
  return pathMatcher(name, pattern.trim(), { kind, globs });
}

function pathMatcher(
  name: string,
  pattern: string,
  options: { kind: VerdictKind; globs: GlobCompiler },
): RuleMatcher | string {
  const glob = pattern.replace(/^\.\//, '');
  if (glob.split('/').includes('..'))
    return 'A pattern cannot contain ".."; write it from the workspace root.';
  try {
    // Deny and ask hold for every spelling of a name; allow only for the exact one.
    const compiled = options.globs(glob, { nocase: options.kind !== 'allow' });
    return { name, argv: null, glob: compiled, literal: /[*?]/.test(glob) ? null : glob };
  } catch {
    return 'The pattern is not a valid glob; use *, ? and ** only.';
  }
}

function balanced(pattern: string): boolean {
  let depth = 0;
  for (const character of pattern) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

function broken(place: Place, text: string, message: string): RuleSet {
  const { key, layer, index, kind } = place;
  const problem: RuleProblem = { key, layer, index, text, message };
  return { rules: [], problems: [problem], blocksAllow: kind !== 'allow' };
}

function shown(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? typeof value;
  } catch {
    text = typeof value;
  }
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

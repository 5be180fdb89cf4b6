// Checks the `match` and `notMatch` samples of rules: each is put to the rule alone. Names only; no disk is looked at.
import type { ShellName, ShellParser } from '../ports/shell.ts';
import type { ResolvedPath } from '../ports/workspace.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import { decide } from './decide.ts';
import { operandsToResolve } from './operands.ts';
import { groupOf } from './ruleNames.ts';
import type { Decided, PolicySubject, Rule, RuleProblem, RuleSample, RuleSet } from './types.ts';

const ROOT = '/workspace';

export function isShellRule(rule: Rule): boolean {
  return groupOf(rule.match.name) === 'shell';
}

/** What is wrong with the samples of a rule that is not about commands; for those nothing. */
export function checkPathSamples(rule: Rule): RuleProblem[] {
  if (rule.samples === undefined || isShellRule(rule)) return [];
  return rule.samples.flatMap((sample) => {
    const subject = subjectOf(rule, sample.text);
    if (subject === null) return [failing(rule, sample, 'This tool has no samples to check.')];
    return judge(rule, sample, decide(subject, alone(rule), { mode: 'default' }));
  });
}

/**
 * The set with the samples of its shell rules checked as lines of `shell`: what passes counts, what fails is a problem.
 * A deny or ask holds even if a sample fails.
 */
export async function checkShellSamples(
  rules: RuleSet,
  parser: ShellParser,
  shell: ShellName,
): Promise<RuleSet> {
  const { unchecked = [], ...rest } = rules;
  const problems: RuleProblem[] = [];
  const passed: Rule[] = [];
  for (const rule of unchecked) {
    const found: RuleProblem[] = [];
    for (const sample of rule.samples ?? []) {
      const subject = await shellSubject(sample.text, parser, shell);
      found.push(...judge(rule, sample, decide(subject, alone(rule), { mode: 'default' })));
    }
    problems.push(...found);
    if (found.length === 0 && rule.kind === 'allow') passed.push(rule);
  }
  const broken = problems.some(({ key }) => !key.endsWith('.allow'));
  return {
    ...rest,
    rules: [...rest.rules, ...passed],
    problems: [...rest.problems, ...problems],
    blocksAllow: rest.blocksAllow || broken,
  };
}

function alone(rule: Rule): RuleSet {
  return { rules: [rule], problems: [], blocksAllow: false };
}

function judge(rule: Rule, sample: RuleSample, decided: Decided): RuleProblem[] {
  const hit = decided.verdict === rule.kind && decided.rule === rule.text;
  if (hit === sample.hits) return [];
  const message = sample.hits
    ? `The rule does not cover this sample: ${decided.reason}.`
    : 'The rule covers this sample, and it must not.';
  return [failing(rule, sample, message)];
}

function failing(rule: Rule, sample: RuleSample, message: string): RuleProblem {
  const { text, place } = rule;
  const layer = rule.layer === 'workspace' ? 'workspace' : 'user';
  const shown = `${message} (${displayBytes(sample.text)})`;
  const base = { ...place, layer, text, message: shown, at: sample.at, span: null } as const;
  return { ...base, severity: 'error' };
}

function subjectOf(rule: Rule, text: string): PolicySubject | null {
  const { name } = rule.match;
  const group = groupOf(name);
  const path = lexicalPath(text);
  switch (group) {
    case 'read':
      return { group, tool: name === group ? 'read_file' : name, path };
    case 'edit': {
      const op = name === 'delete_file' ? 'delete' : 'edit';
      return { group, tool: name === group ? 'edit_file' : name, op, paths: [path] };
    }
    case 'fetch':
    case 'mcp':
    case 'task':
    case 'skill':
      return { group, tool: name, target: text };
    case undefined:
    default:
      return null;
  }
}

async function shellSubject(
  text: string,
  parser: ShellParser,
  shell: ShellName,
): Promise<PolicySubject> {
  const parse = await parser.parse(text, shell);
  const operands = operandsToResolve(parse).map(lexicalPath);
  const cwd = { ...lexicalPath('.'), isDirectory: true };
  const git = { settings: [], problems: [] };
  return { group: 'shell', tool: 'run_command', shell, cwd, parse, operands, git };
}

/** An ordinary file of this name, as it would be in a workspace without links. */
export function lexicalPath(input: string): ResolvedPath {
  const outside = /^(?:[/\\]|[A-Za-z]:)/.test(input);
  const names: string[] = [];
  let climbs = false;
  for (const name of input.split('/')) {
    if (name === '..') climbs = names.pop() === undefined || climbs;
    else if (name !== '' && name !== '.') names.push(name);
  }
  const joined = names.join('/');
  const inside = !outside && !climbs && !input.includes('\0');
  const lexical = outside ? `/${joined}` : climbs ? `/${joined}` : `${ROOT}/${joined}`;
  const relative = inside ? joined : null;
  const kind = { exists: true, isDirectory: false, links: 1 };
  return { input, lexical, real: lexical, relLexical: relative, relReal: relative, ...kind };
}

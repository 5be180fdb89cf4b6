// Verdicts on calls that are known by one text: a URL, `server/tool`, an agent, a skill.
import { displayBytes } from '../../protocol/displayBytes.ts';
import { builtIn, byMode, byRule, rulesFor } from './ruleMatch.ts';
import type { Decided, PolicyContext, PolicySubject, Rule, RuleSet } from './types.ts';

type NamedSubject = Extract<PolicySubject, { target: string }>;

export function decideNamed(
  subject: NamedSubject,
  rules: RuleSet,
  { mode }: PolicyContext,
): Decided {
  const named = rulesFor(rules, subject);
  const hits = (rule: Rule): boolean => rule.match.glob?.(subject.target) ?? true;
  const strict = named.deny.find(hits) ?? (mode === 'plan' ? undefined : named.ask.find(hits));
  if (strict !== undefined) return byRule(strict);
  const call = `${subject.group}(${displayBytes(subject.target)})`;
  if (mode === 'plan') return byMode('deny', `mode plan: ${call} is denied`);
  const visible = displayBytes(subject.target) === subject.target;
  if (!visible) return builtIn('ask', `${call} holds invisible characters`);
  const allowed = named.allow.find(hits);
  if (allowed !== undefined) return byRule(allowed);
  if (mode === 'bypass') return byMode('allow', 'mode bypass: no rule forbids it');
  const verdict = mode === 'dontAsk' ? 'deny' : 'ask';
  return byMode(verdict, `mode ${mode}: no rule allows ${call}`);
}

// Which rules of a set speak about a call, and the words that say so. Memoised per rule set; no other state.
import type { VerdictKind } from '../../protocol/calls.ts';
import { namesSubject } from './ruleNames.ts';
import type { Decided, PolicySubject, Rule, RuleSet } from './types.ts';

export type RulesByKind = Readonly<Record<VerdictKind, readonly Rule[]>>;

const memo = new WeakMap<RuleSet, Map<string, RulesByKind>>();

/** The rules whose name is this call's tool or group. */
export function rulesFor(rules: RuleSet, subject: PolicySubject): RulesByKind {
  const key = `${subject.group} ${subject.tool}`;
  const bySubject = memo.get(rules) ?? new Map<string, RulesByKind>();
  memo.set(rules, bySubject);
  const known = bySubject.get(key);
  if (known !== undefined) return known;
  const named = rules.rules.filter((rule) => namesSubject(rule.match.name, subject));
  const of = (kind: VerdictKind): Rule[] => named.filter((rule) => rule.kind === kind);
  const made = { deny: of('deny'), ask: of('ask'), allow: of('allow') };
  bySubject.set(key, made);
  return made;
}

/** The verdict of one rule, with its why line. */
export function byRule(rule: Rule, about = ''): Decided {
  const does = { deny: 'denies it', ask: 'asks', allow: 'allows it' }[rule.kind];
  const where = rule.said ?? `in ${rule.layer} settings`;
  const reason = `rule \`${rule.text}\` ${where} ${does}${about}`;
  const { kind: verdict, text, layer, place } = rule;
  return { verdict, rule: text, layer, reason, place, parts: [] };
}

export function builtIn(verdict: VerdictKind, reason: string): Decided {
  return { verdict, layer: 'built-in', reason, parts: [] };
}

export function byMode(verdict: VerdictKind, reason: string): Decided {
  return { verdict, layer: 'mode', reason, parts: [] };
}

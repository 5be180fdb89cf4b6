// Reads the text of one rule, `tool` or `tool(pattern)`, and says at which characters it goes wrong. Total.
import type { GlobCompiler } from '../ports/system.ts';
import type { VerdictKind } from '../../protocol/calls.ts';
import { didYouMean, knownRuleNames, patternKindOf } from './ruleNames.ts';
import { readPathPattern } from './rulePath.ts';
import { error, failed, trimmed } from './textProblem.ts';
import type { PatternText, RuleText, TextProblem } from './textProblem.ts';
import { parseArgvPattern, wordPattern } from './wordPattern.ts';

const MAX_PATTERN = 4096;

export function readRuleText(text: string, kind: VerdictKind, globs: GlobCompiler): RuleText {
  const parts = splitRule(text);
  if ('message' in parts) return failed(parts);
  const { name, pattern } = parts;
  const patternKind = patternKindOf(name.text);
  if (patternKind === undefined) return failed(unknownName(name));
  if (pattern === null) {
    return { matcher: { name: name.text, argv: null, glob: null, literal: null }, problems: [] };
  }
  const whole = { from: pattern.from - 1, to: pattern.from + pattern.text.length + 1 };
  if (pattern.text.trim() === '') {
    return failed(error('The pattern is empty; write a pattern or leave the brackets out.', whole));
  }
  if (pattern.text.length > MAX_PATTERN) {
    return failed(error('The pattern is too long; split it into several rules.', whole));
  }
  if (patternKind === 'none') {
    return failed(error('This tool takes no pattern; leave the brackets out.', whole));
  }
  if (patternKind === 'argv') return argvRule(name.text, pattern);
  if (patternKind === 'text') return textRule(name.text, pattern, kind);
  return readPathPattern(name.text, trimmed(pattern), { kind, globs });
}

/** Name and pattern, or the bracket that does not fit. */
function splitRule(text: string): { name: PatternText; pattern: PatternText | null } | TextProblem {
  const end = text.trimEnd().length;
  const open = text.indexOf('(');
  const stray = text.indexOf(')');
  const message = 'The brackets do not match; write tool or tool(pattern).';
  if (end === 0) {
    return error('The rule is empty; write tool or tool(pattern).', { from: 0, to: text.length });
  }
  if (open < 0 && stray < 0) return { name: trimmed({ text, from: 0 }), pattern: null };
  if (open < 0 || (stray >= 0 && stray < open))
    return error(message, { from: stray, to: stray + 1 });
  const close = closingBracket(text, open);
  if (close < 0) return error(message, { from: open, to: end });
  if (close !== end - 1) return error(message, { from: close + 1, to: end });
  const name = trimmed({ text: text.slice(0, open), from: 0 });
  return { name, pattern: { text: text.slice(open + 1, close), from: open + 1 } };
}

function closingBracket(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function unknownName({ text, from }: PatternText): TextProblem {
  const meant = didYouMean(text);
  const hint =
    meant === undefined ? `known are ${knownRuleNames().join(', ')}` : `did you mean “${meant}”?`;
  const message = `There is no tool or group of this name; ${hint}${meant === undefined ? '.' : ''}`;
  return error(message, { from, to: from + Math.max(text.length, 1) });
}

function argvRule(name: string, pattern: PatternText): RuleText {
  const argv = parseArgvPattern(pattern.text);
  const literal = pattern.text.includes('*') ? null : pattern.text;
  return { matcher: { name, argv, glob: null, literal }, problems: neverInArgv(pattern) };
}

const NEVER_WORDS: readonly [RegExp, string][] = [
  [
    /^(?:&&|\|\||[|;&]|\|&)$/,
    'A rule speaks about one command; lines are split at operators before rules look at them.',
  ],
  [/^\d?(?:>>?|<)/, 'Redirections are not part of what a rule sees; they are judged on their own.'],
  [
    /^(["']).*\1$/,
    'Quotes are taken literally here; a command’s own quotes are gone when rules look at it.',
  ],
];

/** Words that no argv ever holds this way: the rule stands, but says something else than its author thinks. */
function neverInArgv(pattern: PatternText): TextProblem[] {
  return [...pattern.text.matchAll(/[^ \t]+/g)].flatMap((found) => {
    const reason = NEVER_WORDS.find(([shape]) => shape.test(found[0]))?.[1];
    const from = pattern.from + found.index;
    return reason === undefined
      ? []
      : [{ message: reason, from, to: from + found[0].length, severity: 'warning' as const }];
  });
}

/** Deny and ask take a name in any case, and `mcp(server)` for all of the server's tools. */
function textRule(name: string, pattern: PatternText, kind: VerdictKind): RuleText {
  const text = pattern.text.trim();
  const nocase = kind !== 'allow';
  const words = [wordPattern(text)];
  if (nocase && name === 'mcp' && !text.includes('/')) words.push(wordPattern(`${text}/*`));
  const glob = (value: string): boolean => words.some((word) => word.matches(value, nocase));
  const literal = text.includes('*') ? null : text;
  return { matcher: { name, argv: null, glob, literal }, problems: [] };
}

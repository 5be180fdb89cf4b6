// Verdicts on command lines. Deny and ask see every simple command at any depth, through wrappers, paths and quoting;
// allow needs the whole line to be one plain simple command.
import type { ShellName, SimpleCommand } from '../ports/shell.ts';
import type { VerdictKind } from '../../protocol/calls.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import { aliasesOf } from './aliases.ts';
import { protectionsOf } from './protectedFiles.ts';
import { notPlain, touchesProtected } from './plainCommand.ts';
import { builtIn, byMode, byRule, rulesFor, type RulesByKind } from './ruleMatch.ts';
import type { Decided, PolicyContext, PolicySubject, Rule, RuleSet } from './types.ts';
import { wildcardGuard } from './wildcardGuard.ts';
import { isExact, matchesArgv } from './wordPattern.ts';
import { seeThrough } from './wrappers.ts';

export type ShellSubject = Extract<PolicySubject, { group: 'shell' }>;

/** How many commands of one line are listed with a verdict of their own. */
const MAX_PARTS = 500;
const MAX_SHOWN = 120;

interface Found {
  rule: Rule;
  command: SimpleCommand;
}

export function decideShell(
  subject: ShellSubject,
  rules: RuleSet,
  context: PolicyContext,
): Decided {
  const named = rulesFor(rules, subject);
  const seen = subject.parse.commands.map((command) => ({
    command,
    argvs: argvsOf(command, subject.shell),
  }));
  const denied = firstHit(named.deny, seen, subject.shell);
  if (denied !== null) return withParts(byRule(denied.rule, at(denied, subject)), subject, named);
  if (context.mode === 'plan')
    return withParts(byMode('deny', 'mode plan: commands are denied'), subject, named);
  const asked = firstHit(named.ask, seen, subject.shell);
  if (asked !== null) return withParts(byRule(asked.rule, at(asked, subject)), subject, named);
  return withParts(decideUnforbidden(subject, named, context), subject, named);
}

/** The line once no deny or ask rule has spoken. */
function decideUnforbidden(
  subject: ShellSubject,
  named: RulesByKind,
  context: PolicyContext,
): Decided {
  const { parse } = subject;
  const [command] = parse.commands;
  const shape = shapeProblem(subject);
  if (shape === null && command !== undefined) {
    const allowed = allowOf(command, subject, named);
    if (allowed.rule !== null) return byRule(allowed.rule);
    if (allowed.reason !== null && context.mode !== 'bypass')
      return unproven(allowed.reason, context);
  } else if (context.mode !== 'bypass') {
    return unproven(shape ?? 'there is no command in it', context);
  }
  return unmatched(subject, context);
}

function unmatched(subject: ShellSubject, { mode }: PolicyContext): Decided {
  const { parse } = subject;
  const call = `shell(${shown(parse.commands[0]?.raw ?? '')})`;
  if (mode === 'dontAsk') return byMode('deny', `mode dontAsk: no rule allows ${call}`);
  if (mode !== 'bypass') return byMode('ask', `mode ${mode}: no rule allows ${call}`);
  if (!parse.ok) return builtIn('ask', `${parse.problem ?? 'it could not be parsed'}`);
  if (parse.commands.length === 0) return builtIn('ask', 'there is no command in it');
  const touched = parse.commands.map(touchesProtected).find((found) => found !== null);
  if (touched !== undefined) return builtIn('ask', `${touched}`);
  return byMode('allow', 'mode bypass: no rule forbids it');
}

function unproven(reason: string, { mode }: PolicyContext): Decided {
  return mode === 'dontAsk'
    ? byMode('deny', `mode dontAsk: not allowed, ${reason}`)
    : builtIn('ask', `${reason}`);
}

/** Why the line as a whole is never allowed, or null when it is one plain simple command inside the workspace. */
function shapeProblem({ parse, cwd }: ShellSubject): string | null {
  if (!parse.ok) return parse.problem ?? 'it could not be parsed';
  if (parse.compound || parse.commands.length !== 1)
    return parse.problem ?? 'it is more than one simple command';
  if (cwd.relReal === null || cwd.relLexical === null) return 'it would run outside the workspace';
  if (protectionsOf(cwd.relReal).some((found) => found.tier === 'forbidden')) {
    return 'it would run inside a protected folder';
  }
  const [command] = parse.commands;
  if (command === undefined) return 'there is no command in it';
  // A folder below may be a repository of its own, whose configuration runs programs.
  if (command.words[0]?.text === 'git' && cwd.relReal !== '')
    return 'git would run in another folder';
  return notPlain(command);
}

interface AllowOutcome {
  rule: Rule | null;
  /** Why a rule that matches does not count; null when none matches. */
  reason: string | null;
}

function allowOf(command: SimpleCommand, subject: ShellSubject, named: RulesByKind): AllowOutcome {
  const argv = command.words.map((word) => word.text);
  const nocase = isNocase(subject.shell);
  let reason: string | null = null;
  for (const rule of named.allow) {
    const pattern = rule.match.argv ?? { words: [], rest: true };
    if (!matchesArgv(pattern, argv, nocase)) continue;
    const path = argv[0]?.includes('/') === true || argv[0]?.includes('\\') === true;
    const spelled = pattern.words[0]?.literal === true;
    const problem =
      path && (!spelled || subject.cwd.relReal !== '')
        ? 'the program is named by its path'
        : isExact(pattern)
          ? null
          : wildcardGuard(argv, pattern, subject);
    if (problem === null) return { rule, reason: null };
    reason ??= `rule \`${rule.text}\` matches, but ${problem}`;
  }
  return { rule: null, reason };
}

function firstHit(
  rules: readonly Rule[],
  seen: readonly { command: SimpleCommand; argvs: readonly (readonly string[])[] }[],
  shell: ShellName,
): Found | null {
  const index = indexOf(rules, isNocase(shell));
  if (seen.length === 0) {
    // Nothing was found in it; a rule that covers every command covers this too.
    const rule = index.any.find(
      (any) => any.match.argv === null || any.match.argv.words.length === 0,
    );
    return rule === undefined ? null : { rule, command: NOTHING };
  }
  for (const { command, argvs } of seen) {
    for (const argv of argvs) {
      const rule = hitBy(index, argv, shell);
      if (rule !== undefined) return { rule, command };
    }
  }
  return null;
}

const NOTHING: SimpleCommand = {
  raw: '',
  words: [],
  assignments: [],
  redirects: [],
  nested: false,
};

interface RuleIndex {
  byProgram: ReadonlyMap<string, readonly Rule[]>;
  any: readonly Rule[];
}

const indexes = new WeakMap<readonly Rule[], Map<boolean, RuleIndex>>();

/** Rules by their first word, so that a thousand rules cost no more than a few. */
function indexOf(rules: readonly Rule[], nocase: boolean): RuleIndex {
  const made = indexes.get(rules) ?? new Map<boolean, RuleIndex>();
  indexes.set(rules, made);
  const known = made.get(nocase);
  if (known !== undefined) return known;
  const byProgram = new Map<string, Rule[]>();
  const any: Rule[] = [];
  for (const rule of rules) {
    const first = rule.match.argv?.words[0];
    if (first?.literal !== true) {
      any.push(rule);
      continue;
    }
    const key = nocase ? first.text.toLowerCase() : first.text;
    const list = byProgram.get(key) ?? [];
    list.push(rule);
    byProgram.set(key, list);
  }
  const index = { byProgram, any };
  made.set(nocase, index);
  return index;
}

function hitBy(index: RuleIndex, argv: readonly string[], shell: ShellName): Rule | undefined {
  const nocase = isNocase(shell);
  const program = argv[0] ?? '';
  const candidates = index.byProgram.get(nocase ? program.toLowerCase() : program) ?? [];
  const matches = (rule: Rule): boolean =>
    rule.match.argv === null || matchesArgv(rule.match.argv, argv, nocase);
  return candidates.find(matches) ?? index.any.find(matches);
}

function argvsOf(command: SimpleCommand, shell: ShellName): readonly (readonly string[])[] {
  const argv = command.words.map((word) => word.text);
  const { argvs } = seeThrough(argv, shell);
  if (!isNocase(shell)) return argvs;
  return argvs.flatMap((words) =>
    aliasesOf(words[0] ?? '', shell).map((name) => [name, ...words.slice(1)]),
  );
}

function isNocase(shell: ShellName): boolean {
  return shell === 'powershell' || shell === 'cmd';
}

function at(found: Found, { parse }: ShellSubject): string {
  return parse.compound && found.command.raw !== '' ? `: ${shown(found.command.raw)}` : '';
}

function shown(text: string): string {
  const visible = displayBytes(text);
  return visible.length > MAX_SHOWN ? `${visible.slice(0, MAX_SHOWN)}…` : visible;
}

/** Adds one verdict for each simple command, so that the reader sees which part decided. */
function withParts(decided: Decided, subject: ShellSubject, named: RulesByKind): Decided {
  const { commands, compound, ok } = subject.parse;
  const parts = commands.slice(0, MAX_PARTS).map((command) => {
    const part =
      commands.length === 1 && !compound && ok ? decided : partVerdict(command, subject, named);
    return { text: command.raw, verdict: part.verdict, reason: part.reason };
  });
  return { ...decided, parts };
}

function partVerdict(
  command: SimpleCommand,
  subject: ShellSubject,
  named: RulesByKind,
): { verdict: VerdictKind; reason: string } {
  const seen = [{ command, argvs: argvsOf(command, subject.shell) }];
  const hit = firstHit(named.deny, seen, subject.shell) ?? firstHit(named.ask, seen, subject.shell);
  if (hit !== null) return byRule(hit.rule);
  const shape = subject.parse.ok
    ? notPlain(command)
    : (subject.parse.problem ?? 'it could not be parsed');
  if (shape !== null) return { verdict: 'ask', reason: shape };
  const allowed = allowOf(command, subject, named);
  if (allowed.rule !== null) return byRule(allowed.rule);
  return { verdict: 'ask', reason: allowed.reason ?? 'no rule allows it' };
}

// Verdicts on command lines. Deny and ask see every simple command at any depth, through wrappers, paths and quoting;
// allow needs the whole line read for certain and every part of it allowed.
import type { SimpleCommand } from '../ports/shell.ts';
import { displayShort } from '../../protocol/displayBytes.ts';
import { gitProblem } from './gitGuard.ts';
import { commandsWithNames } from './globNames.ts';
import { lineProblem, partOutcome, type PartOutcome } from './lineAllow.ts';
import type { ShellSubject } from './place.ts';
import { touchesProtected } from './plainCommand.ts';
import { firstHit, seenIn, type Found } from './ruleIndex.ts';
import { builtIn, byMode, byRule, rulesFor, type RulesByKind } from './ruleMatch.ts';
import type { Decided, PolicyContext, Rule, RuleSet } from './types.ts';

/** How many commands of one line are listed with a verdict of their own. */
const MAX_PARTS = 500;
const MAX_SHOWN = 120;

type Part = Decided['parts'][number];

export function decideShell(
  subject: ShellSubject,
  rules: RuleSet,
  context: PolicyContext,
): Decided {
  const named = rulesFor(rules, subject);
  const { parse, shell } = subject;
  const expanded = commandsWithNames(parse.commands, subject.globs);
  const seen = [...parse.commands, ...expanded].map((command) => seenIn(command, shell));
  const denied = firstHit(named.deny, seen, shell);
  if (denied !== null) return withParts(byRule(denied.rule, at(denied, subject)), subject, named);
  if (context.mode === 'plan')
    return withParts(byMode('deny', 'mode plan: commands are denied'), subject, named);
  const asked = firstHit(named.ask, seen, shell);
  if (asked !== null) return withParts(byRule(asked.rule, at(asked, subject)), subject, named);
  const decided = decideUnforbidden(subject, named, context);
  return decided.verdict === 'allow' && decided.parts.length > 0
    ? decided
    : withParts(decided, subject, named);
}

/** The line once no deny or ask rule has spoken. */
function decideUnforbidden(
  subject: ShellSubject,
  named: RulesByKind,
  context: PolicyContext,
): Decided {
  const { commands } = subject.parse;
  const line = lineProblem(subject);
  if (line !== null) {
    return context.mode === 'bypass' ? unmatched(subject, context) : unproven(line, context);
  }
  const outcomes: PartOutcome[] = [];
  for (const command of commands) {
    const outcome = partOutcome(command, subject, named.allow);
    if (outcome.kind === 'asked') {
      if (outcome.reason === null || context.mode === 'bypass')
        return unmatched(subject, context, command);
      return unproven(`${outcome.reason}${of(command, subject)}`, context);
    }
    outcomes.push(outcome);
  }
  const allowing = new Set(outcomes.flatMap((o) => (o.kind === 'allowed' ? [o.rule] : [])));
  // A grant is what the reader least expects: it is told first.
  const [first, ...more] = [...allowing].sort((a, b) => Number(isGrant(b)) - Number(isGrant(a)));
  if (first === undefined) {
    return context.mode === 'bypass'
      ? unmatched(subject, context)
      : unproven('it does nothing but change the folder', context);
  }
  return { ...byRules(first, more), parts: outcomes.slice(0, MAX_PARTS).map(partOf(commands)) };
}

const isGrant = ({ layer }: Rule): boolean => layer === 'grant';

/** One verdict for all the rules that allow the parts. */
function byRules(first: Rule, more: readonly Rule[]): Decided {
  const others = more.map((rule) => `\`${rule.text}\``).join(', ');
  return byRule(first, others === '' ? '' : `, and ${others} the other parts`);
}

function partOf(commands: readonly SimpleCommand[]): (outcome: PartOutcome, i: number) => Part {
  return (outcome, i) => ({ text: commands[i]?.raw ?? '', ...spoken(outcome) });
}

function spoken(outcome: PartOutcome): Pick<Part, 'verdict' | 'reason'> {
  switch (outcome.kind) {
    case 'allowed': {
      const { verdict, reason } = byRule(outcome.rule);
      return { verdict, reason };
    }
    case 'neutral':
      return { verdict: 'allow', reason: 'it goes to a folder of the workspace' };
    case 'asked':
      return { verdict: 'ask', reason: outcome.reason ?? 'no rule allows it' };
  }
}

function unmatched(
  subject: ShellSubject,
  { mode }: PolicyContext,
  command = subject.parse.commands[0],
): Decided {
  const { parse } = subject;
  const call = `shell(${displayShort(command?.raw ?? '', MAX_SHOWN)})`;
  if (mode === 'dontAsk') return byMode('deny', `mode dontAsk: no rule allows ${call}`);
  if (mode !== 'bypass') return byMode('ask', `mode ${mode}: no rule allows ${call}`);
  if (!parse.ok) return builtIn('ask', parse.problem ?? 'it could not be parsed');
  if (parse.commands.length === 0) return builtIn('ask', 'there is no command in it');
  const touched = parse.commands
    .map((command) => touchesProtected(command) ?? gitProblem(command, subject))
    .find((found) => found !== null);
  if (touched !== undefined) return builtIn('ask', touched);
  return byMode('allow', 'mode bypass: no rule forbids it');
}

function unproven(reason: string, { mode }: PolicyContext): Decided {
  return mode === 'dontAsk'
    ? byMode('deny', `mode dontAsk: not allowed, ${reason}`)
    : builtIn('ask', reason);
}

function at(found: Found, subject: ShellSubject): string {
  return found.command.raw === '' ? '' : of(found.command, subject);
}

/** Which part of a line of several is meant. */
function of(command: SimpleCommand, { parse }: ShellSubject): string {
  return parse.compound ? `: ${displayShort(command.raw, MAX_SHOWN)}` : '';
}

/** Adds one verdict for each simple command, so that the reader sees which part decided. */
function withParts(decided: Decided, subject: ShellSubject, named: RulesByKind): Decided {
  const { commands, compound, ok } = subject.parse;
  const alone = commands.length === 1 && !compound && ok;
  const parts = commands.slice(0, MAX_PARTS).map((command) => {
    const { verdict, reason } = alone ? decided : partVerdict(command, subject, named);
    return { text: command.raw, verdict, reason };
  });
  return { ...decided, parts };
}

function partVerdict(
  command: SimpleCommand,
  subject: ShellSubject,
  named: RulesByKind,
): Pick<Part, 'verdict' | 'reason'> {
  const { shell } = subject;
  const seen = [seenIn(command, shell)];
  const hit = firstHit(named.deny, seen, shell) ?? firstHit(named.ask, seen, shell);
  if (hit !== null) {
    const { verdict, reason } = byRule(hit.rule);
    return { verdict, reason };
  }
  const line = lineProblem(subject);
  return line === null
    ? spoken(partOutcome(command, subject, named.allow))
    : { verdict: 'ask', reason: line };
}

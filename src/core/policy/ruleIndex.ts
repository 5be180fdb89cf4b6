// Finds the deny and ask rules that hit a command, by its program, at any depth and through wrappers.
import type { ShellName, SimpleCommand } from '../ports/shell.ts';
import { aliasesOf } from './aliases.ts';
import type { Rule } from './types.ts';
import { matchesArgv } from './wordPattern.ts';
import { seenThrough } from './wrappers.ts';

export interface Found {
  rule: Rule;
  command: SimpleCommand;
}

/** A command with every argv that deny and ask must see in it. */
export interface Seen {
  command: SimpleCommand;
  argvs: readonly (readonly string[])[];
}

export function isNocase(shell: ShellName): boolean {
  return shell === 'powershell' || shell === 'cmd';
}

export function seenIn(command: SimpleCommand, shell: ShellName): Seen {
  const { argvs } = seenThrough(command, shell);
  if (!isNocase(shell)) return { command, argvs };
  const named = argvs.flatMap((words) =>
    aliasesOf(words[0] ?? '', shell).map((name) => [name, ...words.slice(1)]),
  );
  return { command, argvs: named };
}

/** The first rule that hits one of the commands, in the order of the commands. */
export function firstHit(
  rules: readonly Rule[],
  seen: readonly Seen[],
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
  ...{ raw: '', words: [], assignments: [], redirects: [], nested: false },
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

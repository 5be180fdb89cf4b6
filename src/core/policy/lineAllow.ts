// Which allow rule covers one command of a line that was read for certain, or why none does.
import type { SimpleCommand } from '../ports/shell.ts';
import { aliasesOf } from './aliases.ts';
import { gitProblem } from './gitGuard.ts';
import { protectionsOf } from './protectedFiles.ts';
import { isHarmless, isInput, notPlain } from './plainCommand.ts';
import { withNames } from './globNames.ts';
import { changesShell, isInterpreter } from './neverByWildcard.ts';
import {
  folderProblem,
  foldersOf,
  keyOf,
  operandProblem,
  placeOf,
  type Place,
  type ShellSubject,
} from './place.ts';
import { listFor } from './readOnlyOptions.ts';
import type { Rule } from './types.ts';
import { wildcardGuard } from './wildcardGuard.ts';
import { isExact, matchesArgv } from './wordPattern.ts';
import { isNocase } from './ruleIndex.ts';
import { runsOperands } from './wrappers.ts';

export type PartOutcome =
  | { kind: 'allowed'; rule: Rule }
  /** `cd` to a folder of the workspace: needs no rule. */
  | { kind: 'neutral' }
  /** A rule matches or the shape forbids it; `null` when it is only that no rule names it. */
  | { kind: 'asked'; reason: string | null };

/** Why the line as a whole is never allowed, or null. */
export function lineProblem({ parse, cwd }: ShellSubject): string | null {
  if (!parse.ok || !parse.certain) return parse.problem ?? 'it could not be parsed';
  if (cwd.relReal === null || cwd.relLexical === null) return 'it would run outside the workspace';
  if (protectionsOf(cwd.relReal).some((found) => found.tier === 'forbidden')) {
    return 'it would run inside a protected folder';
  }
  return parse.commands.length === 0 ? 'there is no command in it' : null;
}

/** The verdict of the allow rules on one command, in every folder it may run in. */
export function partOutcome(
  command: SimpleCommand,
  subject: ShellSubject,
  allow: readonly Rule[],
): PartOutcome {
  const shape = notPlain(command);
  if (shape !== null) return { kind: 'asked', reason: shape };
  const folders = foldersOf(command);
  if (folders === null)
    return { kind: 'asked', reason: 'it cannot be told in which folder it runs' };
  let outcome: PartOutcome | null = null;
  for (const folder of folders) {
    const place = placeOf(subject, folder);
    const reason = folderProblem(place);
    const named = withNames(command, place);
    const here =
      reason !== null
        ? asked(reason)
        : typeof named === 'string'
          ? asked(named)
          : outcomeIn(named, place, allow);
    if (here.kind === 'asked') return here;
    outcome ??= here;
  }
  const git = outcome?.kind === 'allowed' ? gitProblem(command, subject) : null;
  if (git !== null) return asked(git);
  return outcome ?? asked('it cannot be told in which folder it runs');
}

function outcomeIn(command: SimpleCommand, place: Place, allow: readonly Rule[]): PartOutcome {
  const argv = command.words.map((word) => word.text);
  if (isPlainCd(command, place)) {
    const target = argv.at(-1) ?? '';
    const problem = folderProblem({ ...place, folder: keyOf(place.folder, target) });
    return problem === null ? { kind: 'neutral' } : asked(problem);
  }
  const unsuited = unsuitedProblem(command, place);
  if (unsuited !== null) return asked(unsuited);
  const own = matched(argv, place, isAsRemembered(command, place) ? allow : withoutGrants(allow));
  if (own.kind === 'allowed') return own;
  const inner = unwrapped(argv, place);
  if (inner === null) return own;
  const wrapped = { ...command, words: command.words.slice(argv.length - inner.length) };
  const problem = unsuitedProblem(wrapped, place);
  if (problem !== null) return asked(problem);
  return matched(inner, place, withoutGrants(allow));
}

/** What was remembered is these words alone: with another folder, input or variable they may do something else. */
function isAsRemembered(command: SimpleCommand, { folder, subject }: Place): boolean {
  const { fed, redirects, assignments, words } = command;
  if (folder !== '' || subject.cwd.relReal !== '' || words.some(({ glob }) => glob)) return false;
  return fed !== true && assignments.length === 0 && !redirects.some(isInput);
}

function withoutGrants(allow: readonly Rule[]): readonly Rule[] {
  return allow.filter(({ layer }) => layer !== 'grant');
}

function asked(reason: string): PartOutcome {
  return { kind: 'asked', reason };
}

function isPlainCd({ words, assignments }: SimpleCommand, { subject }: Place): boolean {
  const [program, ...rest] = words;
  const drive = subject.shell === 'cmd' && /^\/d$/i.test(rest[0]?.text ?? '');
  const [target, more] = drive ? rest.slice(1) : rest;
  if (assignments.length > 0 || target === undefined || more !== undefined) return false;
  const name = program?.text ?? '';
  const known =
    subject.shell === 'powershell'
      ? /^(?:cd|set-location)$/i.test(name)
      : subject.shell === 'cmd'
        ? /^(?:cd|chdir)$/i.test(name)
        : name === 'cd';
  return known && !target.glob && !/^-|^$|\$/.test(target.text);
}

/** What no rule changes: the command's neighbours, its input, its folder. */
function unsuitedProblem(command: SimpleCommand, place: Place): string | null {
  const { subject, folder } = place;
  const argv = command.words.map((word) => word.text);
  const program = argv[0] ?? '';
  const moved = folder !== '';
  if (subject.parse.compound && changes(argv))
    return `${program} changes the shell for what follows`;
  // A folder below may be a repository of its own, whose configuration runs programs.
  if (program === 'git' && (moved || subject.cwd.relReal !== ''))
    return 'git would run in another folder';
  const runner = isInterpreter(program) || runsOperands(program);
  if (moved && (runner || /[\\/]/.test(program)))
    return `after cd, ${program} may be or run another file`;
  if (command.fed === true && subject.shell === 'powershell' && readsPiped(program, subject)) {
    return `${program} would read the files it is fed`;
  }
  if (command.fed === true && runner) return `${program} may run what it is fed`;
  return inputProblem(command, place, argv);
}

function changes(argv: readonly string[]): boolean {
  const [program = '', option = ''] = argv;
  return changesShell(program) || (program === 'printf' && option.startsWith('-v'));
}

/** Cmdlets that take names from the pipeline; Select-String does where the line lists files. */
function readsPiped(program: string, subject: ShellSubject): boolean {
  const names = aliasesOf(program, 'powershell');
  if (names.some((name) => TAKES_NAMES.has(name))) return true;
  return (
    names.includes('select-string') &&
    subject.parse.commands.some(({ words }) => {
      const given = aliasesOf(words[0]?.text ?? '', 'powershell');
      return given.some((name) => TAKES_NAMES.has(name) && name !== 'get-content');
    })
  );
}

const TAKES_NAMES: ReadonlySet<string> = new Set(
  'get-content get-childitem get-item get-filehash test-path resolve-path split-path join-path set-location'.split(
    ' ',
  ),
);

/** Files and text may only be fed to programs that do nothing but read. */
function inputProblem(
  command: SimpleCommand,
  place: Place,
  argv: readonly string[],
): string | null {
  for (const redirect of command.redirects) {
    if (!isInput(redirect) || redirect.target === null) continue;
    const { text } = redirect.target;
    if (text === '/dev/null') continue;
    if (listFor(argv, place.subject.shell)?.reader !== true)
      return `it is fed by ${redirect.raw.split('\n')[0] ?? ''}`;
    const problem = redirect.operator === '<' ? operandProblem(place, text) : null;
    if (problem !== null) return problem;
  }
  return null;
}

function matched(argv: readonly string[], place: Place, allow: readonly Rule[]): PartOutcome {
  const nocase = isNocase(place.subject.shell);
  let reason: string | null = null;
  for (const rule of allow) {
    const pattern = rule.match.argv ?? { words: [], rest: true };
    if (!matchesArgv(pattern, argv, nocase && rule.layer !== 'grant')) continue;
    const problem =
      pathProgram(argv, rule, place) ??
      (isExact(pattern) ? exactProblem(argv, place) : wildcardGuard(argv, pattern, place));
    if (problem === null) return { kind: 'allowed', rule };
    reason ??= `rule \`${rule.text}\` matches, but ${problem}`;
  }
  return { kind: 'asked', reason };
}

function pathProgram(
  argv: readonly string[],
  rule: Rule,
  { folder, subject }: Place,
): string | null {
  if (!/[\\/]/.test(argv[0] ?? '')) return null;
  const spelled = rule.match.argv?.words[0]?.literal === true;
  return spelled && folder === '' && subject.cwd.relReal === ''
    ? null
    : 'the program is named by its path';
}

/** An exact rule names its files from where the line starts; in another folder they are others. */
function exactProblem(argv: readonly string[], { folder }: Place): string | null {
  if (folder === '') return null;
  const file = argv.slice(1).find((word) => !word.startsWith('-') && /[\\/]|\.\w+$/.test(word));
  return file === undefined ? null : `after cd, ${file} is another file`;
}

const MAX_WRAPPERS = 3;

/** The command inside wrappers that change nothing of it, or null: for allow only the plainest forms count. */
function unwrapped(argv: readonly string[], { subject }: Place): readonly string[] | null {
  if (isNocase(subject.shell)) return null;
  let rest = argv;
  for (let i = 0; i < MAX_WRAPPERS; i += 1) {
    const skipped = wrapperWords(rest);
    if (skipped === 0) break;
    rest = rest.slice(skipped);
  }
  const [program] = rest;
  return rest.length === argv.length || program === undefined || /^-|=/.test(program) ? null : rest;
}

/** How many words of a harmless wrapper stand in front. */
function wrapperWords([program = '', ...words]: readonly string[]): number {
  const [first = '', second = ''] = words;
  switch (program) {
    case 'command':
      return 1;
    case 'time':
      return first === '-p' ? 2 : 1;
    case 'timeout':
      return /^\d+(?:\.\d+)?[smhd]?$/.test(first) ? 2 : 0;
    case 'nice':
      return first === '-n' && /^\d+$/.test(second) ? 3 : 1;
    case 'env': {
      const end = words.findIndex((word) => !isSetting(word));
      return end < 0 ? 0 : end + 1;
    }
    default:
      return 0;
  }
}

function isSetting(word: string): boolean {
  const at = word.indexOf('=');
  return at > 0 && isHarmless(word.slice(0, at), { text: word.slice(at + 1), literal: true });
}

// What a wildcard in a matching allow rule does not cover: options that may run programs or write files, operands that
// leave the workspace or name secrets. Words that the rule spells out are the user's own and are not judged.
import type { ResolvedPath } from '../ports/workspace.ts';
import type { ArgvPattern, PolicySubject } from './types.ts';
import { operandsOf, type SplitWords } from './optionWords.ts';
import { piecesOf } from './plainCommand.ts';
import { protectionsOf } from './protectedFiles.ts';
import { NEVER_BY_WILDCARD, NEVER_SUBCOMMANDS } from './neverByWildcard.ts';
import type { OptionList } from './optionList.ts';
import { READ_ONLY } from './readOnlyOptions.ts';
import { runsOperands } from './wrappers.ts';

type ShellSubject = Extract<PolicySubject, { group: 'shell' }>;

/** With the tool spelled out after these, the wildcard covers that tool's operands. */
const RUNNERS: ReadonlySet<string> = new Set([
  'python -m',
  'python3 -m',
  'bundle exec',
  'poetry run',
  'uv run',
]);

/** Why the wildcard does not cover these words, or null when it does. */
export function wildcardGuard(
  argv: readonly string[],
  pattern: ArgvPattern,
  subject: ShellSubject,
): string | null {
  const program = (argv[0] ?? '').toLowerCase();
  const command = `${program} ${argv[1] ?? ''}`;
  const spelled = (i: number): boolean => pattern.words[i]?.literal === true;
  if (program === 'npx' && spelled(0) && spelled(1) && READ_ONLY.has(argv[1] ?? '')) {
    // The package is the user's choice; what follows is judged as the tool itself.
    return wildcardGuard(argv.slice(1), { ...pattern, words: pattern.words.slice(1) }, subject);
  }
  const list = READ_ONLY.get(command) ?? READ_ONLY.get(program);
  if (list === undefined) {
    const unsafe = unlistedProgram(argv, spelled);
    if (unsafe !== null) return unsafe;
  }
  const known = list !== undefined && READ_ONLY.has(command) ? 2 : 1;
  const words = argv.map((text, i) => ({ text, spelled: i < known || spelled(i) })).slice(known);
  const split = list === undefined ? plainOperands(words) : operandsOf(words, list);
  if (typeof split === 'string') return split;
  return secretWords(words) ?? pathProblem(split, list, subject);
}

function unlistedProgram(argv: readonly string[], spelled: (i: number) => boolean): string | null {
  const [program = '', sub = ''] = argv;
  const folded = program.toLowerCase();
  if (!spelled(0)) return `it does not name the program (${program})`;
  const runner = spelled(1) && spelled(2) && RUNNERS.has(`${folded} ${sub}`);
  if (!runner && (runsOperands(folded) || NEVER_BY_WILDCARD.has(folded))) {
    return `${program} can run other programs or write files, so only an exact rule allows it`;
  }
  if (NEVER_SUBCOMMANDS.has(`${folded} ${sub}`)) return `${program} ${sub} needs an exact rule`;
  const multi = [
    'git',
    'npm',
    'npx',
    'pnpm',
    'yarn',
    'cargo',
    'go',
    'pnpx',
    'bunx',
    'dotnet',
    'gh',
  ];
  if (multi.includes(folded) && argv.length > 1 && !spelled(1)) {
    return `it does not name the sub-command (${program} ${sub})`;
  }
  return null;
}

/** For a program without a list: operands only, and none that looks like a setting. */
function plainOperands(words: readonly { text: string; spelled: boolean }[]): SplitWords | string {
  const paths: string[] = [];
  for (const { text, spelled } of words) {
    if (spelled) continue;
    if (text.startsWith('-') && text !== '-') return `it does not name the option ${text}`;
    if (/^[@+]/.test(text) || /^[A-Za-z_][\w.-]*\+?=/.test(text) || text.includes('::')) {
      return `it does not name the operand ${text}`;
    }
    if (/\$\(|`/.test(text)) return 'an operand holds text that some programs run';
    paths.push(text);
  }
  return { paths, recursive: false };
}

function secretWords(words: readonly { text: string; spelled: boolean }[]): string | null {
  for (const { text, spelled } of words) {
    if (spelled) continue;
    if (text.includes('%G')) return 'the format runs a signature check';
    const secret = piecesOf(text)
      .flatMap(protectionsOf)
      .find((found) => found.tier !== 'runsCode');
    if (secret !== undefined) return `${text} names a protected file (${secret.what})`;
  }
  return null;
}

function pathProblem(
  split: SplitWords,
  list: OptionList | undefined,
  subject: ShellSubject,
): string | null {
  const resolved = new Map(subject.operands?.map((operand) => [operand.input, operand]));
  for (const text of split.paths) {
    const path = resolved.get(text);
    if (path === undefined) return `the operand ${text} was not resolved`;
    const drive = (subject.shell === 'powershell' || subject.shell === 'cmd') && text.includes(':');
    if (drive) return `the operand ${text} names a drive`;
    const problem = operandProblem(path, list === undefined);
    if (problem !== null) return `the operand ${text} ${problem}`;
    if (split.recursive && path.relReal === '')
      return 'it would search the whole workspace, secrets too';
  }
  if (split.recursive && split.paths.length === 0 && subject.cwd.relReal === '') {
    return 'it would search the whole workspace, secrets too';
  }
  return null;
}

function operandProblem(path: ResolvedPath, mayWrite: boolean): string | null {
  if (path.relReal === null || path.relLexical === null) return 'lies outside the workspace';
  if (path.special === true) return 'is not a regular file';
  if (path.relReal.includes('\\')) return 'holds a backslash';
  const found = [...protectionsOf(path.relReal), ...protectionsOf(path.relLexical)];
  const [worst] = found.filter((one) => mayWrite || one.tier !== 'runsCode');
  return worst === undefined ? null : `is a protected file (${worst.what})`;
}

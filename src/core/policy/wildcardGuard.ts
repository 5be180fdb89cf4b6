// What a wildcard in a matching allow rule does not cover: programs without an option list, options that are not on it,
// operands that leave the workspace or name secrets. Words that the rule spells out are the user's own and not judged.
import type { ArgvPattern } from './types.ts';
import { operandsOf, testWords, type SplitWords, type Word } from './optionWords.ts';
import { piecesOf } from './plainCommand.ts';
import { oddName } from './pathNames.ts';
import { globProblem, hasWildcard } from './globNames.ts';
import { lookUp, operandProblem, type Place } from './place.ts';
import { protectionsOf } from './protectedFiles.ts';
import { changesShell, isInterpreter } from './neverByWildcard.ts';
import { listFor } from './readOnlyOptions.ts';
import { runsOperands } from './wrappers.ts';

/** Runners of one tool: once the rule spells the tool out, the words behind it are judged as the tool's. */
const RUNNERS: readonly (readonly string[])[] = [
  ['npx'],
  ['npx', '--no-install'],
  ['npx', '--no'],
  ['pnpm', 'exec'],
  ['pnpm'],
  ['yarn'],
  ['bunx'],
  ['bundle', 'exec'],
  ['poetry', 'run'],
  ['uv', 'run'],
  ['pipenv', 'run'],
  ['python', '-m'],
  ['python3', '-m'],
];

/** Why the wildcard does not cover these words, or null when it does. */
export function wildcardGuard(
  argv: readonly string[],
  pattern: ArgvPattern,
  place: Place,
): string | null {
  const program = argv[0] ?? '';
  const moved = place.folder !== '';
  const spelled = (i: number): boolean =>
    pattern.words[i]?.literal === true && (!moved || i === 0 || argv[i]?.includes('/') !== true);
  if (!spelled(0)) return `it does not name the program (${program})`;
  if (argv.length === 2 && argv[1] === '--version') return null;
  const listed = listFor(argv, place.subject.shell);
  if (listed === null) return withoutList(argv, pattern, place);
  const { list, words: known, reader } = listed;
  const unnamed = argv.slice(0, known).findIndex((_, i) => !spelled(i));
  if (list.named === true && unnamed >= 0) return `it does not name ${argv[unnamed] ?? ''}`;
  const words = argv.slice(known).map((text, i) => ({ text, spelled: spelled(known + i) }));
  const split =
    list.operands === 'test' ? testWords(words, program) : operandsOf(words, list, !reader);
  if (typeof split === 'string') return split;
  return secretWords(words, split, program) ?? filesProblem(split, place, { program, reader });
}

/** Behind a runner that the rule spells out with its tool, the tool's list; else only an exact rule will do. */
function withoutList(argv: readonly string[], pattern: ArgvPattern, place: Place): string | null {
  const program = argv[0] ?? '';
  for (const runner of RUNNERS) {
    const named = [...runner, ''].every((word, i) => {
      const own = pattern.words[i];
      return own?.literal === true && (word === '' || (own.text === word && argv[i] === word));
    });
    const tool = argv[runner.length] ?? '-';
    if (
      !named ||
      tool.startsWith('-') ||
      listFor(argv.slice(runner.length), place.subject.shell) === null
    )
      continue;
    const rest = { ...pattern, words: pattern.words.slice(runner.length) };
    return wildcardGuard(argv.slice(runner.length), rest, place);
  }
  if (runsOperands(program) || isInterpreter(program) || changesShell(program)) {
    return `${program} can run other programs or change the shell, so only an exact rule allows it`;
  }
  const name = argv.length > 1 ? `${program} ${argv[1] ?? ''}` : program;
  return `no option list says what is harmless for ${name}, so only an exact rule allows it`;
}

/** Globs that git expands by itself; others could select hidden files. */
const ORDINARY_PATHS =
  /^(?:[\w-][\w.-]*\/)*\*\.(?!env|pem|key|p12|pfx)[A-Za-z0-9]{1,6}$|^:?(?:[!^]|\(exclude\))|@\{/;

function secretWords(words: readonly Word[], split: SplitWords, program: string): string | null {
  for (const word of words) {
    const { text, spelled } = word;
    if (spelled) continue;
    // Some shells evaluate what printf takes for a number.
    if (program === 'printf' && /\$\(|`/.test(text))
      return 'an operand holds text that some shells run';
    if (program === 'git' && text.includes('%G')) return 'the format runs a signature check';
    // What is left out is not read.
    if (/^--exclude(?:-dir)?=/.test(text)) continue;
    if (split.texts.some((harmless) => harmless.text === text)) continue;
    const secret = piecesOf(text)
      .flatMap(protectionsOf)
      .find((found) => found.tier !== 'runsCode');
    if (secret !== undefined) return `${text} names a protected file (${secret.what})`;
  }
  return null;
}

function filesProblem(
  split: SplitWords,
  place: Place,
  { program, reader }: { program: string; reader: boolean },
): string | null {
  const windows = place.subject.shell === 'powershell' || place.subject.shell === 'cmd';
  const whole = 'it would search the whole workspace, secrets too';
  for (const text of split.paths) {
    if (text === '-' || (text === '/dev/null' && program !== 'git')) continue;
    if (program === 'git' && /[*?[]/.test(text) && !ORDINARY_PATHS.test(text))
      return `it does not name the files ${text}`;
    const named = !reader && isTarget(text);
    for (const one of windows && !named ? listedIn(text) : [text]) {
      const odd =
        windows && !named && program !== 'git' ? windowsProblem(one, place, program) : null;
      const problem = odd ?? operandProblem(place, one);
      if (problem !== null) return problem;
    }
    if (split.recursive && lookUp(place, text)?.relReal === '') return whole;
  }
  const here = place.folder === '' && place.subject.cwd.relReal === '';
  return split.recursive && split.paths.length === 0 && here ? whole : null;
}

/** `test:unit`, `./...`: a script's name, packages of the project. */
function isTarget(text: string): boolean {
  return /^[A-Za-z][\w-]+(?::[\w-]+)+$|^\.\/(?:[\w-]+\/)*\.\.\.$/.test(text);
}

/** `a,b`: cmdlets take lists apart. */
function listedIn(text: string): string[] {
  return text.includes(',') ? [text, ...text.split(',').filter((one) => one !== '')] : [text];
}

/** They show no more than the names in a folder. */
const LISTS_NAMES: ReadonlySet<string> = new Set(
  'dir tree get-childitem gci ls test-path resolve-path get-item'.split(' '),
);

/** `C:x`, `Env:x`, lists, which cmdlets and cmd's own commands take apart, and names of devices. */
function windowsProblem(text: string, place: Place, program: string): string | null {
  if (hasWildcard(text) && !LISTS_NAMES.has(program.toLowerCase())) {
    const problem = globProblem(text, place, program);
    if (problem !== null) return problem;
    return null;
  }
  if (/[;:]/.test(text)) return `the operand ${text} may name a drive or several files`;
  const name = lookUp(place, text)?.relReal ?? '';
  const odd = name === '' ? null : oddName(name);
  return odd === null ? null : `the operand ${text} ${odd}`;
}

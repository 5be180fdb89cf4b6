// Which of the files that the user has not seen one simple command would run: because its program runs such files, because
// its words name one, or because its program is one. Too many only make the answer stricter. Pure.
import type { SimpleCommand } from '../ports/shell.ts';
import type { UnseenFile } from '../../protocol/calls.ts';
import { commandsWithNames } from './globNames.ts';
import { changesShell, isInterpreter } from './neverByWildcard.ts';
import { foldPath } from './pathNames.ts';
import { foldersOf, lookUp, placeOf, type Place, type ShellSubject } from './place.ts';
import { runnerOf, runsOf, wouldRun } from './projectCode.ts';
import { kindOfFile } from './projectFiles.ts';
import { hasList } from './readOnlyOptions.ts';
import { seenIn } from './ruleIndex.ts';
import type { Runs } from './runner.ts';
import { runsOperands } from './wrappers.ts';

type Argv = readonly string[];

export function unseenOf(command: SimpleCommand, subject: ShellSubject): UnseenFile[] {
  const { unseen = [] } = subject;
  // What a glob stands for is named as if it were written.
  const all = [command, ...commandsWithNames([command], subject.globs)];
  const argvs = all.flatMap((one) => argvsOf(one, subject));
  const places = (foldersOf(command) ?? ['']).map((folder) => placeOf(subject, folder));
  const runs = argvs.flatMap(runsOf);
  if (places.some((place) => isWorkspaceProgram(argvs, place))) runs.push('any');
  const named = new Set(
    places.flatMap((place) => argvs.flatMap(namesIn).flatMap((word) => keysIn(place, word))),
  );
  const checkers = argvs.flatMap((argv) =>
    argv.filter((word) => word.length > 3 && isChecker(word)),
  );
  return unseen.filter((file) => {
    const kind = kindOfFile(file.path);
    return (
      runs.some((one) => wouldRun(one, kind)) ||
      (kind.kind !== 'never' && isPlugIn(checkers, file)) ||
      keysOf(file).some((key) => named.has(key))
    );
  });
}

/**
 * The command, by its base name and as it is written, and those inside it. Of a program that the table knows only what stands
 * there: `node --check x` is not `node x`.
 */
function argvsOf(command: SimpleCommand, { shell }: ShellSubject): Argv[] {
  const { argvs } = seenIn(command, shell);
  const [own] = argvs;
  if (own === undefined) return [];
  const [program = ''] = own;
  if (HANDLERS.has(program)) return argvs.filter(([name]) => name === program);
  if (runnerOf(own) === null || runsOperands(program)) return [...argvs];
  return argvs.filter((argv) => isWhole(argv, own));
}

/** The same words behind the program, however that is named. */
function isWhole(argv: Argv, own: Argv): boolean {
  return argv.length === own.length && argv.slice(1).every((word, at) => word === own[at + 1]);
}

/** A program that lies in the workspace may run any of its neighbours. */
function isWorkspaceProgram(argvs: readonly Argv[], place: Place): boolean {
  const [own = []] = argvs;
  const wraps = runsOperands(own[0] ?? '');
  return argvs.some((argv) => {
    const [program = ''] = argv;
    if (!/[\\/]/.test(program) || !(wraps || isWhole(argv, own))) return false;
    const path = lookUp(place, program);
    if (path === undefined) return !/^(?:[\\/]|[A-Za-z]:)/.test(program);
    return path.relReal !== null && !path.isDirectory;
  });
}

/** What a checker loads is code like any other: `tools/eslint-rules/x.js`. */
function isPlugIn(checkers: readonly string[], { path }: UnseenFile): boolean {
  if (checkers.length === 0) return false;
  const folded = keyOf(path);
  return checkers.some((checker) => folded.includes(checker));
}

function isChecker(word: string): boolean {
  return runnerOf([word])?.runner.runs === 'settings';
}

/** The words of an argv that its program would run when they are files: all of them, those behind certain options, or none. */
function namesIn(argv: Argv): string[] {
  return [argv[0] ?? '', ...operandsRun(argv, runsOf(argv))];
}

function operandsRun(argv: Argv, runs: readonly Runs[]): string[] {
  const [program = '', ...words] = argv;
  if (runs.some((one) => one !== 'settings' && one !== 'nothing')) return words.flatMap(formsOf);
  if (runs.length > 0) return words.flatMap((word, at) => loadedBy(word, words[at - 1]));
  return isHandler(program) ? [] : words.flatMap(formsOf);
}

/** It shows, moves or compares files, or hands them to the command behind it, which is judged by itself. */
function isHandler(program: string): boolean {
  if (hasList(program) || HANDLERS.has(program) || runsOperands(program)) return true;
  // The number before the program, of a wrapper.
  if (/^[-+\d]/.test(program)) return true;
  return changesShell(program) && !isInterpreter(program);
}

const HANDLERS: ReadonlySet<string> = new Set(
  `git gh hub glab cp mv rm mkdir rmdir touch ln chmod chown install rsync scp tar zip unzip gzip gunzip bzip2 xz less more bat nano code
   codium open xdg-open tee ed diff patch dos2unix unix2dos curl wget jq yq file stat shellcheck shfmt clang-format`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

/** Options of checkers whose value is loaded. */
const LOADING =
  /^(?:-[rcfp]|--(?:require|import|loader|plugins?|config|rulesdir|parser|format(?:ter)?|preset|project|tsconfig|configuration|settings|rcfile|load-plugins))$/;

function loadedBy(word: string, before: string | undefined): string[] {
  if (word.startsWith('-')) return word.includes('=') ? [word.slice(word.indexOf('=') + 1)] : [];
  return before !== undefined && LOADING.test(before) ? [word] : [];
}

/** A word, and what of it may be a file beside a `=` or `:`, or behind a short option. */
function formsOf(word: string): string[] {
  const parts = ['=', ':'].flatMap((mark) => {
    const at = word.indexOf(mark);
    return at < 0 ? [] : [word.slice(0, at), word.slice(at + 1)];
  });
  return [word, ...parts, ...(/^-[A-Za-z]./.test(word) ? [word.slice(2)] : [])];
}

/** Where a word leads, as far as it was resolved, and where it looks as if it led. */
function keysIn(place: Place, word: string): string[] {
  if (word === '') return [];
  const path = lookUp(place, word);
  const found = path === undefined ? [] : [path.real, path.relReal, path.relLexical];
  const below = [place.subject.cwd.relReal ?? '', place.folder, word];
  const looks = lexical(below.filter((part) => part !== '').join('/'));
  return [...found, looks].flatMap((text) => (text === null || text === '' ? [] : [keyOf(text)]));
}

function lexical(path: string): string {
  const made: string[] = [];
  for (const segment of path.replace(/\\/g, '/').split('/')) {
    if (segment === '..') made.pop();
    else if (segment !== '.' && segment !== '') made.push(segment);
  }
  return made.join('/');
}

const keys = new WeakMap<UnseenFile, readonly string[]>();

function keysOf(file: UnseenFile): readonly string[] {
  const known = keys.get(file) ?? [keyOf(file.path), keyOf(file.real)];
  keys.set(file, known);
  return known;
}

/** Folded: some file systems take other spellings for the same file. */
function keyOf(path: string): string {
  return foldPath(path).join('/');
}

// Which files of the project a program would run without being told their names: looks the program up in the tables
// (projectPrograms.ts, languagePrograms.ts). One that is not there runs what it is told by name and nothing else.
import { LANGUAGE_PROGRAMS } from './languagePrograms.ts';
import type { FileKind } from './projectFiles.ts';
import { PROJECT_PROGRAMS } from './projectPrograms.ts';
import type { Runner, Runs } from './runner.ts';

const RUNNERS: readonly Runner[] = [...PROJECT_PROGRAMS, ...LANGUAGE_PROGRAMS];

const BY_NAME = new Map(RUNNERS.flatMap((runner) => runner.names.map((name) => [name, runner])));
const MAX_NAME = 3;

/** The entry for a command and how many words name it, by its first three, two or one words; null when there is none. */
export function runnerOf(argv: readonly string[]): { runner: Runner; words: number } | null {
  const [program = '', ...rest] = argv;
  const plain = program.toLowerCase().replace(/\.(?:exe|cmd|bat|com|ps1|phar)$/, '');
  const unversioned = plain.replace(
    /^(python|pip|php|ruby|perl|lua|node|pypy|gcc|clang)[\d.]+$/,
    '$1',
  );
  for (let words = Math.min(MAX_NAME, argv.length); words > 0; words -= 1) {
    for (const name of new Set([plain, unversioned])) {
      const runner = BY_NAME.get([name, ...rest.slice(0, words - 1)].join(' '));
      if (runner !== undefined) return { runner, words };
    }
  }
  return null;
}

/** Flags of the programs that hand on, which say nothing of what runs. */
const PLAIN_FLAGS =
  /^(?:-y|--yes|--no|--no-install|-q|--quiet|-s|--silent|--frozen|--locked|--offline|--)$/;

/** All that an argv runs of the project without naming it; empty when its program is not in the table. */
export function runsOf(argv: readonly string[]): Runs[] {
  const found = runnerOf(argv);
  if (found === null) return [];
  const { runner, words } = found;
  if (runner.hands !== true) return [runner.runs];
  let at = words;
  while (PLAIN_FLAGS.test(argv[at] ?? '')) at += 1;
  const [name = '', ...rest] = argv.slice(at);
  if (name === '') return [runner.runs];
  const inner = name.startsWith('-') ? null : runnerOf([withoutVersion(name), ...rest]);
  if (inner !== null) return [runner.runs, inner.runner.runs];
  return [runner.runs === 'settings' || name.startsWith('-') ? 'any' : runner.runs];
}

/** `@scope/tool@1.2` as `tool`. */
function withoutVersion(name: string): string {
  const bare = name.replace(/^(@[^/]+\/)?/, '');
  return bare.replace(/(.)@[^@]*$/, '$1');
}

/** Whether a program that runs these would run such a file without being told its name. */
export function wouldRun(runs: Runs, file: FileKind): boolean {
  if (runs === 'nothing') return false;
  switch (file.kind) {
    case 'never':
      return false;
    case 'settings':
      return true;
    case 'unknown':
      return runs !== 'settings';
    case 'code':
      if (runs === 'any') return true;
      return runs !== 'settings' && runs.some((language) => file.languages.has(language));
  }
}

// What a wildcard in an allow rule covers, program by program: options that neither run programs, nor write files, nor
// load code, nor read lists of files. A program or an option that is not here asks.
import type { ShellName } from '../ports/shell.ts';
import { aliasesOf } from './aliases.ts';
import { BUILD_OPTIONS } from './buildOptions.ts';
import { CHECKER_OPTIONS } from './checkerOptions.ts';
import { FILE_OPTIONS } from './fileOptions.ts';
import { GIT_OPTIONS } from './gitOptions.ts';
import type { OptionList, OptionLists } from './optionList.ts';
import { SERVICE_OPTIONS } from './serviceOptions.ts';
import { TEXT_OPTIONS } from './textOptions.ts';
import { TOOL_OPTIONS } from './toolOptions.ts';
import { CMD_OPTIONS, POWERSHELL_OPTIONS } from './windowsOptions.ts';

interface Listed {
  list: OptionList;
  /** How many words name it: program, sub-command and so on. */
  words: number;
  /** Only reads, so that anything may be fed to it. */
  reader: boolean;
}

type Lists = ReadonlyMap<string, OptionList>;

/** Maps, so that no name can reach a prototype. */
const READERS = mapOf(TEXT_OPTIONS, FILE_OPTIONS, GIT_OPTIONS);
const TOOLS = mapOf(TOOL_OPTIONS, BUILD_OPTIONS, CHECKER_OPTIONS, SERVICE_OPTIONS);
const POWERSHELL = mapOf(POWERSHELL_OPTIONS);
const CMD = mapOf(CMD_OPTIONS);
const GIT = mapOf(GIT_OPTIONS);
const MAX_NAME = 3;

/** The list for a command, found by its first three, two or one words. */
export function listFor(argv: readonly string[], shell: ShellName): Listed | null {
  const maps = mapsFor(argv[0] ?? '', shell);
  for (let words = Math.min(MAX_NAME, argv.length); words > 0; words -= 1) {
    for (const name of namesOf(argv.slice(0, words), shell)) {
      const readers = maps.readers.find((map) => map.has(name))?.get(name);
      if (readers !== undefined) return { list: readers, words, reader: true };
      const tool = maps.tools ? TOOLS.get(name) : undefined;
      if (tool !== undefined) return { list: tool, words, reader: false };
    }
  }
  return null;
}

/** Whether some list is about this program. */
export function hasList(program: string): boolean {
  return PROGRAMS.has(program);
}

const PROGRAMS: ReadonlySet<string> = new Set(
  [READERS, TOOLS, POWERSHELL, CMD].flatMap((map) =>
    [...map.keys()].map((name) => name.split(' ')[0] ?? ''),
  ),
);

function mapsFor(program: string, shell: ShellName): { readers: Lists[]; tools: boolean } {
  if (shell === 'cmd') return { readers: [CMD, GIT], tools: true };
  if (shell !== 'powershell') return { readers: [READERS], tools: true };
  // `ls`, `cat`, `sort`: there these are cmdlets.
  const alias = aliasesOf(program, shell).length > 1;
  return { readers: alias ? [POWERSHELL] : [POWERSHELL, READERS], tools: true };
}

/** Names are in lower case where the shell folds them. */
function namesOf([program = '', ...rest]: readonly string[], shell: ShellName): string[] {
  const programs =
    shell === 'powershell' || shell === 'cmd' ? aliasesOf(program, shell) : [program];
  return programs.map((name) => [name, ...rest].join(' '));
}

function mapOf(...groups: OptionLists[]): Lists {
  return new Map(groups.flatMap((lists) => Object.entries(lists)));
}

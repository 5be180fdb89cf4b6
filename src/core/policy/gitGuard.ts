// What a repository's own configuration means for the commands of a line: an allow for git does not cover programs that the
// repository brings along.
import { displayShort } from '../../protocol/displayBytes.ts';
import { aspectsOf, firstHazard } from '../git/hazards.ts';
import type { GitFacts, GitRepositories } from '../ports/git.ts';
import type { ShellName, ShellParse, SimpleCommand } from '../ports/shell.ts';
import type { ResolvedPath } from '../ports/workspace.ts';
import { foldersOf, type ShellSubject } from './place.ts';
import { seenIn } from './ruleIndex.ts';

const MAX_SHOWN = 80;

/** Why git would do more here than the command says, or null; also for git behind wrappers. */
export function gitProblem(command: SimpleCommand, { shell, git }: ShellSubject): string | null {
  const calls = gitCalls(command, shell);
  if (calls.length === 0) return null;
  if (git === undefined) return 'the repository’s git configuration was not looked at';
  const [problem] = git.problems;
  if (problem !== undefined) return problem;
  const hazard = firstHazard(git.settings, calls.flatMap(aspectsOf));
  if (hazard === null) return null;
  const value = hazard.value === null ? '' : ` = ${displayShort(hazard.value, MAX_SHOWN)}`;
  return `the repository’s git configuration ${hazard.why}: ${displayShort(hazard.name, MAX_SHOWN)}${value}`;
}

/** Whether the line runs git anywhere, as a deny would see it. */
export function holdsGit(parse: ShellParse, shell: ShellName): boolean {
  return parse.commands.some((command) => gitCalls(command, shell).length > 0);
}

/** For the `git` of a shell subject: the configuration in every folder that the line's git may run in. */
export async function gitFactsFor(
  parse: ShellParse,
  at: { cwd: ResolvedPath; shell: ShellName },
  repositories: GitRepositories,
): Promise<GitFacts> {
  const folders = new Set<string>();
  for (const command of parse.commands) {
    if (gitCalls(command, at.shell).length === 0) continue;
    // What runs in an unknown folder asks anyway.
    for (const folder of foldersOf(command) ?? ['']) folders.add(folder);
  }
  const all = await Promise.all(
    [...folders].map((folder) => repositories.factsOf(below(at.cwd, folder))),
  );
  return {
    settings: all.flatMap((facts) => facts.settings),
    problems: all.flatMap((facts) => facts.problems),
  };
}

function below({ real }: ResolvedPath, folder: string): string {
  if (folder === '') return real;
  return /^(?:[\\/]|[A-Za-z]:)/.test(folder) ? folder : `${real}/${folder}`;
}

/** The words behind each `git` in a command. A program of git's own, such as git-lfs, has no sub-command that only reads. */
function gitCalls(command: SimpleCommand, shell: ShellName): (readonly string[])[] {
  return seenIn(command, shell).argvs.flatMap((argv) => {
    const [program = '', ...words] = argv;
    const name = program.slice(program.search(/[^\\/]*$/)).replace(/\.exe$/i, '');
    if (/^git$/i.test(name)) return [words];
    return /^git-/i.test(name) ? [[]] : [];
  });
}

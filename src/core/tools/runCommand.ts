// run_command: one command line in a fresh, non-interactive shell.
import { z } from 'zod';
import { osText, pathArg } from './args.ts';
import { commandResult, startedText } from './commandResult.ts';
import { needsFolder, shownPath } from './paths.ts';
import { SHELL_BUILTINS } from './shellBuiltins.ts';
import {
  defineTool,
  type DescribeContext,
  type Described,
  type Performed,
  type PerformContext,
} from './tool.ts';
import { gitFactsFor, holdsGit } from '../policy/gitGuard.ts';
import { globNames } from '../policy/globNames.ts';
import { listFolders, resolveOperands } from '../policy/operands.ts';
import { unseenRunBy } from '../policy/unseen.ts';
import type { ShellSubject } from '../policy/place.ts';
import type { CommandPart, CommandProposal } from '../../protocol/calls.ts';
import type { ShellParse, SimpleCommand } from '../ports/shell.ts';
import type { Files, ResolvedPath } from '../ports/workspace.ts';

const DEFAULT_TIMEOUT_MS = 120_000;
const MAX_TIMEOUT_MS = 600_000;
/** Linux hands a program at most 128 KiB in one argument. */
const MAX_COMMAND = 100_000;

const schema = z.strictObject({
  command: osText(MAX_COMMAND)
    .refine((value) => value.trim() !== '', { message: 'is empty' })
    .describe('The command line, for bash (PowerShell on Windows).'),
  cwd: pathArg()
    .optional()
    .describe('Folder to run in, inside the workspace. Default: the workspace folder.'),
  timeout_ms: z
    .int()
    .min(1)
    .max(MAX_TIMEOUT_MS)
    .optional()
    .describe(
      `Milliseconds after which it is stopped. Default ${DEFAULT_TIMEOUT_MS}, at most ${MAX_TIMEOUT_MS}; in the background it has no default.`,
    ),
  background: z
    .boolean()
    .optional()
    .describe(
      'For what does not end by itself, like a server: the result comes at once with an id, and the command goes on. ' +
        'read_command_output reads what it prints, stop_command ends it.',
    ),
});

type Args = z.infer<typeof schema>;

export const runCommand = defineTool({
  name: 'run_command',
  group: 'shell',
  description:
    'Runs a command line in a fresh non-interactive shell and returns its exit code and output. Nothing is kept between calls: ' +
    'no variables, no current folder. There is no input to type into, and what it leaves running is stopped, ' +
    'unless it runs as a whole with background: true. ' +
    'Keep to one simple command: it is easier for the user to approve.',
  schema,
  describe: describeRunCommand,
  perform: async (proposal, _args, context) => {
    if (proposal.kind !== 'command') {
      return { outcome: 'error', text: 'The proposal is not a command.' };
    }
    const { command, shell, shellPath, cwd, env, timeoutMs } = proposal;
    const spec = { command, shell, shellPath, cwd, env, timeoutMs };
    if (proposal.background === true) return startInBackground(proposal, context);
    const ended = await context.effects.runCommand(spec, context.onOutput, context.signal);
    return commandResult(ended, timeoutMs);
  },
});

/** The result comes with its start; its end is said where its output is read. */
async function startInBackground(
  { command, shell, shellPath, cwd, env, timeoutMs, cwdShown }: CommandProposal,
  { commands, effects, at }: PerformContext,
): Promise<Performed> {
  if (!commands) return { outcome: 'error', text: `Not run: ${NO_BACKGROUND}` };
  const spec = { command, shell, shellPath, cwd, env, timeoutMs, endless: true } as const;
  const started = await commands.start(at, { spec, cwdShown }, effects);
  if (!started.ok) {
    return { outcome: 'error', text: `The command could not be started: ${started.message}` };
  }
  return startedText(started.row, started.output);
}

async function describeRunCommand(args: Args, context: DescribeContext): Promise<Described> {
  const { files, shells, shellParser } = context;
  const refused = needsFolder(files);
  if (refused !== null) return { ok: false, message: refused };
  if (args.background === true && !context.commands) return { ok: false, message: NO_BACKGROUND };
  const found = shells.defaultShell();
  if ('error' in found) return { ok: false, message: `No command can be run: ${found.error}` };
  const cwd = await files.resolve(args.cwd ?? '.');
  const badCwd = refusedCwd(cwd);
  if (badCwd !== null) return { ok: false, message: badCwd };
  const parse = await shellParser.parse(args.command, found.shell);
  const globs = await globNames(parse, found.shell, listFolders(cwd, files));
  const operands = await resolveOperands(parse, cwd, files, globs);
  const at = { cwd, shell: found.shell };
  const git = holdsGit(parse, found.shell)
    ? { git: await gitFactsFor(parse, at, gitOf(context)) }
    : {};
  const expanded = globs.length > 0 ? { globs } : {};
  const facts = {
    operands,
    ...expanded,
    ...git,
    ...(context.unseen && { unseen: context.unseen }),
  };
  const subject: ShellSubject = { group: 'shell', tool: 'run_command', ...at, parse, ...facts };
  const unseen = unseenRunBy(subject);
  return {
    ok: true,
    proposal: {
      kind: 'command',
      command: args.command,
      shell: found.shell,
      shellPath: found.path,
      cwd: cwd.real,
      cwdShown: files.roots.length > 1 ? cwd.real : shownPath(cwd),
      env: {},
      ...lasting(args),
      parts: await describeParts(parse, cwd, context),
      ...(unseen.length > 0 && { unseen }),
    },
    subject,
  };
}

/** In the background it runs until it ends, unless the agent says for how long. */
function lasting(args: Args): Pick<CommandProposal, 'timeoutMs' | 'background'> {
  if (args.background !== true) return { timeoutMs: args.timeout_ms ?? DEFAULT_TIMEOUT_MS };
  return { timeoutMs: args.timeout_ms ?? null, background: true };
}

const NO_BACKGROUND =
  'No command can go on in the background here: this process ends with the turn, and its commands with it. ' +
  'Run it without `background`, with a time-out, or leave it to the user.';

/** A git that is found nowhere but in the workspace is somebody else's. */
function gitOf({ git, shells }: DescribeContext): DescribeContext['git'] {
  if (shells.which('git') !== undefined) return git;
  const problems = ['git was not found outside the workspace'];
  return { factsOf: async () => ({ settings: [], problems }) };
}

function refusedCwd(cwd: ResolvedPath): string | null {
  const shown = shownPath(cwd);
  if (cwd.relReal === null) {
    return `cwd ${shown} is outside the workspace. Commands run in a workspace folder; name other places in the command.`;
  }
  if (!cwd.exists) return `cwd ${shown} does not exist.`;
  return cwd.isDirectory ? null : `cwd ${shown} is not a folder.`;
}

/** One part for each simple command, in the order of the parse; the policy step gives each its verdict. */
async function describeParts(
  parse: ShellParse,
  cwd: ResolvedPath,
  context: DescribeContext,
): Promise<CommandPart[]> {
  const parts: CommandPart[] = [];
  const known = new Map<string, string | undefined>();
  const shells = {
    ...context.shells,
    which: (program: string) => {
      if (!known.has(program)) known.set(program, context.shells.which(program));
      return known.get(program);
    },
  };
  for (const command of parse.commands) {
    const program = await programOf(command, parse, { cwd, context: { ...context, shells } });
    const part = { text: command.raw, verdict: 'ask' as const, reason: '' };
    parts.push(program === undefined ? part : { ...part, program });
  }
  return parts;
}

/** The absolute path of the program, as far as it is certain before the shell runs. */
async function programOf(
  command: SimpleCommand,
  parse: ShellParse,
  at: { cwd: ResolvedPath; context: DescribeContext },
): Promise<string | undefined> {
  const word = command.words[0];
  if (!word?.literal || word.glob || word.text === '') return undefined;
  if (command.assignments.some(({ name }) => name === 'PATH')) return undefined;
  if (!/[/\\]/.test(word.text)) {
    return SHELL_BUILTINS.has(word.text) ? undefined : at.context.shells.which(word.text);
  }
  if (isAbsolute(word.text)) return at.context.shells.which(word.text);
  // An earlier `cd` would change what a relative path means.
  return parse.compound ? undefined : relativeProgram(word.text, at.cwd, at.context.files);
}

async function relativeProgram(
  program: string,
  cwd: ResolvedPath,
  files: Files,
): Promise<string | undefined> {
  const path = await files.resolve(`${cwd.real}/${program}`);
  return path.exists && !path.isDirectory ? path.real : undefined;
}

function isAbsolute(path: string): boolean {
  return /^(?:[/\\]|[A-Za-z]:[/\\])/.test(path);
}

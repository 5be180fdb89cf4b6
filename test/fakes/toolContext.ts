// Contexts for calling tools in tests: memory files, effects that record what they were told to do.
import { createMemoryFiles, type MemoryFiles } from './memoryFiles.ts';
import { systemTexts } from '../../src/node/system.ts';
import type { Proposal } from '../../src/protocol/calls.ts';
import type { ShellParse, ShellWord, SimpleCommand } from '../../src/core/ports/shell.ts';
import type {
  CommandOutcome,
  CommandSpec,
  Effects,
  FileChange,
  FileMove,
  Files,
  Shells,
  WriteOutcome,
} from '../../src/core/ports/workspace.ts';
import type {
  DescribeContext,
  Described,
  Performed,
  PerformContext,
  Tool,
} from '../../src/core/tools/tool.ts';

export interface ToolWorld {
  files: Files;
  describeContext: DescribeContext;
  performContext: PerformContext;
  changes: FileChange[];
  moves: FileMove[];
  commands: CommandSpec[];
  output: string[];
  /** What the next effects answer. */
  answers: { write: WriteOutcome; command: CommandOutcome };
}

export const DONE: CommandOutcome = {
  exitCode: 0,
  signal: null,
  timedOut: false,
  cancelled: false,
  startError: null,
  output: 'fine\n',
  fullOutput: null,
  durationMs: 12,
};

export function toolWorld(
  files: MemoryFiles | Files = createMemoryFiles(),
  options: { overlay?: Map<string, string | null>; signal?: AbortSignal; shells?: Shells } = {},
): ToolWorld {
  const changes: FileChange[] = [];
  const moves: FileMove[] = [];
  const commands: CommandSpec[] = [];
  const output: string[] = [];
  const answers: ToolWorld['answers'] = { write: { kind: 'written' }, command: DONE };
  const effects: Effects = {
    writeFile: async (change) => {
      changes.push(change);
      return answers.write;
    },
    moveFile: async (move) => {
      moves.push(move);
      return answers.write;
    },
    runCommand: async (spec, onOutput) => {
      commands.push(spec);
      onOutput(answers.command.output, 'stdout');
      return answers.command;
    },
  };
  const shells: Shells = options.shells ?? {
    defaultShell: () => ({ shell: 'bash', path: '/bin/bash' }),
    which: (program) => (program === 'npm' ? '/usr/bin/npm' : undefined),
  };
  return {
    files,
    changes,
    moves,
    commands,
    output,
    answers,
    describeContext: {
      files,
      shells,
      git: { factsOf: async () => ({ settings: [], problems: [] }) },
      shellParser: { parse: async (command) => splitOnBlanks(command) },
      texts: systemTexts,
      overlay: options.overlay ?? new Map(),
    },
    performContext: {
      files,
      texts: systemTexts,
      effects,
      at: { threadId: 't1', turnId: 'u1', callId: 'c1' },
      onOutput: (chunk) => output.push(chunk),
      signal: options.signal ?? new AbortController().signal,
    },
  };
}

/** The proposal and subject, or a failure of the test. */
export async function describeOk(
  tool: Tool,
  args: unknown,
  world: ToolWorld,
): Promise<Extract<Described, { ok: true }>> {
  const described = await tool.describe(args, world.describeContext);
  if (!described.ok) throw new Error(`refused: ${described.message}`);
  return described;
}

/** The message of a call that cannot be done. */
export async function refusal(tool: Tool, args: unknown, world: ToolWorld): Promise<string> {
  const described = await tool.describe(args, world.describeContext);
  if (described.ok) throw new Error('was not refused');
  return described.message;
}

/** Describes and performs, as an allowed call would be. */
export async function runTool(
  tool: Tool,
  args: unknown,
  world: ToolWorld,
): Promise<Performed & { proposal: Proposal }> {
  const { proposal } = await describeOk(tool, args, world);
  return { proposal, ...(await tool.perform(proposal, args, world.performContext)) };
}

/** A parse good enough for words without quotes, joined by `&&`. */
export function splitOnBlanks(command: string): ShellParse {
  const commands = command.split('&&').map((part) => simple(part.trim()));
  return { ok: true, certain: true, problem: null, compound: commands.length > 1, commands };
}

function simple(raw: string): SimpleCommand {
  const words = raw.split(' ').map((text): ShellWord => {
    return { raw: text, text, literal: !text.includes('$'), glob: text.includes('*') };
  });
  return { raw, words, assignments: [], redirects: [], nested: false };
}

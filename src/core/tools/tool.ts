// What a tool is: a name, a schema, a side-effect-free description of what it would do, and the doing.
// Tools keep no state between calls.
import type { z } from 'zod';
import type { CallOutcome, Proposal, UnseenFile } from '../../protocol/calls.ts';
import type { PolicySubject } from '../policy/types.ts';
import type { GitRepositories } from '../ports/git.ts';
import type { CallPlace, Commands } from '../ports/commands.ts';
import type { Effects, Files, Shells } from '../ports/workspace.ts';
import type { ShellParser } from '../ports/shell.ts';
import type { Texts } from '../ports/system.ts';
import type { UndoStore } from '../ports/undoStore.ts';

/** File contents as earlier edits of the same batch would leave them, by real path; null means deleted. */
type Overlay = ReadonlyMap<string, string | null>;

export interface DescribeContext {
  files: Files;
  shells: Shells;
  git: GitRepositories;
  shellParser: ShellParser;
  texts: Texts;
  overlay: Overlay;
  /** Files that the user has not seen since the agent edited them unasked; for commands. */
  unseen?: readonly UnseenFile[];
  /** What earlier turns changed; for undo. */
  undo?: UndoStore;
  /** Absent where no command can go on in the background. */
  commands?: Commands;
}

/** What the call would do, or why it cannot be done; `message` goes to the model as an error result. */
export type Described =
  | { ok: true; proposal: Proposal; subject: PolicySubject }
  /** `nothing`: all is so already. */
  | { ok: false; message: string; nothing?: true };

export interface PerformContext {
  files: Files;
  texts: Texts;
  /** Valid for this one call. */
  effects: Effects;
  /** Which call it is. */
  at: CallPlace;
  commands?: Commands;
  /** Output as it arrives, for the card. */
  onOutput: (chunk: string) => void;
  signal: AbortSignal;
}

export interface Performed {
  outcome: Extract<CallOutcome, 'ok' | 'error' | 'cancelled'>;
  /** What the model is told. */
  text: string;
  /** The whole output where `text` holds only its head and tail; kept, not sent to the model. */
  fullOutput?: string;
  /** An edit that failed wrote something all the same. */
  differs?: boolean;
}

export interface Tool {
  name: string;
  group: PolicySubject['group'];
  description: string;
  schema: z.ZodType;
  /** No side effects. `args` were parsed by `schema`. */
  describe(args: unknown, context: DescribeContext): Promise<Described>;
  /** Runs exactly what the frozen proposal says, nothing from the arguments that it does not say. */
  perform(proposal: Proposal, args: unknown, context: PerformContext): Promise<Performed>;
  /** For edit tools whose arguments name exactly the text that they replace, so that the rest of any file stays as it is. */
  replacesExactly?: boolean;
  /** Called by the host for the human, never by a model, which is not told of it. Always asked. */
  hostOnly?: boolean;
  /** For edit tools: the proposal with the human's whole new text in place of the agent's. */
  withContent?(proposal: Proposal, content: string, context: DescribeContext): Proposal;
}

/** Typed front of `Tool` for one tool's file: `schema` gives the type of `args`. */
export function defineTool<S extends z.ZodType>(tool: {
  name: string;
  group: PolicySubject['group'];
  description: string;
  schema: S;
  describe(args: z.infer<S>, context: DescribeContext): Promise<Described>;
  perform(proposal: Proposal, args: z.infer<S>, context: PerformContext): Promise<Performed>;
  replacesExactly?: boolean;
  hostOnly?: boolean;
  withContent?(proposal: Proposal, content: string, context: DescribeContext): Proposal;
}): Tool {
  const { schema } = tool;
  return {
    ...tool,
    describe: async (args, context) => tool.describe(schema.parse(args), context),
    perform: async (proposal, args, context) => tool.perform(proposal, schema.parse(args), context),
  };
}

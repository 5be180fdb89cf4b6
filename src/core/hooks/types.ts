// What a hook is at each step: as its file says it, as it would run here, and as the user looked at it. Plain data.
import { z } from 'zod';

/** Whose names of tools and arguments a hook was written for. */
export type HookDialect = 'claude' | 'vscode' | 'copilot';

/** The event as the file spells it; it says in which form the hook is told of the call. */
export type HookEvent = 'PreToolUse' | 'preToolUse';

/** One hook as its file says it. Every field was looked at; none says yet that it can run here. */
export interface HookEntry {
  /** Relative to its workspace folder, with `/`. */
  file: string;
  /** Where in the file: `PreToolUse[0].hooks[1]`. */
  place: string;
  event: HookEvent;
  dialect: HookDialect;
  /** Null: every tool. */
  matcher: string | null;
  command: string;
  shell: 'bash' | 'powershell';
  cwd: string | null;
  env: Record<string, string>;
  timeoutSeconds: number;
}

/** Why a file, or one hook of it, does not count. */
export interface HookProblem {
  file: string;
  /** Null: the whole file. */
  place: string | null;
  message: string;
}

export interface ParsedHookFile {
  entries: HookEntry[];
  problems: HookProblem[];
  /** Events that Countersign never runs hooks of, with how many entries each has. */
  unsupported: { event: string; count: number }[];
}

/** A workspace file that a command names, and what is in it. */
const BoundFile = z.object({ path: z.string(), sha256: z.string() });
export type BoundFile = z.infer<typeof BoundFile>;

/** Everything that determines what runs, and when. An acknowledgement is bound to the hash of exactly this. */
export const HookFacts = z.object({
  folder: z.string(),
  file: z.string(),
  event: z.enum(['PreToolUse', 'preToolUse']),
  matcher: z.string().nullable(),
  command: z.string(),
  shell: z.enum(['bash', 'powershell']),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
  timeoutSeconds: z.number(),
  files: z.array(BoundFile),
});
export type HookFacts = z.infer<typeof HookFacts>;

/** A hook that could run here. */
export interface LoadedHook {
  /** Names it among the acknowledgements: folder, file and place. */
  subject: string;
  /** For people: file and place. */
  name: string;
  dialect: HookDialect;
  facts: HookFacts;
  /** The facts as they are shown and kept. */
  text: string;
  /** SHA-256 of `text`. */
  hash: string;
}

export interface LoadedProblem {
  /** What it makes unreadable: the subject of one hook, or the beginning of those of a file or folder. */
  subject: string;
  /** For people: file, and place if it is about one hook. */
  name: string;
  message: string;
}

/** All hooks of the workspace folders as they are now. */
export interface LoadedHooks {
  hooks: LoadedHook[];
  problems: LoadedProblem[];
  unsupported: { name: string; count: number }[];
}

/** `new` and `refused` ones change nothing; what a `changed` one would match asks. Only `accepted` ones run. */
export type HookState = 'new' | 'accepted' | 'refused' | 'changed';

/** What a hook says of one call. `none`: nothing. */
export interface HookAnswer {
  decision: 'allow' | 'ask' | 'deny' | 'none';
  reason: string;
  /** New arguments, by the names that the hook was told them by. */
  updatedInput?: Record<string, unknown>;
  additionalContext?: string;
}

/** What all hooks together say of one call. */
export interface HookJudgement {
  decision: HookAnswer['decision'];
  /** Of the hook that set the decision; it names the hook. */
  reason: string;
  /** New arguments by our own names, and who made them. */
  rewritten: { args: Record<string, unknown>; by: string } | null;
  /** For the model, with the call's result. */
  context: { by: string; text: string }[];
}

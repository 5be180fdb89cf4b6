// What a tool call would do, what policy says of it and what the human decides: plain data, parsed at every edge.
import { z } from 'zod';
import { isBounded } from './bounded.ts';
import { Remember, RememberOffer } from './consent.ts';
import { Hunk } from './hunks.ts';

export const VerdictKind = z.enum(['allow', 'ask', 'deny']);
export type VerdictKind = z.infer<typeof VerdictKind>;

/** Where a rule came from. `mode` is the fallback when no rule matched; `grant` and `hook` are what the user said beforehand. */
export const RuleLayer = z.enum(['built-in', 'user', 'workspace', 'grant', 'hook', 'mode']);
export type RuleLayer = z.infer<typeof RuleLayer>;

/** What policy says of one call. `reason` is the why line: one sentence, no trailing full stop. */
export const Verdict = z.object({
  verdict: VerdictKind,
  rule: z.string().optional(),
  layer: RuleLayer,
  reason: z.string(),
});
export type Verdict = z.infer<typeof Verdict>;

/** A file change. Texts are the whole new content; hashes are sha-256 hex of the content; null means no file. */
export const EditProposal = z.object({
  kind: z.literal('edit'),
  change: z.enum(['create', 'modify', 'delete']),
  path: z.string(),
  realPath: z.string(),
  outside: z.boolean(),
  protected: z.string().optional(),
  baseHash: z.string().nullable(),
  newHash: z.string().nullable(),
  newText: z.string().nullable(),
  encoding: z.enum(['utf8', 'utf8bom']),
  /** A file that is created again and could be run as a program before. */
  executable: z.literal(true).optional(),
  added: z.number().int(),
  removed: z.number().int(),
  /** Hash of the text that the arguments were written for (null: no file), where the file changed since; else `baseHash`. */
  describedOn: z.string().nullable().optional(),
  /** All places where the new text differs from the base, each of which may be kept or dropped. */
  hunks: z.array(Hunk).optional(),
  /** For the human, where the file is not what the edit was made for: one or two sentences. */
  note: z.string().optional(),
  /** The new text would lose what others wrote: it cannot be approved as it is, only with a text of the human's own. */
  conflict: z.literal(true).optional(),
});
export type EditProposal = z.infer<typeof EditProposal>;

/** A text file that gets another name, content unchanged. Nothing may be there yet; hash as in an edit. */
export const MoveProposal = z.object({
  kind: z.literal('move'),
  path: z.string(),
  realPath: z.string(),
  to: z.string(),
  toReal: z.string(),
  /** One of the two places is outside of the workspace. */
  outside: z.boolean(),
  protected: z.string().optional(),
  baseHash: z.string(),
  lines: z.number().int(),
  /** It can be run as a program. */
  executable: z.literal(true).optional(),
});
export type MoveProposal = z.infer<typeof MoveProposal>;

/** One simple command of a command line, with its own verdict; `program` is the absolute path it resolves to. */
export const CommandPart = z.object({
  text: z.string(),
  program: z.string().optional(),
  verdict: VerdictKind,
  reason: z.string(),
});
export type CommandPart = z.infer<typeof CommandPart>;

/** A file that a command runs or loads by name, as it was when it was shown. `hash` is sha-256 of its bytes; null: nothing was there. */
export const BoundFile = z.object({
  /** As shown. */
  path: z.string(),
  /** Where the command line finds it, and where that leads. */
  lexical: z.string(),
  realPath: z.string(),
  hash: z.string().nullable(),
  size: z.number().int(),
  /** Null for what is no text. */
  lines: z.number().int().nullable(),
});
export type BoundFile = z.infer<typeof BoundFile>;

/** A file by its path as shown and its real one, with the sha-256 of what an edit left; null when it deleted the file. */
export const UnseenFile = z.object({
  path: z.string(),
  real: z.string(),
  hash: z.string().nullable(),
});
export type UnseenFile = z.infer<typeof UnseenFile>;

/** A shell command. `cwd` is absolute; `env` holds only what differs from the allow-listed environment. */
export const CommandProposal = z.object({
  kind: z.literal('command'),
  command: z.string(),
  shell: z.enum(['bash', 'powershell']),
  shellPath: z.string(),
  cwd: z.string(),
  cwdShown: z.string(),
  env: z.record(z.string(), z.string()),
  /** Null: it runs until it ends or is stopped. */
  timeoutMs: z.number().int().nullable(),
  /** It goes on after its call. */
  background: z.literal(true).optional(),
  parts: z.array(CommandPart),
  /** What it would run of edits that nobody was asked about and the user has not looked at; approving is the look. */
  unseen: z.array(UnseenFile).optional(),
  /** An approval counts only while these are so. */
  binds: z.array(BoundFile).optional(),
  /** What else it runs or loads, and why that is not held to its content. */
  unbound: z.array(z.string()).optional(),
});
export type CommandProposal = z.infer<typeof CommandProposal>;

export const QuestionOption = z.object({ label: z.string(), value: z.string() });
export type QuestionOption = z.infer<typeof QuestionOption>;

export const QuestionProposal = z.object({
  kind: z.literal('question'),
  question: z.string(),
  description: z.string().optional(),
  options: z.array(QuestionOption),
  multiSelect: z.boolean(),
});
export type QuestionProposal = z.infer<typeof QuestionProposal>;

/** A call that only reads; `target` is what it would look at, as shown. */
export const ReadProposal = z.object({
  kind: z.literal('read'),
  target: z.string(),
  realPath: z.string(),
  outside: z.boolean(),
});
export type ReadProposal = z.infer<typeof ReadProposal>;

/**
 * A call to a tool that is not Countersign's own, such as an MCP server's. `server` and `tool` are what it is sent to, `args`
 * all it is sent. What the tool says of itself (title, annotations) is a claim and no part of it.
 */
export const ToolProposal = z.object({
  kind: z.literal('tool'),
  server: z.string(),
  tool: z.string(),
  args: z.record(z.string(), z.unknown()),
  /** The description the user accepted and what it says now, where they differ. */
  redescribed: z.object({ before: z.string(), now: z.string() }).optional(),
});
export type ToolProposal = z.infer<typeof ToolProposal>;

/** What is done with a command that the agent runs in the background: its output is read, or it is stopped. */
export const RunningProposal = z.object({
  kind: z.literal('running'),
  op: z.enum(['read', 'stop']),
  id: z.string(),
  command: z.string(),
});
export type RunningProposal = z.infer<typeof RunningProposal>;

/** As rules name it: `server/tool`. */
export function toolName({ server, tool }: ToolProposal): string {
  return `${server}/${tool}`;
}

export const Proposal = z.discriminatedUnion('kind', [
  EditProposal,
  MoveProposal,
  CommandProposal,
  QuestionProposal,
  ReadProposal,
  ToolProposal,
  RunningProposal,
]);
export type Proposal = z.infer<typeof Proposal>;

export const DecisionType = z.enum([
  'approve',
  'edit',
  'reject',
  'respond',
  'mark_done',
  'run_again',
  'skip',
]);
export type DecisionType = z.infer<typeof DecisionType>;

export const JsonObject = z.record(z.string(), z.unknown());
export type JsonObject = z.infer<typeof JsonObject>;

/** Longest text in one field of a message or decision (a file's whole new text included), in UTF-16 units. */
export const MAX_TEXT = 5_000_000;

/** Most hunks that a decision may name. */
export const MAX_KEPT = 10_000;

/** Longest reason or claimed output a human may give, in UTF-16 units. */
const MAX_ANSWER = 16_000;

/**
 * One decision for one call. `edit` carries one of: new arguments (whole object), for a file its new text, or the positions of
 * the hunks that are kept.
 */
export const Decision = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('approve'), remember: Remember.optional() }),
  z.strictObject({
    type: z.literal('reject'),
    reason: z.string().max(MAX_ANSWER).optional(),
    stop: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('edit'),
    args: JsonObject.refine(
      (args) => isBounded(args, MAX_TEXT),
      'too long or nested too deeply',
    ).optional(),
    content: z.string().max(MAX_TEXT).optional(),
    hunks: z.array(z.int().min(0)).max(MAX_KEPT).optional(),
  }),
  z.strictObject({ type: z.literal('respond'), text: z.string().max(MAX_TEXT) }),
  // For a call whose outcome is unknown after a crash.
  z.strictObject({ type: z.literal('mark_done'), output: z.string().max(MAX_ANSWER).optional() }),
  z.strictObject({ type: z.literal('run_again') }),
  z.strictObject({ type: z.literal('skip') }),
]);
export type Decision = z.infer<typeof Decision>;

export const Decisions = z.record(z.string(), Decision);
export type Decisions = z.infer<typeof Decisions>;

/** What a surface sends back. Nothing in it determines the graph. `answer` is short for one question's respond. */
export const Submission = z.strictObject({
  actionId: z.string().min(1),
  proposalHash: z.string().optional(),
  decisions: Decisions.optional(),
  answer: z.string().max(MAX_TEXT).optional(),
  /** Hash of the drift that the human accepts: the turn is resumed as it was. */
  drift: z.string().max(200).optional(),
});
export type Submission = z.infer<typeof Submission>;

/** The tool of an undo, which the host calls for the human and no model can. */
export const UNDO_TOOL = 'undo_edit';

export const ActionKind = z.enum(['tool_approval', 'ask_user', 'outcome_unknown']);
export type ActionKind = z.infer<typeof ActionKind>;

/** One call of a pending action, exactly as stored, shown and printed. `proposalHash` covers callId, tool, args, proposal. */
export const ActionRequest = z.object({
  callId: z.string(),
  tool: z.string(),
  args: JsonObject,
  proposal: Proposal,
  proposalHash: z.string(),
  allowedDecisions: z.array(DecisionType),
  /** How many hunks its edit was shown with. What it writes in the end may have others. */
  changes: z.int().optional(),
  why: Verdict,
  /** What remembering it would allow. */
  remember: RememberOffer.optional(),
  /** For the human, when the call is shown anew: what happened in the meantime. */
  note: z.string().optional(),
});
export type ActionRequest = z.infer<typeof ActionRequest>;

export const TurnStatus = z.enum([
  'queued',
  'running',
  'paused',
  'finished',
  'failed',
  'cancelled',
  'expired',
  'interrupted',
]);
export type TurnStatus = z.infer<typeof TurnStatus>;

/** A turn in one of these is not over: it is decided, continued, asked again or stopped before a new message. */
export const UNFINISHED: readonly TurnStatus[] = [
  'queued',
  'running',
  'paused',
  'interrupted',
  'expired',
];

export const Mode = z.enum(['plan', 'default', 'acceptEdits', 'dontAsk', 'bypass']);
export type Mode = z.infer<typeof Mode>;

/** planned → started → done | blocked | unknown. Only the journal says what ran. */
export const CallState = z.enum(['planned', 'started', 'done', 'blocked', 'unknown']);
export type CallState = z.infer<typeof CallState>;

/** How a settled call ended, for the reader. */
export const CallOutcome = z.enum([
  'ok',
  'error',
  'denied',
  'rejected',
  'responded',
  'cancelled',
  'invalid',
]);
export type CallOutcome = z.infer<typeof CallOutcome>;

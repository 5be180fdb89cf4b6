// What the ledger says: one schema per kind of entry. Texts of files stand in it as patches and hashes only.
import { z } from 'zod';
import {
  ActionKind,
  CallOutcome,
  CallState,
  DecisionType,
  RuleLayer,
  TurnStatus,
  VerdictKind,
} from '../../protocol/calls.ts';
import { GrantScope, Remember } from '../../protocol/consent.ts';

/** A text as sealed: whole, or cut to its hash, length and head. */
const Text = z.union([
  z.string(),
  z.object({ sha256: z.string(), length: z.int(), head: z.string() }),
]);

/** Which process did it: where the user sat, or which window ran the call. */
export const Place = z.object({ host: z.string(), pid: z.int(), user: z.string().nullable() });
export type Place = z.infer<typeof Place>;

/** What a call would do, without any content. */
const Summary = z.object({
  kind: z.enum(['edit', 'move', 'command', 'question', 'read', 'tool', 'running']),
  /** Path, command line, question or what is read. */
  target: Text,
  /** Of a move: where it leads. */
  to: Text.optional(),
  change: z.enum(['create', 'modify', 'delete']).optional(),
  cwd: Text.optional(),
  /** The command would go on after its call. */
  background: z.literal(true).optional(),
  /** Names of environment variables that differ; never their values. */
  env: z.array(Text).optional(),
  baseHash: z.string().nullish(),
  newHash: z.string().nullish(),
  added: z.int().optional(),
  removed: z.int().optional(),
});
export type Summary = z.infer<typeof Summary>;

/** What policy said when it was asked. */
const Judged = z.object({
  verdict: VerdictKind,
  rule: Text.optional(),
  layer: RuleLayer,
  reason: Text,
});

const entry = <K extends string, B extends z.ZodType>(kind: K, body: B) =>
  z.object({
    at: z.int(),
    turnId: z.string().nullable(),
    callId: z.string().nullable(),
    kind: z.literal(kind),
    body,
  });

const Created = z.object({
  threadId: z.string(),
  snapshotHash: z.string(),
  /** What was read for the message; a verdict `ask` was confirmed. Null: nothing was read. */
  attached: z
    .array(z.object({ name: Text, hash: z.string(), verdict: Judged.nullable() }))
    .optional(),
  place: Place,
});

export const LedgerEntry = z.discriminatedUnion('kind', [
  entry('turn.started', Created),
  entry('turn.queued', Created),
  entry(
    'verdict',
    z.object({
      batchId: z.string(),
      index: z.int(),
      tool: Text,
      /** Null when the call was malformed: there was nothing to judge. */
      verdict: Judged.nullable(),
      proposal: Summary.nullable(),
      proposalHash: z.string().nullable(),
    }),
  ),
  entry(
    'asked',
    z.object({
      actionId: z.string(),
      kind: ActionKind,
      proposalHash: z.string(),
      callIds: z.array(Text),
      expiresAt: z.int().nullable(),
      /** Of the turn's snapshot, when it was taken anew. */
      snapshotHash: z.string().optional(),
    }),
  ),
  entry(
    'shown_anew',
    z.object({
      actionId: z.string(),
      newActionId: z.string(),
      /** Calls whose proposal is another one now. */
      proposals: z.array(z.object({ callId: Text, proposalHash: z.string(), proposal: Summary })),
    }),
  ),
  entry(
    'decision',
    z.object({
      actionId: z.string(),
      actionKind: ActionKind,
      tool: Text,
      decision: DecisionType,
      /** What the human wrote: the reason of a reject, the text of a respond, the output of a mark_done. */
      text: Text.optional(),
      stop: z.boolean().optional(),
      /** How far the human wanted the approval to be remembered. */
      remember: Remember.optional(),
      /** What the human changed, exactly. */
      patch: Text.optional(),
      /** Positions of the hunks that the human kept. */
      hunks: z.array(z.int()).optional(),
      /** Of what was shown. */
      proposalHash: z.string(),
      by: Text,
      place: Place,
      shownAt: z.int(),
      decidedAt: z.int(),
      /** Hash of what had changed since the turn's start, and was accepted. */
      acceptedDrift: z.string().optional(),
      latencyMs: z.int(),
    }),
  ),
  entry('expired', z.object({ actionId: z.string() })),
  /** All that was said in it is gone; what was decided stays recorded. */
  entry('thread.deleted', z.object({ threadId: z.string(), turns: z.int(), place: Place })),
  entry(
    'started',
    z.object({
      tool: Text,
      /** Of what runs. */
      proposalHash: z.string(),
      /** Only when it is not what was planned. */
      edited: z.object({ proposal: Summary, patch: Text.optional() }).optional(),
      /** Of what runs, when it is not what was said before the decision. */
      verdict: Judged.optional(),
      place: Place,
    }),
  ),
  entry('unstarted', z.object({ place: Place })),
  entry(
    'outcome',
    z.object({
      tool: Text,
      state: CallState,
      outcome: CallOutcome,
      /** Why it did not run, or is unknown. What a call that ran gave back stands as hash and length. */
      text: Text.optional(),
      /** What kept it from running when it was checked again. */
      verdict: Judged.optional(),
      resultHash: z.string(),
      resultLength: z.int(),
      outputHash: z.string().optional(),
      durationMs: z.int().optional(),
    }),
  ),
  /** A command in the background is over. */
  entry(
    'background.ended',
    z.object({
      commandId: z.string(),
      state: z.enum(['exited', 'stopped', 'timedOut', 'lost']),
      exitCode: z.int().nullable(),
      signal: z.string().nullable(),
      stopAskedBy: Text.nullable(),
      durationMs: z.int(),
      place: Place,
    }),
  ),
  entry(
    'grant.added',
    z.object({
      grantId: z.string(),
      scope: GrantScope,
      rule: Text,
      folder: Text.nullable(),
      by: Text,
      expiresAt: z.int().nullable(),
      uses: z.int().nullable(),
      place: Place,
    }),
  ),
  entry(
    'grant.end',
    z.object({ grantId: z.string(), expiresAt: z.int().nullable(), place: Place }),
  ),
  entry('grant.revoked', z.object({ grantId: z.string(), place: Place })),
  entry(
    'acknowledged',
    z.object({
      kind: z.enum(['allowList', 'hook']),
      subject: Text,
      /** Of what was shown. */
      hash: z.string(),
      accepted: z.boolean(),
      by: Text,
      place: Place,
    }),
  ),
  entry('consent.reset', z.object({ grants: z.int(), acknowledgements: z.int(), place: Place })),
  entry(
    'turn.moved',
    z.object({
      from: TurnStatus,
      to: TurnStatus,
      place: Place,
      acceptedDrift: z.string().optional(),
    }),
  ),
  entry(
    'turn.ended',
    z.object({
      status: TurnStatus,
      code: Text.nullable(),
      message: Text.nullable(),
      cancelledActions: z.array(z.string()),
    }),
  ),
]);
export type LedgerEntry = z.infer<typeof LedgerEntry>;

// What the ledger says: one schema per kind of entry, and the entries of each move, built from the move's own rows. Pure.
// Texts of files stand in it as patches and hashes only; seal.ts redacts and bounds every entry before it is written.
import { z } from 'zod';
import { proposalPatch, decisionPatch } from './patches.ts';
import {
  ActionKind,
  CallOutcome,
  CallState,
  DecisionType,
  RuleLayer,
  TurnStatus,
  VerdictKind,
  type ActionRequest,
  type Decision,
  type Proposal,
} from '../../protocol/calls.ts';
import type {
  ActionRow,
  ClaimAction,
  EndTurn,
  NewTurn,
  PlannedCall,
  SettleCall,
  StartCall,
} from '../ports/store.ts';
import type { Texts } from '../ports/system.ts';

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
  kind: z.enum(['edit', 'command', 'question', 'read']),
  /** Path, command line, question or what is read. */
  target: Text,
  change: z.enum(['create', 'modify', 'delete']).optional(),
  cwd: Text.optional(),
  /** Names of environment variables that differ; never their values. */
  env: z.array(Text).optional(),
  baseHash: z.string().nullish(),
  newHash: z.string().nullish(),
  added: z.int().optional(),
  removed: z.int().optional(),
});
type Summary = z.infer<typeof Summary>;

const entry = <K extends string, B extends z.ZodType>(kind: K, body: B) =>
  z.object({
    at: z.int(),
    turnId: z.string().nullable(),
    callId: z.string().nullable(),
    kind: z.literal(kind),
    body,
  });

export const LedgerEntry = z.discriminatedUnion('kind', [
  entry('turn.started', z.object({ threadId: z.string(), snapshotHash: z.string(), place: Place })),
  entry(
    'verdict',
    z.object({
      batchId: z.string(),
      index: z.int(),
      tool: Text,
      verdict: VerdictKind.nullable(),
      rule: Text.optional(),
      layer: RuleLayer.optional(),
      reason: Text.optional(),
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
      /** What the human changed, exactly. */
      patch: Text.optional(),
      /** Of what was shown. */
      proposalHash: z.string(),
      by: Text,
      place: Place,
      shownAt: z.int(),
      decidedAt: z.int(),
      latencyMs: z.int(),
    }),
  ),
  entry('expired', z.object({ actionId: z.string() })),
  entry(
    'started',
    z.object({
      tool: Text,
      /** Of what runs. */
      proposalHash: z.string(),
      /** Only when it is not what was planned. */
      edited: z.object({ proposal: Summary, patch: Text.optional() }).optional(),
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
      resultHash: z.string(),
      resultLength: z.int(),
      outputHash: z.string().optional(),
      durationMs: z.int().optional(),
    }),
  ),
  entry('turn.moved', z.object({ from: TurnStatus, to: TurnStatus, place: Place })),
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

export function turnStarted(turn: NewTurn, place: Place): LedgerEntry {
  const { id: turnId, threadId, snapshotHash, createdAt: at } = turn;
  return {
    at,
    turnId,
    callId: null,
    kind: 'turn.started',
    body: { threadId, snapshotHash, place },
  };
}

/** The verdict on a call and, for one that will never run, its outcome. */
export function callPlanned(row: PlannedCall, at: number, texts: Texts): LedgerEntry[] {
  const { turnId, callId, batchId, index, tool, proposal, proposalHash, outcome, result } = row;
  const { verdict = null, rule, layer, reason } = row.verdict ?? {};
  const why = { ...(rule !== undefined && { rule }), ...(layer && { layer }) };
  const said = reason === undefined ? {} : { reason };
  const summary = proposal && summaryOf(proposal);
  const body = { batchId, index, tool, verdict, ...why, ...said, proposal: summary, proposalHash };
  const verdictEntry: LedgerEntry = { at, turnId, callId, kind: 'verdict', body };
  if (row.state !== 'blocked' || outcome === null) return [verdictEntry];
  const settled = { turnId, callId, state: row.state, outcome, result: result ?? '', at };
  return [verdictEntry, callSettled(settled, { tool, startedAt: null }, texts)];
}

export function asked(action: ActionRow): LedgerEntry {
  const { id: actionId, turnId, kind, proposalHash, expiresAt, createdAt: at } = action;
  const callIds = action.requests.map((request) => request.callId);
  const body = { actionId, kind, proposalHash, callIds, expiresAt };
  return { at, turnId, callId: null, kind: 'asked', body };
}

/** One entry for each decided call, in the order in which they were shown. */
export function decided(
  action: ActionRow,
  claim: ClaimAction,
  by: { place: Place; texts: Texts },
): LedgerEntry[] {
  const { decisions, decidedBy, at } = claim;
  const common = {
    actionId: action.id,
    actionKind: action.kind,
    by: decidedBy,
    place: by.place,
    shownAt: action.createdAt,
    decidedAt: at,
    latencyMs: Math.max(0, at - action.createdAt),
  };
  return action.requests.flatMap((request): LedgerEntry[] => {
    const decision = Object.hasOwn(decisions, request.callId) && decisions[request.callId];
    if (!decision) return [];
    const body = { ...common, ...decisionFacts(request, decision, by.texts) };
    return [{ at, turnId: action.turnId, callId: request.callId, kind: 'decision', body }];
  });
}

function decisionFacts(request: ActionRequest, decision: Decision, texts: Texts) {
  const text = writtenText(decision);
  const patch = decisionPatch(request, decision, texts);
  return {
    tool: request.tool,
    decision: decision.type,
    proposalHash: request.proposalHash,
    ...(text !== undefined && { text }),
    ...(decision.type === 'reject' && decision.stop === true && { stop: true }),
    ...(patch !== undefined && { patch }),
  };
}

function writtenText(decision: Decision): string | undefined {
  if (decision.type === 'reject') return decision.reason;
  if (decision.type === 'respond') return decision.text;
  return decision.type === 'mark_done' ? decision.output : undefined;
}

export function actionExpired(action: { id: string; turnId: string }, at: number): LedgerEntry {
  const { id: actionId, turnId } = action;
  return { at, turnId, callId: null, kind: 'expired', body: { actionId } };
}

/** `planned` is the call as the journal has it before the start. */
export function callStarted(
  move: StartCall,
  planned: Pick<PlannedCall, 'tool' | 'proposal' | 'proposalHash'>,
  by: { place: Place; texts: Texts },
): LedgerEntry {
  const { turnId, callId, proposal, proposalHash, at } = move;
  const same = planned.proposalHash === proposalHash;
  const edited = same ? {} : { edited: editedCall(planned.proposal, proposal, by.texts) };
  const body = { tool: planned.tool, proposalHash, ...edited, place: by.place };
  return { at, turnId, callId, kind: 'started', body };
}

function editedCall(before: Proposal | null, after: Proposal, texts: Texts) {
  const patch = before ? proposalPatch(before, after, texts) : undefined;
  return { proposal: summaryOf(after), ...(patch !== undefined && { patch }) };
}

export function callUnstarted(
  call: { turnId: string; callId: string },
  at: number,
  place: Place,
): LedgerEntry {
  return { at, ...call, kind: 'unstarted', body: { place } };
}

/** `row` is the call as the journal has it. */
export function callSettled(
  move: SettleCall,
  row: { tool: string; startedAt: number | null },
  texts: Texts,
): LedgerEntry {
  const { turnId, callId, state, outcome, result, outputHash, at } = move;
  const body = {
    tool: row.tool,
    state,
    outcome,
    ...(state !== 'done' && { text: result }),
    resultHash: texts.sha256(result),
    resultLength: result.length,
    ...(typeof outputHash === 'string' && { outputHash }),
    ...(row.startedAt !== null && { durationMs: Math.max(0, at - row.startedAt) }),
  };
  return { at, turnId, callId, kind: 'outcome', body };
}

/** A recovery move: running → interrupted, or interrupted → running. */
export function turnMoved(
  turnId: string,
  move: { at: number; from: TurnStatus; to: TurnStatus },
  place: Place,
): LedgerEntry {
  const { at, from, to } = move;
  return { at, turnId, callId: null, kind: 'turn.moved', body: { from, to, place } };
}

export function turnEnded(
  move: Omit<EndTurn, 'closing' | 'from'>,
  cancelledActions: string[],
): LedgerEntry {
  const { turnId, status, code, message, at } = move;
  const body = { status, code, message, cancelledActions };
  return { at, turnId, callId: null, kind: 'turn.ended', body };
}

function summaryOf(proposal: Proposal): Summary {
  switch (proposal.kind) {
    case 'edit': {
      const { kind, change, realPath, baseHash, newHash, added, removed } = proposal;
      return { kind, target: realPath, change, baseHash, newHash, added, removed };
    }
    case 'command': {
      const { kind, command, cwd, env } = proposal;
      return { kind, target: command, cwd, env: Object.keys(env).sort() };
    }
    case 'question':
      return { kind: proposal.kind, target: proposal.question };
    case 'read':
      return { kind: proposal.kind, target: proposal.target };
  }
}

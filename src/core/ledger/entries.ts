// The entries of each move, built from the move's own rows. Pure; seal.ts redacts and bounds them before they are written.
import { decisionPatch, proposalPatch } from './patches.ts';
import { canonicalJson } from '../base/json.ts';
import type { LedgerEntry, Place, Summary } from './entrySchema.ts';
import { toolName } from '../../protocol/calls.ts';
import type { ActionRequest, Decision, Proposal, TurnStatus } from '../../protocol/calls.ts';
import type { BackgroundRow, EndBackground } from '../ports/commandStore.ts';
import type {
  ActionRow,
  ClaimAction,
  EndTurn,
  NewTurn,
  PlannedCall,
  ReplaceAction,
  SettleCall,
  StartCall,
} from '../ports/store.ts';
import type { Texts } from '../ports/system.ts';

export function turnStarted(turn: NewTurn, place: Place): LedgerEntry {
  return { ...created(turn, place), kind: 'turn.started' };
}

/** The turn was written down and waits: for the one before it in its thread, or for a free place. */
export function turnQueued(turn: NewTurn, place: Place): LedgerEntry {
  return { ...created(turn, place), kind: 'turn.queued' };
}

export function threadDeleted(
  gone: { threadId: string; turns: number; at: number },
  place: Place,
): LedgerEntry {
  const { at, ...body } = gone;
  return { at, turnId: null, callId: null, kind: 'thread.deleted', body: { ...body, place } };
}

function created(turn: NewTurn, place: Place) {
  const { id: turnId, threadId, snapshotHash, createdAt: at, attached } = turn;
  const read = attached && attached.length > 0 ? { attached: [...attached] } : {};
  return { at, turnId, callId: null, body: { threadId, snapshotHash, ...read, place } };
}

/** The verdict on a call and, for one that will never run, its outcome. */
export function callPlanned(row: PlannedCall, at: number, texts: Texts): LedgerEntry[] {
  const { turnId, callId, batchId, index, tool, proposal, proposalHash, verdict } = row;
  const { state, outcome, result } = row;
  const summary = proposal && summaryOf(proposal);
  const body = { batchId, index, tool, verdict, proposal: summary, proposalHash };
  const verdictEntry: LedgerEntry = { at, turnId, callId, kind: 'verdict', body };
  if (state !== 'blocked' || outcome === null) return [verdictEntry];
  const settled = { turnId, callId, state, outcome, result: result ?? '', at };
  return [verdictEntry, callSettled(settled, { tool, startedAt: null }, texts)];
}

/** `snapshotHash` when the turn got another snapshot with it. */
export function asked(action: ActionRow, snapshotHash?: string): LedgerEntry {
  const { id: actionId, turnId, kind, proposalHash, expiresAt, createdAt: at } = action;
  const callIds = action.requests.map((request) => request.callId);
  const body = { actionId, kind, proposalHash, callIds, expiresAt };
  const again = snapshotHash === undefined ? {} : { snapshotHash };
  return { at, turnId, callId: null, kind: 'asked', body: { ...body, ...again } };
}

/** An action that was shown again because its files changed, with what its calls would do now. */
export function shownAnew(
  actionId: string,
  { action, calls }: Pick<ReplaceAction, 'action' | 'calls'>,
): LedgerEntry {
  const { id, turnId, createdAt: at } = action;
  const proposals = calls.map(({ callId, proposal, proposalHash }) => {
    return { callId, proposalHash, proposal: summaryOf(proposal) };
  });
  const body = { actionId, newActionId: id, proposals };
  return { at, turnId, callId: null, kind: 'shown_anew', body };
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
    ...(claim.drift !== undefined && { acceptedDrift: claim.drift }),
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
    ...(decision.type === 'approve' && decision.remember && { remember: decision.remember }),
    ...(patch !== undefined && { patch }),
    ...(decision.type === 'edit' && decision.hunks && { hunks: decision.hunks }),
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
  planned: Pick<PlannedCall, 'tool' | 'proposal' | 'proposalHash' | 'verdict'>,
  by: { place: Place; texts: Texts },
): LedgerEntry {
  const { turnId, callId, proposal, proposalHash, at } = move;
  const same = planned.proposalHash === proposalHash;
  const edited = same ? {} : { edited: editedCall(planned.proposal, proposal, by.texts) };
  const judgedAgain = canonicalJson(move.verdict) !== canonicalJson(planned.verdict);
  const again = move.verdict && judgedAgain ? { verdict: move.verdict } : {};
  const body = { tool: planned.tool, proposalHash, ...edited, ...again, place: by.place };
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
    ...(move.verdict && { verdict: move.verdict }),
    resultHash: texts.sha256(result),
    resultLength: result.length,
    ...(typeof outputHash === 'string' && { outputHash }),
    ...(row.startedAt !== null && { durationMs: Math.max(0, at - row.startedAt) }),
  };
  return { at, turnId, callId, kind: 'outcome', body };
}

export function backgroundEnded(
  { id: commandId, state, exitCode, signal, at }: EndBackground,
  row: Pick<BackgroundRow, 'turnId' | 'callId' | 'startedAt' | 'stopAskedBy'>,
  place: Place,
): LedgerEntry {
  const { turnId, callId, startedAt, stopAskedBy } = row;
  const durationMs = Math.max(0, at - startedAt);
  const body = { commandId, state, exitCode, signal, stopAskedBy, durationMs, place };
  return { at, turnId, callId, kind: 'background.ended', body };
}

/** A move that has no other entry: into and out of the queue, and of recovery. */
export function turnMoved(
  turnId: string,
  move: { at: number; from: TurnStatus; to: TurnStatus; acceptedDrift?: string },
  place: Place,
): LedgerEntry {
  const { at, ...moved } = move;
  return { at, turnId, callId: null, kind: 'turn.moved', body: { ...moved, place } };
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
    case 'move': {
      const { kind, realPath, toReal: to, baseHash } = proposal;
      return { kind, target: realPath, to, baseHash };
    }
    case 'command': {
      const { kind, command, cwd, env, background } = proposal;
      const more = background === true && { background };
      return { kind, target: command, cwd, env: Object.keys(env).sort(), ...more };
    }
    case 'question':
      return { kind: proposal.kind, target: proposal.question };
    case 'read':
      return { kind: proposal.kind, target: proposal.target };
    case 'tool':
      return { kind: proposal.kind, target: toolName(proposal) };
    case 'running':
      return { kind: proposal.kind, target: proposal.command };
  }
}

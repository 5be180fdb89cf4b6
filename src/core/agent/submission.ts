// The guards at submit, in order, each with its own code. Pure: rows and text in, a normalised decision set or a refusal out.
import { textProblem } from '../tools/editProposal.ts';
import { findTool, parseToolArgs } from '../tools/registry.ts';
import { driftText, type TurnDrift } from './drift.ts';
import { TurnSnapshot } from './snapshot.ts';
import {
  decisionsText,
  placeText,
  type DecidedAction,
  type HunkCounts,
} from '../../protocol/decided.ts';
import type {
  ActionRequest,
  Decision,
  Decisions,
  Proposal,
  Submission,
} from '../../protocol/calls.ts';
import type { ActionRow, TurnRow } from '../ports/store.ts';
import type { Tool } from '../tools/tool.ts';

export interface Refusal {
  code: RefusalCode;
  message: string;
  callIds: string[];
  /** With `already_decided`: what was decided instead. */
  decided?: DecidedAction;
  /** With `snapshot_drift`: the hash that accepts it. */
  drift?: string;
  /** With `stale`: the action that shows the batch as it is now. */
  actionId?: string;
}

type RefusalCode =
  | 'unknown_action'
  | 'wrong_action'
  | 'not_confirmed'
  | 'not_interrupted'
  | 'not_paused'
  | 'expired'
  | 'already_decided'
  | 'proposal_mismatch'
  | 'snapshot_drift'
  | 'stale'
  | 'checkpoint_missing'
  | 'unknown_call'
  | 'undecided'
  | 'not_allowed'
  | 'incomplete'
  | 'invalid_arguments'
  | 'unsettled'
  | 'screening_failed';

export type Checked = { ok: true; decisions: Decisions } | { ok: false; refusal: Refusal };

export interface SubmissionFacts {
  action: ActionRow | undefined;
  turn: TurnRow | undefined;
  tools: readonly Tool[];
  /** Real paths of the workspace folders that are open now. */
  roots: readonly string[];
  /** How the turn's snapshot differs from what is in force. */
  drift: TurnDrift;
}

export function checkSubmission(submission: Submission, facts: SubmissionFacts): Checked {
  const { action, turn } = facts;
  if (!action || !turn) {
    return refuse('unknown_action', `There is no pending action ${submission.actionId}.`);
  }
  const state = checkState(action, turn);
  if (state) return { ok: false, refusal: state };
  if (submission.proposalHash !== undefined && submission.proposalHash !== action.proposalHash) {
    return refuse(
      'proposal_mismatch',
      'What you decided on is not what waits now. Look at the card again and decide anew.',
    );
  }
  const drift = checkSnapshot(turn, facts.roots) ?? checkDrift(facts.drift, submission.drift);
  if (drift) return { ok: false, refusal: drift };
  const decisions = normalise(submission, action);
  const problem = decisions
    ? firstProblem(decisions, action, facts.tools)
    : refusal('incomplete', '`answer` answers exactly one question; decide each call by its id.');
  return problem || !decisions ? { ok: false, refusal: problem! } : { ok: true, decisions };
}

/** A decided action is told as that first: its turn moved on because of it. */
function checkState(action: ActionRow, turn: TurnRow): Refusal | undefined {
  if (action.state === 'resolved') return alreadyDecided(action);
  if (turn.status !== 'paused' && turn.status !== 'expired') {
    return refusal('not_paused', `The turn does not wait for a decision; it is ${turn.status}.`);
  }
  if (action.state === 'expired' || turn.status === 'expired') {
    return refusal('expired', 'This approval expired. Ask the agent again.');
  }
  if (action.state !== 'cancelled') return undefined;
  return SHOWN_AGAIN;
}

/** The calls were proposed on the folders of the snapshot; in other ones neither they nor the rules mean the same. */
export function checkSnapshot(turn: TurnRow, roots: readonly string[]): Refusal | undefined {
  const snapshot = TurnSnapshot.safeParse(turn.snapshot);
  if (!snapshot.success) {
    return refusal('snapshot_drift', 'What the turn was started with cannot be read. Stop it.');
  }
  const missing = snapshot.data.roots.filter((root) => !roots.includes(root));
  if (missing.length === 0) return undefined;
  const text = `The turn was started in another workspace: open ${missing.join(', ')} and decide there.`;
  return refusal('snapshot_drift', text);
}

/** For a decision on what is not the card any more. */
export const SHOWN_AGAIN: Refusal = {
  code: 'wrong_action',
  message: 'This was shown again meanwhile. Decide on what waits now.',
  callIds: [],
};

/** Drift stands in the way until a human accepts exactly this one. */
export function checkDrift(drift: TurnDrift, accepted: string | undefined): Refusal | undefined {
  if (drift.hash === null || drift.hash === accepted) return undefined;
  return { ...refusal('snapshot_drift', driftText(drift)), drift: drift.hash };
}

/** What the losers of a race are told: what was decided instead, and where. */
export function alreadyDecided(action: ActionRow): Refusal {
  const decided = decidedAction(action);
  if (!decided) return refusal('already_decided', 'This was already decided.');
  const where = placeText(decided.by);
  const message = `This was already decided ${where}: ${decisionsText(decided)}.`;
  return { ...refusal('already_decided', message), decided };
}

/** How an action was decided, if it is. */
export function decidedAction(
  action: Pick<ActionRow, 'decisions' | 'decidedBy' | 'decidedAt' | 'requests'>,
): DecidedAction | undefined {
  const { decisions, decidedBy, decidedAt, requests } = action;
  if (!decisions) return undefined;
  const hunks = hunkCounts(requests);
  return { by: decidedBy ?? 'someone', at: decidedAt ?? 0, decisions, ...(hunks && { hunks }) };
}

function hunkCounts(requests: readonly ActionRequest[]): HunkCounts | undefined {
  const counts = requests.flatMap(({ callId, changes }): [string, number][] =>
    changes === undefined ? [] : [[callId, changes]],
  );
  return counts.length === 0 ? undefined : Object.fromEntries(counts);
}

/** `answer` becomes a respond for the one question; undefined when that does not fit. */
function normalise(submission: Submission, action: ActionRow): Decisions | undefined {
  if (submission.answer === undefined) return submission.decisions ?? {};
  const [only, ...others] = action.requests;
  if (!only || others.length > 0 || only.proposal.kind !== 'question') return undefined;
  if (submission.decisions && Object.keys(submission.decisions).length > 0) return undefined;
  return { [only.callId]: { type: 'respond', text: submission.answer } };
}

function firstProblem(
  decisions: Decisions,
  action: ActionRow,
  tools: readonly Tool[],
): Refusal | undefined {
  const known = new Set(action.requests.map((request) => request.callId));
  const given = Object.keys(decisions);
  const unknown = given.filter((id) => !known.has(id));
  const { requests } = action;
  const undecided = requests.filter((request) => !Object.hasOwn(decisions, request.callId));
  const judge = (test: (decision: Decision, index: number) => boolean): string[] =>
    requests.flatMap((request, index) => {
      const decision = decisions[request.callId];
      return decision && test(decision, index) ? [request.callId] : [];
    });
  const forbidden = judge(
    (decision, index) => !requests[index]?.allowedDecisions.includes(decision.type),
  );
  const unoffered = judge((decision, index) => isUnoffered(decision, requests[index]?.remember));
  const incomplete = judge(isIncomplete);
  const invalid = judge((decision, index) =>
    hasBadArguments(decision, requests[index]?.tool, tools),
  );
  const content = judge((decision, index) => hasBadContent(decision, requests[index]?.proposal));
  const kept = judge((decision, index) => hasBadHunks(decision, requests[index]?.proposal));
  const double = judge((decision) => waysOfEdit(decision) > 1);
  return (
    listed('undecided', 'These calls have no decision yet', ids(undecided)) ??
    listed('not_allowed', 'This decision is not allowed for', forbidden) ??
    listed('not_allowed', NOT_OFFERED, unoffered) ??
    listed('incomplete', INCOMPLETE, incomplete) ??
    listed('invalid_arguments', 'An edit changes the arguments, the text or the hunks', double) ??
    listed(
      'invalid_arguments',
      'Only a file edit that does not delete can carry new content',
      content,
    ) ??
    listed('invalid_arguments', 'These hunks are not those of the edit', kept) ??
    unusableText(decisions, requests) ??
    listed('invalid_arguments', argumentProblem(decisions, action, tools), invalid) ??
    listed('unknown_call', 'These calls are not part of the action', unknown)
  );
}

function ids(requests: readonly { callId: string }[]): string[] {
  return requests.map((request) => request.callId);
}

const NOT_OFFERED = 'Remembering this approval, or so far, is not offered for';

/** Only what was shown can be remembered, and only as far as was shown. */
function isUnoffered(decision: Decision, offer: ActionRequest['remember']): boolean {
  if (decision.type !== 'approve' || decision.remember === undefined) return false;
  return offer === undefined || !offer.scopes.includes(decision.remember.scope);
}

function isIncomplete(decision: Decision): boolean {
  if (decision.type === 'edit') return waysOfEdit(decision) === 0 || decision.hunks?.length === 0;
  return decision.type === 'respond' && decision.text.trim() === '';
}

const INCOMPLETE =
  'An edit needs new arguments, text or at least one hunk that is kept, a respond needs text';

function waysOfEdit(decision: Decision): number {
  if (decision.type !== 'edit') return 0;
  const { args, content, hunks } = decision;
  return [args, content, hunks].filter((way) => way !== undefined).length;
}

/** Hunks that the proposal does not have, or the same one twice. */
function hasBadHunks(decision: Decision, proposal: Proposal | undefined): boolean {
  if (decision.type !== 'edit' || decision.hunks === undefined) return false;
  const count = proposal?.kind === 'edit' ? (proposal.hunks?.length ?? 0) : 0;
  const { hunks } = decision;
  return new Set(hunks).size !== hunks.length || hunks.some((index) => index >= count);
}

function hasBadContent(decision: Decision, proposal: Proposal | undefined): boolean {
  if (decision.type !== 'edit' || decision.content === undefined) return false;
  return proposal?.kind !== 'edit' || proposal.newText === null;
}

/** The first text of a file that cannot be written as it is. */
function unusableText(decisions: Decisions, requests: ActionRow['requests']): Refusal | undefined {
  for (const { callId } of requests) {
    const decision = decisions[callId];
    if (decision?.type !== 'edit' || decision.content === undefined) continue;
    const problem = textProblem(decision.content);
    if (problem) return listed('invalid_arguments', `The new text ${problem}`, [callId]);
  }
  return undefined;
}

function hasBadArguments(
  decision: Decision,
  toolName: string | undefined,
  tools: readonly Tool[],
): boolean {
  if (decision.type !== 'edit' || decision.args === undefined) return false;
  const tool = findTool(tools, toolName ?? '');
  return !tool || !parseToolArgs(tool, JSON.stringify(decision.args)).ok;
}

/** The first tool message about edited arguments, for the text of the refusal. */
function argumentProblem(decisions: Decisions, action: ActionRow, tools: readonly Tool[]): string {
  for (const request of action.requests) {
    const decision = decisions[request.callId];
    const tool = findTool(tools, request.tool);
    if (decision?.type !== 'edit' || !decision.args || !tool) continue;
    const parsed = parseToolArgs(tool, JSON.stringify(decision.args));
    if (!parsed.ok) return `The edited arguments do not fit ${request.tool}: ${parsed.message}`;
  }
  return 'The edited arguments do not fit the tool';
}

function listed(code: RefusalCode, text: string, callIds: string[]): Refusal | undefined {
  if (callIds.length === 0) return undefined;
  return refusal(code, `${text}: ${callIds.join(', ')}.`, callIds);
}

function refusal(code: RefusalCode, message: string, callIds: string[] = []): Refusal {
  return { code, message, callIds };
}

function refuse(code: RefusalCode, message: string): Checked {
  return { ok: false, refusal: refusal(code, message) };
}

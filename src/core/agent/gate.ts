// The gate: one interrupt for a whole batch, for as long as its pending action is open. No side effects:
// LangGraph runs the node again on every resume, and a resume value is only a wake-up, never a decision.
import { interrupt } from '@langchain/langgraph';
import { batchHash } from './proposalHash.ts';
import { parseJson } from '../base/json.ts';
import { prefixIn } from '../../protocol/temporary.ts';
import {
  JsonObject,
  UNDO_TOOL,
  type ActionRequest,
  type Decision,
  type DecisionType,
  type Verdict,
} from '../../protocol/calls.ts';
import type { EngineDeps } from './deps.ts';
import type { Texts } from '../ports/system.ts';
import type { ActionRow, CallRow, Store } from '../ports/store.ts';

/**
 * Returns once nothing of the batch waits any more; until then it interrupts the graph. Where it cannot pause, only a card that
 * is there already holds: what was to ask then goes through without a decision, and is denied.
 */
export async function holdAtGate(
  { store, canPause }: Pick<EngineDeps, 'store' | 'canPause'>,
  turnId: string,
  batchId: string,
): Promise<void> {
  const rows = await store.callsOfBatch(turnId, batchId);
  if (!rows.some(asks)) return;
  if (!canPause() && !(await store.actionOfBatch(turnId, batchId))) return;
  while ((await store.actionOfBatch(turnId, batchId))?.state !== 'resolved') interrupt({ batchId });
}

/** The last thing the human said of each call of the turn whose outcome was unknown. */
export async function answersAfterCrash(
  store: Store,
  turn: { id: string; threadId: string },
): Promise<Map<string, Decision>> {
  const actions = await store.actionsOfThread(turn.threadId);
  const asked = actions.filter(
    ({ turnId, kind }) => turnId === turn.id && kind === 'outcome_unknown',
  );
  return new Map(asked.flatMap(({ decisions }) => Object.entries(decisions ?? {})));
}

/** True for a call that may not run before a human decided it. */
export function asks(row: Pick<CallRow, 'verdict'>): boolean {
  return row.verdict?.verdict === 'ask';
}

type ActionDeps = Pick<EngineDeps, 'ids' | 'clock' | 'texts' | 'expiresAfter'>;

/** The pending action of a batch, built from the journal's rows; what is stored here is what is shown. */
export function actionFor(
  deps: ActionDeps,
  turn: { id: string; threadId: string },
  rows: readonly CallRow[],
): ActionRow {
  const requests = rows.filter(asks).flatMap(toRequest);
  const onlyQuestions = requests.every((request) => request.proposal.kind === 'question');
  const kind = onlyQuestions ? 'ask_user' : 'tool_approval';
  return { ...openAction(deps, turn, rows), kind, ...hashed(requests, deps) };
}

function hashed(
  requests: ActionRequest[],
  deps: { texts: Texts },
): Pick<ActionRow, 'requests' | 'proposalHash'> {
  const counted = requests.map(withChanges);
  return { requests: counted, proposalHash: batchHash(counted, deps.texts) };
}

function withChanges({ changes: _, ...request }: ActionRequest): ActionRequest {
  const hunks = request.proposal.kind === 'edit' ? request.proposal.hunks : undefined;
  return hunks === undefined ? request : { ...request, changes: hunks.length };
}

function openAction(
  deps: ActionDeps,
  turn: { id: string; threadId: string },
  rows: readonly CallRow[],
): Omit<ActionRow, 'kind' | 'requests' | 'proposalHash'> {
  const createdAt = deps.clock.now();
  const after = deps.expiresAfter();
  return {
    id: deps.ids.next(prefixIn(turn.id, 'a')),
    turnId: turn.id,
    threadId: turn.threadId,
    batchId: rows[0]?.batchId ?? '',
    state: 'open',
    createdAt,
    expiresAt: after === null ? null : createdAt + after,
    decisions: null,
    decidedBy: null,
    decidedAt: null,
  };
}

/** An open action in the place of `action`, with the calls as they are shown now. */
export function shownAgain(
  deps: ActionDeps,
  action: ActionRow,
  requests: ActionRequest[],
): ActionRow {
  const { turnId: id, threadId, batchId } = action;
  const opened = openAction(deps, { id, threadId }, []);
  return { ...action, ...opened, batchId, ...hashed(requests, deps) };
}

/** The question about calls that were started when their process died. */
export function unknownActionFor(
  deps: ActionDeps,
  turn: { id: string; threadId: string },
  rows: readonly CallRow[],
): ActionRow {
  const requests = rows.flatMap(toRequest).map(({ remember: _none, ...request }) => ({
    ...request,
    allowedDecisions: UNKNOWN_DECISIONS,
    why: OUTCOME_UNKNOWN,
  }));
  const action = { ...openAction(deps, turn, rows), ...hashed(requests, deps) };
  return { ...action, kind: 'outcome_unknown', expiresAt: null };
}

const UNKNOWN_DECISIONS: DecisionType[] = ['mark_done', 'run_again', 'skip', 'respond'];
const OUTCOME_UNKNOWN: Verdict = {
  verdict: 'ask',
  layer: 'built-in',
  reason: 'it was started when its process ended; whether it took effect is unknown',
};

function toRequest(row: CallRow): ActionRequest[] {
  if (!row.proposal || !row.proposalHash || !row.verdict) return [];
  return [
    {
      callId: row.callId,
      tool: row.tool,
      args: journalArgs(row),
      proposal: row.proposal,
      proposalHash: row.proposalHash,
      allowedDecisions: allowedDecisions(row),
      why: row.verdict,
      ...(row.remember && { remember: row.remember }),
      ...noteOf(row),
    },
  ];
}

/** The arguments as they were asked for; empty when they are no JSON object. */
export function journalArgs({ argsText }: Pick<CallRow, 'argsText'>): JsonObject {
  const parsed = parseJson(argsText || '{}');
  return JsonObject.catch({}).parse(parsed.ok ? parsed.value : {});
}

function noteOf({ proposal, hook }: CallRow): Pick<ActionRequest, 'note'> {
  const ofEdit = proposal?.kind === 'edit' ? proposal.note : undefined;
  const notes = [ofEdit, hook?.note].filter((note) => note !== undefined);
  return notes.length === 0 ? {} : { note: notes.join(' ') };
}

function allowedDecisions(row: CallRow): DecisionType[] {
  if (row.proposal?.kind === 'question') return ['respond', 'reject'];
  // No model waits for an answer.
  if (row.tool === UNDO_TOOL)
    return conflicts(row) ? ['edit', 'reject'] : ['approve', 'edit', 'reject'];
  return ['approve', 'edit', 'reject', 'respond'];
}

function conflicts({ proposal }: CallRow): boolean {
  return proposal?.kind === 'edit' && proposal.conflict === true;
}

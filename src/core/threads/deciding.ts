// A decision on its way to its turn: guards, then the claim, then the turn goes on in this process.
import { unsettled } from '../agent/conflicts.ts';
import { discreetFor } from '../agent/discreet.ts';
import { driftOfTurn, NO_DRIFT } from '../agent/drift.ts';
import { prepareCall } from '../agent/plan.ts';
import { alreadyDecided, checkSubmission, type Refusal } from '../agent/submission.ts';
import { TurnSnapshot } from '../agent/snapshot.ts';
import { screenDecisions } from '../screening/screenHuman.ts';
import { AppError } from '../base/errors.ts';
import { driveOn } from './queue.ts';
import { expireDue } from './recovering.ts';
import { remember } from './remembering.ts';
import { showAnew } from './showingAnew.ts';
import type { Decisions, Proposal, Submission } from '../../protocol/calls.ts';
import type { Drive, ThreadDeps } from './deps.ts';
import type { RunnerDeps } from '../agent/turnRunner.ts';

export type SubmitOutcome = ({ ok: true } & Drive) | { ok: false; refusal: Refusal };

/** What calls whose arguments a human edited would do: by call id, for those that can be told. */
export async function proposalsOfEdits(
  deps: RunnerDeps,
  actionId: string,
  decisions: Decisions,
): Promise<Map<string, Proposal>> {
  const action = await deps.store.getAction(actionId);
  const turn = action && (await deps.store.getTurn(action.turnId));
  const snapshot = TurnSnapshot.safeParse(turn?.snapshot);
  const proposals = new Map<string, Proposal>();
  if (!action || !snapshot.success) return proposals;
  const options = { mode: snapshot.data.mode, overlay: new Map<string, string | null>() };
  for (const { callId, tool } of action.requests) {
    const decision = decisions[callId];
    if (decision?.type !== 'edit' || !decision.args) continue;
    const call = { id: callId, name: tool, argsText: JSON.stringify(decision.args) };
    const prepared = await prepareCall(deps, call, options);
    if (prepared.ok) proposals.set(callId, prepared.proposal);
  }
  return proposals;
}

/** Decides a pending action: guards, then the claim, then the turn goes on in this process, or is queued at the limit. */
export async function submit(
  deps: ThreadDeps,
  submission: Submission,
  decidedBy: string,
): Promise<SubmitOutcome> {
  const { store, tools, clock, files } = deps;
  const { roots } = files;
  await expireDue(deps);
  const action = await store.getAction(submission.actionId);
  const turn = action ? await store.getTurn(action.turnId) : undefined;
  const drift = turn ? driftOfTurn(deps, turn) : NO_DRIFT;
  const checked = checkSubmission(submission, { action, turn, tools, roots, drift });
  if (!checked.ok) return { ok: false, refusal: await latest(deps, checked.refusal, submission) };
  const clash = unsettled(deps, action!.requests, checked.decisions);
  if (clash) return { ok: false, refusal: clash };
  const screened = await screenDecisions(deps, action!, checked.decisions);
  if ('refusal' in screened) return { ok: false, refusal: screened.refusal };
  const { value: decisions, notice } = screened;
  const gone = await missingCheckpoint(deps, action!.turnId);
  if (gone) return { ok: false, refusal: await latest(deps, gone, submission) };
  const stale = await showAnew(deps, action!, decisions);
  if (stale) return { ok: false, refusal: stale };
  const claim = {
    actionId: submission.actionId,
    decisions,
    decidedBy,
    at: clock.now(),
    ...(drift.hash !== null && { drift: drift.hash }),
  };
  const outcome = await store.claimAction(claim, deps.maxRunningTurns());
  if (outcome.kind === 'lost') return { ok: false, refusal: lostRefusal(outcome.action) };
  const unkept = await remember(discreetFor(deps, action!.turnId), action!, claim);
  deps.screened([notice, unkept].filter((text) => text !== null).join(' ') || null);
  const resolved = await store.getAction(submission.actionId);
  if (resolved) deps.emit({ type: 'action', action: resolved });
  const drive = await driveOn(deps, action!.turnId, outcome.generation);
  if (!drive) throw new AppError('internal', 'Claimed turn is gone', { audience: 'log' });
  return { ok: true, ...drive };
}

/** Without its checkpoint the graph would do nothing and seem to have finished: then the decision is not consumed. */
async function missingCheckpoint(deps: RunnerDeps, turnId: string): Promise<Refusal | undefined> {
  const config = { configurable: { thread_id: turnId } };
  if (await deps.checkpointer.getTuple(config)) return undefined;
  const message = 'Where the turn was cannot be found in the state file. Stop it and ask again.';
  return { code: 'checkpoint_missing', message, callIds: [] };
}

/** The guards are several reads: what was decided between them is told as that, not as a turn that moved on. */
async function latest(
  deps: RunnerDeps,
  refusal: Refusal,
  { actionId }: Submission,
): Promise<Refusal> {
  if (!['not_paused', 'checkpoint_missing'].includes(refusal.code)) return refusal;
  const action = await deps.store.getAction(actionId);
  if (action?.state === 'resolved') return alreadyDecided(action);
  // A turn that was ended meanwhile has lost its checkpoints by that.
  const ended = refusal.code === 'checkpoint_missing' && action?.state !== 'open';
  return ended ? lostRefusal(action) : refusal;
}

function lostRefusal(action: Parameters<typeof alreadyDecided>[0] | undefined): Refusal {
  if (action?.state === 'resolved') return alreadyDecided(action);
  return { code: 'not_paused', message: 'The turn moved on before your decision.', callIds: [] };
}

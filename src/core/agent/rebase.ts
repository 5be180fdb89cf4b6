// A batch whose files changed while it waited, shown anew on the files as they are. Reads only: what was shown counts until
// the human sees the new proposals.
import { lookAt, rebaseEdit, type Place, type RebasedEdit } from './rebaseEdit.ts';
import { journalArgs } from './gate.ts';
import { rebindCommands, type Rebound } from './rebindCommands.ts';
import type { ActionRequest, Decisions } from '../../protocol/calls.ts';
import type { EngineDeps } from './deps.ts';
import type { ActionRow, CallRow, ReplaceAction } from '../ports/store.ts';

export interface Rebased {
  requests: ActionRequest[];
  /** Calls of the batch whose proposal is another one, also those that nobody is asked about. */
  calls: ReplaceAction['calls'];
  /** What the human approved or edited and has to look at again. */
  stale: ActionRequest[];
  /** The files in question, as shown. */
  paths: string[];
  /** Texts that the new proposals stand on. */
  bases: string[];
  /** By call: what the human had typed, merged too; null where nothing typed or picked may be kept. */
  drafts: Map<string, string | null>;
}

/** Undefined when everything that the human approved or edited stands on the files as they were shown. */
export async function rebase(
  deps: EngineDeps,
  action: ActionRow,
  decisions: Decisions,
): Promise<Rebased | undefined> {
  // What became of calls that ran is told by their outcome, not by the files.
  if (action.kind === 'outcome_unknown') return undefined;
  const rows = await deps.store.callsOfBatch(action.turnId, action.batchId);
  const edits = await rebaseChain(deps, { action, rows }, decisions);
  const commands = await rebindCommands(deps, { action, rows, edits: edits.changed }, decisions);
  const all = new Map<string, RebasedEdit | Rebound>([...edits.changed, ...commands]);
  const consented = (callId: string): boolean =>
    ['approve', 'edit'].includes(decisions[callId]?.type ?? '');
  const changed = action.requests.filter(({ callId }) => all.has(callId));
  const stale = changed.filter(({ callId }) => consented(callId));
  if (stale.length === 0) return undefined;
  const calls = rows.flatMap((row) => {
    const now = all.get(row.callId);
    return now ? [hashed(deps, row, now)] : [];
  });
  const requests = action.requests.map((request) => {
    const now = all.get(request.callId);
    const call = calls.find(({ callId }) => callId === request.callId);
    if (!now || !call) return request;
    // What a hook rewrote stays said beside what changed since.
    const said = rows.find(({ callId }) => callId === request.callId)?.hook?.note;
    const note = said === undefined ? now.note : `${said} ${now.note}`;
    return shownAnew({ ...request, ...call, note }, now);
  });
  const drafts = new Map(
    changed.flatMap(({ callId, proposal }) =>
      proposal.kind === 'edit' ? [[callId, edits.changed.get(callId)?.typed ?? null]] : [],
    ),
  );
  const paths = stale.flatMap((request) => pathsOf(request, commands));
  return { requests, calls, stale, paths, bases: edits.bases, drafts };
}

/** Edits of one file build on each other: each stands on what the earlier ones leave. */
async function rebaseChain(
  deps: EngineDeps,
  batch: { action: ActionRow; rows: readonly CallRow[] },
  decisions: Decisions,
): Promise<{ changed: Map<string, RebasedEdit>; bases: string[] }> {
  const places = new Map<string, Place>();
  const changed = new Map<string, RebasedEdit>();
  const bases: string[] = [];
  for (const row of batch.rows) {
    const request = batch.action.requests.find(({ callId }) => callId === row.callId);
    const proposal = (request ?? row).proposal;
    if (row.state !== 'planned' || proposal?.kind !== 'edit') continue;
    const place = places.get(proposal.realPath) ?? (await lookAt(deps, proposal.realPath));
    places.set(proposal.realPath, place);
    const decision = request && decisions[row.callId];
    const typed = decision?.type === 'edit' ? decision.content : undefined;
    const edit = await rebaseEdit(deps, { row, proposal, typed }, place);
    // Nobody is asked about it: what cannot simply be merged stays as it is, and will not be written.
    if (edit && !request && edit.outcome !== 'approvable') continue;
    if (edit) changed.set(row.callId, edit);
    if (edit && place.text !== null) bases.push(place.text);
    if (edit?.outcome !== 'hopeless') place.text = (edit?.proposal ?? proposal).newText;
  }
  return { changed, bases };
}

function pathsOf(request: ActionRequest, commands: ReadonlyMap<string, Rebound>): string[] {
  const { callId, proposal } = request;
  return proposal.kind === 'edit' ? [proposal.path] : (commands.get(callId)?.paths ?? []);
}

function hashed(
  deps: EngineDeps,
  row: CallRow,
  { proposal }: RebasedEdit | Rebound,
): ReplaceAction['calls'][number] {
  const { callId, tool } = row;
  const args = journalArgs(row);
  return { callId, proposal, proposalHash: deps.hashProposal({ callId, tool, args, proposal }) };
}

function shownAnew(request: ActionRequest, now: RebasedEdit | Rebound): ActionRequest {
  if (!('outcome' in now)) return request;
  const keeps = {
    approvable: request.allowedDecisions,
    conflict: request.allowedDecisions.filter((type) => type !== 'approve'),
    hopeless: request.allowedDecisions.filter((type) => type !== 'approve' && type !== 'edit'),
  };
  return { ...request, allowedDecisions: keeps[now.outcome] };
}

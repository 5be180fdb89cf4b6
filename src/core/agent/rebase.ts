// A batch whose files changed while it waited, shown anew on the files as they are. Reads only: what was shown counts until
// the human sees the new proposals.
import { lookAt, rebaseEdit, type Place, type RebasedEdit } from './rebaseEdit.ts';
import { rebaseMove, type RebasedMove } from './rebaseMove.ts';
import { journalArgs } from './gate.ts';
import { rebindCommands, type Rebound } from './rebindCommands.ts';
import { isMarked, sideOf } from '../../protocol/conflict.ts';
import type { ActionRequest, DecisionType, Decisions } from '../../protocol/calls.ts';
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
  const all = new Map<string, Anew>([...edits.changed, ...commands]);
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
      proposal.kind === 'edit' ? [[callId, typedIn(edits.changed.get(callId))]] : [],
    ),
  );
  const paths = stale.flatMap((request) => pathsOf(request, commands));
  return { requests, calls, stale, paths, bases: edits.bases, drafts };
}

type RebasedFile = RebasedEdit | RebasedMove;
type Anew = RebasedFile | Rebound;

const APPROVE: DecisionType[] = ['approve'];
const NO_FILE: Place = { text: null, encoding: 'utf8', unreadable: null };

interface Chain {
  changed: Map<string, RebasedFile>;
  bases: string[];
}

/** Edits and moves build on each other: each stands on what the earlier ones leave. */
async function rebaseChain(
  deps: EngineDeps,
  batch: { action: ActionRow; rows: readonly CallRow[] },
  decisions: Decisions,
): Promise<Chain> {
  const places = new Map<string, Place>();
  const placeOf = async (realPath: string): Promise<Place> => {
    const place = places.get(realPath) ?? (await lookAt(deps, realPath));
    places.set(realPath, place);
    return place;
  };
  const chain: Chain = { changed: new Map(), bases: [] };
  for (const row of batch.rows) {
    const request = batch.action.requests.find(({ callId }) => callId === row.callId);
    const proposal = (request ?? row).proposal;
    if (row.state !== 'planned') continue;
    if (proposal?.kind === 'move') {
      const { realPath, toReal } = proposal;
      // Where names ignore case, a name in other letters is there already: it is the file's own.
      const otherCase = realPath.toLowerCase() === toReal.toLowerCase();
      const from = await placeOf(realPath);
      const to = otherCase ? NO_FILE : await placeOf(toReal);
      const moved = rebaseMove(deps, proposal, { from, to });
      if (moved && (request || moved.outcome === 'approvable')) {
        chain.changed.set(row.callId, moved);
      }
      if (moved?.outcome === 'hopeless') continue;
      places.set(toReal, from).set(realPath, { ...NO_FILE });
    }
    if (proposal?.kind !== 'edit') continue;
    const decision = request && decisions[row.callId];
    const typed = decision?.type === 'edit' ? decision.content : undefined;
    const edit = { row, proposal, typed, asked: request !== undefined };
    await rebaseInChain(deps, edit, await placeOf(proposal.realPath), chain);
  }
  return chain;
}

/** One edit of the chain; `place` becomes what it leaves. */
async function rebaseInChain(
  deps: EngineDeps,
  edit: Parameters<typeof rebaseEdit>[1] & { asked: boolean },
  place: Place,
  { changed, bases }: Chain,
): Promise<void> {
  const { row, proposal, asked } = edit;
  const rebased = await rebaseEdit(deps, edit, place);
  // Nobody is asked about it: what cannot simply be merged stays as it is, and will not be written.
  if (rebased && !asked && rebased.outcome !== 'approvable') return;
  if (rebased) changed.set(row.callId, rebased);
  if (rebased && place.text !== null) bases.push(place.text);
  // Markers are for the human: what comes later stands on what the agent wanted there.
  const { newText } = rebased?.proposal ?? proposal;
  if (rebased?.outcome !== 'hopeless') place.text = newText && sideOf(newText, 'ours');
}

function typedIn(file: RebasedFile | undefined): string | null {
  return file && 'typed' in file ? (file.typed ?? null) : null;
}

function pathsOf(request: ActionRequest, commands: ReadonlyMap<string, Rebound>): string[] {
  const { callId, proposal } = request;
  const own = proposal.kind === 'edit' || proposal.kind === 'move' ? [proposal.path] : [];
  return [...own, ...(commands.get(callId)?.paths ?? [])];
}

function hashed(
  deps: EngineDeps,
  row: CallRow,
  { proposal }: Anew,
): ReplaceAction['calls'][number] {
  const { callId, tool } = row;
  const args = journalArgs(row);
  return { callId, proposal, proposalHash: deps.hashProposal({ callId, tool, args, proposal }) };
}

function shownAnew(request: ActionRequest, now: Anew): ActionRequest {
  if (!('outcome' in now)) return request;
  const { proposal: before } = request;
  const clashed = before.kind === 'edit' && isMarked(before.newText);
  const keeps = {
    approvable: clashed ? [...APPROVE, ...request.allowedDecisions] : request.allowedDecisions,
    conflict: request.allowedDecisions.filter((type) => type !== 'approve'),
    hopeless: request.allowedDecisions.filter((type) => type !== 'approve' && type !== 'edit'),
  };
  return { ...request, allowedDecisions: keeps[now.outcome] };
}

// Undo of a turn: a turn of its own in the same thread, whose calls the host makes. Gate, guards, journal and ledger are those
// of every other turn.
import { discreetFor } from '../agent/discreet.ts';
import { layOver } from '../agent/layOver.ts';
import { prepareCall } from '../agent/plan.ts';
import { hashOf, TurnSnapshot } from '../agent/snapshot.ts';
import { takeUndoSnapshot } from '../agent/takeSnapshot.ts';
import { AppError } from '../base/errors.ts';
import type { UndoFile, UndoPlan } from '../undo/plan.ts';
import { UNDOABLE_TURNS } from '../ports/undoStore.ts';
import { announceStart, refuseWhileActive } from './starting.ts';
import { inQueue } from './queue.ts';
import { firstLine } from './titleText.ts';
import { prefixIn } from '../../protocol/temporary.ts';
import { UNDO_TOOL, UNFINISHED, type EditProposal } from '../../protocol/calls.ts';
import type { Drive, ThreadDeps } from './deps.ts';
import type { EngineDeps } from '../agent/deps.ts';
import type { Message } from '../agent/message.ts';
import type { UndoChange } from '../ports/undoStore.ts';
import type { TurnRow } from '../ports/store.ts';

/** A turn that changed files, with what undoing it would do now. */
export interface UndoableTurn extends UndoPlan {
  /** When it was started, in ms since the epoch. */
  at: number;
  /** Files that are as they were before already. */
  same: string[];
}

/** The thread's turns that changed files, newest first; at most the last `UNDOABLE_TURNS`. */
export async function undoableTurns(deps: EngineDeps, threadId: string): Promise<UndoableTurn[]> {
  const turns = await deps.store.turnsOfThread(threadId);
  const found: UndoableTurn[] = [];
  for (const turn of turns.toReversed()) {
    if (UNFINISHED.includes(turn.status)) continue;
    const changes = await deps.store.undoChanges(turn.id);
    if (changes.length > 0) found.push(await planUndo(deps, turn, changes));
  }
  return found;
}

/**
 * Starts a turn that undoes `turnId`; it waits for approval of each file. Throws AppError `unknown_turn`, `nothing_to_undo`,
 * `undo_elsewhere` for a turn of another workspace, and what a message in a busy thread throws.
 */
export async function undoTurn(deps: ThreadDeps, turnId: string): Promise<Drive> {
  const { store, ids, texts, clock, drives } = deps;
  const turn = await store.getTurn(turnId);
  if (!turn) throw new AppError('unknown_turn', `There is no turn ${turnId} in this state file.`);
  const { threadId } = turn;
  const active = (await store.turnsOfThread(threadId)).find(({ status }) =>
    UNFINISHED.includes(status),
  );
  if (active) refuseWhileActive(active);
  const { model, roots } = TurnSnapshot.parse(turn.snapshot);
  refuseElsewhere(deps, roots);
  const { at: _at, same: _same, ...undo } = await planOrRefuse(discreetFor(deps, turnId), turn);
  const id = ids.next(prefixIn(threadId, 'u'));
  const snapshot = await takeUndoSnapshot(deps, id, { model, undo });
  const user: Message = {
    ...{ role: 'user', id: `${id}:m0`, undoes: turnId },
    text: `Undo “${undo.title}”`,
  };
  const snapshotHash = hashOf(snapshot, texts);
  const created = { id, threadId, snapshot, snapshotHash, createdAt: clock.now() };
  const started = await store.createTurn(created, user, { limit: deps.maxRunningTurns() });
  await announceStart(deps, started, user);
  if (started.status !== 'running') return inQueue(started);
  return { turn: started, done: drives.start(started, user) };
}

function refuseElsewhere({ files }: ThreadDeps, roots: readonly string[]): void {
  const missing = roots.filter((root) => !files.roots.includes(root));
  if (missing.length === 0) return;
  const message = `The turn changed files of another workspace. Open ${missing.join(', ')} and undo it there.`;
  throw new AppError('undo_elsewhere', message);
}

async function planOrRefuse(deps: EngineDeps, turn: TurnRow): Promise<UndoableTurn> {
  const changes = await deps.store.undoChanges(turn.id);
  if (changes.length === 0) throw nothingKept(await changedFiles(deps, turn));
  const plan = await planUndo(deps, turn, changes);
  if (plan.files.length > 0) return plan;
  const why = plan.left.map(({ says }) => says).join(' ');
  const message = why === '' ? 'Its files are as they were before it already.' : why;
  throw new AppError('nothing_to_undo', `Nothing of this turn can be undone. ${message}`);
}

async function changedFiles({ store }: EngineDeps, { id }: TurnRow): Promise<boolean> {
  const calls = await store.callsOfTurn(id);
  return calls.some(
    ({ state, outcome, proposal }) =>
      (proposal?.kind === 'edit' || proposal?.kind === 'move') &&
      (state === 'unknown' || (state === 'done' && outcome === 'ok')),
  );
}

function nothingKept(changed: boolean): AppError {
  const message = changed
    ? `What this turn changed is not kept any more: only the last ${UNDOABLE_TURNS} turns of a thread with changes can be undone.`
    : 'This turn changed no files by edits. What commands did cannot be undone.';
  return new AppError('nothing_to_undo', message);
}

async function planUndo(
  deps: EngineDeps,
  turn: TurnRow,
  changes: readonly UndoChange[],
): Promise<UndoableTurn> {
  const [first] = await deps.store.messagesOfTurn(turn.id);
  const said = first?.message.role === 'user' ? first.message.text : '';
  const plan: UndoableTurn = {
    ...{ turnId: turn.id, title: firstLine(said), at: turn.createdAt },
    ...{ files: [], left: [], same: [] },
  };
  const files = [...Map.groupBy(changes, ({ realPath }) => realPath).values()];
  // What was moved is back before its new name goes.
  const goes = (all: UndoChange[]): boolean =>
    all[0]?.beforeHash === null && all.some(({ movedFrom }) => movedFrom !== null);
  const overlay = new Map<string, string | null>();
  for (const all of files.toSorted((a, b) => Number(goes(a)) - Number(goes(b)))) {
    const path = all.at(-1)?.path ?? '';
    const { where, says } = await outlook(deps, turn, { path, overlay });
    if (where === 'same') plan.same.push(path);
    else plan[where].push({ path, says });
  }
  return plan;
}

/** What undo would do to one file as it is now, after those that `overlay` holds; adds what it leaves. Reads only. */
async function outlook(
  deps: EngineDeps,
  { id: turn }: TurnRow,
  { path, overlay }: { path: string; overlay: Map<string, string | null> },
): Promise<{ where: 'files' | 'left' | 'same'; says: UndoFile['says'] }> {
  const call = { id: 'undo', name: UNDO_TOOL, argsText: JSON.stringify({ path, turn }) };
  const prepared = await prepareCall(deps, call, { mode: 'default', overlay });
  if (!prepared.ok)
    return { where: prepared.nothing === true ? 'same' : 'left', says: prepared.message };
  const { verdict, proposal } = prepared;
  if (verdict.verdict === 'deny') return { where: 'left', says: verdict.reason };
  await layOver(deps, overlay, proposal);
  return { where: 'files', says: proposal.kind === 'edit' ? saysOf(proposal) : '' };
}

function saysOf({ change, conflict, note, added, removed }: EditProposal): string {
  if (conflict) return 'conflict, needs a text of yours';
  const count = `+${added} −${removed}`;
  if (change === 'delete') return 'is deleted again';
  if (change === 'create') return `is created again (${count})`;
  return note === undefined ? `as it was (${count})` : `merged with what changed since (${count})`;
}

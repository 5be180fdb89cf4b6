// Stops turns in whatever state, wherever they are driven; every call gets its one result, every other message stays.
import { closingMessages, NOT_RUN } from '../agent/closing.ts';
import { emitTurn } from '../agent/pausing.ts';
import { isModelTrouble } from '../base/modelTrouble.ts';
import { UNFINISHED } from '../../protocol/calls.ts';
import type { ThreadDeps } from './deps.ts';
import type { RunnerDeps } from '../agent/turnRunner.ts';
import type { EndTurn, TurnRow } from '../ports/store.ts';

/** How often a stop is tried while other processes move the turn on under it. */
const TRIES = 10;

/** Stops a turn that is not over, wherever it is; true when this call ended it. */
export async function stopTurn(deps: ThreadDeps, turnId: string): Promise<boolean> {
  for (let left = TRIES; left > 0; left -= 1) {
    // It may just have paused; then it is stopped like any other that waits.
    if ((await deps.drives.abort(turnId))?.kind === 'ended') return true;
    const turn = await deps.store.getTurn(turnId);
    if (!turn || !UNFINISHED.includes(turn.status)) return false;
    if (await cancel(deps, turn)) return true;
  }
  return false;
}

/** Stops what the thread is at and takes back what is queued behind it; true when there was something to stop. */
export async function stopThread(deps: ThreadDeps, threadId: string): Promise<boolean> {
  return stopAll(deps, await openTurns(deps, threadId));
}

/** The same for everything before one turn of the thread, which is next then. */
export async function stopBefore(deps: ThreadDeps, turn: TurnRow): Promise<void> {
  const open = await openTurns(deps, turn.threadId);
  const at = open.findIndex(({ id }) => id === turn.id);
  await stopAll(deps, at < 0 ? [] : open.slice(0, at));
}

/** Takes back a message whose turn never ran. False when it runs, or ran, by now: then nothing is stopped. */
export async function removeQueued(deps: ThreadDeps, turnId: string): Promise<boolean> {
  const turn = await deps.store.getTurn(turnId);
  return turn !== undefined && neverRan(turn) && cancel(deps, turn);
}

/**
 * Stops what the thread waits with; false, and nothing is stopped, when a turn of it runs or may start at any moment. A turn that
 * somebody moves on meanwhile is left to them, and makes it false too.
 */
export async function stopResting(deps: ThreadDeps, threadId: string): Promise<boolean> {
  const turns = await openTurns(deps, threadId);
  const rests = ({ status }: TurnRow): boolean =>
    status === 'paused' || status === 'expired' || status === 'interrupted';
  const moves = (turn: TurnRow): boolean => turn.status === 'running' || !neverRan(turn);
  if (turns.some((turn) => !rests(turn) && moves(turn))) return false;
  if (turns.length > 0 && !turns.some(rests)) return false;
  for (const turn of turns.toReversed()) if (!(await cancel(deps, turn))) return false;
  return true;
}

async function openTurns({ store }: ThreadDeps, threadId: string): Promise<TurnRow[]> {
  const turns = await store.turnsOfThread(threadId);
  return turns.filter((turn) => UNFINISHED.includes(turn.status));
}

/** The last one first: none of them starts because the one before it ended. */
async function stopAll(deps: ThreadDeps, turns: readonly TurnRow[]): Promise<boolean> {
  let stopped = false;
  for (const { id } of turns.toReversed()) stopped = (await stopTurn(deps, id)) || stopped;
  return stopped;
}

/** A queued message, not a turn that was decided or continued and waits for a place: only creation gives generation 1. */
export function neverRan({ status, generation }: Pick<TurnRow, 'status' | 'generation'>): boolean {
  return status === 'queued' && generation === 1;
}

type Ending = Pick<EndTurn, 'status' | 'code' | 'message'>;

const STOPPED: Ending = { status: 'cancelled', code: 'stopped', message: 'Stopped by the user.' };
const TAKEN_BACK: Ending = {
  status: 'cancelled',
  code: NOT_RUN,
  message: 'Not run: taken back while it was queued.',
};

/** Waits to be tried again, because its model could not be used; nothing of it waits for a decision. */
export function stoppedByModel({ status, code }: Pick<TurnRow, 'status' | 'code'>): boolean {
  return status === 'interrupted' && isModelTrouble(code);
}

function endingOf(turn: TurnRow): Ending {
  if (neverRan(turn)) return TAKEN_BACK;
  // Nobody tries it again: it has failed, for the reason it stopped.
  if (stoppedByModel(turn)) return { status: 'failed', code: turn.code, message: turn.message };
  return STOPPED;
}

/** False when the turn was moved on meanwhile. */
async function cancel(deps: ThreadDeps, turn: TurnRow): Promise<boolean> {
  const { id: turnId, generation } = turn;
  const moved = await deps.store.endTurn({
    ...{ turnId, generation, from: UNFINISHED },
    ...endingOf(turn),
    at: deps.clock.now(),
    closing: await closingMessages(deps.store, turnId),
  });
  if (moved) await announceStop(deps, turn);
  return moved;
}

async function announceStop(deps: RunnerDeps, { id, threadId }: TurnRow): Promise<void> {
  const { store } = deps;
  for (const call of await store.callsOfTurn(id)) deps.emit({ type: 'call', threadId, call });
  for (const action of await store.actionsOfThread(threadId)) {
    if (action.turnId === id) deps.emit({ type: 'action', action });
  }
  await emitTurn(deps, id);
}

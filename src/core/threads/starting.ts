// A message starts a turn: what determines it is fixed here, once. A message never answers a turn, nor replaces it unless told to.
import { discreetFor } from '../agent/discreet.ts';
import { hashOf } from '../agent/snapshot.ts';
import { takeSnapshot } from '../agent/takeSnapshot.ts';
import { inQueue } from './queue.ts';
import { readAttachments, type ConfirmRead } from '../attachments/readAttachments.ts';
import { AppError } from '../base/errors.ts';
import { traitsOf } from '../models/traits.ts';
import { screenMessage } from '../screening/screenHuman.ts';
import { stopBefore, stoppedByModel, stopTurn } from './stopping.ts';
import { firstLine } from './titleText.ts';
import { isTemporary, prefixIn } from '../../protocol/temporary.ts';
import { UNFINISHED, type Mode } from '../../protocol/calls.ts';
import type { Attachment } from '../../protocol/attachments.ts';
import type { Drive, ThreadDeps } from './deps.ts';
import type { Message, SaidAgain } from '../agent/message.ts';
import type { RunnerDeps } from '../agent/turnRunner.ts';
import type { ModelRef } from '../ports/model.ts';
import type { TurnRow } from '../ports/store.ts';

/** What a message does while the thread's turn is not over: nothing, wait behind it, or stop it and go first. */
export type WhenBusy = 'refuse' | 'queue' | 'discard';

export interface StartTurn {
  threadId: string;
  text: string;
  model: ModelRef;
  mode: Mode;
  /** `refuse` when it is not said. */
  whenBusy?: WhenBusy;
  /** Which message of the thread it says again; forgotten when that is of another one. */
  again?: SaidAgain | undefined;
  /** What goes with the message; read now. */
  attachments?: readonly Attachment[];
  /** How the model is called, for people. */
  modelName?: string;
  confirmRead?: ConfirmRead;
}

/**
 * Throws AppError `unknown_thread`, and unless it may wait or discard `turn_paused`, `turn_expired`, `turn_interrupted` or
 * `turn_running`; what `readAttachments` throws; `screening_failed` when a secret is in the message and the settings say that it is not sent.
 */
export async function startTurn(deps: ThreadDeps, given: StartTurn): Promise<Drive> {
  const { store, ids, texts, clock, drives } = deps;
  const { threadId, whenBusy = 'refuse' } = given;
  if (!(await store.getThread(threadId))) {
    throw new AppError('unknown_thread', `There is no thread ${threadId} in this state file.`);
  }
  const { value: text, notice } = await screenMessage(discreetFor(deps, threadId), given.text);
  const { attachments, record } = await attached(deps, given);
  const start = { ...given, text };
  await makeWay(deps, start);
  const id = ids.next(prefixIn(threadId, 'u'));
  const snapshot = await takeSnapshot(deps, id, { ...start, attachments: record });
  const again = await earlier(deps, given);
  const more = { ...(attachments.length > 0 && { attachments }), ...(again && { again }) };
  const user: Message = { role: 'user', id: `${id}:m0`, text, ...more };
  const snapshotHash = hashOf(snapshot, texts);
  const createdAt = clock.now();
  const place = { limit: deps.maxRunningTurns(), behind: whenBusy !== 'refuse' };
  const created = { id, threadId, snapshot, snapshotHash, createdAt, attached: record };
  const turn = await store.createTurn(created, user, place);
  deps.screened(notice);
  if (isTemporary(threadId) || deps.titles() === 'firstLine') {
    await store.setTitleIfNull(threadId, firstLine(text));
  }
  await announceStart(deps, turn, user);
  if (turn.status === 'running') return { turn, done: drives.start(turn, user) };
  // Only now: whatever dies in between, the message is written down, and nothing was stopped for one that is not.
  if (whenBusy === 'discard') await stopBefore(deps, turn);
  return inQueue(turn);
}

async function earlier({ store }: ThreadDeps, given: StartTurn): Promise<SaidAgain | undefined> {
  const turn = given.again && (await store.getTurn(given.again.turnId));
  return turn?.threadId === given.threadId ? given.again : undefined;
}

async function attached(
  deps: ThreadDeps,
  { threadId, attachments = [], mode, model, modelName, confirmRead }: StartTurn,
): Promise<Awaited<ReturnType<typeof readAttachments>>> {
  if (attachments.length === 0) return { attachments: [], record: [] };
  const { images } = await traitsOf(deps.providers, model);
  const named = { name: modelName ?? model.id, images };
  const place = { threadId, mode, confirm: confirmRead, model: named };
  return readAttachments(discreetFor(deps, threadId), attachments, place);
}

function turnRunning(): AppError {
  return new AppError('turn_running', 'The agent is still working in this thread. Stop it first.');
}

/** A turn that only its model stopped is in nobody's way: the message gives it up. */
async function makeWay(deps: ThreadDeps, { threadId, whenBusy }: StartTurn): Promise<void> {
  const turns = await deps.store.turnsOfThread(threadId);
  const active = turns.find((turn) => UNFINISHED.includes(turn.status));
  if (!active) return;
  if (stoppedByModel(active)) await stopTurn(deps, active.id);
  else if ((whenBusy ?? 'refuse') === 'refuse') refuseWhileActive(active);
}

/** Throws what keeps a thread with this turn from starting another one. */
export function refuseWhileActive(active: TurnRow): never {
  if (active.status === 'expired') {
    throw new AppError('turn_expired', 'An approval expired here. Ask again or stop the turn.');
  }
  if (active.status === 'interrupted') {
    throw new AppError(
      'turn_interrupted',
      'The last turn was interrupted. Continue it or stop it before you go on.',
    );
  }
  if (active.status === 'paused') {
    throw new AppError(
      'turn_paused',
      'The thread waits for your decision. Answer it or stop the turn; a message decides nothing.',
    );
  }
  throw turnRunning();
}

export async function announceStart(deps: RunnerDeps, turn: TurnRow, user: Message): Promise<void> {
  const thread = await deps.store.getThread(turn.threadId);
  if (thread) deps.emit({ type: 'thread', thread });
  const row = { turnId: turn.id, position: 0, state: 'running', message: user } as const;
  deps.emit({ type: 'message', threadId: turn.threadId, row });
  deps.emit({ type: 'turn', turn });
}

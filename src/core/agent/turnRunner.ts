// Drives a turn through its graph until it ends or pauses; the only place that streams the graph.
import { z } from 'zod';
import { actionFor, asks } from './gate.ts';
import { buildGraph } from './graph.ts';
import { closingMessages } from './closing.ts';
import { haltTurn, type Halted } from './halting.ts';
import { emitTurn, pauseWith } from './pausing.ts';
import { discreetFor, loggedFailure } from './discreet.ts';
import { createTextFlusher } from './textFlusher.ts';
import { createTurnNodes, type DrivenTurn } from './turnNodes.ts';
import { keptToolSpecs } from './keptSpecs.ts';
import { TurnSnapshot } from './snapshot.ts';
import { historyTold } from '../undo/told.ts';
import { toAppError, AppError } from '../base/errors.ts';
import { isModelTrouble } from '../base/modelTrouble.ts';
import { isStoreFault } from '../base/storeFaults.ts';
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import type { EngineDeps } from './deps.ts';
import type { Message } from './message.ts';
import type { ActionRow, TurnRow } from '../ports/store.ts';

export interface RunnerDeps extends EngineDeps {
  checkpointer: BaseCheckpointSaver;
}

/**
 * How a drive ended. `lost` means that another process or a stop moved the turn on; `queued` that it was not driven at all: it
 * waits for its place, and whoever has one for it goes on; `halted` that the state file or the model could not be used.
 */
export type DriveEnd =
  | { kind: 'paused'; action: ActionRow }
  | { kind: 'ended'; turn: TurnRow }
  | { kind: 'lost' }
  | { kind: 'queued' }
  | Halted;

/** Starts the turn with its user message, or goes on from its checkpoint when `user` is null. Never rejects. */
export async function driveTurn(
  runner: RunnerDeps,
  turn: TurnRow,
  options: { user: Message | null; signal: AbortSignal },
): Promise<DriveEnd> {
  const deps = discreetFor(runner, turn.id);
  try {
    const driven = await prepare(deps, turn, options.signal);
    const waiting = await streamGraph(deps, driven, options.user);
    if (waiting !== undefined) return await pause(deps, turn, waiting);
    const stopped = await wasStopped(deps, turn.id);
    if (stopped) return await end(deps, turn, { status: 'cancelled', ...stopped });
    return await end(deps, turn, { status: 'finished', ...finishNote(driven) });
  } catch (error) {
    return endAfterError(deps, turn, options.signal.aborted ? 'stopped' : toAppError(error));
  }
}

async function prepare(deps: RunnerDeps, turn: TurnRow, signal: AbortSignal): Promise<DrivenTurn> {
  const snapshot = TurnSnapshot.parse(turn.snapshot);
  const history = await deps.store.historyBefore(turn.id);
  return {
    id: turn.id,
    threadId: turn.threadId,
    snapshot,
    toolSpecs: await keptToolSpecs(deps, turn.id, snapshot.toolSpecs),
    history: historyTold(history),
    signal,
    bodies: new Map(),
    cutAtLimit: false,
  };
}

/** What the gate interrupts with. */
const Interrupted = z.object({
  __interrupt__: z.tuple([z.object({ value: z.object({ batchId: z.string() }) })], z.unknown()),
});

/** The batch that waits, when the graph stopped at an interrupt. */
async function streamGraph(
  deps: RunnerDeps,
  turn: DrivenTurn,
  user: Message | null,
): Promise<string | undefined> {
  const flusher = createTextFlusher(deps, turn);
  const graph = buildGraph(createTurnNodes(deps, turn, flusher), deps.checkpointer);
  const config = {
    configurable: { thread_id: turn.id },
    durability: 'sync',
    streamMode: 'updates',
    recursionLimit: Number.MAX_SAFE_INTEGER,
  } as const;
  let waiting: string | undefined;
  try {
    const input = user ?? (await firstMessage(deps, turn.id));
    const stream = await graph.stream(input ? { messages: [input] } : null, config);
    for await (const update of stream) {
      if (!('__interrupt__' in update)) continue;
      waiting = Interrupted.parse(update).__interrupt__[0].value.batchId;
    }
  } finally {
    await flusher.flush();
  }
  return waiting;
}

/** The user message again, for a turn that died before its first checkpoint; null when there is one to go on from. */
async function firstMessage(deps: RunnerDeps, turnId: string): Promise<Message | null> {
  const saved = await deps.checkpointer.getTuple({ configurable: { thread_id: turnId } });
  if (saved) return null;
  return (await deps.store.messagesOfTurn(turnId))[0]?.message ?? null;
}

async function pause(deps: RunnerDeps, turn: TurnRow, batchId: string): Promise<DriveEnd> {
  const rows = await deps.store.callsOfBatch(turn.id, batchId);
  if (!rows.some((call) => call.state === 'planned' && asks(call)))
    throw new AppError('internal', 'Paused without a waiting call', { audience: 'log' });
  const action = actionFor(deps, turn, rows);
  if (!(await pauseWith(deps, turn, action))) return { kind: 'lost' };
  return { kind: 'paused', action };
}

interface Ending {
  status: 'finished' | 'failed' | 'cancelled';
  code: string | null;
  message: string | null;
}

async function endAfterError(
  deps: RunnerDeps,
  turn: TurnRow,
  failure: AppError | 'stopped',
): Promise<DriveEnd> {
  if (failure !== 'stopped' && (isStoreFault(failure) || isModelTrouble(failure.code))) {
    return haltTurn(deps, turn, failure);
  }
  const ending: Ending =
    failure === 'stopped'
      ? { status: 'cancelled', code: 'stopped', message: 'Stopped by the user.' }
      : { status: 'failed', code: failure.code, message: failure.message };
  if (failure !== 'stopped')
    deps.logger.warn(`turn ${turn.id} failed: ${loggedFailure(failure, turn.id)}`);
  try {
    return await end(deps, turn, ending);
  } catch (again) {
    return haltTurn(deps, turn, toAppError(again));
  }
}

/** The terminal move, with a result for every call that has none, so that the history stays valid. */
async function end(deps: RunnerDeps, turn: TurnRow, ending: Ending): Promise<DriveEnd> {
  const closing = await closingMessages(deps.store, turn.id);
  const { id: turnId, generation } = turn;
  const at = deps.clock.now();
  const from = ['running'] as const;
  const moved = await deps.store.endTurn({ turnId, generation, from, ...ending, at, closing });
  if (!moved) return { kind: 'lost' };
  for (const row of closing) deps.emit({ type: 'message', threadId: turn.threadId, row });
  const row = await emitTurn(deps, turnId);
  return row ? { kind: 'ended', turn: row } : { kind: 'lost' };
}

async function wasStopped(
  deps: RunnerDeps,
  turnId: string,
): Promise<{ code: string; message: string } | undefined> {
  const last = (await deps.store.messagesOfTurn(turnId)).at(-1);
  if (last?.message.role !== 'tool') return undefined;
  return { code: 'rejected_and_stopped', message: 'You rejected the calls and stopped the turn.' };
}

function finishNote(turn: DrivenTurn): { code: string | null; message: string | null } {
  if (!turn.cutAtLimit) return { code: null, message: null };
  return {
    code: 'model_length',
    message: 'The reply stopped at the model’s length limit. Ask it to go on.',
  };
}

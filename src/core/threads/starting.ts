// A message starts a turn: what determines it is fixed here, once. A message never answers or replaces a turn.
import { hashOf, toolFingerprints, type TurnSnapshot } from '../agent/snapshot.ts';
import { renderSystemPrompt } from '../agent/systemPrompt.ts';
import { AppError } from '../base/errors.ts';
import { toolSpecs } from '../tools/registry.ts';
import { prefixIn } from '../../protocol/temporary.ts';
import { UNFINISHED, type Mode } from '../../protocol/calls.ts';
import type { Drive, ThreadDeps } from './deps.ts';
import type { Message } from '../agent/message.ts';
import type { RunnerDeps } from '../agent/turnRunner.ts';
import type { ModelRef } from '../ports/model.ts';
import type { TurnRow } from '../ports/store.ts';

export interface StartTurn {
  threadId: string;
  text: string;
  model: ModelRef;
  mode: Mode;
}

/** Throws AppError `unknown_thread`, `turn_paused`, `turn_expired`, `turn_interrupted` or `turn_running`. */
export async function startTurn(deps: ThreadDeps, start: StartTurn): Promise<Drive> {
  const { store, ids, texts, clock, drives } = deps;
  const { threadId } = start;
  if (!(await store.getThread(threadId))) {
    throw new AppError('unknown_thread', `There is no thread ${threadId} in this state file.`);
  }
  await refuseWhileActive(deps, threadId);
  const snapshot = snapshotFor(deps, start);
  const id = ids.next(prefixIn(threadId, 'u'));
  const user: Message = { role: 'user', id: `${id}:m0`, text: start.text };
  const snapshotHash = hashOf(snapshot, texts);
  const createdAt = clock.now();
  const turn = await store.createTurn({ id, threadId, snapshot, snapshotHash, createdAt }, user);
  await store.setTitleIfNull(threadId, titleFrom(start.text));
  await announceStart(deps, turn, user);
  return { turn, done: drives.start(turn, user) };
}

export function turnRunning(): AppError {
  return new AppError('turn_running', 'The agent is still working in this thread. Stop it first.');
}

async function refuseWhileActive(deps: RunnerDeps, threadId: string): Promise<void> {
  const turns = await deps.store.turnsOfThread(threadId);
  const active = turns.find((turn) => UNFINISHED.includes(turn.status));
  if (!active) return;
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

function snapshotFor(deps: RunnerDeps, start: StartTurn): TurnSnapshot {
  const { files, tools, texts, clock, timeZone } = deps;
  const startedAt = clock.now();
  const date = new Date(startedAt).toISOString().slice(0, 10);
  const facts = { roots: files.roots, date, timeZone, mode: start.mode };
  return {
    version: 1,
    model: start.model,
    system: renderSystemPrompt(facts),
    tools: toolFingerprints(toolSpecs(tools), texts),
    mode: start.mode,
    roots: [...files.roots],
    startedAt,
    timeZone,
  };
}

async function announceStart(deps: RunnerDeps, turn: TurnRow, user: Message): Promise<void> {
  const thread = await deps.store.getThread(turn.threadId);
  if (thread) deps.emit({ type: 'thread', thread });
  const row = { turnId: turn.id, position: 0, state: 'running', message: user } as const;
  deps.emit({ type: 'message', threadId: turn.threadId, row });
  deps.emit({ type: 'turn', turn });
}

/** First line of the message, shortened; the model writes a better one later. */
function titleFrom(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

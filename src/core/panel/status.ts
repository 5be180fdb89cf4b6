// The chat's head and foot: thread, turn, model, mode, how much waits and what was used.
import { driftView } from './drift.ts';
import { currentTurn, threadSummary } from './snapshot.ts';
import type { PresenterDeps } from './presenter.ts';
import { neverRan, stoppedByModel } from '../threads/stopping.ts';
import type { ChatStatus } from '../../protocol/messages.ts';

export async function chatStatus(
  deps: Pick<PresenterDeps, 'engine' | 'store' | 'session' | 'problems' | 'host'>,
): Promise<ChatStatus> {
  const { engine, store, session, problems, host } = deps;
  const { threadId, model, mode } = session.state;
  const thread = threadId === null ? undefined : await store.getThread(threadId);
  const turn = threadId === null ? undefined : await currentTurn(store, threadId);
  const waiting = await store.waiting();
  const { images, contextWindow } = model
    ? await engine.traits(model)
    : { images: false, contextWindow: null };
  return {
    thread: thread ? await threadSummary(store, thread) : null,
    turnId: turn?.id ?? null,
    turn: turn?.status ?? null,
    model: model ? { id: `${model.provider}:${model.id}`, label: model.label, images } : null,
    mode,
    waiting: waiting.reduce((sum, { calls }) => sum + calls, 0),
    queued: threadId === null ? [] : await queuedMessages(store, threadId),
    usage: threadId === null ? { input: 0, output: 0 } : await store.usageOfThread(threadId),
    ...(threadId === null ? {} : await contextOf(store, threadId, contextWindow)),
    problems: problems(),
    background: threadId === null ? [] : await backgroundOf(store, threadId),
    window: host.decidedBy,
    ...(turn?.status === 'interrupted' ? driftView({ engine }, turn) : {}),
    ...(turn && stoppedByModel(turn) ? { tryAgain: true } : {}),
  };
}

async function backgroundOf(
  store: PresenterDeps['store'],
  threadId: string,
): Promise<{ turnId: string; callId: string }[]> {
  const running = await store.runningBackground();
  return running
    .filter((row) => row.threadId === threadId)
    .map(({ turnId, callId }) => ({ turnId, callId }));
}

/** Four bytes are about a token; what the model is told of its tools comes on top. */
const BYTES_A_TOKEN = 4;

/** Nothing before the first reply. */
async function contextOf(
  store: PresenterDeps['store'],
  threadId: string,
  window: number | null,
): Promise<Pick<ChatStatus, 'context'>> {
  const { last, turn, bytes } = await store.contextOfThread(threadId);
  const used = last ? last.input + last.output : Math.ceil(bytes / BYTES_A_TOKEN);
  return used === 0 ? {} : { context: { used, estimated: last === null, window, turn } };
}

async function queuedMessages(store: PresenterDeps['store'], threadId: string): Promise<string[]> {
  const queued = await store.turnsInState('queued');
  return queued.filter((turn) => turn.threadId === threadId && neverRan(turn)).map(({ id }) => id);
}

// The chat's head and foot: thread, turn, model, mode, how much waits and what was used.
import { currentTurn, threadSummary } from './snapshot.ts';
import type { PresenterDeps } from './presenter.ts';
import type { ChatStatus } from '../../protocol/messages.ts';
import type { MessageRow } from '../ports/store.ts';

export async function chatStatus(
  deps: Pick<PresenterDeps, 'store' | 'session' | 'problems'>,
): Promise<ChatStatus> {
  const { store, session, problems } = deps;
  const { threadId, model, mode } = session.state;
  const thread = threadId === null ? undefined : await store.getThread(threadId);
  const turn = threadId === null ? undefined : await currentTurn(store, threadId);
  const open = await store.openActions();
  const messages = threadId === null ? [] : await store.messagesOfThread(threadId);
  return {
    thread: thread ? await threadSummary(store, thread) : null,
    turnId: turn?.id ?? null,
    turn: turn?.status ?? null,
    model: model ? { id: `${model.provider}:${model.id}`, label: model.label } : null,
    mode,
    waiting: open.reduce((sum, action) => sum + action.requests.length, 0),
    usage: sumUsage(messages),
    problems: problems(),
  };
}

function sumUsage(rows: readonly MessageRow[]): { input: number; output: number } {
  const total = { input: 0, output: 0 };
  for (const { message } of rows) {
    if (message.role !== 'assistant' || !message.usage) continue;
    total.input += message.usage.input;
    total.output += message.usage.output;
  }
  return total;
}

// What a surface is sent when it connects, read from the store: never from what another surface holds.
import { isTemporary } from '../../protocol/temporary.ts';
import { NOT_RUN } from '../agent/closing.ts';
import { JsonObject, UNFINISHED } from '../../protocol/calls.ts';
import { decidedAction } from '../agent/submission.ts';
import { titleOf } from '../threads/titleText.ts';
import { findTool, toolSpecs } from '../tools/registry.ts';
import type { ActionView, RequestView, ThreadSummary } from '../../protocol/messages.ts';
import type { ActionRow, Store, ThreadRow, TurnRow } from '../ports/store.ts';
import type { Tool } from '../tools/tool.ts';

/** Largest base text a card carries, in UTF-16 units. */
const MAX_BASE = 2_000_000;

/** A pending action as a card, built from the stored proposals; the model's words stand apart in `agentText`. */
export async function actionView(
  store: Store,
  action: ActionRow,
  tools: readonly Tool[],
): Promise<ActionView> {
  const thread = await store.getThread(action.threadId);
  const batch = (await store.getMessage(action.turnId, action.batchId))?.message;
  const drafts = await store.draftsOfAction(action.id);
  const decided = decidedAction(action);
  return {
    actionId: action.id,
    turnId: action.turnId,
    threadId: action.threadId,
    threadTitle: titleOf(thread),
    kind: action.kind,
    state: action.state,
    createdAt: action.createdAt,
    expiresAt: action.expiresAt,
    proposalHash: action.proposalHash,
    agentText: batch?.role === 'assistant' ? batch.text : '',
    requests: await Promise.all(
      action.requests.map((request) => requestView({ store, tools }, action, request)),
    ),
    drafts: drafts.map(({ actionId: _, updatedAt: __, ...draft }) => draft),
    ...(decided ? { decided } : {}),
  };
}

async function requestView(
  { store, tools }: { store: Store; tools: readonly Tool[] },
  action: ActionRow,
  request: ActionRow['requests'][number],
): Promise<RequestView> {
  const tool = findTool(tools, request.tool);
  const schema = tool ? (toolSpecs([tool])[0]?.schema ?? {}) : {};
  return {
    ...request,
    before: await baseText(store, action, request),
    schema: JsonObject.parse(schema),
  };
}

/** The text the edit was proposed on: empty for a new file, null when it is not kept or too large to show. */
export async function baseText(
  store: Store,
  { turnId }: ActionRow,
  request: ActionRow['requests'][number],
): Promise<string | null> {
  if (request.proposal.kind !== 'edit') return null;
  if (request.proposal.baseHash === null) return '';
  const text = await store.getText(turnId, request.proposal.baseHash);
  return text === undefined || text.length > MAX_BASE ? null : text;
}

export async function threadSummary(store: Store, thread: ThreadRow): Promise<ThreadSummary> {
  const turns = await store.turnsOfThread(thread.id);
  const waiting = (await store.waiting()).filter((row) => row.threadId === thread.id);
  return {
    id: thread.id,
    title: titleOf(thread),
    updatedAt: thread.updatedAt,
    status: currentOf(turns)?.status ?? null,
    waiting: waiting.reduce((sum, { calls }) => sum + calls, 0),
    temporary: isTemporary(thread.id),
  };
}

/** The turn that is not over, else the last one. */
export async function currentTurn(store: Store, threadId: string): Promise<TurnRow | undefined> {
  const turns = await store.turnsOfThread(threadId);
  return currentOf(turns);
}

function currentOf(turns: readonly TurnRow[]): TurnRow | undefined {
  const open = turns.find((turn) => UNFINISHED.includes(turn.status));
  // A message that was taken back says nothing about how the thread ended.
  return open ?? turns.findLast((turn) => turn.code !== NOT_RUN) ?? turns.at(-1);
}

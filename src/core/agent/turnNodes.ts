// The graph's nodes for one turn, over the store and the ports. What runs is decided by rows, not by graph state.
import { answersAfterCrash, holdAtGate } from './gate.ts';
import { planBatch } from './plan.ts';
import { collectReply } from './reply.ts';
import { runCall } from './runCall.ts';
import { screenedRow } from './screenedRow.ts';
import { AppError } from '../base/errors.ts';
import { hasImages, messagesTold, type AttachedBodies } from '../attachments/told.ts';
import { traitsOf } from '../models/traits.ts';
import { undoReply } from '../undo/reply.ts';
import type { EngineDeps } from './deps.ts';
import type { CallTask, GraphNodes, TurnState } from './graph.ts';
import type { AssistantMessage, Message } from './message.ts';
import type { TurnSnapshot } from './snapshot.ts';
import type { TextFlusher } from './textFlusher.ts';
import type { ModelChunk, ToolSpec } from '../ports/model.ts';
import type { ActionRow, CallRow } from '../ports/store.ts';

export interface DrivenTurn {
  id: string;
  threadId: string;
  snapshot: TurnSnapshot;
  /** The tools as the model was told of them when the turn was started. */
  toolSpecs: readonly ToolSpec[];
  /** Messages of the thread's earlier turns. */
  history: readonly Message[];
  signal: AbortSignal;
  bodies: AttachedBodies;
  /** Set by the model node when a reply stopped at the model's length limit. */
  cutAtLimit: boolean;
}

export function createTurnNodes(
  deps: EngineDeps,
  turn: DrivenTurn,
  flusher: TextFlusher,
): GraphNodes {
  const inOrder = createQueue();
  return {
    model: (state) => callModel(deps, turn, { state, flusher }),
    propose: (batch) => proposeBatch(deps, turn, batch),
    gate: (batch) => holdAtGate(deps, turn.id, batch.id),
    // Calls of a batch run one after another, in the model's order: later ones may build on earlier ones.
    call: (task) => inOrder(() => settleCall(deps, turn, task)),
  };
}

async function callModel(
  deps: EngineDeps,
  turn: DrivenTurn,
  node: { state: TurnState; flusher: TextFlusher },
): Promise<{ messages: Message[] }> {
  const { messages } = node.state;
  turn.signal.throwIfAborted();
  if (await stoppedByHuman(deps, turn.id, messages)) return { messages: [] };
  const { snapshot } = turn;
  const messageId = `${turn.id}:m${messages.length}`;
  await deps.store.dropText(turn.id, messageId);
  const chunks = snapshot.undo
    ? undoReply(snapshot.undo, messages)
    : await modelReply(deps, turn, messages);
  const reply = await collectReply(chunks, {
    messageId,
    usedIds: callIds(messages),
    onText: (delta) => node.flusher.add(messageId, delta),
    onReasoning: (delta) => node.flusher.add(messageId, delta, true),
  });
  turn.cutAtLimit = reply.cutAtLimit;
  await node.flusher.flush();
  await putMessage(deps, turn, { position: messages.length, message: reply.message });
  return { messages: [reply.message] };
}

async function modelReply(
  deps: EngineDeps,
  { snapshot, history, toolSpecs: tools, signal, bodies }: DrivenTurn,
  messages: readonly Message[],
): Promise<AsyncIterable<ModelChunk>> {
  const { model, system } = snapshot;
  const provider = deps.providers.get(model.provider);
  if (!provider) throw unknownProvider(model.provider, [...deps.providers.keys()]);
  const callIndex = messages.filter((message) => message.role === 'assistant').length;
  const all = [...history, ...messages];
  const takesImages = hasImages(all) && (await traitsOf(deps.providers, model)).images;
  const told = await messagesTold(deps.store, all, { takesImages, bodies });
  return provider.stream({ ...{ model, system, tools, callIndex, signal }, messages: told });
}

async function proposeBatch(
  deps: EngineDeps,
  turn: DrivenTurn,
  batch: AssistantMessage,
): Promise<void> {
  // What a human was shown is never proposed anew: this node runs again when its process died right after it.
  if (!(await deps.store.actionOfBatch(turn.id, batch.id))) {
    const { id, threadId, signal, snapshot } = turn;
    const { mode, undo } = snapshot;
    const place = { id, threadId, signal, mode, byHost: undo !== undefined };
    const rows = await planBatch(deps, place, batch);
    await deps.store.planCalls(await Promise.all(rows.map((row) => screenedRow(deps, row))));
  }
  for (const call of await deps.store.callsOfBatch(turn.id, batch.id)) {
    deps.emit({ type: 'call', threadId: turn.threadId, call });
  }
}

async function settleCall(deps: EngineDeps, turn: DrivenTurn, task: CallTask): Promise<Message> {
  const row = await deps.store.getCall(turn.id, task.callId);
  if (!row)
    throw new AppError('internal', `No journal row for ${task.callId}`, { audience: 'log' });
  const action = await deps.store.actionOfBatch(turn.id, task.batchId);
  const run = { deps, threadId: turn.threadId, mode: turn.snapshot.mode, signal: turn.signal };
  const message = await runCall(run, asShown(row, action), {
    approval: action?.decisions?.[task.callId],
    unknown:
      row.state === 'started'
        ? (await answersAfterCrash(deps.store, turn)).get(task.callId)
        : undefined,
  });
  const batchAt = await deps.store.getMessage(turn.id, task.batchId);
  await putMessage(deps, turn, { position: (batchAt?.position ?? 0) + 1 + row.index, message });
  return message;
}

/** A decision is about the proposal that was shown; a start before a crash left the human's edited one in the journal. */
function asShown(row: CallRow, action: ActionRow | undefined): CallRow {
  const shown = action?.requests.find((request) => request.callId === row.callId);
  if (!shown || row.state !== 'planned') return row;
  return { ...row, proposal: shown.proposal, proposalHash: shown.proposalHash };
}

async function putMessage(
  deps: EngineDeps,
  turn: DrivenTurn,
  at: { position: number; message: Message },
): Promise<void> {
  const row = { turnId: turn.id, state: 'running', ...at } as const;
  await deps.store.putMessage(row);
  deps.emit({ type: 'message', threadId: turn.threadId, row });
}

/** True after a batch in which the human chose “reject and stop”. */
async function stoppedByHuman(
  deps: EngineDeps,
  turnId: string,
  messages: readonly Message[],
): Promise<boolean> {
  const batch = messages.findLast((message) => message.role === 'assistant');
  if (!batch || messages.at(-1)?.role !== 'tool') return false;
  const action = await deps.store.actionOfBatch(turnId, batch.id);
  return Object.values(action?.decisions ?? {}).some(
    (decision) => decision.type === 'reject' && decision.stop === true,
  );
}

function callIds(messages: readonly Message[]): Set<string> {
  return new Set(
    messages.flatMap((message) =>
      message.role === 'assistant' ? message.toolCalls.map((call) => call.id) : [],
    ),
  );
}

function unknownProvider(name: string, known: readonly string[]): AppError {
  const text = `There is no model provider “${name}”. Set countersign.model.provider to one of: ${known.join(', ')}.`;
  return new AppError('model_not_configured', text);
}

/** Runs tasks strictly one after another. After one that failed the drive is over: none of the others runs. */
function createQueue(): <T>(task: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = tail.then(task);
    tail = next;
    return next;
  };
}

// The graph and its edges: model → propose → gate → one Send per call → model. Nothing else.
// State holds this turn's messages only; earlier turns come from the store, decisions from the pending action's row.
import { Annotation, END, Send, START, StateGraph } from '@langchain/langgraph';
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import type { AssistantMessage, Message } from './message.ts';

const TurnState = Annotation.Root({
  messages: Annotation<Message[]>({ reducer: appendById, default: () => [] }),
});
export type TurnState = typeof TurnState.State;

/** What one `Send` carries: the call, never the state. */
export interface CallTask {
  batchId: string;
  callId: string;
}

export interface GraphNodes {
  model(state: TurnState): Promise<{ messages: Message[] }>;
  propose(batch: AssistantMessage): Promise<void>;
  gate(batch: AssistantMessage): Promise<void>;
  call(task: CallTask): Promise<Message>;
}

export type TurnGraph = ReturnType<typeof buildGraph>;

export function buildGraph(nodes: GraphNodes, checkpointer: BaseCheckpointSaver) {
  return new StateGraph(TurnState)
    .addNode('model', (state: TurnState) => nodes.model(state))
    .addNode('propose', async (state: TurnState) => {
      await nodes.propose(lastBatch(state));
      return {};
    })
    .addNode('gate', async (state: TurnState) => {
      await nodes.gate(lastBatch(state));
      return {};
    })
    .addNode('call', async (task: CallTask) => ({ messages: [await nodes.call(task)] }))
    .addEdge(START, 'model')
    .addConditionalEdges('model', afterModel, ['propose', END])
    .addEdge('propose', 'gate')
    .addConditionalEdges('gate', sendCalls, ['call'])
    .addEdge('call', 'model')
    .compile({ checkpointer });
}

/** Ends when the last message asks for nothing: the model's last word, or results after “reject and stop”. */
function afterModel(state: TurnState): 'propose' | typeof END {
  const last = state.messages.at(-1);
  return last?.role === 'assistant' && last.toolCalls.length > 0 ? 'propose' : END;
}

function sendCalls(state: TurnState): Send[] {
  const batch = lastBatch(state);
  return batch.toolCalls.map(
    (call) => new Send('call', { batchId: batch.id, callId: call.id } satisfies CallTask),
  );
}

function lastBatch(state: TurnState): AssistantMessage {
  const last = state.messages.findLast((message) => message.role === 'assistant');
  if (!last) throw new Error('No assistant message in the turn');
  return last;
}

/** Appends; a message with a known id replaces the old one, so that a node which ran twice adds nothing. */
function appendById(left: Message[], right: Message[]): Message[] {
  const merged = [...left];
  for (const message of right) {
    const at = merged.findIndex((known) => known.id === message.id);
    if (at < 0) merged.push(message);
    else merged[at] = message;
  }
  return merged;
}

// A turn through the real graph with nodes that do nothing: what is left is the saver's.
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { buildGraph, type GraphNodes } from '../../src/core/agent/graph.ts';
import type { Message } from '../../src/core/agent/message.ts';
import { cpuTime, gaps } from './measure.ts';
import { RESULT_BYTES, sampleText } from './workload.ts';

/** Called before a node returns its message, as the store is. */
export type KeepMessage = (message: Message, position: number) => Promise<void>;

export interface GraphTurn {
  /** Milliseconds of each step (a model call and its tool call), in order. */
  steps: number[];
  /** The same in processor time, which a busy machine does not stretch. */
  cpu: number[];
  said: number;
}

/** Runs a whole turn of `messages` messages. */
export async function runGraphTurn(
  saver: BaseCheckpointSaver,
  turnId: string,
  options: { messages: number; keep?: KeepMessage },
): Promise<GraphTurn> {
  const { messages: count, keep = async () => undefined } = options;
  const marks: number[] = [];
  const cpuMarks: number[] = [];
  let said = 0;
  const kept = async <T extends Message>(message: T, position: number): Promise<T> => {
    said += Buffer.byteLength(message.text);
    await keep(message, position);
    return message;
  };
  const nodes: GraphNodes = {
    model: async ({ messages }) => {
      marks.push(performance.now());
      cpuMarks.push(cpuTime());
      const at = messages.length;
      const last = at + 2 > count;
      const argsText = JSON.stringify({ path: `file${at}.txt` });
      const toolCalls = last ? [] : [{ id: `call${at}`, name: 'read_file', argsText }];
      said += Buffer.byteLength(argsText);
      const text = `Step ${at}: I look at the next file to see what it holds. `;
      const message = { role: 'assistant', id: `${turnId}:m${at}`, text, toolCalls } as const;
      return { messages: [await kept<Message>(message, at)] };
    },
    propose: async () => undefined,
    gate: async () => undefined,
    call: async ({ batchId, callId }) => {
      const at = Number(callId.slice(4)) + 1;
      const text = sampleText(at, RESULT_BYTES);
      const id = `${batchId}:${callId}`;
      return kept<Message>({ role: 'tool', id, callId, tool: 'read_file', status: 'ok', text }, at);
    },
  };
  const user: Message = { role: 'user', id: `${turnId}:m0`, text: 'Read every file.' };
  const graph = buildGraph(nodes, saver);
  await graph.invoke(
    { messages: [user] },
    {
      configurable: { thread_id: turnId },
      durability: 'sync',
      recursionLimit: Number.MAX_SAFE_INTEGER,
    },
  );
  return { said, steps: gaps(marks), cpu: gaps(cpuMarks) };
}

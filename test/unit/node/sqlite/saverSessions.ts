// Random histories for savers: the same seeded session is driven on two of them, and what they hold is compared.
import { AIMessage, HumanMessage, RemoveMessage, ToolMessage } from '@langchain/core/messages';
import type { RunnableConfig } from '@langchain/core/runnables';
import {
  Annotation,
  Command,
  END,
  interrupt,
  messagesStateReducer,
  Send,
  START,
  StateGraph,
} from '@langchain/langgraph';
import type { BaseCheckpointSaver, CheckpointTuple } from '@langchain/langgraph-checkpoint';

/** A saver that can be closed and opened again on the same file. */
export interface SaverSubject {
  saver: BaseCheckpointSaver;
  reopen(): Promise<void>;
  close(): void;
}

export type MessageStyle = 'plain' | 'langchain';

interface PlainMessage {
  id: string;
  role: string;
  text: string;
  parts?: { n: number }[];
  removed?: boolean;
}

/** What the node `act` does in one step of a plan. */
type Act =
  | { act: 'append'; count: number }
  | { act: 'withoutId' }
  | { act: 'edit'; at: number }
  | { act: 'editInPlace'; at: number }
  | { act: 'remove'; at: number }
  | { act: 'ask' }
  | { act: 'send'; count: number; ask: boolean }
  | { act: 'sub'; ask: boolean }
  | { act: 'note' };

/** Mulberry32: the same numbers for the same seed, everywhere. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function appendOrReplace(left: PlainMessage[], right: PlainMessage | PlainMessage[]) {
  const merged = [...left];
  for (const message of Array.isArray(right) ? right : [right]) {
    // Ids assigned and texts edited in place, after the write was stored.
    message.id ??= `late${merged.length}`;
    if (message.text.endsWith('!')) message.text += '?';
    const at = merged.findIndex((known) => known.id === message.id);
    if (at < 0) merged.push(message);
    else if (message.removed) merged.splice(at, 1);
    else merged[at] = message;
  }
  return merged;
}

const channels = {
  plan: Annotation<Act[]>({ reducer: (_, next: Act[]) => next, default: () => [] }),
  notes: Annotation<string[]>({ reducer: (a, b: string[]) => [...a, ...b], default: () => [] }),
  scratch: Annotation<unknown>,
};
const PlainState = Annotation.Root({
  ...channels,
  messages: Annotation<PlainMessage[], PlainMessage | PlainMessage[]>({
    reducer: appendOrReplace,
    default: () => [],
  }),
});
const ChainState = Annotation.Root({
  ...channels,
  messages: Annotation<unknown[]>({
    reducer: messagesStateReducer as unknown as (a: unknown[], b: unknown[]) => unknown[],
    default: () => [],
  }),
});

const UNIQUE = 'ü\u2028\ud83d\ude00 "quoted" \\ \u0000';

function newMessage(style: MessageStyle, at: number): object {
  const id = `m${at}`;
  const text = `${id} ${UNIQUE} ${'x'.repeat((at * 37) % 300)}${at % 5 === 0 ? '!' : ''}`;
  if (style === 'plain') {
    return {
      id,
      role: at % 2 ? 'user' : 'tool',
      text,
      ...(at % 3 === 0 && { parts: [{ n: at }] }),
    };
  }
  if (at % 3 === 0) return new HumanMessage({ id, content: text, additional_kwargs: { at } });
  if (at % 3 === 1) {
    const call = { id: `c${at}`, name: 'tool', args: { at, deep: [{ text }] } };
    const message = new AIMessage({ id, content: text, tool_calls: [call] });
    message.response_metadata = { usage: { at } };
    return message;
  }
  return new ToolMessage({ id, content: text, tool_call_id: `c${at}`, status: 'error' });
}

type Known = { id: string; text: string; content: unknown; parts?: { n: number }[] };

/** The messages that one act returns. */
function actOn(style: MessageStyle, act: Act, known: readonly object[]): object[] {
  const at = known.length;
  const picked = 'at' in act ? (known[act.at % Math.max(1, at)] as Known | undefined) : undefined;
  switch (act.act) {
    case 'append':
      return Array.from({ length: act.count }, (_, n) => newMessage(style, at + n));
    case 'withoutId': {
      const message = newMessage(style, at + 500) as { id?: string };
      if (style === 'plain') delete message.id;
      return [message];
    }
    case 'edit':
      if (!picked) return [];
      if (style === 'plain') return [{ ...picked, text: `edited ${picked.text.slice(0, 40)}` }];
      return [new HumanMessage({ id: picked.id, content: 'edited' })];
    case 'editInPlace':
      if (!picked) return [];
      if (style === 'plain') picked.text = `in place ${at}`;
      else picked.content = `in place ${at}`;
      picked.parts?.push({ n: at });
      return [newMessage(style, at + 1000)];
    case 'remove':
      if (!picked) return [];
      return style === 'plain'
        ? [{ id: picked.id, role: 'user', text: '', removed: true }]
        : [new RemoveMessage({ id: picked.id })];
    case 'ask':
    case 'send':
    case 'sub':
    case 'note':
      return [];
  }
}

/** The graph: `act` works off the plan step by step, `leaf` runs in parallel, `sub` is a graph in its own namespace. */
export function sessionGraph(saver: BaseCheckpointSaver, style: MessageStyle) {
  const State = (style === 'plain' ? PlainState : ChainState) as typeof PlainState;
  const inner = new StateGraph(State)
    .addNode('inside', ({ plan, messages }) => {
      const [act] = plan;
      if (act?.act === 'sub' && act.ask) interrupt({ inside: messages.length });
      return { messages: [newMessage(style, messages.length + 2000)] as PlainMessage[] };
    })
    .addEdge(START, 'inside')
    .addEdge('inside', END)
    .compile();
  return new StateGraph(State)
    .addNode('act', ({ plan, messages }) => {
      const [act, ...rest] = plan;
      if (act?.act === 'ask') interrupt({ asked: messages.length, deep: { list: [1, null] } });
      const returned = act ? (actOn(style, act, messages) as PlainMessage[]) : [];
      return {
        plan: rest,
        ...(returned.length > 0 && { messages: returned }),
        ...(act?.act === 'note' && { notes: [`n${messages.length}`], scratch: { odd: [] } }),
      };
    })
    .addNode('leaf', ({ n, ask }: { n: number; ask: boolean }) => {
      if (ask && n % 2 === 1) interrupt({ leaf: n });
      return { messages: [newMessage(style, 3000 + n)] as PlainMessage[], notes: [`leaf${n}`] };
    })
    .addNode('sub', inner)
    .addNode('after', ({ plan }) => ({ plan: plan.slice(1) }))
    .addConditionalEdges(START, route, ['act', 'leaf', 'sub', END])
    .addConditionalEdges('act', route, ['act', 'leaf', 'sub', END])
    .addEdge('leaf', 'after')
    .addEdge('sub', 'after')
    .addConditionalEdges('after', route, ['act', 'leaf', 'sub', END])
    .compile({ checkpointer: saver });
}

function route({ plan, messages }: { plan: Act[]; messages: unknown[] }) {
  const [act] = plan;
  if (!act) return END;
  if (act.act === 'sub') return 'sub';
  if (act.act !== 'send') return 'act';
  return Array.from(
    { length: act.count },
    (_, n) => new Send('leaf', { n: messages.length * 10 + n, ask: act.ask }),
  );
}

type Graph = ReturnType<typeof sessionGraph>;
const DURABILITIES = ['sync', 'async', 'exit'] as const;
const base: RunnableConfig = { configurable: { thread_id: 'session' } };

/** One step of a session, chosen from its own numbers so that every subject does the same. */
export type Step = (subject: SaverSubject, style: MessageStyle) => Promise<void>;

export function nextStep(pick: (below: number) => number): Step {
  const kind = pick(10);
  const durability = DURABILITIES[pick(3)] ?? 'sync';
  const plan = Array.from({ length: 1 + pick(3) }, () => randomAct(pick));
  const index = pick(50);
  const number = pick(10_000);
  return async (subject, style) => {
    if (kind === 0) return subject.reopen();
    const graph = sessionGraph(subject.saver, style);
    if (kind === 1) return fork(graph, style, { index, number });
    const from = kind === 2 ? await pastConfig(graph, index) : base;
    const state = await graph.getState(from ?? base);
    const interrupted = state.tasks.flatMap((task) => task.interrupts);
    const config = { ...(from ?? base), durability, recursionLimit: 100 };
    const [first] = interrupted;
    if (first && kind % 2 === 0) {
      const resume = { [String(first.id)]: { answer: number } };
      await graph.invoke(new Command({ resume }), config);
    } else if (interrupted.length > 0 && kind === 3) await graph.invoke(null, config);
    else await graph.invoke({ plan }, config);
  };
}

function randomAct(pick: (below: number) => number): Act {
  const at = pick(40);
  const ask = pick(2) === 0;
  const acts: Act[] = [
    { act: 'append', count: 1 + pick(4) },
    { act: 'append', count: 1 },
    { act: 'withoutId' },
    { act: 'edit', at },
    { act: 'editInPlace', at },
    { act: 'remove', at },
    { act: 'ask' },
    { act: 'send', count: 1 + pick(4), ask },
    { act: 'sub', ask },
    { act: 'note' },
  ];
  return acts[pick(acts.length)] ?? { act: 'note' };
}

/** The same place in both histories, whatever the ids are. */
async function pastConfig(graph: Graph, index: number): Promise<RunnableConfig | undefined> {
  const configs: RunnableConfig[] = [];
  for await (const state of graph.getStateHistory(base)) configs.push(state.config);
  return configs[index % Math.max(1, configs.length)];
}

async function fork(
  graph: Graph,
  style: MessageStyle,
  { index, number }: { index: number; number: number },
): Promise<void> {
  const config = await pastConfig(graph, index);
  if (!config) return;
  if (number % 4 === 0) {
    await graph.updateState(config, null, '__copy__');
    return;
  }
  const messages = [newMessage(style, 5000 + number)] as PlainMessage[];
  await graph.updateState(config, { messages, notes: [`fork${number}`] }, 'act');
}

/** Everything a saver holds, without what differs from run to run: ids, times, and the fractions of versions. */
export async function contents(saver: BaseCheckpointSaver): Promise<unknown[]> {
  const tuples: CheckpointTuple[] = [];
  for await (const tuple of saver.list(base)) tuples.push(tuple);
  const names = new Map(
    tuples.map(({ checkpoint }, at) => [checkpoint.id, `checkpoint ${tuples.length - at}`]),
  );
  return tuples.map((tuple) => normal(tuple, names));
}

const withoutIds = (ns: string): string => ns.replace(/:[0-9a-f-]{36}/g, '');

function normal(tuple: CheckpointTuple, names: ReadonlyMap<string, string>): object {
  const { checkpoint, metadata, parentConfig, config, pendingWrites } = tuple;
  const name = (id: unknown): string => names.get(String(id)) ?? `gone ${String(id)}`;
  const floor = (versions: Record<string, number | string>): object =>
    Object.fromEntries(
      Object.entries(versions).map(([channel, version]) => [channel, Math.floor(Number(version))]),
    );
  const seen = Object.entries(checkpoint.versions_seen).map(([node, versions]) => [
    node,
    floor(versions),
  ]);
  return {
    id: name(checkpoint.id),
    ns: withoutIds(String(config.configurable?.['checkpoint_ns'])),
    parent: parentConfig && name(parentConfig.configurable?.['checkpoint_id']),
    // The stock saver also writes the defaults of channels that were never written: LangGraph makes them anew.
    values: Object.fromEntries(
      Object.entries(checkpoint.channel_values).filter(
        ([channel]) => channel in checkpoint.channel_versions,
      ),
    ),
    versions: floor(checkpoint.channel_versions),
    seen: Object.fromEntries(seen) as object,
    source: metadata?.source,
    step: metadata?.step,
    parents: Object.fromEntries(
      Object.entries(metadata?.parents ?? {}).map(([ns, id]) => [withoutIds(ns), name(id)]),
    ),
    writes: (pendingWrites ?? [])
      .map(([, channel, value]) => [channel, withoutInterruptIds(channel, value)] as const)
      .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)),
  };
}

const sortKey = (write: readonly unknown[]): string => JSON.stringify(write);

function withoutInterruptIds(channel: string, value: unknown): unknown {
  if (channel === '__resume__' && typeof value === 'object' && !Array.isArray(value))
    return 'resume';
  if (channel !== '__interrupt__' || !Array.isArray(value)) return value;
  return value.map((each: object) => ({ ...each, id: undefined, ns: undefined }));
}

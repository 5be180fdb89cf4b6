// One of several processes that decide the same actions: it opens engine and store once and does what it is told, a line
// of JSON at a time. Started by race.ts: `contender.ts STATE WORKSPACE NAME [broken]`.
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type * as engine from '../../src/engine.ts';
import { everybodyWins } from './brokenStore.ts';
import { assetsOf } from '../../src/node/assets.ts';
import type { Decisions } from '../../src/protocol/calls.ts';
import type { TurnRow } from '../../src/core/ports/store.ts';

/** What a contender is told: start a turn, or decide an action when the moment has come. */
export type Order =
  | { do: 'start'; text: string; model: string }
  | { do: 'decide'; actionId: string; decisions: Decisions; atMs: number };

/** What it answers, one line an order. */
export type Answer =
  | { what: 'ready' }
  | { what: 'waiting'; actionId: string; turnId: string }
  | { what: 'won'; status: TurnRow['status'] | 'paused' | 'lost' | 'queued' | 'halted' }
  | { what: 'refused'; code: string; message: string }
  | { what: 'failed'; message: string };

const [, , stateFile = '', workspace = '', name = '', broken] = process.argv;
const dist = path.resolve(import.meta.dirname, '../../dist');
// The bundle, as users have it: starting from source takes several times as long.
const { openEngine } = (await import(
  pathToFileURL(path.join(dist, 'engine.js')).href
)) as typeof engine;
const quiet = (): void => undefined;
const opened = await openEngine({
  stateFile,
  roots: [workspace],
  assets: assetsOf(dist),
  settings: {
    read: () => ({ user: {}, workspace: {}, trusted: true }),
    onChange: () => ({ dispose: quiet }),
  },
  secrets: { get: async () => undefined },
  logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  ...(broken === 'broken' && { decorateStore: everybodyWins }),
});

async function obey(order: Order): Promise<Answer> {
  if (order.do === 'start') return start(order);
  // All contenders wait for the same moment of the one clock they share, busily: a timer would spread them.
  while (Date.now() < order.atMs) continue;
  const { actionId, decisions } = order;
  const outcome = await opened.engine.submit({ actionId, decisions }, name);
  if (!outcome.ok) return { what: 'refused', ...outcome.refusal };
  const end = await outcome.done;
  return { what: 'won', status: end.kind === 'ended' ? end.turn.status : end.kind };
}

async function start({ text, model }: Extract<Order, { do: 'start' }>): Promise<Answer> {
  const { id: threadId } = await opened.engine.createThread();
  const ref = { provider: 'scripted', id: model };
  const drive = await opened.engine.startTurn({ threadId, text, model: ref, mode: 'default' });
  const end = await drive.done;
  if (end.kind !== 'paused') return { what: 'failed', message: JSON.stringify(end) };
  return { what: 'waiting', actionId: end.action.id, turnId: drive.turn.id };
}

const say = (answer: Answer): void => {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
};

say({ what: 'ready' });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say(await obey(JSON.parse(line) as Order));
  } catch (error) {
    say({ what: 'failed', message: String(error) });
  }
}
opened.dispose();

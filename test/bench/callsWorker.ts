// A session of many approved shell calls with results of 2 KB, in a process of its own, so that its memory is the engine's:
// `callsWorker STATE WORKSPACE CALLS DIST`. Prints what it saw as one line of JSON.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as engine from '../../src/engine.ts';
import { assetsOf } from '../../src/node/assets.ts';
import { keepYoungSmall } from '../../src/node/cli/heap.ts';
import { loadDriver } from '../../src/node/sqlite/database.ts';
import type { ModelProvider } from '../../src/core/ports/model.ts';
import { RESULT_BYTES } from './workload.ts';

export interface CallsSeen {
  threadId: string;
  /** Milliseconds of each call, from its approval to the next one being asked for. The model takes none. */
  calls: number[];
  /** The same in processor time of this process; the command's own is not in it. */
  cpu: number[];
  /** Milliseconds of starting the same shell for nothing, for comparison. */
  bare: number[];
  /** Bytes of memory after the last call. */
  rss: number;
  /** Bytes of state in use after each call. */
  state: number[];
}

const [, , stateFile = '', workspace = '', count = '0', dist = ''] = process.argv;
// The bundle, loaded as the extension and the command line load it.
const { openEngine } = createRequire(import.meta.url)(
  path.join(dist, 'engine.js'),
) as typeof engine;
keepYoungSmall();
const quiet = (): undefined => undefined;

/** Prints so much itself: no other program is started. */
const command = (n: number): string => `printf '%0${RESULT_BYTES}d' ${n}`;
const model: ModelProvider = {
  stream: async function* ({ messages }) {
    const n = messages.length;
    const args = JSON.stringify({ command: command(n) });
    yield { type: 'toolCall', index: 0, id: `c${n}`, name: 'run_command', args };
    yield { type: 'end', reason: 'tool_calls' };
  },
};
const opened = await openEngine({
  stateFile,
  roots: [workspace],
  assets: assetsOf(dist),
  settings: {
    read: () => ({
      user: { 'countersign.approval.ask': ['run_command'] },
      workspace: {},
      trusted: true,
    }),
    onChange: () => ({ dispose: quiet }),
  },
  secrets: { get: async () => undefined },
  logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  providers: new Map([['bench', model]]),
});

const reader = (await loadDriver({}))(stateFile, { readonly: true });
const pragma = (name: string): number => Number(reader.pragma(name, { simple: true }));
const bytesInUse = (): number =>
  (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
const cpuTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const { id: threadId } = await opened.engine.createThread();
const drive = await opened.engine.startTurn({
  ...{ threadId, text: 'Go.', mode: 'default' },
  model: { provider: 'bench', id: 'bench' },
});
let end = await drive.done;
const seen: CallsSeen = { threadId, calls: [], cpu: [], bare: [], rss: 0, state: [] };
for (let n = 0; n < Number(count); n += 1) {
  if (end.kind !== 'paused') throw new Error(JSON.stringify(end));
  const { id: actionId, requests } = end.action;
  const decisions = Object.fromEntries(
    requests.map(({ callId }) => [callId, { type: 'approve' } as const]),
  );
  const [at, cpu] = [performance.now(), cpuTime()];
  const outcome = await opened.engine.submit({ actionId, decisions }, 'bench');
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  end = await outcome.done;
  seen.calls.push(performance.now() - at);
  seen.cpu.push(cpuTime() - cpu);
  seen.state.push(bytesInUse());
  if (n % 10 === 0) {
    const bare = performance.now();
    spawnSync('/bin/bash', ['--noprofile', '--norc', '-c', command(n)]);
    seen.bare.push(performance.now() - bare);
  }
}
seen.rss = process.memoryUsage().rss;
process.stdout.write(`${JSON.stringify(seen)}\n`);
reader.close();
opened.dispose();

// The command line from process start: opening a paused turn, and the first approval of a new one.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EngineTurn } from './engineTurn.ts';
import { median } from './measure.ts';
import type { Row } from './rows.ts';

const CLI = path.resolve(import.meta.dirname, '../../dist/cli.js');
const PAUSED = 3;

/** Milliseconds until the process has ended: it prints one answer and exits. */
function timeOf(args: readonly string[], status: number): number {
  const start = performance.now();
  const run = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });
  const took = performance.now() - start;
  if (run.status !== status) {
    throw new Error(`cli ${args.join(' ')} exited with ${run.status}: ${run.stderr}`);
  }
  if (!/actionId|turn.paused/.test(run.stdout)) throw new Error(`No action in: ${run.stdout}`);
  return took;
}

export function measureCommandLine(
  folder: string,
  turns: { long: EngineTurn; short: EngineTurn },
  runs: number,
): Row[] {
  const pending = (turn: EngineTurn): number =>
    timeOf(['pending', '--json', '--state', turn.file], 0);
  const [long, short]: [number[], number[]] = [[], []];
  for (let n = 0; n <= runs; n += 1) {
    const pair = [pending(turns.long), pending(turns.short)] as const;
    // The first pair fills the compile cache.
    if (n === 0 && runs > 0) continue;
    long.push(pair[0]);
    short.push(pair[1]);
  }
  const [slow, quick] = [median(long), median(short)];
  const first = median(Array.from({ length: runs + 1 }, (_, n) => firstApproval(folder, n)));
  return [
    {
      what: `opening a paused turn, ${turns.long.messages} vs ${turns.short.messages} messages`,
      value: slow / quick,
      unit: 'times',
      budget: '<= 1.5',
      ok: slow / quick <= 1.5,
      note: `pending: ${slow.toFixed(0)} ms against ${quick.toFixed(0)} ms from process start`,
    },
    {
      what: 'process start to first approval',
      value: first / 1000,
      unit: 's',
      budget: '<= 0.3',
      ok: first <= 300,
      note: 'run, with a scripted model, a new state file and the process’ end',
    },
  ];
}

function firstApproval(folder: string, n: number): number {
  const home = path.join(folder, `first${n}`);
  mkdirSync(home, { recursive: true });
  const script = path.join(home, 'script.json');
  const call = { name: 'run_command', args: { command: 'node -v' } };
  writeFileSync(script, JSON.stringify({ turns: [{ text: 'Now.', toolCalls: [call] }] }));
  const state = ['--state', path.join(home, 'state.db'), '--model', `scripted:${script}`];
  return timeOf(['run', '--json', '--workspace', home, ...state, 'Go.'], PAUSED);
}

// A session of many approved shell calls: time of each, memory of the engine, state on disk, and opening it again.
import { spawnSync } from 'node:child_process';
import { buildSync } from 'esbuild';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { CallsSeen } from './callsWorker.ts';
import { median } from './measure.ts';
import type { Row } from './rows.ts';

const WORKER = path.resolve(import.meta.dirname, 'callsWorker.ts');
/** Compiled beforehand: Node's own compiler of types would count as the engine's memory. */
const COMPILED = path.resolve(import.meta.dirname, '../output/callsWorker.mjs');
const DIST = path.resolve(import.meta.dirname, '../../dist');
const CLI = path.join(DIST, 'cli.js');
const MEGABYTE = 1024 * 1024;
/** Calls that the process needs to get warm: they say more about the compiler than about the agent. */
const WARM_UP = 0.2;

export interface CallsSizes {
  calls: number;
  /** Calls that stand for “early” and for “late”. */
  some: number;
  /** How often the session is opened again. */
  runs: number;
}

export function measureCalls(folder: string, sizes: CallsSizes): Row[] {
  const home = path.join(folder, 'calls');
  const workspace = path.join(home, 'workspace');
  mkdirSync(workspace, { recursive: true });
  const file = path.join(home, 'state.db');
  const { calls } = sizes;
  const format = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const;
  buildSync({ ...format, entryPoints: [WORKER], outfile: COMPILED });
  const seen = JSON.parse(run([COMPILED, file, workspace, String(calls), DIST])) as CallsSeen;
  const show = ['show', '--json', '--state', file, seen.threadId];
  const resume = Array.from({ length: sizes.runs + 1 }, () => timeOf(show)).slice(
    sizes.runs > 0 ? 1 : 0,
  );
  return [...timeRows(seen, sizes), ...sizeRows(seen, sizes), resumeRow(median(resume), calls)];
}

function timeRows(seen: CallsSeen, { calls, some }: CallsSizes): Row[] {
  const from = Math.floor(calls * WARM_UP);
  const early = (values: readonly number[]): number => median(values.slice(from, from + some));
  const late = (values: readonly number[]): number => median(values.slice(-some));
  const each = median(seen.calls);
  const growth = late(seen.cpu) / early(seen.cpu);
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  return [
    {
      ...{ what: 'agent time per approved shell call', value: each, unit: 'ms' },
      ...{ budget: '<= 30', ok: each <= 30 },
      note: `approval to next question, median of ${calls}; the shell alone takes ${ms(median(seen.bare))}`,
    },
    {
      ...{ what: `the same at call ${calls} vs at ${from}`, value: growth, unit: 'times' },
      ...{ budget: '<= 1.05', ok: growth <= 1.05 },
      note: `${ms(late(seen.cpu))} against ${ms(early(seen.cpu))} of processor; by the clock ${ms(late(seen.calls))} against ${ms(early(seen.calls))}`,
    },
  ];
}

function sizeRows({ rss, state }: CallsSeen, { calls, some }: CallsSizes): Row[] {
  const memory = rss / MEGABYTE;
  const grown = (from: number, to: number): number =>
    ((state[to] ?? NaN) - (state[from] ?? NaN)) / (to - from);
  const last = state.length - 1;
  const [early, late] = [grown(some, Math.floor(last / 2)), grown(Math.floor(last / 2), last)];
  return [
    {
      ...{ what: `memory after ${calls} calls of 2 KB`, value: memory, unit: 'MB' },
      ...{ budget: '<= 150', ok: memory <= 150, note: 'resident, the whole process' },
    },
    {
      ...{ what: 'state per step, second half vs first', value: late / early, unit: 'times' },
      ...{ budget: '<= 1.05', ok: late / early <= 1.05 },
      note: `${late.toFixed(0)} against ${early.toFixed(0)} bytes for a reply, a call and its result of 2 KB`,
    },
  ];
}

function resumeRow(took: number, calls: number): Row {
  return {
    ...{ what: `opening that session again`, value: took / 1000, unit: 's' },
    ...{ budget: '<= 0.3', ok: took <= 300 },
    note: `show: process start to the whole thread of ${calls} calls printed`,
  };
}

function timeOf(args: readonly string[]): number {
  const start = performance.now();
  run([CLI, ...args]);
  return performance.now() - start;
}

function run(args: readonly string[]): string {
  const done = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 64 * MEGABYTE });
  if (done.status !== 0) throw new Error(`${args.join(' ')}: ${done.status} ${done.stderr}`);
  return done.stdout;
}

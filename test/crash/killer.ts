// Starts the command line and ends it with SIGKILL: at a named step, after a random while, or not at all.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CRASH_POINTS, type CrashPoint } from '../../src/node/cli/crashAt.ts';
import type { Message } from '../../src/core/agent/message.ts';
import type { ActionRequest } from '../../src/protocol/calls.ts';
import type { Random } from './random.ts';

/** One line of `--json`, as far as the driver reads it. */
export interface CliLine {
  type: string;
  /** Of a thread, with its title. */
  id?: string;
  title?: string;
  turnId?: string;
  threadId?: string;
  actionId?: string;
  proposalHash?: string;
  kind?: string;
  status?: string | null;
  code?: string | null;
  message?: Message | string | null;
  requests?: ActionRequest[];
}

export interface Run {
  killed: boolean;
  status: number | null;
  lines: CliLine[];
  stderr: string;
}

export type Kill = { at: CrashPoint; passing: number } | { afterMs: number } | null;

/** Which steps a command may pass. */
const RECOVERY: readonly CrashPoint[] = ['interrupt.stored', 'unstart.stored', 'pause.stored'];
const NOT_DRIVING: readonly CrashPoint[] = [
  ...(['turn.created', 'claim.before', 'claim.stored', 'resume.stored'] as const),
  // Nothing queues below the limit.
  ...(['dequeue.before', 'dequeue.stored'] as const),
];
const DRIVING = CRASH_POINTS.filter((point) => !NOT_DRIVING.includes(point));
const STEPS: Readonly<Record<string, readonly CrashPoint[]>> = {
  run: ['turn.created', ...DRIVING],
  decide: ['claim.before', 'claim.stored', ...DRIVING],
  continue: ['resume.stored', ...DRIVING],
  pending: RECOVERY,
};

/** Where most can go wrong, so that it is tried most. */
const AROUND_EFFECT: readonly CrashPoint[] = Array.from(
  { length: 4 },
  () => ['start.stored', 'settle.before'] as const,
).flat();

export interface Killer {
  /** Draws how the next process of this command ends. */
  draw(random: Random, command: string): Kill;
  run(args: readonly string[], options: { kill: Kill; input?: string }): Promise<Run>;
  /** Kills so far, by step; `(random)` for those at a random moment. */
  readonly kills: ReadonlyMap<string, number>;
  total(): number;
}

/** `entry` is the script of the command line; `only` the one step at which it is killed. */
export function createKiller(entry: string, only?: CrashPoint): Killer {
  const kills = new Map<string, number>();
  const durations = new Map<string, number>();
  const run: Killer['run'] = async (args, { kill, input = '' }) => {
    const started = performance.now();
    const { killed, ...rest } = await start(entry, [...args, '--json'], { kill, input });
    const command = args[0] ?? '';
    if (!killed) {
      const took = performance.now() - started;
      durations.set(command, ((durations.get(command) ?? took) + took) / 2);
    } else {
      const name = kill && 'at' in kill ? kill.at : '(random)';
      kills.set(name, (kills.get(name) ?? 0) + 1);
    }
    return { killed, ...rest };
  };
  return {
    kills,
    run,
    total: () => [...kills.values()].reduce((sum, count) => sum + count, 0),
    draw: (random, command) => {
      const steps = STEPS[command];
      if (!steps) return null;
      if (only) return steps.includes(only) ? { at: only, passing: 1 } : null;
      if (command === 'pending') return { at: random.pick(steps), passing: 1 };
      if (random.chance(0.35)) {
        const usual = durations.get(command) ?? 400;
        // Starting takes a third of the time, and nothing happens in it.
        return { afterMs: Math.round(usual * (0.3 + random.below(80) / 100)) };
      }
      // Steps that were hit least come first, so that none is left out.
      const rare = [...steps].sort((a, b) => (kills.get(a) ?? 0) - (kills.get(b) ?? 0));
      const at = random.pick(random.chance(0.4) ? rare.slice(0, 3) : [...steps, ...AROUND_EFFECT]);
      return { at, passing: random.pick([1, 1, 1, 1, 2, 3]) };
    },
  };
}

async function start(
  entry: string,
  args: readonly string[],
  options: { kill: Kill; input: string },
): Promise<Run> {
  const { kill } = options;
  const { PATH = '', HOME = '' } = process.env;
  const armed = kill && 'at' in kill ? { COUNTERSIGN_CRASH_AT: `${kill.at}:${kill.passing}` } : {};
  const child = spawn(process.execPath, [entry, ...args], {
    env: { PATH, HOME, ...armed },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined).end(options.input);
  const timer =
    kill && 'afterMs' in kill ? setTimeout(() => child.kill('SIGKILL'), kill.afterMs) : undefined;
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  return { killed: signal === 'SIGKILL', status, lines: parse(stdout), stderr };
}

/** Whole lines only: the last one of a process that was killed may be cut. */
function parse(stdout: string): CliLine[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as CliLine);
}

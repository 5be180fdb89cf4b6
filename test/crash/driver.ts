// Brings one turn to its end as a user would: looks at what waits, decides, continues. Its processes are killed on the way.
import { decideAll } from './decisions.ts';
import type { CliLine, Killer, Run } from './killer.ts';
import type { Random } from './random.ts';
import type { ScriptedTurn } from './script.ts';
import type { World } from './world.ts';

export interface DriveOptions {
  killer: Killer;
  world: World;
  random: Random;
  turn: ScriptedTurn;
  name: string;
  /** How often the processes of this turn are killed at most. */
  kills: number;
}

export interface Driven {
  turnId: string | null;
  /** Null when it could not be brought to an end. */
  end: CliLine | null;
  /** What was done, for the report of a turn that did not end. */
  steps: string[];
}

/** What a thread is called that died before it got its title. */
const UNTITLED = 'New thread';
/** More steps than any turn needs, all its kills included. */
const MOST_STEPS = 60;

export async function driveToEnd(options: DriveOptions): Promise<Driven> {
  const { world, turn, name } = options;
  const { script, settings } = world.prepare(turn, name);
  const state = ['--state', world.stateFile];
  const where = [...state, '--workspace', world.workspace, '--settings', settings];
  const command = createCommand(options);
  const start = (): Promise<Run> =>
    command(['run', ...where, '--model', `scripted:${script}`, turn.prompt]);
  let run = await start();
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const last = run.lines.at(-1);
    if (!run.killed && last?.type === 'turn.finished') return command.driven(last);
    if (!run.killed && last?.type === 'turn.failed' && last.code !== 'lost') {
      return command.driven(last);
    }
    if (!run.killed && last?.type === 'turn.paused') {
      run = await decide(options, { command, where, action: last });
      continue;
    }
    const waiting = await command(['pending', ...state]);
    if (waiting.killed) continue;
    command.turnId ??= await findTurn(options, state);
    if (command.turnId === null) {
      run = await start();
      continue;
    }
    const { turnId } = command;
    const action = waiting.lines.find((line) => line.turnId === turnId && line.actionId);
    run = action
      ? await decide(options, { command, where, action })
      : await command(['continue', ...where, turnId]);
    const end = run.killed ? undefined : endOf(run, turnId);
    if (end) return command.driven(end);
  }
  return command.driven(null);
}

interface Command {
  (args: readonly string[], input?: string): Promise<Run>;
  turnId: string | null;
  driven(end: CliLine | null): Driven;
}

/** Runs one process, which may be killed while the turn has kills left, and takes the turn's id from what it says. */
function createCommand({ killer, random, kills }: DriveOptions): Command {
  let left = kills;
  const steps: string[] = [];
  const command: Command = Object.assign(
    async (args: readonly string[], input?: string): Promise<Run> => {
      const [name = ''] = args;
      const kill = left > 0 && random.chance(0.8) ? killer.draw(random, name) : null;
      const run = await killer.run(args, { kill, ...(input === undefined ? {} : { input }) });
      if (run.killed) left -= 1;
      if (name === 'run') command.turnId ??= run.lines.find((line) => line.turnId)?.turnId ?? null;
      const how = run.killed ? `killed ${JSON.stringify(kill)}` : JSON.stringify(brief(run));
      steps.push(`${name} ${input ?? ''} -> ${how} ${run.stderr.trim()}`);
      return run;
    },
    { turnId: null, driven: (end: CliLine | null) => ({ turnId: command.turnId, end, steps }) },
  );
  return command;
}

function brief({ lines, status }: Run): object {
  const { requests: _requests, proposalHash: _hash, ...last } = lines.at(-1) ?? { type: 'nothing' };
  return { status, ...last };
}

function decide(
  { random, turn, world }: DriveOptions,
  at: { command: Command; where: readonly string[]; action: CliLine },
): Promise<Run> {
  const { actionId = '', proposalHash, kind = '', requests = [] } = at.action;
  const decisions = decideAll({ kind, requests }, { random, turn, world });
  const input = JSON.stringify({ actionId, proposalHash, decisions });
  return at.command(['decide', ...at.where, actionId, '--decisions', '-'], input);
}

/** The turn of a process that died before it said a word; null when there is none. */
async function findTurn(
  { killer, turn }: DriveOptions,
  state: readonly string[],
): Promise<string | null> {
  const read = async (args: readonly string[]): Promise<CliLine[]> =>
    (await killer.run(args, { kill: null })).lines;
  for (const { id: threadId, title } of await read(['threads', ...state])) {
    if (threadId === undefined || ![turn.prompt, UNTITLED].includes(title ?? '')) continue;
    const lines = await read(['show', ...state, threadId]);
    const said = lines.find(
      ({ message }) =>
        typeof message === 'object' && message?.role === 'user' && message.text === turn.prompt,
    );
    if (said?.turnId) return said.turnId;
  }
  return null;
}

/** The end of a turn that ended before its process could say so; undefined for every other one. */
function endOf({ lines }: Run, turnId: string): CliLine | undefined {
  const last = lines.at(-1);
  if (last?.type !== 'refused' || last.code !== 'not_interrupted') return undefined;
  const text = typeof last.message === 'string' ? last.message : '';
  const status = /is (\w+)\.$/.exec(text)?.[1] ?? '';
  if (!['finished', 'failed', 'cancelled', 'expired'].includes(status)) return undefined;
  return { type: 'turn.finished', turnId, status };
}

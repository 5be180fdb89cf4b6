// Races of several processes for one action, many times: long-lived contenders, or a fresh command line for each decision.
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createRandom, type Random } from '../crash/random.ts';
import { createKiller, type Killer } from '../crash/killer.ts';
import { temporaryFolder, type TemporaryFolder } from '../fakes/temporaryFolder.ts';
import type { Decision } from '../../src/protocol/calls.ts';
import type { Answer, Order } from './contender.ts';

export interface RaceOptions {
  rounds: number;
  /** Rounds in which each decision is a process of its own. */
  cliRounds: number;
  processes: number;
  seed: number;
  /** Script of the command line. */
  entry: string;
  /** With a claim that everybody wins: proves that faults are found. Only for rounds of long-lived processes. */
  broken?: boolean;
}

/** What is counted; every one must be 0. */
export const RACE_FAULTS = [
  'rounds without exactly one winner',
  'commands that ran more than once',
  'approved commands that did not run',
  'rejected commands that ran',
  'losers not told who decided',
  'turns that did not finish',
] as const;
export type RaceFault = (typeof RACE_FAULTS)[number];

export interface RaceReport {
  rounds: number;
  cliRounds: number;
  faults: { fault: RaceFault; what: string }[];
  /** Rounds won, by process; and by kind of decision. */
  seen: Map<string, number>;
  seconds: number;
}

interface Decider {
  name: string;
  decide(actionId: string, decision: Decision, atMs: number): Promise<Answer>;
}

const CALL = 'race';

export async function raceRun(options: RaceOptions): Promise<RaceReport> {
  const started = performance.now();
  const folder = await temporaryFolder({ 'workspace/log.txt': '', 'state/.keep': '' });
  const report: RaceReport = {
    ...{ rounds: options.rounds, cliRounds: options.cliRounds },
    ...{ faults: [], seen: new Map(), seconds: 0 },
  };
  const contenders = await Promise.all(
    Array.from({ length: options.processes }, (_, n) =>
      startContender(folder, `window ${n + 1}`, options.broken === true),
    ),
  );
  try {
    const random = createRandom(options.seed);
    const killer = createKiller(options.entry);
    for (let round = 0; round < options.rounds + options.cliRounds; round += 1) {
      const deciders: readonly Decider[] =
        round < options.rounds ? contenders : clients(killer, folder, options.processes);
      const [first] = contenders;
      if (!first) throw new Error('no contenders');
      await runRound({ folder, first, deciders, random, report, id: `r${round}` });
    }
  } finally {
    await Promise.all(contenders.map((contender) => contender.stop()));
    await folder.dispose();
  }
  report.seconds = (performance.now() - started) / 1000;
  return report;
}

interface Round {
  folder: TemporaryFolder;
  first: Contender;
  deciders: readonly Decider[];
  random: Random;
  report: RaceReport;
  id: string;
}

/** Long enough for every contender to have read its order. */
const HEAD_START_MS = 15;

async function runRound(round: Round): Promise<void> {
  const { folder, first, deciders, random, report, id } = round;
  const command = `echo ${id} >> log.txt`;
  const script = folder.at(`state/${id}.json`);
  const call = { id: CALL, name: 'run_command', args: { command } };
  await writeFile(script, JSON.stringify({ turns: [{ toolCalls: [call] }, { text: 'Done' }] }));
  const waiting = await first.tell({ do: 'start', text: id, model: script });
  if (waiting.what !== 'waiting') throw new Error(JSON.stringify(waiting));
  const decisions = deciders.map((): Decision =>
    random.chance(0.6) ? { type: 'approve' } : { type: 'reject' },
  );
  const atMs = Date.now() + HEAD_START_MS;
  const answers = await Promise.all(
    deciders.map((decider, n) =>
      decider.decide(waiting.actionId, decisions[n] ?? { type: 'reject' }, atMs),
    ),
  );
  const won = answers.flatMap((answer, n) => (answer.what === 'won' ? [n] : []));
  const fault = (name: RaceFault): void => {
    report.faults.push({ fault: name, what: `${id}: ${JSON.stringify(answers)}` });
  };
  if (won.length !== 1) fault('rounds without exactly one winner');
  const winner = deciders[won[0] ?? 0]?.name ?? '';
  const decision = decisions[won[0] ?? 0]?.type ?? '';
  for (const name of [`won by ${winner.replace(/ \(pid.*/, '')}`, `decided: ${decision}`]) {
    report.seen.set(name, (report.seen.get(name) ?? 0) + 1);
  }
  const log = await readFile(folder.at('workspace/log.txt'), 'utf8');
  const ran = log.split('\n').filter((line) => line === id).length;
  if (ran > 1) fault('commands that ran more than once');
  if (ran === 0 && decision === 'approve') fault('approved commands that did not run');
  if (ran > 0 && decision === 'reject') fault('rejected commands that ran');
  for (const answer of answers) {
    if (answer.what === 'won') {
      if (answer.status !== 'finished') fault('turns that did not finish');
    } else if (!isTold(answer, winner)) fault('losers not told who decided');
  }
}

function isTold(answer: Answer, winner: string): boolean {
  if (answer.what !== 'refused' || answer.code !== 'already_decided') return false;
  return answer.message.includes(winner);
}

interface Contender extends Decider {
  tell(order: Order): Promise<Answer>;
  stop(): Promise<void>;
}

async function startContender(
  folder: TemporaryFolder,
  name: string,
  broken: boolean,
): Promise<Contender> {
  const script = path.join(import.meta.dirname, 'contender.ts');
  const args = [script, folder.at('state/state.db'), folder.at('workspace'), name];
  if (broken) args.push('broken');
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, args, {
    env: { PATH, HOME },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Answer> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${name} ended`);
    return JSON.parse(value) as Answer;
  };
  const tell = (order: Order): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(order)}\n`);
    return next();
  };
  await next();
  return {
    name,
    tell,
    decide: (actionId, decision, atMs) =>
      tell({ do: 'decide', actionId, decisions: { [CALL]: decision }, atMs }),
    stop: async () => {
      child.stdin.end();
      await closed;
    },
  };
}

/** Each decides in a process of its own; who won is known from who the losers are told. */
function clients(killer: Killer, folder: TemporaryFolder, count: number): Decider[] {
  const where = ['--state', folder.at('state/state.db'), '--workspace', folder.at('workspace')];
  return Array.from({ length: count }, () => ({
    name: 'command line',
    decide: async (actionId, decision): Promise<Answer> => {
      const input = JSON.stringify({ decisions: { [CALL]: decision } });
      const args = ['decide', ...where, actionId, '--decisions', '-'];
      const { lines, stderr } = await killer.run(args, { kill: null, input });
      const last = lines.at(-1);
      if (last?.type === 'turn.finished') return { what: 'won', status: 'finished' };
      const message = typeof last?.message === 'string' ? last.message : stderr;
      return last?.type === 'refused'
        ? { what: 'refused', code: last.code ?? '', message }
        : { what: 'failed', message };
    },
  }));
}

// One crash run: many turns on one state file and workspace, killed all along, brought to their ends, judged.
import type { CrashPoint } from '../../src/node/cli/crashAt.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { driveToEnd, type Driven } from './driver.ts';
import { createKiller } from './killer.ts';
import { judge, type Finding, type Verdict } from './oracle.ts';
import { createRandom } from './random.ts';
import { drawTurn, type ScriptedTurn } from './script.ts';
import { createWorld } from './world.ts';

export interface CrashOptions {
  /** Script of the command line. */
  entry: string;
  kills: number;
  turns: number;
  seed: number;
  /** Turns under way at a time. */
  workers: number;
  /** The one step at which processes are killed; otherwise at all of them, and at random moments. */
  at?: CrashPoint | undefined;
}

export interface CrashReport {
  kills: ReadonlyMap<string, number>;
  totalKills: number;
  turns: number;
  findings: Finding[];
  seen: Verdict['seen'];
  leftovers: number;
  seconds: number;
  /** What was done with the turns that findings are about. */
  stories: string[];
}

/** Goes on until there were `kills` kills and `turns` turns. */
export async function crashRun(options: CrashOptions): Promise<CrashReport> {
  const started = performance.now();
  const folder = await temporaryFolder();
  try {
    const world = createWorld(folder.path);
    const killer = createKiller(options.entry, options.at);
    const turns: ScriptedTurn[] = [];
    const driven = new Map<ScriptedTurn, Driven>();
    // Enough turns have to come for every kill to be spent: each takes a few.
    const perTurn = Math.ceil(options.kills / options.turns) + 1;
    const work = async (): Promise<void> => {
      while (killer.total() < options.kills || turns.length < options.turns) {
        const name = `s${options.seed}t${turns.length}`;
        const random = createRandom(options.seed * 100_003 + turns.length);
        const turn = drawTurn(random, name);
        turns.push(turn);
        const kills = killer.total() < options.kills ? perTurn : 0;
        driven.set(turn, await driveToEnd({ killer, world, random, turn, name, kills }));
      }
    };
    await Promise.all(Array.from({ length: options.workers }, work));
    const { findings, seen } = await judge(world, turns);
    const about = turns.filter(({ prompt }) =>
      findings.some(({ what }) => what.startsWith(`${prompt}:`)),
    );
    return {
      kills: killer.kills,
      totalKills: killer.total(),
      turns: turns.length,
      ...{ findings, seen, leftovers: world.leftovers().length },
      seconds: (performance.now() - started) / 1000,
      stories: about.map((turn) => story(turn, driven.get(turn))),
    };
  } finally {
    await folder.dispose();
  }
}

function story(turn: ScriptedTurn, driven: Driven | undefined): string {
  return [turn.prompt, JSON.stringify(turn.script), ...(driven?.steps ?? [])].join('\n  ');
}

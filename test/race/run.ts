// npm run test:race: several processes decide one action at once, again and again; says what it counted. Fails on any fault.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { raceRun, RACE_FAULTS } from './race.ts';

const USAGE = `Usage: npm run test:race -- [--rounds N] [--processes P] [--cli-rounds N] [--seed S] [--no-claim-guard]

  --rounds      of long-lived processes that have the engine open (default 1000)
  --processes   in each round (default 4)
  --cli-rounds  of \`decide\` on the command line, a process for each decision (default 20)
  --seed        of the decisions (default 1)
  --no-claim-guard  everybody wins the claim: proves that the harness finds doubled decisions
`;
const text = (value: string) => ({ type: 'string', default: value }) as const;
const { values } = parseArgs({
  options: {
    ...{ rounds: text('1000'), processes: text('4'), 'cli-rounds': text('20'), seed: text('1') },
    'no-claim-guard': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else {
  const broken = values['no-claim-guard'];
  const report = await raceRun({
    rounds: Number(values.rounds),
    cliRounds: broken ? 0 : Number(values['cli-rounds']),
    broken,
    processes: Number(values.processes),
    seed: Number(values.seed),
    entry: path.resolve(import.meta.dirname, '../../dist/cli.js'),
  });
  const rows: [string, number | string][] = [
    ['seconds', report.seconds.toFixed(0)],
    ['processes in each round', values.processes],
    ['rounds', report.rounds],
    ['rounds on the command line', report.cliRounds],
    ...[...report.seen].sort(([a], [b]) => (a < b ? -1 : 1)),
    ...RACE_FAULTS.map((name): [string, number] => [
      `! ${name}`,
      report.faults.filter(({ fault }) => fault === name).length,
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${String(value).padStart(6)}`);
  const details = report.faults.map(({ fault, what }) => `${fault}: ${what}`);
  process.stdout.write(`${[...lines, ...details].join('\n')}\n`);
  process.exitCode = report.faults.length > 0 ? 1 : 0;
}

// npm run test:crash: kills the command line again and again, and says what it counted. Fails on any violation.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CRASH_POINTS } from '../../src/node/cli/crashAt.ts';
import { crashRun, type CrashReport } from './crash.ts';
import { VIOLATIONS } from './oracle.ts';

const USAGE = `Usage: npm run test:crash -- [--kills N] [--turns N] [--seed S] [--workers N] [--at STEP] [--cli FILE] [--no-journal]

  --kills       at least so many (default 500)
  --turns       at least so many (default a fifth of the kills)
  --seed        of the scripts, decisions and kills (default 1; when a process dies is still up to the machine)
  --workers     turns under way at a time (default 2)
  --at          kills only at this named step of src/node/cli/crashAt.ts
  --cli         another build of the command line (default dist/cli.js)
  --no-journal  forgets which calls were started: proves that the harness finds doubled effects
`;
const ROOT = path.resolve(import.meta.dirname, '../..');

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '500' },
    turns: { type: 'string' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    at: { type: 'string' },
    cli: { type: 'string', default: path.join(ROOT, 'dist', 'cli.js') },
    'no-journal': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else {
  const kills = Number(values.kills);
  const report = await crashRun({
    entry: values['no-journal'] ? path.join(import.meta.dirname, 'brokenCli.ts') : values.cli,
    kills,
    turns: Number(values.turns ?? Math.ceil(kills / 5)),
    seed: Number(values.seed),
    workers: Number(values.workers),
    at: CRASH_POINTS.find((point) => point === values.at),
  });
  process.stdout.write(table(report));
  process.exitCode = report.findings.length > 0 ? 1 : 0;
}

function table(report: CrashReport): string {
  const { kills, seen, findings, stories } = report;
  const sorted = (counts: ReadonlyMap<string, number>): [string, number][] =>
    [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows: [string, number | string][] = [
    ['seconds', report.seconds.toFixed(0)],
    ['turns', report.turns],
    ['kills', report.totalKills],
    ...sorted(kills).map(([name, count]): [string, number] => [`  at ${name}`, count]),
    ...sorted(seen),
    ['temporary files left behind', report.leftovers],
    ...VIOLATIONS.map((name): [string, number] => [
      `! ${name}`,
      findings.filter(({ violation }) => violation === name).length,
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${String(value).padStart(6)}`);
  const details = findings.map(({ violation, what }) => `${violation}: ${what}`);
  return `${[...lines, ...(details.length > 0 ? ['', ...details, '', ...stories] : [])].join('\n')}\n`;
}

// npm run bench: measures what DESIGN §11 has budgets for, prints a table and keeps it in test/output/bench.json.
// --smoke does each once on small sizes, to see that it still works; its figures mean nothing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { measureCalls } from './calls.ts';
import { measureChat, measureThreadPages } from './chat.ts';
import { measureCommandLine } from './commandLine.ts';
import { measurePackage } from './package.ts';
import { measurePolicy } from './policy.ts';
import { tableOf } from './rows.ts';
import { measureStorage } from './storage.ts';
import { measureWorkbench } from './workbench.ts';

const OUTPUT = path.resolve(import.meta.dirname, '../output/bench.json');
const smoke = process.argv.includes('--smoke');
const sizes = smoke
  ? {
      storage: { long: 40, short: 10, rounds: 0 },
      calls: { calls: 20, some: 4, runs: 0 },
      runs: 0,
      policy: 1,
      chat: { items: 200, rounds: 0, seconds: 0.2 },
      workbench: { items: 40, seconds: 1, runs: 1 },
    }
  : {
      storage: { long: 1000, short: 10, rounds: 3 },
      calls: { calls: 500, some: 50, runs: 9 },
      runs: 9,
      policy: 20,
      chat: { items: 5000, rounds: 3, seconds: 5 },
      workbench: { items: 1000, seconds: 10, runs: 3 },
    };

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-bench-'));
try {
  const { rows: storage, long, short } = await measureStorage(folder, sizes.storage);
  const rows = [
    ...storage,
    ...measureCalls(folder, sizes.calls),
    ...measureCommandLine(folder, { long, short }, sizes.runs),
    ...(await measurePolicy(sizes.policy)),
    ...(await measureThreadPages(folder, sizes.chat.items)),
    ...(await measureChat(sizes.chat)),
    ...(await measureWorkbench(folder, sizes.workbench)),
    measurePackage(),
  ];
  process.stdout.write(`${tableOf(rows)}\n`);
  const machine = { node: process.version, cpus: cpus().length, platform: process.platform };
  if (!smoke) {
    mkdirSync(path.dirname(OUTPUT), { recursive: true });
    writeFileSync(OUTPUT, `${JSON.stringify({ machine, rows }, null, 2)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

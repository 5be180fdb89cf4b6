// npm run fuzz: every property test of the policy and of what comes from outside, with 100,000 inputs each.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { testFiles } from './levels.mjs';
import { parseOptions } from './options.mjs';
import { nodePath, ROOT } from './paths.mjs';
import { runMain, say } from './process.mjs';
import { ensureDependencies } from './setup.mjs';

const USAGE = `Usage: npm run fuzz -- [--runs N] [--seed N] [--grep TEXT]

  --runs   inputs of each property (default 100000)
  --seed   of the inputs (default 1)
  --grep   only tests whose title matches`;

await runMain(async () => {
  const text = /** @type {const} */ ({ type: 'string' });
  const values = parseOptions(USAGE, { runs: text, seed: text, grep: text });
  const { runs = '100000', seed = '1', grep = '' } = values;
  await ensureDependencies();
  const files = testFiles('unit').filter((file) =>
    readFileSync(file, 'utf8').includes('/fakes/runs.ts'),
  );
  say(`${files.length} files, ${runs} inputs for each property, seed ${seed}`);
  const script = path.join(ROOT, 'test', 'host', 'mochaLevel.mjs');
  const results = path.join(tmpdir(), `countersign-fuzz-${process.pid}.json`);
  const child = spawn(nodePath(), [script, results, '0', grep, ...files], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, COUNTERSIGN_RUNS: runs, COUNTERSIGN_SEED: seed },
  });
  return await new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
});

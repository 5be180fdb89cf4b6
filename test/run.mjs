// npm test: sets everything up, runs the levels in order, ends with one line of counts.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { build } from './host/build.mjs';
import { LEVELS } from './host/levels.mjs';
import { parseOptions, usageError } from './host/options.mjs';
import { ROOT } from './host/paths.mjs';
import { elapsed, runMain, say, sayOnStdout, SetupError } from './host/process.mjs';
import { ensureDependencies } from './host/setup.mjs';

const NAMES = LEVELS.map(({ name }) => name).join(', ');
const USAGE = `Usage: npm test -- [--level NAME[,NAME]] [--grep TEXT]

  --level   only these levels, of: ${NAMES}
  --grep    only tests whose title matches (check is left out then)`;

/** @typedef {import('./host/levels.mjs').Counts} Counts */

await runMain(async () => {
  sayOnStdout();
  const values = parseOptions(USAGE, { level: { type: 'string' }, grep: { type: 'string' } });
  const grep = values.grep ?? '';
  const wanted = values.level?.split(',') ?? LEVELS.map(({ name }) => name);
  const unknown = wanted.find((name) => !LEVELS.some((level) => level.name === name));
  if (unknown !== undefined) usageError(USAGE, `There is no level ${unknown}.`);
  const levels = LEVELS.filter(({ name }) => wanted.includes(name) && !(grep && name === 'check'));

  await ensureDependencies();
  const total = { passed: 0, failed: 0, skipped: 0 };
  if (needsBuild(levels) && !(await buildPassed())) total.failed += 1;
  const ofLane = (/** @type {string} */ lane) => levels.filter((level) => level.lane === lane);
  const first = await runLane(ofLane('first'), { grep, later: false });
  const workbench = ofLane('workbench');
  const rest = await Promise.all([
    runLane(workbench, { grep, later: false }),
    runLane(ofLane('beside'), { grep, later: workbench.length > 0 }),
  ]);
  let ran = 0;
  for (const { name, counts } of [first, ...rest].flat()) {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    if (!counts.none && name !== 'check') ran += counts.passed + counts.failed;
  }
  if (process.env.CI && ran === 0 && !values.level) {
    say('No test was run.');
    total.failed += 1;
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
  return total.failed > 0 ? 1 : 0;
});

/** @param {import('./host/levels.mjs').Level[]} levels */
function needsBuild(levels) {
  const fromDist = levels.some(({ name }) => name !== 'check' && name !== 'unit');
  return fromDist && existsSync(path.join(ROOT, 'esbuild.mjs'));
}

async function buildPassed() {
  try {
    await build();
    return true;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    return false;
  }
}

/**
 * One level after the other.
 * @param {import('./host/levels.mjs').Level[]} levels
 * @param {import('./host/levels.mjs').RunOptions} options
 */
async function runLane(levels, options) {
  const all = [];
  for (const level of levels)
    all.push({ name: level.name, counts: await runLevel(level, options) });
  return all;
}

/**
 * @param {import('./host/levels.mjs').Level} level
 * @param {import('./host/levels.mjs').RunOptions} options
 * @returns {Promise<Counts>} a level that cannot run counts as one failure, and the others still run
 */
async function runLevel({ name, run }, options) {
  const started = Date.now();
  if (!options.later) say(`\n== ${name}`);
  /** @type {Counts} */
  let counts = { passed: 0, failed: 1, skipped: 0 };
  try {
    counts = await run(options);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    say(error instanceof SetupError ? error.message : String(error.stack));
  }
  const { passed, failed, skipped, none } = counts;
  say(
    none
      ? `== ${name}: no tests yet`
      : `== ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${elapsed(started)}`,
  );
  return counts;
}

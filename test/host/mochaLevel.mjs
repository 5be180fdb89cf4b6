// Runs the test files of one level in this process. Keeps the counts in a file, so that a crash loses only the rest.
// node test/host/mochaLevel.mjs RESULTS-FILE TIMEOUT-MS GREP FILE...   (run by test/run.mjs on Node 24)
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as later } from 'node:timers';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import Mocha from 'mocha';

/** How long a finished level may take to close what it opened. */
const GRACE_MS = 3_000;

// The same generated inputs every time, so that a red run means a change; COUNTERSIGN_SEED looks further.
fc.configureGlobal({ seed: Number(process.env.COUNTERSIGN_SEED ?? 1) });

const [results = '', timeout = '20000', grep = '', ...files] = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0, finished: false };
const save = () => writeFileSync(results, JSON.stringify(counts));

const mocha = new Mocha({
  ui: 'bdd',
  reporter: 'spec',
  timeout: Number(timeout),
  color: process.stdout.isTTY,
  ...(grep ? { grep } : {}),
});
save();
for (const file of files) await load(file);

const runner = mocha.run((failures) => {
  counts.finished = true;
  save();
  process.exitCode = failures > 0 ? 1 : 0;
  // Unreferenced: it fires only when something is still open.
  later(() => {
    console.log('  (the tests left something open; their process was ended)');
    process.exit();
  }, GRACE_MS).unref();
});
runner.on('pass', () => count('passed'));
runner.on('fail', () => count('failed'));
runner.on('pending', () => count('skipped'));

/**
 * A file that cannot be loaded is one failed test; the others still run.
 * @param {string} file
 */
async function load(file) {
  mocha.suite.emit('pre-require', globalThis, file, mocha);
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    const suite = Mocha.Suite.create(mocha.suite, path.relative(process.cwd(), file));
    suite.addTest(
      new Mocha.Test('can be loaded', () => {
        throw error;
      }),
    );
  }
}

/** @param {'passed' | 'failed' | 'skipped'} outcome */
function count(outcome) {
  counts[outcome] += 1;
  save();
}

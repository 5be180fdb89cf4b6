// The levels of the test run: what each runs and how it is counted.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { runChecks } from './check.mjs';
import { nodePath, ROOT } from './paths.mjs';
import { cleanEnv, disownGroup, killGroup, ownGroup, say, SetupError } from './process.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number, none?: boolean }} Counts
 * @typedef {{ grep: string }} RunOptions
 * @typedef {{ name: string, run: (options: RunOptions) => Promise<Counts> }} Level
 */

const MINUTE = 60_000;

/** In the order in which they run: the quick ones first. @type {Level[]} */
export const LEVELS = [
  { name: 'check', run: checkLevel },
  { name: 'unit', run: (options) => mochaLevel('unit', 20_000, options) },
  { name: 'contract', run: (options) => mochaLevel('contract', 20_000, options) },
  { name: 'flow', run: (options) => mochaLevel('flow', 20_000, options) },
  { name: 'vscode', run: vscodeLevel },
  { name: 'browser', run: browserLevel },
];

/** @returns {Promise<Counts>} */
async function checkLevel() {
  return { ...(await runChecks()), skipped: 0 };
}

/** @param {RunOptions} options @returns {Promise<Counts>} */
async function vscodeLevel(options) {
  if (testFiles('vscode').length === 0) return { passed: 0, failed: 0, skipped: 0, none: true };
  const script = path.join(ROOT, 'test', 'host', 'inHost.mjs');
  return await counted((results) => [script, results, options.grep], 20 * MINUTE);
}

/** @param {RunOptions} options @returns {Promise<Counts>} */
async function browserLevel(options) {
  if (testFiles('browser').length > 0) {
    // Here, so that an install is seen as progress and not counted as a slow test.
    const { ensureVscode } = await import('./vscodeHost.mjs');
    const { ensureBrowser } = await import('./browser.mjs');
    await ensureVscode();
    await ensureBrowser();
  }
  return await mochaLevel('browser', 120_000, options);
}

/**
 * @param {string} name folder under test/
 * @returns {string[]} its test files
 */
export function testFiles(name) {
  const folder = path.join(ROOT, 'test', name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.join(folder, file))
    .sort();
}

/**
 * @param {string} name
 * @param {number} timeoutMs of one test
 * @param {RunOptions} options
 */
async function mochaLevel(name, timeoutMs, { grep }) {
  const files = testFiles(name);
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0, none: true };
  const script = path.join(ROOT, 'test', 'host', 'mochaLevel.mjs');
  return await counted(
    (results) => [script, results, String(timeoutMs), grep, ...files],
    (name === 'browser' ? 40 : 15) * MINUTE,
  );
}

/**
 * Runs a Node 24 process that keeps its counts in a file. One that ends without having finished, or is
 * stopped at the limit, counts as one more failure.
 * @param {(results: string) => string[]} args
 * @param {number} limitMs
 * @returns {Promise<Counts>}
 */
async function counted(args, limitMs) {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-results-'));
  const results = path.join(folder, 'counts.json');
  const end = await toEnd(args(results), limitMs);
  const kept = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : {};
  rmSync(folder, { recursive: true, force: true });
  const { passed = 0, failed = 0, skipped = 0, finished = false } = kept;
  const crashed = !finished || (end !== 'exit 0' && failed === 0);
  if (crashed) say(`  ✖ the test process did not finish (${end})`);
  return { passed, failed: failed + (crashed ? 1 : 0), skipped };
}

/**
 * @param {string[]} args
 * @param {number} limitMs
 * @returns {Promise<string>} how it ended
 */
function toEnd(args, limitMs) {
  const child = spawn(nodePath(), args, {
    cwd: ROOT,
    env: cleanEnv(),
    stdio: ['ignore', 1, 1], // one stream keeps the lines in order
    detached: process.platform !== 'win32',
  });
  const { pid } = child;
  if (pid === undefined)
    throw new SetupError('Node 24 does not start: delete node_modules and run npm test again.');
  ownGroup(pid);
  return new Promise((resolve) => {
    let stopped = '';
    const timer = setTimeout(() => {
      stopped = `stopped after ${limitMs / MINUTE} minutes`;
      killGroup(pid, 'SIGKILL');
    }, limitMs);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      killGroup(pid, 'SIGKILL'); // whatever a crashed run left behind
      disownGroup(pid);
      resolve(stopped || (signal ? `signal ${signal}` : `exit ${code}`));
    });
  });
}

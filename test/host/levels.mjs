// The levels of the test run: what each runs and how it is counted.
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { runChecks } from './check.mjs';
import { nodePath, ROOT } from './paths.mjs';
import { cleanEnv, disownGroup, killGroup, ownGroup, say, SetupError } from './process.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number, none?: boolean }} Counts
 * @typedef {{ grep: string, later: boolean }} RunOptions later: prints only when it has ended, whole
 * @typedef {{ name: string, lane: 'first' | 'workbench' | 'beside', run: (options: RunOptions) => Promise<Counts> }} Level
 *   lane: of each lane one at a time; the last two lanes at once
 */

const MINUTE = 60_000;
const LIMITS = { testMs: 20_000, limitMs: 15 * MINUTE };

/** Tests of a page alone in the browser, without the workbench. */
const PAGES = path.join(ROOT, 'test', 'browser', 'webview') + path.sep;

/**
 * In the order in which they run: the quick ones first, and then those in the workbench, which mostly wait, beside the
 * slow ones without it. @type {Level[]}
 */
export const LEVELS = [
  { name: 'check', lane: 'first', run: checkLevel },
  { name: 'unit', lane: 'first', run: (options) => mochaLevel(testFiles('unit'), options) },
  { name: 'contract', lane: 'first', run: (options) => mochaLevel(testFiles('contract'), options) },
  { name: 'vscode', lane: 'first', run: vscodeLevel },
  { name: 'browser', lane: 'workbench', run: browserLevel },
  { name: 'page', lane: 'beside', run: pageLevel },
  { name: 'flow', lane: 'beside', run: (options) => mochaLevel(testFiles('flow'), options) },
];

/** @returns {Promise<Counts>} */
async function checkLevel() {
  return { ...(await runChecks()), skipped: 0 };
}

/** @param {RunOptions} options @returns {Promise<Counts>} */
async function vscodeLevel(options) {
  if (testFiles('vscode').length === 0) return { passed: 0, failed: 0, skipped: 0, none: true };
  const script = path.join(ROOT, 'test', 'host', 'inHost.mjs');
  return await counted((results) => [script, results, options.grep], 20 * MINUTE, options.later);
}

/** @param {RunOptions} options @returns {Promise<Counts>} */
async function browserLevel(options) {
  const files = testFiles('browser').filter((file) => !file.startsWith(PAGES));
  if (files.length > 0) {
    // Here, so that an install is seen as progress and not counted as a slow test.
    const { ensureVscode } = await import('./vscodeHost.mjs');
    await ensureVscode();
    await ensureBrowserOnce();
  }
  return await mochaLevel(files, options, { testMs: 120_000, limitMs: 40 * MINUTE });
}

/** @param {RunOptions} options @returns {Promise<Counts>} */
async function pageLevel(options) {
  const files = testFiles('browser').filter((file) => file.startsWith(PAGES));
  if (files.length > 0) await ensureBrowserOnce();
  return await mochaLevel(files, options, { testMs: 120_000, limitMs: 40 * MINUTE });
}

/** @type {Promise<unknown> | undefined} */
let browser;

function ensureBrowserOnce() {
  browser ??= import('./browser.mjs').then(({ ensureBrowser }) => ensureBrowser());
  return browser;
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
 * @param {string[]} files
 * @param {RunOptions} options
 * @param {{ testMs: number, limitMs: number }} [limits] of one test and of all
 * @returns {Promise<Counts>}
 */
async function mochaLevel(files, { grep, later }, limits = LIMITS) {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0, none: true };
  const script = path.join(ROOT, 'test', 'host', 'mochaLevel.mjs');
  return await counted(
    (results) => [script, results, String(limits.testMs), grep, ...files],
    limits.limitMs,
    later,
  );
}

/**
 * Runs a Node 24 process that keeps its counts in a file. One that ends without having finished, or is
 * stopped at the limit, counts as one more failure.
 * @param {(results: string) => string[]} args
 * @param {number} limitMs
 * @param {boolean} later prints only when it has ended, whole
 * @returns {Promise<Counts>}
 */
async function counted(args, limitMs, later) {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-results-'));
  const results = path.join(folder, 'counts.json');
  const output = path.join(folder, 'output.txt');
  const out = later ? openSync(output, 'a') : 1;
  const end = await toEnd(args(results), limitMs, out);
  if (later) {
    closeSync(out);
    say(readFileSync(output, 'utf8'));
  }
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
 * @param {number} out file descriptor its output goes to
 * @returns {Promise<string>} how it ended
 */
function toEnd(args, limitMs, out) {
  const child = spawn(nodePath(), args, {
    cwd: ROOT,
    env: cleanEnv(),
    stdio: ['ignore', out, out], // one stream keeps the lines in order
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

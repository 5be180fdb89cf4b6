// Runs the suites of test/vscode inside the extension host of a real VS Code, and collects what they report.
// node test/host/inHost.mjs RESULTS-FILE [GREP]   (run by test/run.mjs on Node 24, after the build)
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { ensureBrowser } from './browser.mjs';
import { linkExtension } from './extensions.mjs';
import { startHost } from './host.mjs';
import { ROOT } from './paths.mjs';
import { runMain, say, SetupError } from './process.mjs';

/** How long the suites may be silent, start-up of VS Code included. */
const SILENCE_MS = 180_000;

/**
 * What `test/vscode/index.ts` writes, one JSON object a line.
 * @typedef {{ event: 'passed' | 'failed' | 'skipped' | 'end', title?: string, ms?: number, error?: string }} Line
 */

/**
 * @param {string} resultsFile gets the counts, as in mochaLevel.mjs
 * @param {string} grep
 * @returns {Promise<number>} exit status
 */
async function main(resultsFile, grep) {
  const bundle = path.join(ROOT, 'dist', 'test', 'vscode', 'index.js');
  if (!existsSync(bundle))
    throw new SetupError('The in-host suites are not built: run npm run build.');
  const temp = mkdtempSync(path.join(tmpdir(), 'countersign-inhost-'));
  const lines = path.join(temp, 'results.jsonl');
  const workspace = sampleCopy(temp);
  writeFileSync(lines, '');
  const data = path.join(temp, 'data');
  mkdirSync(path.join(data, 'extensions'), { recursive: true });
  linkExtension(data, path.join(ROOT, 'test', 'vscode', 'modelExtension'), 'test-models');
  const host = await startHost({
    workspace,
    tests: bundle,
    userDataDir: data,
    env: { COUNTERSIGN_TEST_RESULTS: lines, COUNTERSIGN_TEST_GREP: grep },
  });
  const browser = await chromium.launch(await ensureBrowser());
  try {
    const page = await browser.newPage();
    await page.goto(host.url);
    return await follow(lines, resultsFile, host.ended);
  } catch (error) {
    say(`  VS Code's logs: ${host.logs}`);
    throw error;
  } finally {
    await browser.close();
    await host.stop();
    if (!process.env.COUNTERSIGN_KEEP)
      rmSync(temp, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @param {string} temp @returns {string} a workspace of its own */
function sampleCopy(temp) {
  const workspace = path.join(temp, 'workspace');
  const sample = path.join(ROOT, 'media', 'sample');
  mkdirSync(workspace);
  if (existsSync(sample)) cpSync(sample, workspace, { recursive: true });
  return workspace;
}

/**
 * Prints results as they come and keeps the counts.
 * @param {string} lines
 * @param {string} resultsFile
 * @param {Promise<void>} hostEnded
 */
async function follow(lines, resultsFile, hostEnded) {
  const counts = { passed: 0, failed: 0, skipped: 0, finished: false };
  const save = () => writeFileSync(resultsFile, JSON.stringify(counts));
  save();
  let gone = false;
  void hostEnded.then(() => (gone = true));
  let read = 0;
  let lastSign = Date.now();
  while (!counts.finished) {
    const all = readFileSync(lines, 'utf8').split('\n').slice(0, -1);
    for (const text of all.slice(read)) {
      const line = /** @type {Line} */ (JSON.parse(text));
      if (line.event === 'end') counts.finished = true;
      else counts[line.event] += 1;
      print(line);
      lastSign = Date.now();
    }
    read = all.length;
    save();
    if (gone) throw new Error('The VS Code server ended before the suites did.');
    if (Date.now() - lastSign > SILENCE_MS) {
      throw new Error(`The suites in the extension host said nothing for ${SILENCE_MS / 1000} s.`);
    }
    if (!counts.finished) await wait(100);
  }
  return counts.failed > 0 ? 1 : 0;
}

/** @param {Line} line */
function print({ event, title, ms, error }) {
  if (event === 'passed') say(`    ✔ ${title} (${ms} ms)`);
  if (event === 'skipped') say(`    - ${title}`);
  if (event === 'failed') say(`    ✖ ${title}\n${error ?? ''}`);
}

await runMain(() => main(process.argv[2] ?? '', process.argv[3] ?? ''));

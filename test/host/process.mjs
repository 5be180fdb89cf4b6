// Child processes of the harness: a clean environment, steps with progress on stderr, and no process left behind.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { nodePath, ROOT, which } from './paths.mjs';

/** Something the machine lacks. The message is one sentence that says what, and what to do. */
export class SetupError extends Error {}

const DROPPED =
  /^(VSCODE_|npm_package_|npm_lifecycle_|ELECTRON_RUN_AS_NODE$|NODE_OPTIONS$|INIT_CWD$)/;

/**
 * The environment for children: nothing of an outer editor or npm run, Node 24 first in PATH.
 * @param {Record<string, string>} [extra]
 * @returns {Record<string, string>}
 */
export function cleanEnv(extra = {}) {
  /** @type {Record<string, string>} */
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !DROPPED.test(name)) env[name] = value;
  }
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  env[key] = [path.dirname(nodePath()), env[key]].filter(Boolean).join(path.delimiter);
  return { ...env, ...extra };
}

/** @type {NodeJS.WriteStream} */
let progress = process.stderr;

/** Progress goes to stderr, so that stdout has results only, unless the progress is the result. */
export function sayOnStdout() {
  progress = process.stdout;
}

/** @param {string} line one line of progress */
export function say(line) {
  progress.write(`${line}\n`);
}

/** @param {number} since @returns {string} */
export function elapsed(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * Runs a program to its end, quietly, with a sign of life every ten seconds.
 * @param {string} label what is being done
 * @param {[string, ...string[]]} command
 * @param {{ cwd?: string, env?: Record<string, string>, shell?: boolean }} [options]
 * @returns {Promise<string>} what it printed on stdout; rejects with SetupError and the end of its output
 */
export async function step(label, command, options = {}) {
  const started = Date.now();
  say(`- ${label} ...`);
  const beat = setInterval(() => say(`  ${label}: ${elapsed(started)} so far`), 10_000);
  const { code, stdout, output } = await run(command, options).finally(() => clearInterval(beat));
  if (code !== 0) {
    const lines = output.trim().split('\n');
    // Compilers say what is wrong first, npm last.
    const shown = lines.length > 60 ? [...lines.slice(0, 40), '...', ...lines.slice(-20)] : lines;
    const tail = shown.join('\n    ');
    throw new SetupError(
      `${label} failed (${command.slice(0, 3).join(' ')}, exit ${code}):\n    ${tail}`,
    );
  }
  say(`  ${label}: done in ${elapsed(started)}`);
  return stdout;
}

/**
 * @param {[string, ...string[]]} command
 * @param {{ cwd?: string, env?: Record<string, string>, shell?: boolean, timeoutMs?: number }} [options]
 * @returns {Promise<{ code: number, stdout: string, output: string }>} code 127 when it cannot start
 */
export function run([file, ...args], options = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: options.cwd ?? ROOT,
      env: options.env ?? cleanEnv(),
      shell: options.shell ?? false,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.timeoutMs ? { timeout: options.timeoutMs, killSignal: 'SIGKILL' } : {}),
    });
    let stdout = '';
    let output = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) =>
      resolve({ code: 127, stdout, output: `${output}${error.message}` }),
    );
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, output }));
  });
}

/**
 * The npm that is on this machine, run on whatever Node it was installed with.
 * @param {string} label
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 */
export function npmStep(label, args, options = {}) {
  const cli = process.env.npm_execpath;
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  if (cli?.endsWith('.js')) {
    return step(label, [process.execPath, cli, ...args, ...quiet], options);
  }
  if (!which('npm'))
    throw new SetupError('npm is not in PATH: install Node.js 20 or newer with npm.');
  const shell = process.platform === 'win32';
  return step(label, ['npm', ...args, ...quiet], { ...options, shell });
}

/** @type {Set<number>} leaders of process groups that must not outlive this process */
const groups = new Set();
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
let watching = false;

/** @param {number} pid a detached child, killed with its group when this process ends */
export function ownGroup(pid) {
  groups.add(pid);
  if (watching) return;
  watching = true;
  const killAll = () => [...groups].forEach((leader) => killGroup(leader, 'SIGKILL'));
  process.on('exit', killAll);
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      // Someone else who listens ends the process in order, and 'exit' does the rest.
      if (process.listenerCount(signal) > 0) return;
      killAll();
      process.kill(process.pid, signal);
    });
  }
}

/**
 * Waits until the user or the system asks this process to end, or the thing it runs has ended.
 * @param {Promise<void>} ended
 */
export function stopRequested(ended) {
  const signalled = SIGNALS.map(
    (signal) =>
      new Promise((/** @type {(value: void) => void} */ resolve) => {
        process.once(signal, () => resolve());
      }),
  );
  return Promise.race([ended, ...signalled]);
}

/** @param {number} pid */
export function disownGroup(pid) {
  groups.delete(pid);
}

/**
 * @param {number} pid leader of a process group
 * @param {NodeJS.Signals} signal
 * @returns {boolean} false when nothing of the group is left
 */
export function killGroup(pid, signal) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a command-line entry point: one sentence and exit 1 for what the machine lacks, a stack for bugs.
 * @param {() => Promise<number | void>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (error instanceof SetupError) say(error.message);
    else say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  }
}

// npm start: builds the extension and opens it on the sample workspace, in a browser or in an installed VS Code.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { openInUsersBrowser } from './browser.mjs';
import { build } from './build.mjs';
import { startHost } from './host.mjs';
import { parseOptions } from './options.mjs';
import { hostDir, ROOT, which } from './paths.mjs';
import { cleanEnv, runMain, say, SetupError, stopRequested } from './process.mjs';
import { ensureDependencies } from './setup.mjs';

const PORT = 8791;
const USAGE = `Usage: npm start [-- OPTIONS]

Builds Countersign and opens it in a real VS Code in the browser. Threads survive a restart.

  --desktop        use the installed VS Code ("code" in PATH) instead
  --workspace DIR  open this folder instead of the sample workspace
  --reset          make the sample workspace anew
  --port N         default: the one of last time, else ${PORT}
  --no-open        only print the address
  --help`;

await runMain(async () => {
  const values = parseOptions(USAGE, {
    desktop: { type: 'boolean' },
    workspace: { type: 'string' },
    reset: { type: 'boolean' },
    port: { type: 'string' },
    'no-open': { type: 'boolean' },
  });
  if (values.desktop) requireCode();
  await ensureDependencies();
  await build();
  const workspace = values.workspace ? existing(values.workspace) : sample(values.reset ?? false);
  if (values.desktop) return openDesktop(workspace);

  const userDataDir = path.join(hostDir(), 'data');
  const port = await choosePort(userDataDir, values.port);
  const env = { COUNTERSIGN_WELCOME: '1' };
  const host = await startHost({ workspace, userDataDir, port, env });
  process.stdout.write(`\nCountersign is open at\n\n  ${host.url}\n\nStop with Ctrl+C.\n`);
  if (!values['no-open'] && !openInUsersBrowser(host.url)) {
    say('There is no display here: open the address in a browser on this machine.');
  }
  await stopRequested(host.ended);
  await host.stop();
  return 0;
});

/** @param {string} folder */
function existing(folder) {
  if (!existsSync(folder)) throw new SetupError(`There is no folder ${folder}.`);
  return path.resolve(folder);
}

/** @param {boolean} reset @returns {string} the sample workspace; what was done in it is kept */
function sample(reset) {
  const workspace = path.join(hostDir(), 'sample-workspace');
  if (reset) rmSync(workspace, { recursive: true, force: true });
  if (existsSync(workspace)) return workspace;
  mkdirSync(workspace, { recursive: true });
  const source = path.join(ROOT, 'media', 'sample');
  if (existsSync(source)) cpSync(source, workspace, { recursive: true });
  return workspace;
}

/**
 * The same port as last time, because the browser keeps window state per address.
 * @param {string} data
 * @param {string | undefined} asked
 */
async function choosePort(data, asked) {
  const file = path.join(data, 'port');
  const last = existsSync(file) ? Number(readFileSync(file, 'utf8')) : PORT;
  const wanted = asked === undefined ? last : Number(asked);
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65535) {
    throw new SetupError(`${asked} is not a port: give a number between 1 and 65535.`);
  }
  const free = await isFree(wanted);
  if (!free && asked !== undefined)
    throw new SetupError(`Port ${asked} is in use: choose another one.`);
  if (!free) say(`Port ${wanted} is in use; taking another one.`);
  mkdirSync(data, { recursive: true });
  if (free) writeFileSync(file, String(wanted));
  return free ? wanted : 0;
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

function requireCode() {
  const code = which('code');
  if (!code) {
    throw new SetupError(
      'There is no "code" in PATH: install VS Code and its shell command, or run npm start without --desktop.',
    );
  }
  return code;
}

/** @param {string} workspace @returns {Promise<number>} */
function openDesktop(workspace) {
  const args = [`--extensionDevelopmentPath=${ROOT}`, workspace];
  const child = spawn(requireCode(), args, {
    env: cleanEnv(),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

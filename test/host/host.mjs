// A real VS Code on this machine: starts its server on 127.0.0.1, with the extension loaded, and ends all of it.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dataFolders, installVsix, linkExtension } from './extensions.mjs';
import { extensionHosts } from './processes.mjs';
import { nodePath, ROOT } from './paths.mjs';
import { cleanEnv, disownGroup, killGroup, ownGroup, SetupError } from './process.mjs';
import { writeSettings } from './settings.mjs';
import { ensureVscode } from './vscodeHost.mjs';

const START_MS = 60_000;
const STOP_MS = 5_000;

/**
 * @typedef {object} HostOptions
 * @property {string} workspace folder (or .code-workspace file) to open
 * @property {string} [vsix] packaged extension to install instead of loading the repository's
 * @property {string | null} [extension] folder of the extension; default: this repository; null: none
 * @property {boolean} [development] load it as one under development instead of as an installed one
 * @property {string} [tests] module whose `run()` is called in the extension host; implies `development`
 * @property {boolean} [trust] whether workspace trust is in force; without it every folder is trusted
 * @property {string} [userDataDir] folder for all data of this VS Code; default: a temporary one
 * @property {Record<string, unknown>} [settings] user settings, whatever their scope
 * @property {number} [port] default: a free one
 * @property {Record<string, string>} [env] more environment for the server and the extension host
 * @property {(line: string) => void} [log] gets what the server prints
 *
 * @typedef {{ child: import('node:child_process').ChildProcess, port: number, ended: Promise<void> }} Server
 */

/**
 * Starts VS Code and waits until it answers. All processes end with `stop()` or with this process.
 * @param {HostOptions} options
 */
export async function startHost(options) {
  const { serverMain } = await ensureVscode();
  const data = options.userDataDir ?? mkdtempSync(path.join(tmpdir(), 'countersign-host-'));
  for (const part of ['user/User', 'user/Machine', 'server', 'extensions']) {
    mkdirSync(path.join(data, part), { recursive: true });
  }
  writeSettings(data, options.settings ?? {}, ROOT);
  if (options.vsix) await installVsix(serverMain, data, options.vsix);
  else linkExtension(data, inDevelopment(options) ? null : extensionOf(options));
  let server = await startServer(serverMain, data, options, options.port ?? 0);

  return {
    data,
    logs: path.join(data, 'user', 'logs'),
    port: server.port,
    /** The page with the workspace and the extension. */
    url: pageUrl(server.port, connectionToken(data), options),
    get pid() {
      return server.child.pid ?? 0;
    },
    /** Resolves when the server has ended, for whatever reason. */
    get ended() {
      return server.ended;
    },
    /** Ends the server and starts it on the same data and port, as after a crash of the machine's session. */
    async restart() {
      await stopServer(server);
      server = await startServer(serverMain, data, options, server.port);
    },
    /** Ends the server; a temporary data folder goes too. */
    async stop() {
      await stopServer(server);
      if (!options.userDataDir) rmSync(data, { recursive: true, force: true, maxRetries: 5 });
    },
    /** Process ids of the running extension hosts, one per open page. */
    extensionHostPids: () => extensionHosts(server.child.pid ?? 0),
    /** Kills every extension host as a crash would; the page offers or makes a restart. Returns the ids. */
    async killExtensionHost() {
      const pids = await extensionHosts(server.child.pid ?? 0);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      return pids;
    },
    /** Changes user settings while VS Code runs. @param {Record<string, unknown>} settings */
    setSettings: (settings) => writeSettings(data, settings, ROOT),
  };
}

/** @param {HostOptions} options */
function extensionOf({ extension }) {
  return extension === undefined ? ROOT : extension;
}

/**
 * VS Code behaves differently then: the window has another title, no notification pops up, a crashed extension
 * host stays down. So it is only for what needs it.
 * @param {HostOptions} options
 */
function inDevelopment({ development, tests, vsix }) {
  return !vsix && (development === true || tests !== undefined);
}

/**
 * @param {number} port
 * @param {string} token
 * @param {HostOptions} options
 */
function pageUrl(port, token, options) {
  const remote = (/** @type {string} */ file) =>
    `vscode-remote://127.0.0.1:${port}${asUriPath(file)}`;
  const payload = [];
  const extension = extensionOf(options);
  if (inDevelopment(options) && extension) {
    payload.push(['extensionDevelopmentPath', remote(extension)]);
  }
  if (options.tests) payload.push(['extensionTestsPath', remote(options.tests)]);
  const url = new URL(`http://127.0.0.1:${port}/`);
  url.searchParams.set('tkn', token);
  const kind = options.workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
  url.searchParams.set(kind, asUriPath(options.workspace));
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/**
 * What a page must know to be let in: other users and other pages of this machine must not get a terminal.
 * @param {string} data
 * @returns {string} the same for as long as the folder lives
 */
function connectionToken(data) {
  const file = tokenFile(data);
  if (!existsSync(file)) writeFileSync(file, randomBytes(16).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

/** @param {string} data */
function tokenFile(data) {
  return path.join(data, 'connection-token');
}

/** @param {string} file */
function asUriPath(file) {
  const slashes = path.resolve(file).replaceAll('\\', '/');
  return slashes.startsWith('/') ? slashes : `/${slashes}`;
}

/**
 * @param {string} serverMain
 * @param {string} data
 * @param {HostOptions} options
 * @param {number} port 0 for any free one
 * @returns {Promise<Server>}
 */
async function startServer(serverMain, data, options, port) {
  const args = ['--host', '127.0.0.1', '--port', String(port)];
  connectionToken(data);
  args.push('--connection-token-file', tokenFile(data));
  args.push('--accept-server-license-terms', '--telemetry-level', 'off');
  // Makes the page honour the payload of its address.
  if (inDevelopment(options)) args.push('--enable-smoke-test-driver');
  if (!options.trust) args.push('--disable-workspace-trust');
  const child = spawn(nodePath(), [serverMain, ...args, ...dataFolders(data)], {
    cwd: data,
    // As if started by the `code` command: the extension host takes our environment (Node 24 first in PATH)
    // instead of what a login shell prints.
    env: cleanEnv({ VSCODE_CLI: '1', ...options.env }),
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid;
  if (pid === undefined)
    throw new SetupError(
      'The VS Code server could not be started: run npm test once to repair it.',
    );
  ownGroup(pid);
  const ended = new Promise((/** @type {(value: void) => void} */ resolve) =>
    child.once('close', () => resolve()),
  );
  try {
    return { child, ended, port: await portOf(child, path.join(data, 'server.log'), options.log) };
  } catch (error) {
    killGroup(pid, 'SIGKILL');
    disownGroup(pid);
    throw error;
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} logFile
 * @param {((line: string) => void) | undefined} log
 * @returns {Promise<number>} the port, once the server listens on it
 */
function portOf(child, logFile, log) {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (/** @type {string} */ what) =>
      reject(new Error(`The VS Code server ${what}: ${output.trim().slice(-2000)}`));
    const timer = setTimeout(() => fail('did not answer in time'), START_MS);
    const onData = (/** @type {Buffer} */ chunk) => {
      appendFileSync(logFile, chunk);
      chunk
        .toString()
        .split('\n')
        .filter(Boolean)
        .forEach((line) => log?.(line));
      if (output.length < 20_000) output += chunk;
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (!port) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
    child.once('close', () => {
      clearTimeout(timer);
      fail('ended at once');
    });
  });
}

/** @param {Server} server */
async function stopServer({ child, ended }) {
  const pid = child.pid ?? 0;
  if (child.exitCode === null && child.signalCode === null) {
    killGroup(pid, 'SIGTERM');
    const timer = setTimeout(() => killGroup(pid, 'SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }
  killGroup(pid, 'SIGKILL');
  disownGroup(pid);
}

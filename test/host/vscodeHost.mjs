// The VS Code server for tests and `npm start`: the npm package code-server, in a folder of its own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './installed.mjs';
import { nodePath, ROOT } from './paths.mjs';
import { cleanEnv, npmStep, run, say, SetupError } from './process.mjs';

/** Without these two the extension host logs errors and stays half-dead; nothing else needs compiling. */
const NATIVE = ['@vscode/spdlog', '@vscode/native-watchdog'];

/**
 * Installs the server when it is missing (under a minute).
 * @returns {Promise<{ folder: string, serverMain: string }>} VS Code's root and its server entry point
 */
export async function ensureVscode() {
  const folder = vscodeIn(await ensureInstalled('vscode', install));
  return { folder, serverMain: path.join(folder, 'out', 'server-main.js') };
}

/** @param {string} root */
function vscodeIn(root) {
  return path.join(root, 'node_modules', 'code-server', 'lib', 'vscode');
}

/** @param {string} root */
async function install(root) {
  say('Installing the VS Code host (about a minute, once).');
  const env = cleanEnv();
  await npmStep('VS Code server', ['ci', '--omit=dev', '--ignore-scripts'], { cwd: root, env });
  const vscode = vscodeIn(root);
  const parts = /** @type {const} */ ([
    ['VS Code server: dependencies', vscode],
    ['VS Code server: built-in extensions', path.join(vscode, 'extensions')],
  ]);
  for (const [label, cwd] of parts) {
    await npmStep(label, ['install', '--omit=dev', '--ignore-scripts'], { cwd, env });
  }
  await buildNative(root, vscode);
  const version = await run([nodePath(), path.join(vscode, 'out', 'server-main.js'), '--version']);
  if (version.code !== 0) {
    throw new SetupError(
      `The VS Code server does not start: ${version.output.trim().split('\n').at(-1)}.`,
    );
  }
}

/** @param {string} root @param {string} vscode */
async function buildNative(root, vscode) {
  const env = cleanEnv({
    npm_config_nodedir: await nodeHeaders(root),
    npm_config_ignore_scripts: 'false',
  });
  try {
    await npmStep('VS Code server: two native modules', ['rebuild', ...NATIVE], {
      cwd: vscode,
      env,
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(
      `Two native modules of the VS Code host could not be compiled: install python3, make and a C++ compiler ` +
        `(Debian: apt-get install -y python3 make g++) and run the command again.\n${error.message}`,
    );
  }
  for (const name of NATIVE) {
    if (!existsSync(path.join(vscode, 'node_modules', name, 'build', 'Release'))) {
      throw new SetupError(
        `npm did not build ${name}: allow its install script and run the command again.`,
      );
    }
  }
}

/**
 * The folder with Node's C headers, so that node-gyp need not download them. Both modules use Node-API, which
 * any version's headers serve.
 * @param {string} root
 */
async function nodeHeaders(root) {
  const own = path.join(ROOT, 'node_modules', 'node', 'node_modules');
  const nested = existsSync(own) ? readdirSync(own).map((name) => path.join(own, name)) : [];
  const running = path.dirname(path.dirname(process.execPath));
  const found = [...nested, running].find(hasHeaders);
  if (found) return found;
  const manifest = path.join(ROOT, 'node_modules', 'node', 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `${prefix}-${platform}-${process.arch}`;
  await npmStep(
    "Node's headers",
    ['install', '--no-save', '--ignore-scripts', `${name}@${version}`],
    {
      cwd: root,
      env: cleanEnv(),
    },
  );
  return path.join(root, 'node_modules', name);
}

/** @param {string} folder */
function hasHeaders(folder) {
  const headers = path.join(folder, 'include', 'node');
  return (
    existsSync(path.join(headers, 'node_api.h')) && existsSync(path.join(headers, 'common.gypi'))
  );
}

// A Chromium for tests (an installed one, else the one from npm), and the user's own browser for `npm start`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureInstalled } from './installed.mjs';
import { nodePath, which } from './paths.mjs';
import { cleanEnv, npmStep, say, SetupError, step } from './process.mjs';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'msedge',
];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * @typedef {{ executablePath: string, args: string[], env: Record<string, string> }} Browser
 *   launch options for playwright-core; `env` is the whole environment of the browser
 */

/** @type {Promise<Browser> | undefined} */
let known;

/** A browser that has been seen to start. Rejects with `SetupError` when none can be had. */
export function ensureBrowser() {
  known ??= findBrowser();
  return known;
}

/** @returns {Promise<Browser>} */
async function findBrowser() {
  const chosen = process.env.CHROME_PATH;
  if (chosen) {
    const failure = await startFailure(chosen, cleanEnv());
    if (failure === undefined) return { executablePath: chosen, args: ARGS, env: cleanEnv() };
    say(`CHROME_PATH does not start (${failure}); looking for another browser.`);
  }
  const installed = [...NAMES.map(which), ...PLACES.filter((place) => existsSync(place))];
  for (const file of installed) {
    if (!file || (await startFailure(file, cleanEnv())) !== undefined) continue;
    return { executablePath: file, args: ARGS, env: cleanEnv() };
  }
  return await npmBrowser();
}

/** @returns {Promise<Browser>} */
async function npmBrowser() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError('No Chrome or Chromium was found: install one, or set CHROME_PATH to it.');
  }
  const bin = path.join(await ensureInstalled('browser', installFromNpm), 'bin');
  const executablePath = path.join(bin, 'chromium');
  const plain = cleanEnv();
  const failure = await startFailure(executablePath, plain);
  if (failure === undefined) return { executablePath, args: ARGS, env: plain };
  // The package brings the libraries that a bare machine lacks.
  const libraries = path.join(bin, 'al2023', 'lib');
  const env = cleanEnv({ LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: path.join(bin, 'fonts') });
  if ((await startFailure(executablePath, env)) === undefined) {
    return { executablePath, args: ARGS, env };
  }
  throw new SetupError(
    `The headless Chromium from npm does not start (${failure}): install a browser ` +
      '(Debian: apt-get install -y chromium) or set CHROME_PATH to one.',
  );
}

/** @param {string} folder */
async function installFromNpm(folder) {
  say('Installing a headless Chromium for the browser tests (once).');
  await npmStep('Chromium', ['ci', '--ignore-scripts'], { cwd: folder, env: cleanEnv() });
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  // The package unpacks into the temporary folder of its process.
  const script =
    "import('@sparticuz/chromium').then(async (m) => { await m.default.executablePath(); " +
    "await m.inflate('node_modules/@sparticuz/chromium/bin/al2023.tar.br'); })";
  await step('unpacking Chromium', [nodePath(), '-e', script], {
    cwd: folder,
    env: cleanEnv({ TMPDIR: bin }),
  });
  rmSync(path.join(folder, 'node_modules'), { recursive: true, force: true });
}

/**
 * @param {string} file
 * @param {Record<string, string>} env
 * @returns {Promise<string | undefined>} why it does not start, or nothing
 */
async function startFailure(file, env) {
  const profile = mkdtempSync(path.join(tmpdir(), 'countersign-browser-'));
  try {
    return await listens(file, [...ARGS, '--headless', `--user-data-dir=${profile}`], env);
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/**
 * @param {string} file
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @returns {Promise<string | undefined>} nothing once the browser listens for a debugger; it is ended then
 */
function listens(file, args, env) {
  return new Promise((resolve) => {
    let output = '';
    let reached = false;
    const child = spawn(file, [...args, '--remote-debugging-port=0', 'about:blank'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
    child.stderr.on('data', (chunk) => {
      output += chunk;
      reached ||= output.includes('DevTools listening on');
      if (reached) child.kill('SIGKILL');
    });
    child.on('error', (error) => (output += error.message));
    child.on('close', (code) => {
      clearTimeout(timer);
      const library = /loading shared libraries: ([^:]+)/.exec(output)?.[1];
      const reason = library ? `it lacks ${library}` : output.trim().split('\n').at(-1);
      resolve(reached ? undefined : reason || `exit ${code}`);
    });
  });
}

/**
 * Opens the page in the user's browser when there is a display; never fails.
 * @param {string} url
 * @returns {boolean} whether an attempt was made
 */
export function openInUsersBrowser(url) {
  const { platform, env } = process;
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return false;
  const [file = '', ...args] =
    platform === 'darwin'
      ? ['open']
      : platform === 'win32'
        ? ['cmd', '/c', 'start', '""']
        : ['xdg-open'];
  if (!which(file)) return false;
  const child = spawn(file, [...args, platform === 'win32' ? url.replaceAll('&', '^&') : url], {
    stdio: 'ignore',
    detached: true,
  });
  child.on('error', () => undefined);
  child.unref();
  return true;
}

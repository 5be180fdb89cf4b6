// Makes `npm test` and `npm start` work from a bare clone: installs the dependencies and Node 24. Node built-ins only.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nodePath, ROOT } from './paths.mjs';
import { cleanEnv, npmStep, run, say, SetupError, step } from './process.mjs';

export { nodePath } from './paths.mjs';

const MODULES = path.join(ROOT, 'node_modules');
const STAMP = path.join(MODULES, '.countersign-stamp');
const NODE_MAJOR = 24;

/**
 * Installs what `package-lock.json` lists when it is not there, then proves that Node 24 and esbuild run.
 * Quick when nothing is missing. Rejects with `SetupError` when something cannot be had.
 * @returns {Promise<string>} the path of Node 24
 */
export async function ensureDependencies() {
  const wanted = stampText();
  if (readIfAny(STAMP) === wanted && (await nodeWorks())) return nodePath();
  if (!treeMatchesLock()) {
    say('Installing the dependencies (about half a minute the first time).');
    await npmStep('npm ci', ['ci', '--ignore-scripts'], { env: cleanEnv() });
  }
  await ensureNode24();
  checkPlatformPackages();
  await checkEsbuild();
  writeFileSync(STAMP, wanted);
  return nodePath();
}

/** What must be the same for an installed tree to be kept: the lock file and the platform. */
function stampText() {
  const lock = readFileSync(path.join(ROOT, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  return `${hash} ${process.platform} ${process.arch}\n`;
}

/** @param {string} file @returns {string | undefined} */
function readIfAny(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * @typedef {{ version?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} Locked
 * @param {string} file
 * @returns {Record<string, Locked>}
 */
function lockedPackages(file) {
  const text = readIfAny(file);
  return text === undefined ? {} : JSON.parse(text).packages;
}

/** Whether npm's own record of node_modules has every package at the locked version. */
function treeMatchesLock() {
  const installed = lockedPackages(path.join(MODULES, '.package-lock.json'));
  const wanted = lockedPackages(path.join(ROOT, 'package-lock.json'));
  return Object.entries(wanted).every(
    ([place, entry]) =>
      place === '' || entry.optional === true || installed[place]?.version === entry.version,
  );
}

async function nodeWorks() {
  if (!existsSync(nodePath())) return false;
  const { code, stdout } = await run([nodePath(), '--version']);
  return code === 0 && Number(stdout.trim().slice(1).split('.')[0]) >= NODE_MAJOR;
}

/**
 * The package `node` brings its binary through an install script, which npm may refuse to run for a
 * dependency: so it is run here, by name. It installs `node-<platform>-<arch>` from the registry.
 */
async function ensureNode24() {
  const folder = path.join(MODULES, 'node');
  if (!(await nodeWorks())) {
    const script = path.join(folder, 'installArchSpecificPackage.js');
    await step(`installing Node ${NODE_MAJOR} for the scripts`, [process.execPath, script], {
      cwd: folder,
      env: cleanEnv({ npm_config_ignore_scripts: 'false' }),
    });
  }
  if (!(await nodeWorks())) {
    throw new SetupError(
      `Node ${NODE_MAJOR} from the npm package "node" does not run on ${process.platform}-${process.arch}: ` +
        'delete node_modules and run the command again.',
    );
  }
  if (!existsSync(path.join(MODULES, '.bin', 'node'))) {
    await npmStep('linking node', ['rebuild', 'node', '--ignore-scripts'], { env: cleanEnv() });
  }
}

/** npm sometimes leaves out optional packages of the platform it runs on; that shows only later. */
function checkPlatformPackages() {
  const missing = Object.entries(lockedPackages(path.join(ROOT, 'package-lock.json')))
    .filter(
      ([place, entry]) =>
        entry.optional === true && isForThisMachine(entry) && !existsSync(path.join(ROOT, place)),
    )
    .map(([place]) => place.replace(/^.*node_modules\//, ''));
  if (missing.length > 0) {
    throw new SetupError(
      `The packages ${missing.join(', ')} for this platform were not installed: delete node_modules and run the command again.`,
    );
  }
}

/** @param {Locked} entry @returns {boolean} true only for packages made for one platform, this one */
function isForThisMachine(entry) {
  if (!entry.os || !entry.cpu) return false;
  const libc = process.platform === 'linux' ? currentLibc() : undefined;
  return (
    entry.os.includes(process.platform) &&
    entry.cpu.includes(process.arch) &&
    (!entry.libc || libc === undefined || entry.libc.includes(libc))
  );
}

function currentLibc() {
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (
    process.report.getReport()
  );
  return report.header?.glibcVersionRuntime ? 'glibc' : 'musl';
}

async function checkEsbuild() {
  const script = "import('esbuild').then((e) => e.transform('let a: 1', { loader: 'ts' }))";
  const { code, output } = await run([nodePath(), '-e', script]);
  if (code !== 0) {
    throw new SetupError(
      `esbuild does not start (${output.trim().split('\n').at(-1)}): delete node_modules and run the command again.`,
    );
  }
}

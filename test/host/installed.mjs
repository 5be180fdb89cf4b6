// Folders under .host that are installed once: made in a temporary folder, renamed when whole, recognised by a stamp.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { hostDir, ROOT } from './paths.mjs';
import { elapsed, say } from './process.mjs';

const FILES = ['package.json', 'package-lock.json', '.npmrc'];
const STAMP = '.countersign-stamp';

/**
 * A folder installed from the lock file in `test/host/<name>`. A half-done install leaves only a temporary
 * folder, which the next one removes.
 * @param {string} name
 * @param {(folder: string) => Promise<void>} install fills the folder, which has the package and lock files
 * @returns {Promise<string>} the folder
 */
export async function ensureInstalled(name, install) {
  const source = path.join(ROOT, 'test', 'host', name);
  const target = path.join(hostDir(), name);
  const wanted = stampText(source);
  if (isStamped(target, wanted)) return target;
  const started = Date.now();
  const temp = `${target}.partial-${process.pid}`;
  removeLeftovers(name);
  mkdirSync(temp, { recursive: true });
  try {
    for (const file of FILES) copyFileSync(path.join(source, file), path.join(temp, file));
    await install(temp);
    writeFileSync(path.join(temp, STAMP), wanted);
    putInPlace(temp, target, wanted);
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
  say(`  ${name}: installed in ${elapsed(started)}`);
  return target;
}

/**
 * Removes what installs have left that were killed; one that still runs keeps its folder.
 * @param {string} name
 */
function removeLeftovers(name) {
  if (!existsSync(hostDir())) return;
  for (const entry of readdirSync(hostDir())) {
    const [, folder, pid] = /^(.+)\.(?:partial|old)-(\d+)$/.exec(entry) ?? [];
    if (folder !== name || isAlive(Number(pid))) continue;
    rmSync(path.join(hostDir(), entry), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} source @returns {string} */
function stampText(source) {
  const hash = createHash('sha256').update(readFileSync(path.join(source, 'package-lock.json')));
  return `${hash.digest('hex')} ${process.platform} ${process.arch}\n`;
}

/** @param {string} folder @param {string} wanted */
function isStamped(folder, wanted) {
  const stamp = path.join(folder, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

/**
 * Two installs may race: whoever is second keeps the first one's folder.
 * @param {string} temp
 * @param {string} target
 * @param {string} wanted
 */
function putInPlace(temp, target, wanted) {
  if (isStamped(target, wanted)) return;
  const old = `${target}.old-${process.pid}`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(temp, target);
  rmSync(old, { recursive: true, force: true });
}

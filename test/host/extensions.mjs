// Puts the extension into the extensions folder of a VS Code server: a package, or a link to a source folder.
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nodePath } from './paths.mjs';
import { cleanEnv, run } from './process.mjs';

/**
 * Command-line options of the server for one data folder.
 * @param {string} data
 */
export function dataFolders(data) {
  const at = (/** @type {string} */ name) => path.join(data, name);
  const user = ['--user-data-dir', at('user'), '--server-data-dir', at('server')];
  return [...user, '--extensions-dir', at('extensions')];
}

/**
 * @param {string} serverMain
 * @param {string} data
 * @param {string} vsix
 */
export async function installVsix(serverMain, data, vsix) {
  linkExtension(data, null);
  const args = [...dataFolders(data), '--install-extension', path.resolve(vsix), '--force'];
  const { code, output } = await run([nodePath(), serverMain, ...args], { env: cleanEnv() });
  if (code !== 0 || !output.includes('successfully installed')) {
    throw new Error(`VS Code did not install ${vsix}: ${output.trim()}`);
  }
}

/** @typedef {{ identifier: { id: string }, relativeLocation?: string }} Entry of extensions.json */

const LINK = 'countersign-link';

/**
 * Makes a source folder an installed extension, as VS Code's own list of them has it.
 * @param {string} data
 * @param {string | null} source null takes an earlier link away
 * @param {string} [name] of the link, when there is more than one extension
 */
export function linkExtension(data, source, name = LINK) {
  const folder = path.join(data, 'extensions');
  const list = path.join(folder, 'extensions.json');
  const link = path.join(folder, name);
  /** @type {Entry[]} */
  const present = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
  rmSync(link, { force: true });
  const others = present.filter(({ relativeLocation }) => relativeLocation !== name);
  if (source === null) {
    writeFileSync(list, JSON.stringify(others));
    return;
  }
  symlinkSync(path.resolve(source), link, 'junction');
  const linked = entryFor(source, link);
  const rest = others.filter(({ identifier }) => identifier.id !== linked.identifier.id);
  writeFileSync(list, JSON.stringify([...rest, linked]));
}

/** @param {string} source @param {string} link */
function entryFor(source, link) {
  const manifest = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8'));
  return {
    identifier: { id: `${manifest.publisher}.${manifest.name}` },
    version: manifest.version,
    location: { $mid: 1, path: link, scheme: 'file' },
    relativeLocation: path.basename(link),
    metadata: { installedTimestamp: Date.now(), source: 'vsix' },
  };
}

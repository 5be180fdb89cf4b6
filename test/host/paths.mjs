// Where things are: the repository, the folder for downloaded hosts, Node 24. Knows no other module.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Folder of everything the harness installs or keeps; `COUNTERSIGN_HOST_DIR` moves it. */
export function hostDir() {
  const moved = process.env.COUNTERSIGN_HOST_DIR;
  return moved ? path.resolve(moved) : path.join(ROOT, '.host');
}

/** Node 24 from the npm package `node`; it exists once `ensureDependencies()` has run. */
export function nodePath() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return path.join(ROOT, 'node_modules', 'node', 'bin', name);
}

/**
 * First file of that name in PATH.
 * @param {string} name
 * @returns {string | undefined}
 */
export function which(name) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      if (folder && existsSync(file)) return file;
    }
  }
  return undefined;
}

// A copy of the sample workspace, and what is in it: tests compare the whole of it.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../host/paths.mjs';

/** Text of each file by its path, `/` between names. */
export type Tree = Record<string, string>;

export interface Folder {
  readonly path: string;
  at(relative: string): string;
  read(relative: string): string;
  /** Everything that is in it now. */
  tree(): Tree;
  /** Makes it the sample again. */
  reset(): void;
  dispose(): void;
}

const SAMPLE = path.join(ROOT, 'media', 'sample');

export function sampleFolder(): Folder {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'countersign-workspace-')));
  const folder = path.join(base, 'invoice-sample');
  const at = (relative: string): string => path.join(folder, relative);
  const clear = (): void => {
    for (const name of readdirSync(folder)) rmSync(at(name), { recursive: true, force: true });
  };
  const fill = (): void => cpSync(SAMPLE, folder, { recursive: true });
  mkdirSync(folder);
  fill();
  return {
    path: folder,
    at,
    read: (relative) => readFileSync(at(relative), 'utf8'),
    tree: () => treeOf(folder),
    reset: () => {
      clear();
      fill();
    },
    dispose: () => rmSync(base, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export function sampleTree(): Tree {
  return treeOf(SAMPLE);
}

export function treeOf(folder: string): Tree {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const entries = files.map((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    return [path.relative(folder, file).replaceAll('\\', '/'), readFileSync(file, 'utf8')] as const;
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

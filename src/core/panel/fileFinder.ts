// Names of the workspace's files for what is typed after an @. Lists them, reads none; what .gitignore leaves out is not there.
import { rankFiles } from './rankFiles.ts';
import type { Clock } from '../ports/system.ts';
import type { Files } from '../ports/workspace.ts';

const MOST_FILES = 50_000;
const SHOWN = 12;
/** One list serves for what is typed in a row, ms. */
const FRESH_MS = 10_000;

export interface FileFinder {
  /** Best first; never throws. */
  find(query: string): Promise<string[]>;
}

export function createFileFinder(files: Files, clock: Clock): FileFinder {
  let known: { until: number; paths: Promise<string[]> } | undefined;
  return {
    find: async (query) => {
      const now = clock.now();
      if (!known || known.until < now) known = { until: now + FRESH_MS, paths: listed(files) };
      return rankFiles(await known.paths, query, SHOWN);
    },
  };
}

async function listed(files: Files): Promise<string[]> {
  const { signal } = new AbortController();
  const all = await Promise.all(
    files.roots.map((root) => files.find(root, '**', { limit: MOST_FILES, signal })),
  );
  return all.flatMap((found) => ('paths' in found ? found.paths : []));
}

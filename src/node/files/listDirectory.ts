// Lists a folder level by level, so that a cut list still shows everything near the top.
import { readdir, lstat, realpath } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import path from 'node:path';
import { errorCode, failureText } from './failure.ts';
import type { DirectoryEntry } from '../../core/ports/workspace.ts';

const MAX_ENTRIES = 1000;

/** Named but not entered: large and rarely what is meant. */
const NOT_ENTERED = new Set(['.git', 'node_modules']);

export type Listed = { entries: DirectoryEntry[]; truncated: boolean } | { error: string };

export async function listDirectory(realPath: string, depth: number): Promise<Listed> {
  const moved = await realpath(realPath).then(
    (now) => now !== realPath,
    () => false,
  );
  if (moved) return { error: 'it has become a link, or lies behind one' };
  const entries: DirectoryEntry[] = [];
  let level = [''];
  for (let left = depth; left > 0 && level.length > 0; left -= 1) {
    const next: string[] = [];
    for (const folder of level) {
      const found = await readFolder(path.join(realPath, folder));
      if ('error' in found) {
        // Only the folder that was asked for has to be readable.
        if (folder === '') return found;
        continue;
      }
      for (const entry of found.names) {
        if (entries.length >= MAX_ENTRIES) return { entries: sorted(entries), truncated: true };
        const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
        entries.push(await toEntry(entry, relative, realPath));
        if (entry.isDirectory() && !NOT_ENTERED.has(entry.name)) next.push(relative);
      }
    }
    level = next;
  }
  return { entries: sorted(entries), truncated: false };
}

async function readFolder(folder: string): Promise<{ names: Dirent[] } | { error: string }> {
  try {
    const names = await readdir(folder, { withFileTypes: true });
    return { names: names.sort((a, b) => compare(a.name, b.name)) };
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') return { error: 'it is a file, not a folder' };
    return { error: failureText(error) };
  }
}

async function toEntry(entry: Dirent, relative: string, base: string): Promise<DirectoryEntry> {
  if (entry.isDirectory()) return { path: relative, kind: 'directory', size: 0 };
  if (entry.isSymbolicLink()) return { path: relative, kind: 'link', size: 0 };
  if (!entry.isFile()) return { path: relative, kind: 'other', size: 0 };
  const size = await lstat(path.join(base, relative)).then(
    (stats) => stats.size,
    () => 0,
  );
  return { path: relative, kind: 'file', size };
}

/** Depth first, as a tree reads. */
function sorted(entries: DirectoryEntry[]): DirectoryEntry[] {
  const key = (entry: DirectoryEntry): string => entry.path.replaceAll('/', '\0');
  return entries.sort((a, b) => compare(key(a), key(b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

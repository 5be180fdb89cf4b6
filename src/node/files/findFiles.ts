// Finds files by glob with ripgrep's file walk, which respects .gitignore.
import path from 'node:path';
import { searchedFolder } from './searchedFolder.ts';
import { COMMON_ARGS, pathFilter, runRipgrep } from './ripgrep.ts';

interface FindOptions {
  rgPath: string;
  realPath: string;
  glob: string;
  limit: number;
  signal: AbortSignal;
  /** The shown name of an absolute path. */
  nameOf: (absolute: string) => string;
}

export type Found = { paths: string[]; truncated: boolean } | { error: string };

/** Never throws but on abort. */
export async function findWithRipgrep(options: FindOptions): Promise<Found> {
  const { realPath, glob, limit, nameOf } = options;
  const folder = await searchedFolder(realPath);
  if ('error' in folder) return folder;
  if (folder.isFile) return { error: 'it is a file, not a folder' };
  const matches = pathFilter(glob);
  const paths: string[] = [];
  let truncated = false;
  const ended = await runRipgrep({
    rgPath: options.rgPath,
    args: [...COMMON_ARGS, '--files', '--null', '--', realPath],
    separator: '\0',
    signal: options.signal,
    onRecord(record) {
      const relative = path.relative(realPath, record).split(path.sep).join('/');
      if (!matches(relative)) return true;
      truncated = paths.length >= limit;
      if (!truncated) paths.push(nameOf(record));
      return !truncated;
    },
  });
  if (ended.kind === 'failed' && paths.length === 0) return { error: ended.message };
  return { paths, truncated: truncated || ended.kind !== 'done' };
}

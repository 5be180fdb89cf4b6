// Makes the missing folders above a new file, one by one, never through a link.
import { lstat, mkdir, realpath, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './failure.ts';

type MadeFolders =
  /** `undo` removes the new folders again as far as they are empty. */
  { ok: true; undo: () => Promise<void> } | { ok: false; message: string };

/** `folder` must be a real path; throws the file system's error when a folder cannot be made. */
export async function makeFolders(folder: string): Promise<MadeFolders> {
  const missing: string[] = [];
  let existing = folder;
  while (!(await lexists(existing))) {
    missing.unshift(existing);
    existing = path.dirname(existing);
  }
  if ((await realpath(existing)) !== existing) {
    return { ok: false, message: `${existing} now leads elsewhere; nothing was written.` };
  }
  if (!(await lstat(existing)).isDirectory()) {
    return { ok: false, message: `${existing} is a file, not a folder.` };
  }
  const made: string[] = [];
  const undo = async (): Promise<void> => {
    for (const one of made.toReversed()) await rmdir(one).catch(() => undefined);
  };
  try {
    for (const one of missing) {
      if (await makeFolder(one)) made.push(one);
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return { ok: true, undo };
}

/** False when somebody else made it first. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return false;
  }
}

async function lexists(target: string): Promise<boolean> {
  try {
    await lstat(target);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    return false;
  }
}

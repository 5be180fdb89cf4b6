// Carries out one approved move of a file: first it has both names, then only the new one. So nothing is ever replaced, and
// what is cut off in between is told by two names of one file.
import { link, lstat, readdir, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { isNoLinks, movedFolder, syncFolder } from './atomicWrite.ts';
import { errorCode, failureText } from './failure.ts';
import { makeFolders } from './makeFolders.ts';
import { refusal, type FileWriterOptions } from './writer.ts';
import type { Effects, FileMove, WriteOutcome } from '../../core/ports/workspace.ts';

export function createFileMover(options: FileWriterOptions): Effects['moveFile'] {
  return async (wanted) => {
    try {
      return await move(wanted, options);
    } catch (error) {
      return { kind: 'failed', message: `${wanted.realPath}: ${failureText(error)}.` };
    }
  };
}

async function move(wanted: FileMove, options: FileWriterOptions): Promise<WriteOutcome> {
  const { realPath, toReal } = wanted;
  if (options.buffers?.dirtyText(realPath) !== undefined) {
    return { kind: 'stale', message: `${realPath} has unsaved changes in an editor.` };
  }
  const refused = await refusal(wanted, options);
  if (refused) return refused;
  const folder = path.dirname(toReal);
  const folders = await makeFolders(folder);
  if (!folders.ok) return { kind: 'failed', message: folders.message };
  let moved: WriteOutcome | undefined;
  try {
    moved = (await movedFolder(folder)) ?? (await giveName(wanted));
    return moved;
  } finally {
    if (moved?.kind !== 'written') await folders.undo();
    await syncFolder(folder);
    await syncFolder(path.dirname(realPath));
  }
}

async function giveName({ realPath, toReal }: FileMove): Promise<WriteOutcome> {
  if (await isOwnEntry(realPath, toReal)) {
    await rename(realPath, toReal);
    return { kind: 'written' };
  }
  try {
    await link(realPath, toReal);
  } catch (error) {
    const outcome = await withoutLink({ realPath, toReal }, error);
    if (outcome) return outcome;
  }
  return dropOldName(realPath, toReal);
}

/**
 * What becomes of a move whose new name could not be given by a link; undefined when it is the file's own already, as a move
 * that was cut off leaves it.
 */
async function withoutLink(
  { realPath, toReal }: Pick<FileMove, 'realPath' | 'toReal'>,
  error: unknown,
): Promise<WriteOutcome | undefined> {
  const code = errorCode(error);
  if (code === 'EEXIST') return (await isSame(realPath, toReal)) ? undefined : taken(toReal);
  if (code === 'EXDEV') {
    const message = `${realPath} and ${toReal} are on different file systems; a file is not moved from one to another.`;
    return { kind: 'failed', message };
  }
  if (!isNoLinks(error)) throw error;
  // A file system without hard links (FAT, some network shares).
  if (await exists(toReal)) return taken(toReal);
  await rename(realPath, toReal);
  return { kind: 'written' };
}

async function dropOldName(realPath: string, toReal: string): Promise<WriteOutcome> {
  try {
    // One name alone is never taken away, whatever the names are.
    if ((await lstat(toReal)).nlink < 2) return taken(toReal);
    if (!(await isSame(realPath, toReal))) {
      await unlink(toReal);
      return { kind: 'stale', message: `${realPath} was replaced while it was moved.` };
    }
    await unlink(realPath);
    return { kind: 'written' };
  } catch (error) {
    // Another program holds the old name (Windows): then the file keeps it, and has no second one.
    if (await isSame(realPath, toReal)) await unlink(toReal);
    throw error;
  }
}

/** Where names ignore case, a name in other letters leads to the file itself. */
async function isOwnEntry(realPath: string, toReal: string): Promise<boolean> {
  if (!isCaseOnly(realPath, toReal) || !(await isSame(realPath, toReal))) return false;
  const names = await readdir(path.dirname(realPath));
  return !names.includes(path.basename(toReal));
}

/** Two spellings of one path that differ only in upper and lower case. */
function isCaseOnly(one: string, other: string): boolean {
  return one !== other && one.toLowerCase() === other.toLowerCase();
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((name) => lstat(name).catch(() => undefined)));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

async function exists(target: string): Promise<boolean> {
  const found = await lstat(target).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  return found !== undefined;
}

function taken(toReal: string): WriteOutcome {
  return { kind: 'stale', message: `${toReal} exists by now; nothing is replaced.` };
}

// Puts bytes at a path in one step: a new file beside it, flushed to disk, then renamed over it.
import { constants } from 'node:fs';
import { access, link, lstat, open, realpath, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './failure.ts';
import { removeLeftovers, temporaryName } from './temporaryNames.ts';
import { noFollow } from './readText.ts';
import type { WriteOutcome } from '../../core/ports/workspace.ts';

interface AtomicWrite {
  realPath: string;
  bytes: Uint8Array;
  /** True when no file may be there yet, false when one must be. */
  create: boolean;
  /** Of a file that is created: it may be run as a program. */
  executable?: boolean | undefined;
  /** Looked at again right before the step that counts. */
  recheck: () => Promise<WriteOutcome | undefined>;
}

/** Throws the file system's error; then the target is untouched and nothing is left behind. */
export async function writeAtomically(write: AtomicWrite): Promise<WriteOutcome> {
  const folder = path.dirname(write.realPath);
  const moved = await movedFolder(folder);
  if (moved) return moved;
  // A rename would get around the read-only mark of the file it replaces.
  if (!write.create) await access(write.realPath, constants.W_OK);
  await removeLeftovers(folder);
  const temporary = path.join(folder, temporaryName());
  try {
    await writeTemporary(temporary, write);
    const refused = (await movedFolder(folder)) ?? (await write.recheck());
    if (refused) return refused;
    if (write.create) return await publishNew(temporary, write.realPath);
    await rename(temporary, write.realPath);
    return { kind: 'written' };
  } finally {
    await unlink(temporary).catch(ignoreMissing);
    await syncFolder(folder);
  }
}

export async function movedFolder(folder: string): Promise<WriteOutcome | undefined> {
  if ((await realpath(folder)) === folder) return undefined;
  return { kind: 'failed', message: `${folder} now leads elsewhere; nothing was written.` };
}

async function writeTemporary(temporary: string, write: AtomicWrite): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow();
  const before = write.create ? undefined : await lstat(write.realPath);
  const handle = await open(
    temporary,
    flags,
    before ? 0o600 : write.executable === true ? 0o777 : 0o666,
  );
  try {
    await handle.writeFile(write.bytes);
    if (before && process.platform !== 'win32') {
      const own = await handle.stat();
      if (own.uid !== before.uid || own.gid !== before.gid) {
        // Only the administrator may give files away; for others the file becomes theirs, as in any editor.
        await handle.chown(before.uid, before.gid).catch(() => undefined);
      }
      await handle.chmod(before.mode & 0o7777);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives a new file its name without ever replacing one that appeared meanwhile. */
async function publishNew(temporary: string, realPath: string): Promise<WriteOutcome> {
  try {
    await link(temporary, realPath);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') {
      return { kind: 'stale', message: `${realPath} exists by now.` };
    }
    if (!isNoLinks(error)) throw error;
    await rename(temporary, realPath);
  }
  return { kind: 'written' };
}

/** File systems without hard links (FAT, some network shares). */
export function isNoLinks(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errorCode(error) ?? '');
}

function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') throw error;
}

/** Makes the rename itself durable where the platform can. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined);
  try {
    await handle?.sync().catch(() => undefined);
  } finally {
    await handle?.close();
  }
}

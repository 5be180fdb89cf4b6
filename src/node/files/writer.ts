// Carries out one approved file change: through the editor when the file is open, else by an atomic replace.
// Writes only over the content that was shown, and only at the real path that was shown.
import { lstat, realpath, unlink } from 'node:fs/promises';
import path from 'node:path';
import { assertNever } from '../../core/base/assert.ts';
import { writeAtomically } from './atomicWrite.ts';
import { failureText, errorCode } from './failure.ts';
import { makeFolders } from './makeFolders.ts';
import { readText } from './readText.ts';
import type { Texts } from '../../core/ports/system.ts';
import type {
  EditorBuffers,
  Effects,
  FileChange,
  WriteOutcome,
} from '../../core/ports/workspace.ts';

export interface FileWriterOptions {
  texts: Texts;
  buffers?: EditorBuffers | undefined;
  maxBytes?: number | undefined;
}

export function createFileWriter(options: FileWriterOptions): Effects['writeFile'] {
  return async (change) => {
    try {
      return await write(change, options);
    } catch (error) {
      return { kind: 'failed', message: `${change.realPath}: ${failureText(error)}.` };
    }
  };
}

async function write(change: FileChange, options: FileWriterOptions): Promise<WriteOutcome> {
  const { realPath, newText, baseHash } = change;
  const recheck = (): Promise<WriteOutcome | undefined> => refusal(change, options);
  const refused = await recheck();
  if (refused) return refused;
  if (newText === null) return remove(realPath);
  if (baseHash !== null && options.buffers?.isOpen(realPath)) {
    return writeBuffer(realPath, newText, options.buffers);
  }
  const bytes = Buffer.from(change.encoding === 'utf8bom' ? `\uFEFF${newText}` : newText, 'utf8');
  if (baseHash !== null) return writeAtomically({ realPath, bytes, create: false, recheck });
  const folders = await makeFolders(path.dirname(realPath));
  if (!folders.ok) return { kind: 'failed', message: folders.message };
  let written: WriteOutcome | undefined;
  try {
    written = await writeAtomically({ realPath, bytes, create: true, recheck });
    return written;
  } finally {
    if (written?.kind !== 'written') await folders.undo();
  }
}

/** Why the change must not be made now, if so. */
async function refusal(
  change: FileChange,
  options: FileWriterOptions,
): Promise<WriteOutcome | undefined> {
  const { realPath, baseHash } = change;
  const entry = await lstat(realPath).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  });
  if (entry?.isSymbolicLink()) {
    return { kind: 'failed', message: `${realPath} has become a link; nothing was written.` };
  }
  if (entry && (await realpath(realPath)) !== realPath) {
    return { kind: 'failed', message: `${realPath} now leads elsewhere; nothing was written.` };
  }
  const current = await readText(realPath, options);
  switch (current.kind) {
    case 'text':
      if (current.hash === baseHash) return undefined;
      return stale(baseHash === null ? 'it exists by now' : 'it has changed', realPath);
    case 'missing':
      return baseHash === null ? undefined : stale('it is gone', realPath);
    case 'binary':
    case 'notUtf8':
    case 'tooLarge':
      return stale('it is no longer a text file of moderate size', realPath);
    case 'directory':
      return { kind: 'failed', message: `${realPath} is a folder.` };
    case 'failed':
      return { kind: 'failed', message: `${realPath}: ${current.message}.` };
    default:
      return assertNever(current);
  }
}

function stale(what: string, realPath: string): WriteOutcome {
  return { kind: 'stale', message: `${realPath} is not as it was when shown: ${what}.` };
}

async function remove(realPath: string): Promise<WriteOutcome> {
  await unlink(realPath);
  return { kind: 'written' };
}

async function writeBuffer(
  realPath: string,
  text: string,
  buffers: EditorBuffers,
): Promise<WriteOutcome> {
  if (await buffers.replaceText(realPath, text)) return { kind: 'written' };
  return {
    kind: 'failed',
    message: `the editor could not change and save ${realPath}. Save or close it and try again.`,
  };
}

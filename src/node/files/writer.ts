// Carries out one approved file change: by an atomic replace, which an open editor follows; through the editor when it
// has unsaved text. Writes exactly what was approved, only over the content and at the real path that were shown.
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
  if (baseHash === null) return create(change, newText, recheck);
  const unsaved = options.buffers?.dirtyText(realPath);
  if (options.buffers && unsaved !== undefined) {
    // Typed since the look above: nothing is awaited between this one and the edit.
    const hash = options.texts.sha256(unsaved.replace(/^\uFEFF/, ''));
    if (hash !== baseHash) return stale('it has changed', realPath);
    return writeBuffer(change, newText, { ...options, buffers: options.buffers });
  }
  return writeAtomically({ realPath, bytes: bytesOf(change, newText), create: false, recheck });
}

async function create(
  change: FileChange,
  newText: string,
  recheck: () => Promise<WriteOutcome | undefined>,
): Promise<WriteOutcome> {
  const { realPath } = change;
  const folders = await makeFolders(path.dirname(realPath));
  if (!folders.ok) return { kind: 'failed', message: folders.message };
  let written: WriteOutcome | undefined;
  try {
    const bytes = bytesOf(change, newText);
    const { executable } = change;
    written = await writeAtomically({ realPath, bytes, create: true, recheck, executable });
    return written;
  } finally {
    if (written?.kind !== 'written') await folders.undo();
  }
}

function bytesOf({ encoding }: FileChange, newText: string): Buffer {
  return Buffer.from(encoding === 'utf8bom' ? `\uFEFF${newText}` : newText, 'utf8');
}

/** Why the file must not be changed now, if so: its content is not the base, or its path leads elsewhere. */
export async function refusal(
  change: Pick<FileChange, 'realPath' | 'baseHash'>,
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

/**
 * Saving runs the editor's save actions: formatters, trimmed spaces, one kind of line end. What they left on disk is then
 * replaced by what was approved, and the editor, saved by now, follows.
 */
async function writeBuffer(
  change: FileChange,
  text: string,
  options: FileWriterOptions & { buffers: EditorBuffers },
): Promise<WriteOutcome> {
  const { realPath, encoding } = change;
  if (!(await options.buffers.replaceText(realPath, text))) {
    return {
      kind: 'failed',
      message: `the editor could not change and save ${realPath}. Save or close it and try again.`,
    };
  }
  const saved = await readText(realPath, options);
  if (saved.kind !== 'text') return differs(realPath, 'it cannot be read back as UTF-8 text.');
  if (saved.dirty) return differs(realPath, 'its editor has changed again.');
  if (saved.hash === options.texts.sha256(text) && saved.encoding === encoding) {
    return { kind: 'written' };
  }
  const recheck = (): Promise<WriteOutcome | undefined> =>
    refusal({ ...change, baseHash: saved.hash }, options);
  const bytes = bytesOf(change, text);
  const again = await writeAtomically({ realPath, bytes, create: false, recheck }).catch(
    (error: unknown): WriteOutcome => ({ kind: 'failed', message: `${failureText(error)}.` }),
  );
  if (again.kind === 'written') return again;
  return differs(realPath, `save actions changed the text, and then: ${again.message}`);
}

function differs(realPath: string, what: string): WriteOutcome {
  const message = `the editor saved ${realPath}, but it may not hold what was approved: ${what}`;
  return { kind: 'differs', message };
}

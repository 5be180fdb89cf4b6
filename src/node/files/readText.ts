// Reads one regular file as UTF-8 text. What cannot be read so is an outcome, never a throw.
import { constants, type Stats } from 'node:fs';
import { lstat, open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { errorCode, failureText } from './failure.ts';
import type { Texts } from '../../core/ports/system.ts';
import type { EditorBuffers, ReadOutcome } from '../../core/ports/workspace.ts';

/** Larger files are described, not read, in bytes. */
export const DEFAULT_MAX_BYTES = 2 * 1024 * 1024;

interface ReadOptions {
  texts: Texts;
  buffers?: EditorBuffers | undefined;
  maxBytes?: number | undefined;
}

const BOM = '\uFEFF';

/** Content as the user sees it: an unsaved buffer wins. `realPath` must lead through no link (`failed` otherwise). */
export async function readText(realPath: string, options: ReadOptions): Promise<ReadOutcome> {
  const dirty = options.buffers?.dirtyText(realPath);
  if (dirty === undefined) return readDisk(realPath, options);
  const onDisk = await readDisk(realPath, options);
  const encoding = onDisk.kind === 'text' ? onDisk.encoding : 'utf8';
  const text = dirty.startsWith(BOM) ? dirty.slice(1) : dirty;
  return { kind: 'text', text, hash: options.texts.sha256(text), encoding, dirty: true };
}

async function readDisk(realPath: string, options: ReadOptions): Promise<ReadOutcome> {
  const limit = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const read = await readBytes(realPath, limit);
  return read.kind === 'bytes' ? decode(read.bytes, options.texts) : read;
}

/** The bytes of one regular file that the path leads to without a link. Total. */
export async function readBytes(realPath: string, limit: number): Promise<BytesOutcome> {
  let handle: FileHandle | undefined;
  try {
    if ((await realpath(realPath)) !== realPath) {
      return { kind: 'failed', message: 'it has become a link, or lies behind one' };
    }
    // O_NONBLOCK: a FIFO put in its place must not hang us. O_NOFOLLOW: nor a link lead elsewhere.
    const flags = constants.O_RDONLY | nonBlock() | noFollow();
    handle = await open(realPath, flags);
    const stats = await handle.stat();
    const read = await readHandle(handle, stats, limit);
    return (await isStillAt(realPath, handle, stats)) ? read : SWAPPED;
  } catch (error) {
    return outcomeOf(error);
  } finally {
    await handle?.close();
  }
}

type Unread = Exclude<ReadOutcome, { kind: 'text' | 'binary' | 'notUtf8' }>;
export type BytesOutcome = { kind: 'bytes'; bytes: Buffer } | Unread;

const SWAPPED: Unread = { kind: 'failed', message: 'it was replaced while it was read' };

/** What was opened is what the path names: no folder above it was a link to elsewhere when it was opened. */
async function isStillAt(realPath: string, handle: FileHandle, opened: Stats): Promise<boolean> {
  // Linux says where an open file is; nothing that is done to paths meanwhile can deceive it.
  const where = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => null);
  if (where !== null && process.platform === 'linux') return where === realPath;
  // Elsewhere paths are all there is: who would deceive must win four times in a row.
  for (let look = 0; look < 2; look += 1) {
    if ((await realpath(realPath)) !== realPath) return false;
    const now = await lstat(realPath);
    if (now.dev !== opened.dev || now.ino !== opened.ino) return false;
  }
  return true;
}

async function readHandle(handle: FileHandle, stats: Stats, limit: number): Promise<BytesOutcome> {
  if (stats.isDirectory()) return { kind: 'directory' };
  if (!stats.isFile()) return { kind: 'failed', message: 'it is not a regular file' };
  if (stats.size > limit) return { kind: 'tooLarge', size: stats.size, limit };
  const bytes = await handle.readFile();
  if (bytes.length > limit) return { kind: 'tooLarge', size: bytes.length, limit };
  return { kind: 'bytes', bytes };
}

function decode(bytes: Buffer, texts: Texts): ReadOutcome {
  const size = bytes.length;
  if (hasUtf16Mark(bytes)) return { kind: 'notUtf8', size };
  if (bytes.includes(0)) return { kind: 'binary', size };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { kind: 'notUtf8', size };
  }
  const encoding = text.startsWith(BOM) ? 'utf8bom' : 'utf8';
  if (encoding === 'utf8bom') text = text.slice(1);
  return { kind: 'text', text, hash: texts.sha256(text), encoding, dirty: false };
}

function hasUtf16Mark(bytes: Buffer): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function outcomeOf(error: unknown): Unread {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
  // Windows cannot open a folder at all.
  if (code === 'EISDIR') return { kind: 'directory' };
  return { kind: 'failed', message: failureText(error) };
}

/** Absent on Windows, whatever the types say. */
function nonBlock(): number {
  return process.platform === 'win32' ? 0 : constants.O_NONBLOCK;
}

export function noFollow(): number {
  return process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
}

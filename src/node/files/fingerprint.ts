// What a file is at this moment, as a program that opens it would find it. Reads only.
import { createHash } from 'node:crypto';
import { readBytes } from './readText.ts';
import type { Fingerprint } from '../../core/ports/workspace.ts';

/** Larger files have no fingerprint, in bytes. */
const MAX_BYTES = 5 * 1024 * 1024;

export async function fingerprint(realPath: string): Promise<Fingerprint> {
  const read = await readBytes(realPath, MAX_BYTES);
  switch (read.kind) {
    case 'bytes': {
      const { bytes } = read;
      const hash = createHash('sha256').update(bytes).digest('hex');
      return { kind: 'file', hash, size: bytes.length, lines: linesOf(bytes) };
    }
    case 'missing':
      return { kind: 'missing' };
    case 'directory':
      return { kind: 'none', why: 'it is a folder' };
    case 'tooLarge':
      return { kind: 'none', why: 'it is larger than 5 MB' };
    case 'failed':
      return { kind: 'none', why: read.message };
  }
}

function linesOf(bytes: Buffer): number | null {
  if (bytes.includes(0)) return null;
  let lines = bytes.length > 0 && bytes.at(-1) !== 10 ? 1 : 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
}

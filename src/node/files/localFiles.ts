// The workspace's files on this machine. Reads and searches; changes nothing.
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { findWithRipgrep } from './findFiles.ts';
import { listDirectory } from './listDirectory.ts';
import { fingerprint } from './fingerprint.ts';
import { readBytes, readText } from './readText.ts';
import { relativeInside, resolvePath, type Root } from './resolvePath.ts';
import { searchWithRipgrep } from './searchText.ts';
import type { Texts } from '../../core/ports/system.ts';
import type { EditorBuffers, Files } from '../../core/ports/workspace.ts';

interface LocalFilesOptions {
  /** Absolute paths of the workspace folders, in the user's order. */
  roots: readonly string[];
  /** The ripgrep binary. */
  rgPath: string;
  texts: Texts;
  buffers?: EditorBuffers | undefined;
  /** Larger files are described, not read. Default 2 MiB. */
  maxBytes?: number | undefined;
}

export function createLocalFiles(options: LocalFilesOptions): Files {
  const roots = options.roots.map(toRoot);
  const { rgPath } = options;
  /** How a result names a file, so that `resolve` leads back to it. */
  const nameFrom = (base: string): ((absolute: string) => string) => {
    const first = roots[0];
    return (absolute) =>
      (first && relativeInside(first.real, absolute)) ?? path.resolve(base, absolute);
  };
  return {
    roots: roots.map((root) => root.real),
    resolve: (input) => resolvePath(input, roots),
    read: (realPath) => readText(realPath, options),
    readBytes: async (realPath, limit) => {
      const read = await readBytes(realPath, limit);
      if (read.kind !== 'bytes') return read;
      return { kind: 'bytes', base64: read.bytes.toString('base64'), size: read.bytes.length };
    },
    fingerprint,
    list: listDirectory,
    find: (realPath, glob, { limit, signal }) =>
      findWithRipgrep({ rgPath, realPath, glob, limit, signal, nameOf: nameFrom(realPath) }),
    search: (realPath, query, signal) =>
      searchWithRipgrep({ rgPath, realPath, query, signal, nameOf: nameFrom(realPath) }),
  };
}

/** A folder that is missing keeps its name: reads below it then say that it does not exist. */
function toRoot(folder: string): Root {
  const lexical = path.resolve(folder);
  try {
    return { lexical, real: realpathSync.native(lexical) };
  } catch {
    return { lexical, real: lexical };
  }
}

// Files over a Map of absolute paths, for tests of the core. Passes test/contract/files.contract.ts. Has no links.
import { createHash } from 'node:crypto';
import path from 'node:path/posix';
import picomatch from 'picomatch';
import type {
  DirectoryEntry,
  Files,
  ReadOutcome,
  ResolvedPath,
  SearchQuery,
  TextMatch,
} from '../../src/core/ports/workspace.ts';

/** A file's text, or another outcome of reading it. */
export type MemoryEntry = string | Extract<ReadOutcome, { kind: string }>;

export interface MemoryFiles extends Files {
  /** Content by absolute path; change it at will. */
  readonly entries: Map<string, MemoryEntry>;
}

/** `tree` is relative to the first root, or absolute. */
export function createMemoryFiles(
  tree: Record<string, MemoryEntry> = {},
  roots: readonly string[] = ['/ws'],
): MemoryFiles {
  const first = roots[0] ?? '/';
  const entries = new Map<string, MemoryEntry>(
    Object.entries(tree).map(([name, entry]) => [path.resolve(first, name), entry]),
  );
  const world = { entries, roots };
  return {
    entries,
    roots,
    resolve: async (input) => resolve(world, input),
    read: async (realPath) => read(world, realPath),
    readBytes: async (realPath, limit) => {
      const outcome = read(world, realPath);
      if (outcome.kind !== 'text') return outcome;
      const bytes = Buffer.from(outcome.text);
      if (bytes.length > limit) return { kind: 'tooLarge', size: bytes.length, limit };
      return { kind: 'bytes', base64: bytes.toString('base64'), size: bytes.length };
    },
    fingerprint: async (realPath) => {
      const entry = entries.get(realPath);
      if (entry === undefined) return { kind: 'missing' };
      if (typeof entry !== 'string') return { kind: 'none', why: 'it is no text' };
      const hash = createHash('sha256').update(entry).digest('hex');
      return {
        kind: 'file',
        hash,
        size: Buffer.byteLength(entry),
        lines: entry.split('\n').length,
      };
    },
    list: async (realPath, depth) => list(world, realPath, depth),
    find: async (realPath, glob, { limit, signal }) => {
      signal.throwIfAborted();
      const found = filesBelow(world, realPath);
      if (!found)
        return { error: isFile(world, realPath) ? 'it is a file, not a folder' : MISSING };
      const matching = found.filter((file) => matches(glob, path.relative(realPath, file)));
      const paths = matching.slice(0, limit).map((file) => nameOf(world, file));
      return { paths, truncated: matching.length > limit };
    },
    search: async (realPath, query, signal) => {
      signal.throwIfAborted();
      return search(world, realPath, query);
    },
  };
}

interface World {
  entries: Map<string, MemoryEntry>;
  roots: readonly string[];
}

const MISSING = 'it does not exist';

function resolve(world: World, input: string): ResolvedPath {
  const lexical = path.resolve(world.roots[0] ?? '/', input);
  const isDirectory = isFolder(world, lexical);
  const inside = input.includes('\0') ? null : relative(world, lexical);
  return {
    input,
    lexical,
    real: lexical,
    relLexical: inside,
    relReal: inside,
    exists: isDirectory || isFile(world, lexical),
    isDirectory,
    links: 1,
  };
}

function read(world: World, realPath: string): ReadOutcome {
  const entry = world.entries.get(realPath);
  if (entry === undefined) {
    return isFolder(world, realPath) ? { kind: 'directory' } : { kind: 'missing' };
  }
  if (typeof entry !== 'string') return entry;
  const hash = createHash('sha256').update(entry).digest('hex');
  return { kind: 'text', text: entry, hash, encoding: 'utf8', dirty: false };
}

function list(
  world: World,
  realPath: string,
  depth: number,
): { entries: DirectoryEntry[]; truncated: boolean } | { error: string } {
  const files = filesBelow(world, realPath);
  if (!files) return { error: isFile(world, realPath) ? 'it is a file, not a folder' : MISSING };
  const found = new Map<string, DirectoryEntry>();
  for (const file of files) {
    const parts = path.relative(realPath, file).split('/');
    for (let level = 1; level <= Math.min(depth, parts.length); level += 1) {
      const name = parts.slice(0, level).join('/');
      const isLast = level === parts.length;
      const size = isLast ? sizeOf(world.entries.get(file)) : 0;
      found.set(name, { path: name, kind: isLast ? 'file' : 'directory', size });
      if (!isLast && ['.git', 'node_modules'].includes(parts[level - 1] ?? '')) break;
    }
  }
  const key = (name: string): string => name.replaceAll('/', '\0');
  const names = [...found.keys()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return { entries: names.map((name) => found.get(name)!), truncated: false };
}

function search(
  world: World,
  realPath: string,
  query: SearchQuery,
): { matches: TextMatch[]; truncated: boolean } | { error: string } {
  const files = isFile(world, realPath) ? [realPath] : filesBelow(world, realPath);
  if (!files) return { error: MISSING };
  let pattern: RegExp;
  try {
    const source = query.isRegex ? query.pattern : RegExp.escape(query.pattern);
    pattern = new RegExp(source, query.caseSensitive ? 'u' : 'iu');
  } catch (error) {
    return { error: `the search failed: ${String(error)}` };
  }
  const found = files
    .filter((file) => query.glob === null || matches(query.glob, path.relative(realPath, file)))
    .flatMap((file) => matchesIn(world, file, pattern));
  return {
    matches: found.slice(0, query.maxResults),
    truncated: found.length > query.maxResults,
  };
}

function matchesIn(world: World, file: string, pattern: RegExp): TextMatch[] {
  const entry = world.entries.get(file);
  if (typeof entry !== 'string') return [];
  return entry.split(/\r?\n/).flatMap((text, index) => {
    return pattern.test(text) ? [{ path: nameOf(world, file), line: index + 1, text }] : [];
  });
}

function filesBelow(world: World, folder: string): string[] | undefined {
  if (!isFolder(world, folder)) return undefined;
  return [...world.entries.keys()].filter((file) => inside(folder, file) !== null).sort();
}

function matches(glob: string, name: string): boolean {
  return picomatch(glob, { dot: true, basename: !glob.includes('/') })(name);
}

function isFile(world: World, target: string): boolean {
  return world.entries.has(target);
}

function isFolder(world: World, target: string): boolean {
  if (isFile(world, target)) return false;
  if (world.roots.includes(target)) return true;
  return [...world.entries.keys()].some((file) => inside(target, file) !== null);
}

function inside(folder: string, target: string): string | null {
  const rest = path.relative(folder, target);
  return rest === '..' || rest.startsWith('../') ? null : rest;
}

function relative(world: World, target: string): string | null {
  for (const root of world.roots) {
    const rest = inside(root, target);
    if (rest !== null) return rest;
  }
  return null;
}

function nameOf(world: World, file: string): string {
  return inside(world.roots[0] ?? '/', file) ?? file;
}

function sizeOf(entry: MemoryEntry | undefined): number {
  if (typeof entry === 'string') return new TextEncoder().encode(entry).length;
  return entry !== undefined && 'size' in entry ? entry.size : 0;
}

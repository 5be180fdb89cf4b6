// Where a path really leads, and whether that is inside a workspace folder. Compares by segments, never by prefix.
import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './failure.ts';
import type { ResolvedPath } from '../../core/ports/workspace.ts';

/** A workspace folder as it was opened and as it really is. */
export interface Root {
  lexical: string;
  real: string;
}

const MAX_LINKS = 40;

/**
 * Resolves as the port says. Relative paths start at the first root; with several roots, `name/rest` means the root
 * called `name` when the first root has no entry of that name. Nothing is expanded: `~` and `$` are plain characters.
 * What cannot be resolved (a NUL, a loop of links, no permission to look) counts as outside.
 */
export async function resolvePath(input: string, roots: readonly Root[]): Promise<ResolvedPath> {
  const lexical = await lexicalPath(input, roots);
  const unresolved = { input, lexical, real: lexical, relLexical: null, relReal: null };
  const nowhere = { ...unresolved, exists: false, isDirectory: false, links: 1 };
  if (input.includes('\0')) return nowhere;
  const real = await realOf(lexical, MAX_LINKS);
  if (real === undefined) return nowhere;
  const found = await statOf(real);
  return {
    input,
    lexical,
    real,
    relLexical: relativeToAny(lexical, roots, ['lexical', 'real']),
    relReal: relativeToAny(real, roots, ['real']),
    ...found,
  };
}

/** `target` relative to `root`, `/`-separated, or null when it is not inside. The root itself is ''. */
export function relativeInside(root: string, target: string): string | null {
  const relative = path.relative(root, target);
  if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) {
    return null;
  }
  return relative.split(path.sep).join('/');
}

async function lexicalPath(input: string, roots: readonly Root[]): Promise<string> {
  const [first, ...others] = roots;
  if (!first) return path.resolve(path.parse(process.cwd()).root, input);
  const lexical = path.resolve(first.real, input);
  if (path.isAbsolute(input) || others.length === 0 || input.includes('\0')) return lexical;
  const [name, ...rest] = path.normalize(input).split(path.sep);
  const named = others.find(
    (root) => path.basename(root.lexical) === name || path.basename(root.real) === name,
  );
  if (!named || name === undefined || (await lexists(path.join(first.real, name)))) return lexical;
  return path.resolve(named.real, ...rest);
}

async function lexists(target: string): Promise<boolean> {
  return lstat(target).then(
    () => true,
    () => false,
  );
}

/** The real path of the deepest existing ancestor plus the rest; dangling links are followed. Undefined: unknowable. */
async function realOf(target: string, linksLeft: number): Promise<string | undefined> {
  try {
    return await realpath(target);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return undefined;
  }
  const parent = path.dirname(target);
  if (parent === target) return target;
  const realParent = await realOf(parent, linksLeft);
  if (realParent === undefined) return undefined;
  const candidate = path.join(realParent, path.basename(target));
  const link = await linkTarget(candidate);
  if (link === undefined) return undefined;
  if (link === null) return candidate;
  return linksLeft > 0 ? realOf(path.resolve(realParent, link), linksLeft - 1) : undefined;
}

/** Where a dangling link points, null when there is nothing there, undefined when that cannot be told. */
async function linkTarget(candidate: string): Promise<string | null | undefined> {
  try {
    const entry = await lstat(candidate);
    // Something that appeared since realpath failed: not to be judged now.
    return entry.isSymbolicLink() ? await readlink(candidate) : undefined;
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : undefined;
  }
}

async function statOf(
  real: string,
): Promise<
  Pick<ResolvedPath, 'exists' | 'isDirectory' | 'links' | 'special' | 'id' | 'executable'>
> {
  try {
    const entry = await stat(real);
    const isDirectory = entry.isDirectory();
    const special = isDirectory || entry.isFile() ? {} : { special: true };
    const links = isDirectory ? 1 : entry.nlink;
    const id = links > 1 && { id: `${entry.dev}:${entry.ino}` };
    const runs = entry.isFile() && process.platform !== 'win32' && (entry.mode & 0o111) !== 0;
    const more = { ...special, ...id, ...(runs && { executable: true as const }) };
    return { exists: true, isDirectory, links, ...more };
  } catch {
    return { exists: false, isDirectory: false, links: 1 };
  }
}

/** Relative to the innermost root that holds it. */
function relativeToAny(
  target: string,
  roots: readonly Root[],
  forms: readonly (keyof Root)[],
): string | null {
  const found = roots
    .flatMap((root) => forms.map((form) => relativeInside(root[form], target)))
    .filter((relative) => relative !== null);
  found.sort((a, b) => a.length - b.length);
  return found[0] ?? null;
}

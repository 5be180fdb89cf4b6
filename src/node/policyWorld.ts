// Resolves the paths of a policy case on this machine's files and on those the case assumes, by the rules of the platform
// it names. Paths are kept `/`-separated; a drive is the first name, as in `/C:/ws`. Changes nothing.
import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { posix, resolve as resolveHere } from 'node:path';
import { z } from 'zod';
import type { FolderEntry } from '../core/policy/globNames.ts';
import type { PolicyCase } from '../core/policy/check.ts';
import type { ResolvedPath } from '../core/ports/workspace.ts';

const Pairs = z.array(z.tuple([z.string(), z.string()])).catch([]);
const Names = z.array(z.string()).catch([]);
const MAX_LINKS = 40;

interface World {
  windows: boolean;
  root: string;
  /** Where `root` is on this machine. */
  host: string;
  links: ReadonlyMap<string, string>;
  files: ReadonlySet<string>;
  folders: ReadonlySet<string>;
  special: ReadonlySet<string>;
  hard: ReadonlySet<string>;
}

/** Where `input` leads in the case's world; relative paths start at its root, or at `workspace`. */
export async function resolveInCase(
  input: string,
  policyCase: PolicyCase,
  workspace: string,
): Promise<ResolvedPath> {
  const world = await worldOf(policyCase, workspace);
  const lexical = absoluteOf(input, world);
  const real = await realOf(lexical, world);
  const realRoot = (await realOf(world.root, world)) ?? world.root;
  const about =
    real === null
      ? { exists: true, isDirectory: false, special: true, links: 1 }
      : await kindOf(real, world);
  return {
    input,
    lexical,
    real: real ?? lexical,
    relLexical: relative(world, lexical) ?? relative({ ...world, root: realRoot }, lexical),
    relReal: real === null ? null : relative({ ...world, root: realRoot }, real),
    ...about,
  };
}

/** Everything in a folder of the case: on this machine and assumed. Null for a link and for what lies outside. */
export async function listInCase(
  input: string,
  policyCase: PolicyCase,
  workspace: string,
): Promise<readonly FolderEntry[] | null> {
  const path = await resolveInCase(input, policyCase, workspace);
  if (path.relReal === null || path.relReal !== path.relLexical) return null;
  if (!path.exists) return [];
  if (!path.isDirectory) return null;
  const world = await worldOf(policyCase, workspace);
  const entries = new Map<string, FolderEntry['kind']>();
  const found = await readdir(onHost(path.real, world), { withFileTypes: true }).catch(() => []);
  for (const entry of found.slice(0, MAX_LISTED)) {
    const other = entry.isSymbolicLink() ? 'link' : entry.isFile() ? 'file' : 'other';
    entries.set(entry.name, entry.isDirectory() ? 'directory' : other);
  }
  if (found.length > MAX_LISTED) return null;
  for (const [kind, names] of assumedIn(world)) {
    for (const name of names) {
      const [first, ...more] = (relative({ ...world, root: path.real }, name) ?? '').split('/');
      if (first !== undefined && first !== '')
        entries.set(first, more.length > 0 ? 'directory' : kind);
    }
  }
  return [...entries].map(([name, kind]) => ({ name, kind }));
}

const MAX_LISTED = 1000;

function assumedIn(world: World): [FolderEntry['kind'], Iterable<string>][] {
  return [
    ['file', world.files],
    ['file', world.hard],
    ['directory', world.folders],
    ['other', world.special],
    ['link', world.links.keys()],
  ];
}

/** The folder of this machine that the case's root is, or that stands in for it. */
export async function hostRootOf(policyCase: PolicyCase, workspace: string): Promise<string> {
  const { host } = await worldOf(policyCase, workspace);
  return realpath(host).catch(() => host);
}

async function worldOf(policyCase: PolicyCase, workspace: string): Promise<World> {
  const here = slashed(await realpath(workspace).catch(() => resolveHere(workspace)));
  const windows =
    policyCase.platform === 'win32' ||
    ('cmd' in policyCase && (policyCase.shell === 'powershell' || policyCase.shell === 'cmd'));
  const root = rootOf(policyCase.root ?? here, windows);
  const rootExists = await lstat(root).then(
    () => true,
    () => false,
  );
  const setup = policyCase.setup ?? {};
  const at = (name: string): string => absoluteOf(name, { root, windows });
  const pairs = (value: unknown): [string, string][] => Pairs.parse(value);
  return {
    windows,
    root,
    host: rootExists ? root : here,
    links: new Map(
      pairs(setup['symlinks']).map(([link, target]) => [at(link), linkText(target, windows)]),
    ),
    files: new Set(Names.parse(setup['files']).map(at)),
    folders: new Set(Names.parse(setup['dirs']).map(at)),
    special: new Set(Names.parse(setup['fifo']).map(at)),
    hard: new Set(pairs(setup['hardlinks']).flat().map(at)),
  };
}

function rootOf(root: string, windows: boolean): string {
  const text = windows ? slashed(root) : root;
  return windows && DRIVE.test(text) ? posix.resolve(`/${upperDrive(text)}`) : posix.resolve(text);
}

const DRIVE = /^[A-Za-z]:(?=\/|$)/;

/** Absolute, `.` and `..` gone. On Windows `\x` starts at the root's drive; `C:x` and `\\server` are never inside. */
function absoluteOf(input: string, { root, windows }: Pick<World, 'root' | 'windows'>): string {
  if (!windows) return posix.resolve(root, input);
  const path = slashed(input);
  if (path.startsWith('//')) return posix.resolve(`/ /${path}`);
  if (DRIVE.test(path)) return posix.resolve(`/${upperDrive(path)}`);
  if (/^[A-Za-z]:/.test(path)) return posix.resolve(`/ /${path}`);
  const drive = /^\/[A-Z]:(?=\/|$)/.exec(root)?.[0] ?? '';
  return path.startsWith('/') ? posix.resolve(`${drive}${path}`) : posix.resolve(root, path);
}

function linkText(target: string, windows: boolean): string {
  if (!windows) return target;
  const path = slashed(target);
  return DRIVE.test(path) ? `/${upperDrive(path)}` : path;
}

function upperDrive(path: string): string {
  return `${path.slice(0, 1).toUpperCase()}${path.slice(1)}`;
}

/** Links followed up to the deepest existing ancestor; null for a loop. */
async function realOf(lexical: string, world: World): Promise<string | null> {
  let done = '/';
  const open = lexical.split('/').filter((segment) => segment !== '');
  let followed = 0;
  for (let segment = open.shift(); segment !== undefined; segment = open.shift()) {
    if (segment === '.') continue;
    if (segment === '..') {
      done = posix.dirname(done);
      continue;
    }
    const next = posix.join(done, segment);
    const target = world.links.get(next) ?? (await linkOnDisk(next, world));
    if (target === null) {
      done = next;
      continue;
    }
    if ((followed += 1) > MAX_LINKS) return null;
    if (target.startsWith('/')) done = '/';
    open.unshift(...target.split('/').filter((part) => part !== ''));
  }
  return done;
}

async function linkOnDisk(path: string, world: World): Promise<string | null> {
  // Above the root nothing is looked up while the root itself stands for another folder.
  const standsIn = world.host !== world.root;
  if (standsIn && (relative(world, path) === null || path === world.root)) return null;
  const target = await readlink(onHost(path, world)).catch(() => null);
  if (target === null || !standsIn) return target;
  const inside = relative({ root: world.host, windows: false }, slashed(target));
  return inside === null ? target : posix.join(world.root, inside);
}

async function kindOf(
  path: string,
  world: World,
): Promise<Pick<ResolvedPath, 'exists' | 'isDirectory' | 'special' | 'links'>> {
  if (world.special.has(path)) return { exists: true, isDirectory: false, special: true, links: 1 };
  const links = world.hard.has(path) ? 2 : 1;
  if (world.files.has(path)) return { exists: true, isDirectory: false, links };
  if (isFolder(path, world)) return { exists: true, isDirectory: true, links: 1 };
  const found = await lstat(onHost(path, world)).catch(() => null);
  if (found === null) return { exists: links > 1, isDirectory: false, links };
  const isDirectory = found.isDirectory();
  const special = !isDirectory && !found.isFile();
  return {
    exists: true,
    isDirectory,
    links: isDirectory ? 1 : Math.max(links, found.nlink),
    ...(special && { special }),
  };
}

/** Named as one, or something in it is named. */
function isFolder(path: string, world: World): boolean {
  if (world.folders.has(path) || path === world.root) return true;
  const named = [...world.files, ...world.folders, ...world.special, ...world.links.keys()];
  return named.some((name) => name.startsWith(`${path}/`));
}

function onHost(path: string, world: World): string {
  const inside = relative(world, path);
  return inside === null ? path : posix.join(world.host, inside);
}

/** `path` relative to `root` by segments, or null when it is not inside. Windows takes any case of the root's name. */
function relative({ root, windows }: Pick<World, 'root' | 'windows'>, path: string): string | null {
  const fold = (text: string): string => (windows ? text.toLowerCase() : text);
  if (fold(path) === fold(root)) return '';
  const prefix = root.endsWith('/') ? root : `${root}/`;
  return fold(path).startsWith(fold(prefix)) ? path.slice(prefix.length) : null;
}

function slashed(path: string): string {
  return path.replace(/\\/g, '/');
}

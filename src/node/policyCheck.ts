// Reads lines of `policy check` and resolves their paths, on this machine's files and on those a case assumes.
// Changes nothing.
import { lstat, readlink, realpath } from 'node:fs/promises';
import { posix, resolve as resolveHere } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../core/base/json.ts';
import {
  parseCase,
  verdictOfCase,
  type PolicyAnswer,
  type PolicyCase,
} from '../core/policy/check.ts';
import type { RuleSet } from '../core/policy/types.ts';
import type { ShellParser } from '../core/ports/shell.ts';
import type { ResolvedPath } from '../core/ports/workspace.ts';
import { compileGlob } from './globs.ts';

interface PolicyCheckOptions {
  /** The workspace folder. It also stands in for a case's `root` that does not exist on this machine. */
  workspace: string;
  parser: ShellParser;
  /** Rules for cases that bring none, from the settings. */
  rules: RuleSet;
}

/** Exactly one answer for one line, whatever is in it. */
export async function checkPolicyLine(
  line: string,
  lineNumber: number,
  options: PolicyCheckOptions,
): Promise<PolicyAnswer> {
  const json = parseJson(line);
  const where = `line ${String(lineNumber)}`;
  if (!json.ok) return malformed(null, `${where} is not JSON: ${json.message}`);
  const parsed = parseCase(json.value);
  if (!parsed.ok) return malformed(parsed.id, `${where} is not a policy case: ${parsed.message}`);
  return verdictOfCase(parsed.case, {
    parser: options.parser,
    globs: compileGlob,
    rules: options.rules,
    resolve: (path, policyCase) => resolveInCase(path, policyCase, options.workspace),
  });
}

function malformed(id: string | number | null, reason: string): PolicyAnswer {
  return { id, verdict: 'ask', rule: null, reason };
}

const Pairs = z.array(z.tuple([z.string(), z.string()])).catch([]);
const Names = z.array(z.string()).catch([]);
const MAX_LINKS = 40;

interface World {
  root: string;
  /** Where `root` is on this machine. */
  host: string;
  links: ReadonlyMap<string, string>;
  files: ReadonlySet<string>;
  folders: ReadonlySet<string>;
  special: ReadonlySet<string>;
  hard: ReadonlySet<string>;
}

async function worldOf(policyCase: PolicyCase, workspace: string): Promise<World> {
  const real = await realpath(workspace).catch(() => resolveHere(workspace));
  const root = posix.resolve(policyCase.root ?? slashed(real));
  const setup = policyCase.setup ?? {};
  const rootExists = await lstat(root).then(
    () => true,
    () => false,
  );
  const at = (name: string): string => posix.resolve(root, name);
  const pairs = (value: unknown): [string, string][] => Pairs.parse(value);
  return {
    root,
    host: rootExists ? root : real,
    links: new Map(pairs(setup['symlinks']).map(([link, target]) => [at(link), target])),
    files: new Set(Names.parse(setup['files']).map(at)),
    folders: new Set(Names.parse(setup['dirs']).map(at)),
    special: new Set(Names.parse(setup['fifo']).map(at)),
    hard: new Set(pairs(setup['hardlinks']).flat().map(at)),
  };
}

async function resolveInCase(
  input: string,
  policyCase: PolicyCase,
  workspace: string,
): Promise<ResolvedPath> {
  const world = await worldOf(policyCase, workspace);
  const windows =
    policyCase.platform === 'win32' ||
    ('cmd' in policyCase && (policyCase.shell === 'powershell' || policyCase.shell === 'cmd'));
  const path = windows ? slashed(input) : input;
  // A drive is never the root's: `/` keeps it apart from every path below the root.
  const drive = windows && /^[A-Za-z]:/.test(path);
  const lexical = drive ? `/${path}` : posix.resolve(world.root, path);
  const real = await realOf(lexical, world);
  const realRoot = await realOf(world.root, world);
  const about =
    real === null
      ? { exists: true, isDirectory: false, special: true, links: 1 }
      : await kindOf(real, world);
  return {
    input,
    lexical,
    real: real ?? lexical,
    relLexical: relative(world.root, lexical) ?? relative(realRoot ?? world.root, lexical),
    relReal: relative(realRoot ?? world.root, real ?? lexical),
    ...about,
  };
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
  if (world.host !== world.root && relative(world.root, path) === null) return null;
  if (world.host !== world.root && path === world.root) return null;
  const target = await readlink(onHost(path, world)).catch(() => null);
  if (target === null || world.host === world.root) return target;
  const inside = relative(slashed(world.host), slashed(target));
  return inside === null ? target : posix.join(world.root, inside);
}

async function kindOf(
  path: string,
  world: World,
): Promise<Pick<ResolvedPath, 'exists' | 'isDirectory' | 'special' | 'links'>> {
  if (world.special.has(path)) return { exists: true, isDirectory: false, special: true, links: 1 };
  const links = world.hard.has(path) ? 2 : 1;
  if (world.files.has(path)) return { exists: true, isDirectory: false, links };
  if (world.folders.has(path) || path === world.root)
    return { exists: true, isDirectory: true, links: 1 };
  const found = await lstat(onHost(path, world)).catch(() => null);
  if (found === null) return { exists: false, isDirectory: false, links };
  const isDirectory = found.isDirectory();
  const special = !isDirectory && !found.isFile();
  return {
    exists: true,
    isDirectory,
    links: isDirectory ? 1 : Math.max(links, found.nlink),
    ...(special && { special }),
  };
}

function onHost(path: string, world: World): string {
  const inside = relative(world.root, path);
  return inside === null ? path : posix.join(slashed(world.host), inside);
}

/** `path` relative to `root` by segments, or null when it is not inside. */
function relative(root: string, path: string): string | null {
  if (path === root) return '';
  const prefix = root.endsWith('/') ? root : `${root}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : null;
}

function slashed(path: string): string {
  return path.replace(/\\/g, '/');
}

// From a hook as written to the hook as it would run here: folder, command, environment, and what is in the files it names.
import { commandWords } from './commandWords.ts';
import type { BoundFile, HookEntry, HookFacts, LoadedHook } from './types.ts';
import type { Files, ResolvedPath } from '../ports/workspace.ts';
import type { Texts } from '../ports/system.ts';

export interface BindDeps {
  files: Pick<Files, 'resolve' | 'fingerprint'>;
  texts: Pick<Texts, 'sha256'>;
}

type Bound = { ok: true; hook: LoadedHook } | { ok: false; message: string };

const MAX_WORDS = 400;
const MAX_FILES = 50;
/** Words times folders that the command names (`cd hooks && ./check.sh`), in which they are looked up too. */
const MAX_LOOKUPS = 1_600;

/** `folder`: the workspace folder's real path. */
export async function bindHook(deps: BindDeps, entry: HookEntry, folder: string): Promise<Bound> {
  const cwd = await folderOf(deps, entry.cwd, folder);
  if (!cwd.ok) return cwd;
  const files = await boundFiles(deps, entry, { folder, cwd: cwd.real });
  if (typeof files === 'string') return { ok: false, message: files };
  const { file, event, matcher, command, shell, timeoutSeconds } = entry;
  const env = Object.fromEntries(Object.entries(entry.env).sort(byName));
  const facts: HookFacts = {
    ...{ folder, file, event, matcher, command, shell },
    ...{ cwd: cwd.real, env, timeoutSeconds, files },
  };
  const text = JSON.stringify(facts, null, 2);
  const hook: LoadedHook = {
    subject: subjectOf(folder, file, entry.place),
    name: `${file} ${entry.place}`,
    dialect: entry.dialect,
    ...{ facts, text, hash: deps.texts.sha256(text) },
  };
  return { ok: true, hook };
}

/** Names one hook, or with an empty place all those of a file. */
export function subjectOf(folder: string, file: string, place: string): string {
  return `${folder}/${file}#${place}`;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function folderOf(
  { files }: BindDeps,
  cwd: string | null,
  folder: string,
): Promise<{ ok: true; real: string } | { ok: false; message: string }> {
  const path = await files.resolve(cwd === null ? folder : from(folder, cwd));
  if (path.relReal === null) return { ok: false, message: 'its folder is outside the workspace' };
  if (!path.isDirectory) return { ok: false, message: 'its folder does not exist' };
  return { ok: true, real: path.real };
}

function from(folder: string, path: string): string {
  return /^(?:[/\\]|[A-Za-z]:[/\\])/.test(path) ? path : `${folder}/${path}`;
}

/** What is in each workspace file that a word of the command names; or why that cannot be told. */
async function boundFiles(
  deps: BindDeps,
  { command, env }: HookEntry,
  at: { folder: string; cwd: string },
): Promise<BoundFile[] | string> {
  const words = commandWords(command, env, at);
  if (words.length > MAX_WORDS) return 'its command has too many words to be looked at';
  const near = await Promise.all([
    ...words.map((word) => deps.files.resolve(from(at.cwd, word))),
    ...(at.cwd === at.folder ? [] : words.map((word) => deps.files.resolve(from(at.folder, word)))),
  ]);
  const far = await insideFolders(deps, words, near.filter(isFolderBelow));
  if (far === null) return 'its command names too many folders to be looked at';
  return hashed(deps, [...near, ...far].filter(isNamedFile));
}

/** The words in every folder that they lead to, one behind the other (`cd tools && cd hooks`); null when these are too many. */
async function insideFolders(
  { files }: BindDeps,
  words: readonly string[],
  folders: readonly ResolvedPath[],
): Promise<ResolvedPath[] | null> {
  const found: ResolvedPath[] = [];
  const seen = new Set<string>();
  let left = MAX_LOOKUPS;
  for (let open = folders; open.length > 0;) {
    const bases = new Set(open.map(({ lexical }) => lexical).filter((path) => !seen.has(path)));
    left -= bases.size * words.length;
    if (left < 0) return null;
    const inside: ResolvedPath[] = [];
    for (const base of bases) {
      seen.add(base);
      inside.push(...(await Promise.all(words.map((word) => files.resolve(from(base, word))))));
    }
    found.push(...inside);
    open = inside.filter(isFolderBelow);
  }
  return found;
}

/** A folder of the workspace, not a whole workspace folder. */
function isFolderBelow({ exists, isDirectory, relLexical }: ResolvedPath): boolean {
  return exists && isDirectory && relLexical !== null && relLexical !== '';
}

function isNamedFile({ exists, isDirectory, relLexical, relReal }: ResolvedPath): boolean {
  return exists && !isDirectory && (relLexical !== null || relReal !== null);
}

const SPECIAL = { kind: 'none', why: 'it is not a regular file' } as const;

async function hashed(
  { files }: BindDeps,
  paths: readonly ResolvedPath[],
): Promise<BoundFile[] | string> {
  const named = new Map(paths.map((path) => [path.lexical, path]));
  if (named.size > MAX_FILES) return `its command names more than ${MAX_FILES} files`;
  const bound: BoundFile[] = [];
  for (const [lexical, { real, special }] of named) {
    const print = special === true ? SPECIAL : await files.fingerprint(real);
    if (print.kind !== 'file') {
      const why = print.kind === 'none' ? print.why : 'it is gone';
      return `it names ${lexical}, which cannot be watched: ${why}`;
    }
    bound.push({ path: lexical === real ? real : `${lexical} → ${real}`, sha256: print.hash });
  }
  return bound.sort((a, b) => (a.path < b.path ? -1 : 1));
}

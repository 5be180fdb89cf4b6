// Finds the repository that git would use in a folder and reads what it configures, without running git. Where git would
// look further than this can see, that is a problem, and the call asks.
import { lstat, open, realpath, stat } from 'node:fs/promises';
import { constants } from 'node:fs';
import path from 'node:path';
import { errorCode } from '../files/failure.ts';
import { gitlinksOf } from './gitIndex.ts';
import { readConfigText } from '../../core/git/configText.ts';
import type { GitFacts, GitRepositories, GitSetting } from '../../core/ports/git.ts';

const MAX_CONFIG = 512 * 1024;
const MAX_INDEX = 128 * 1024 * 1024;
const MAX_POINTER = 16 * 1024;
const MAX_SUBMODULES = 200;

export function createGitRepositories(): GitRepositories {
  return {
    factsOf: async (folder) => {
      const found = new Facts();
      try {
        const repository = await repositoryOf(folder, found);
        if (repository !== null) await readRepository(repository, found, new Set());
      } catch (error) {
        found.problem(`git’s configuration cannot be read (${errorCode(error) ?? 'unknown'})`);
      }
      return { settings: found.settings, problems: found.problems };
    },
  };
}

class Facts implements GitFacts {
  settings: GitSetting[] = [];
  problems: string[] = [];

  problem(text: string): void {
    this.problems.push(text);
  }
}

/** `gitDir` is the worktree's own part, `common` what all worktrees share. */
interface Repository {
  workTree: string;
  gitDir: string;
  common: string;
}

/** The first folder upwards with a `.git`, or that looks like a bare repository itself, as git goes. */
async function repositoryOf(folder: string, found: Facts): Promise<Repository | null> {
  for (let at = folder; ; at = path.dirname(at)) {
    const repository = await repositoryAt(at, found);
    if (repository !== null) return repository;
    if (await looksBare(at)) {
      found.problem(`git would take ${shownFolder(at, folder)} itself for a repository`);
      return null;
    }
    if (path.dirname(at) === at) return null;
  }
}

function shownFolder(at: string, folder: string): string {
  return at === folder ? 'the folder' : at;
}

/** HEAD with what git wants beside it, in a folder that is not called `.git`. */
async function looksBare(folder: string): Promise<boolean> {
  if (!(await exists(path.join(folder, 'HEAD')))) return false;
  const beside = ['objects', 'commondir'].map((name) => exists(path.join(folder, name)));
  return (await Promise.all(beside)).includes(true);
}

async function repositoryAt(workTree: string, found: Facts): Promise<Repository | null> {
  const dotGit = path.join(workTree, '.git');
  if (!(await exists(dotGit))) return null;
  const entry = await stat(dotGit).catch(() => null);
  const gitDir = entry?.isFile() === true ? await pointedTo(dotGit, 'gitdir: ', workTree) : dotGit;
  if (entry === null || (!entry.isFile() && !entry.isDirectory()) || gitDir === null) {
    found.problem(`${dotGit} leads to no repository`);
    return null;
  }
  if (!(await exists(path.join(gitDir, 'HEAD')))) {
    // git would go on looking further up.
    found.problem(`${gitDir} is no repository`);
    return null;
  }
  const common = await pointedTo(path.join(gitDir, 'commondir'), '', gitDir);
  return { workTree, gitDir, common: common ?? gitDir };
}

/** The folder that a one-line file names, relative to `base`; null when there is no such file or it says something else. */
async function pointedTo(file: string, prefix: string, base: string): Promise<string | null> {
  const bytes = await readSmall(file, MAX_POINTER);
  if (bytes === null) return null;
  const text = bytes.toString('utf8');
  if (!text.startsWith(prefix)) return null;
  const target = text.slice(prefix.length).replace(/[\r\n]+$/, '');
  return target === '' ? null : path.resolve(base, target);
}

/** Its configuration, and that of the repositories inside it that git would run itself in. */
async function readRepository(
  { workTree, gitDir, common }: Repository,
  found: Facts,
  seen: Set<string>,
): Promise<void> {
  const real = await realpath(gitDir);
  if (seen.has(real)) return;
  seen.add(real);
  if (seen.size > MAX_SUBMODULES) return found.problem('it holds too many repositories');
  const at = { workTree, gitDir };
  await readConfig(path.join(common, 'config'), at, found);
  await readConfig(path.join(gitDir, 'config.worktree'), at, found);
  for (const link of await linksIn(gitDir, found)) {
    const inner = path.join(workTree, ...link.split('/'));
    const repository = await repositoryAt(inner, found);
    if (repository !== null) await readRepository(repository, found, seen);
  }
}

async function readConfig(
  file: string,
  at: { workTree: string; gitDir: string },
  found: Facts,
): Promise<void> {
  const bytes = await readSmall(file, MAX_CONFIG);
  if (bytes === null) return;
  const read = readConfigText(bytes.toString('utf8'));
  if (!read.ok)
    return found.problem(`line ${String(read.line)} of ${file} is no git configuration`);
  for (const setting of read.settings) {
    if (!(await isOwnWorkTree(setting, at))) found.settings.push(setting);
  }
}

/** Submodules have `core.worktree`, which leads back to where they were found. */
async function isOwnWorkTree(
  { section, subsection, key, value }: GitSetting,
  { workTree, gitDir }: { workTree: string; gitDir: string },
): Promise<boolean> {
  if (section !== 'core' || subsection !== null || key !== 'worktree' || !value) return false;
  const target = await realpath(path.resolve(gitDir, value)).catch(() => null);
  return target !== null && target === (await realpath(workTree));
}

/** Paths of the index that are repositories of their own: git status and diff run git in them. */
async function linksIn(gitDir: string, found: Facts): Promise<string[]> {
  const bytes = await readSmall(path.join(gitDir, 'index'), MAX_INDEX);
  if (bytes === null) return [];
  const links = gitlinksOf(bytes);
  if (links !== null) return links;
  found.problem('git’s index cannot be read');
  return [];
}

/** Null when there is none; throws when it is no file or too large. Never waits for a FIFO. */
async function readSmall(file: string, limit: number): Promise<Buffer | null> {
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const handle = await open(file, flags).catch((error: unknown) => {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  });
  if (handle === null) return null;
  try {
    const entry = await handle.stat();
    if (!entry.isFile() || entry.size > limit) throw new Error('not a file of ordinary size');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Whether a name is there at all, also as a link to nothing. */
async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    (error: unknown) => {
      const code = errorCode(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return false;
      throw error;
    },
  );
}

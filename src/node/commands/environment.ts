// The environment of a command: an allow-list, built anew. Nothing else of ours reaches a child process.
import path from 'node:path';
import { realpathSync } from 'node:fs';
import { relativeInside } from '../files/resolvePath.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Handed on as they are. PATH is handed on without what a repository could plant programs in. */
const PASSED_ON: readonly string[] = [
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_ADDRESS',
  'LC_COLLATE',
  'LC_CTYPE',
  'LC_IDENTIFICATION',
  'LC_MEASUREMENT',
  'LC_MESSAGES',
  'LC_MONETARY',
  'LC_NAME',
  'LC_NUMERIC',
  'LC_PAPER',
  'LC_TELEPHONE',
  'LC_TIME',
  'TMPDIR',
  'SHELL',
  'TZ',
];

const PASSED_ON_WINDOWS: readonly string[] = [
  'SystemRoot',
  'SystemDrive',
  'ComSpec',
  'PATHEXT',
  'TEMP',
  'TMP',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'USERNAME',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramData',
  'ProgramFiles',
  'ProgramFiles(x86)',
];

const FIXED: Readonly<Record<string, string>> = { TERM: 'dumb' };

/** Windows looks for programs in the current folder first unless told not to. */
const FIXED_WINDOWS: Readonly<Record<string, string>> = {
  NoDefaultCurrentDirectoryInExePath: '1',
};

interface EnvironmentOptions {
  /** The environment to take from, usually `process.env`. */
  parent: Environment;
  /** Workspace folders: PATH entries inside them are dropped. */
  roots: readonly string[];
  platform?: NodeJS.Platform | undefined;
}

export function commandEnvironment(options: EnvironmentOptions): Record<string, string> {
  const windows = options.platform === 'win32';
  const names = windows ? [...PASSED_ON, ...PASSED_ON_WINDOWS] : PASSED_ON;
  const env: Record<string, string> = {};
  for (const name of names) {
    const value = lookUp(options.parent, name, windows);
    if (value !== undefined) env[name] = value;
  }
  env['PATH'] = searchPath(options).join(windows ? ';' : ':');
  return { ...env, ...FIXED, ...(windows ? FIXED_WINDOWS : {}) };
}

/** PATH's entries without relative ones and those that are, or lead, inside the workspace. */
export function searchPath(options: EnvironmentOptions): string[] {
  const windows = options.platform === 'win32';
  const flavour = windows ? path.win32 : path.posix;
  const value = lookUp(options.parent, 'PATH', windows) ?? '';
  const roots = withReal(options.roots);
  return value
    .split(windows ? ';' : ':')
    .filter((entry) => flavour.isAbsolute(entry) && !leadsInto(entry, roots));
}

/** Whether a path is inside one of the roots, as written or as it really is. */
export function isInside(target: string, roots: readonly string[]): boolean {
  return leadsInto(target, withReal(roots));
}

function leadsInto(target: string, roots: readonly string[]): boolean {
  const forms = [target, realOr(target)];
  return roots.some((root) => forms.some((form) => relativeInside(root, form) !== null));
}

function withReal(paths: readonly string[]): string[] {
  return paths.flatMap((one) => [one, realOr(one)]);
}

function realOr(target: string): string {
  try {
    return realpathSync.native(target);
  } catch {
    return target;
  }
}

function lookUp(env: Environment, name: string, windows: boolean): string | undefined {
  if (!windows) return env[name];
  const key = Object.keys(env).find((one) => one.toUpperCase() === name.toUpperCase());
  return key === undefined ? undefined : env[key];
}

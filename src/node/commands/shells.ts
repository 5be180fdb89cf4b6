// Finds the fixed shell of the platform and the programs a command names. Runs nothing.
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { isInside, searchPath, type Environment } from './environment.ts';
import type { Shells } from '../../core/ports/workspace.ts';

interface ShellsOptions {
  /** Workspace folders: nothing inside them counts as a program. */
  roots: readonly string[];
  /** Usually `process.env`. */
  env: Environment;
  platform?: NodeJS.Platform | undefined;
}

const BASH_PLACES = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'];
const POWERSHELL = 'System32\\WindowsPowerShell\\v1.0\\powershell.exe';

export function createShells(options: ShellsOptions): Shells {
  const platform = options.platform ?? process.platform;
  const { roots, env } = options;
  const suffixes =
    platform === 'win32' ? (env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';') : [''];

  const which = (program: string): string | undefined => {
    if (program === '' || program.includes('\0')) return undefined;
    if (path.isAbsolute(program)) return usable(program, roots);
    if (/[/\\]/.test(program)) return undefined;
    // Looked up anew, as the command's own PATH is made anew: both see the same folders.
    const found = searchPath({ parent: env, roots, platform })
      .flatMap((folder) => suffixes.map((suffix) => path.join(folder, program + suffix)))
      .find(isProgram);
    return found === undefined ? undefined : usable(found, roots);
  };

  return {
    which,
    defaultShell: () => (platform === 'win32' ? powershell(env, which) : bash(which)),
  };
}

type Shell = ReturnType<Shells['defaultShell']>;

function bash(which: Shells['which']): Shell {
  const found = BASH_PLACES.find(isProgram) ?? which('bash');
  if (found !== undefined) return { shell: 'bash', path: found };
  return { error: 'bash was not found. Install bash, or put its folder on PATH and restart.' };
}

function powershell(env: Environment, which: Shells['which']): Shell {
  const root = env['SystemRoot'] ?? env['SYSTEMROOT'] ?? 'C:\\Windows';
  const fixed = path.win32.join(root, POWERSHELL);
  const found = isProgram(fixed) ? fixed : which('pwsh');
  if (found !== undefined) return { shell: 'powershell', path: found };
  return { error: `PowerShell was not found at ${fixed}, and there is no pwsh on PATH.` };
}

/** A program that really lies in the workspace is not ours to vouch for, whatever leads there. */
function usable(program: string, roots: readonly string[]): string | undefined {
  return isProgram(program) && !isInside(program, roots) ? program : undefined;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

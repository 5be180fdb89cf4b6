// What the readers of cmd and PowerShell share: a flat chain of commands, and the folders that its cds may lead to.
import type { SimpleCommand } from '../../core/ports/shell.ts';
import { foldersOf } from './folders.ts';

/** A command and the separator after it. */
export interface Link {
  command: SimpleCommand;
  then: string;
}

/** How a shell changes its folder: names of the command, and targets that mean more than a path. */
export interface CdWords {
  program: RegExp;
  odd: RegExp;
  /** `/d` may stand before the target. */
  drive?: true;
}

/** The commands, each with the folders it may run in (null: any), and whether a pipe feeds it. */
export function withFolders(chain: readonly Link[], words: CdWords): SimpleCommand[] {
  const steps = chain.map(({ command, then }) => ({ cd: cdTarget(command, words), then }));
  const folders = foldersOf(steps);
  return chain.map(({ command }, i) => ({
    ...command,
    folders: folders[i] ?? null,
    ...(chain[i - 1]?.then === '|' && { fed: true }),
  }));
}

function cdTarget({ words }: SimpleCommand, { program, odd, drive }: CdWords): string | null {
  const [name, ...rest] = words;
  const [target, more] =
    drive === true && /^\/d$/i.test(rest[0]?.text ?? '') ? rest.slice(1) : rest;
  if (target === undefined || more !== undefined) return null;
  if (!program.test(name?.text ?? '')) return null;
  return target.glob || odd.test(target.text) ? null : target.text;
}

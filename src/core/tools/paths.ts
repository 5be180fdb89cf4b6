// How paths are shown and which ones a tool can work on. Whether a call may touch a path is policy's business.
import type { Files, ResolvedPath } from '../ports/workspace.ts';

/** The message for a tool that needs a workspace folder where none is open, else null. */
export function needsFolder(files: Files): string | null {
  if (files.roots.length > 0) return null;
  return 'No workspace folder is open, so there are no files to work on. Ask the user to open a folder.';
}

export function isOutside(path: ResolvedPath): boolean {
  return path.relReal === null;
}

/** The path as the user knows it: relative to its workspace folder, absolute when it lies outside. */
export function shownPath(path: ResolvedPath): string {
  if (path.relLexical === null) return path.lexical;
  return path.relLexical === '' ? '.' : path.relLexical;
}

/** `2 lines`, `1 match`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

// Small needs of the core: time, ids, hashing, text differences, globs, logging. Core has none of its own.
import type { Hunk } from '../../protocol/hunks.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Ids {
  /** A new unique id that starts with `prefix` and sorts by creation time. */
  next(prefix: string): string;
}

/** `text` holds both sides' changes when `clean`; else it has ours where both changed the same lines. */
export interface Merged {
  /** Where both changed the same lines, with ours. */
  text: string;
  clean: boolean;
  /** Where both changed the same lines, with both sides between markers (`protocol/conflict.ts`). */
  marked: string;
}

export interface Texts {
  /** sha-256 hex of the UTF-8 bytes. */
  sha256(text: string): string;
  /** Unified diff with 3 lines of context; empty when the texts are equal. */
  patch(path: string, before: string, after: string): string;
  /** Lines added and removed. */
  countChanges(before: string, after: string): { added: number; removed: number };
  /** Where `after` differs, in order: together all that differs. */
  hunks(before: string, after: string): Hunk[];
  /** Three-way merge by lines. */
  merge(base: string, ours: string, theirs: string): Merged;
}

/** Compiles a path glob: `*` and `?` inside one segment, `**` across, dot names match. Throws on an invalid one. */
export type GlobCompiler = (
  glob: string,
  options: { nocase: boolean },
) => (path: string) => boolean;

export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, error?: unknown): void;
}

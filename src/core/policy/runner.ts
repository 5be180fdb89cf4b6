// The shape of an entry in the tables of programs that run code of the project.
import type { Language } from './projectFiles.ts';

/**
 * `any`: whatever is no document, because a script may run it. `settings`: only what configures tools, because the project's
 * code is read and not run. `nothing`: it only looks. A list: code of these languages, and settings.
 */
export type Runs = 'any' | 'settings' | 'nothing' | readonly Language[];

export interface Runner {
  /** Program, or program and sub-commands; the longest one that fits counts. */
  names: readonly string[];
  runs: Runs;
  /** The words behind it are a program with its arguments, or a script. */
  hands?: true;
  why: string;
}

/** `npm ls|list` is `npm ls` and `npm list`; items are divided by blanks behind a comma. */
export function named(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim().split(/\s+/))
    .flatMap((words) =>
      words
        .map((word) => word.split('|'))
        .reduce<string[]>(
          (made, choices) =>
            made.flatMap((head) =>
              choices.map((choice) => (head === '' ? choice : `${head} ${choice}`)),
            ),
          [''],
        ),
    );
}

// The places where two texts of a file differ, and the text with some of them. The host finds them; pages only count on them.
import { z } from 'zod';

const Line = z.int().min(0);

/**
 * `oldLines` lines of the old text from `oldStart` on become `newLines` lines of the new text from `newStart` on. Lines count
 * from 0 and include their line break; the last one may have none.
 */
export const Hunk = z.object({ oldStart: Line, oldLines: Line, newStart: Line, newLines: Line });
export type Hunk = z.infer<typeof Hunk>;

/** Lines with their ends; the last one may have none. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * `before` with exactly the hunks whose index `kept` names. `hunks` are those of `before` and `after`: in order, and together
 * all that differs.
 */
export function applyHunks(
  texts: { before: string; after: string },
  hunks: readonly Hunk[],
  kept: ReadonlySet<number>,
): string {
  const old = linesOf(texts.before);
  const now = linesOf(texts.after);
  const parts: string[] = [];
  let line = 0;
  for (const [index, { oldStart, oldLines, newStart, newLines }] of hunks.entries()) {
    parts.push(...old.slice(line, oldStart));
    line = oldStart + oldLines;
    parts.push(
      ...(kept.has(index) ? now.slice(newStart, newStart + newLines) : old.slice(oldStart, line)),
    );
  }
  return [...parts, ...old.slice(line)].join('');
}

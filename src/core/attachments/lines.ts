// A range of the lines of a text. Pure.
import { linesOf } from '../../protocol/hunks.ts';
import type { LineRange } from '../../protocol/attachments.ts';

/** With their line endings; `lines` says which there were. Undefined when the text ends before the first. */
export function lineRange(
  text: string,
  { first, last }: LineRange,
): { text: string; lines: LineRange } | undefined {
  const all = linesOf(text);
  if (first > all.length || last < first) return undefined;
  return {
    text: all.slice(first - 1, last).join(''),
    lines: { first, last: Math.min(last, all.length) },
  };
}

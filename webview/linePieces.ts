// One line of a diff in the pieces it is drawn of: where words changed, and where the language's tokens begin. Pure.
import { displayRuns, type DisplayRun } from '../src/protocol/displayBytes.ts';
import type { Span } from './diffRows.ts';

/** A token by its length; `name` is the class that colours it, empty for plain text. */
export interface Token {
  length: number;
  name: string;
}

interface LinePiece {
  runs: DisplayRun[];
  changed: boolean;
  token: string;
}

/** Every character of the spans once and in order; tokens say how they look and nothing else. */
export function linePieces(spans: readonly Span[], tokens: readonly Token[] = []): LinePiece[] {
  const pieces: LinePiece[] = [];
  const ends = tokenEnds(tokens);
  let at = 0;
  let next = 0;
  for (const { text, changed } of spans) {
    for (let from = 0; from < text.length;) {
      while ((ends[next]?.end ?? Infinity) <= at) next += 1;
      const to = wholeTo(text, Math.min(text.length, from + (ends[next]?.end ?? Infinity) - at));
      const part = text.slice(from, to).replaceAll('\t', '    ');
      pieces.push({ runs: displayRuns(part), changed, token: ends[next]?.name ?? '' });
      at += to - from;
      from = to;
    }
  }
  return pieces;
}

function tokenEnds(tokens: readonly Token[]): { end: number; name: string }[] {
  let end = 0;
  return tokens.map(({ length, name }) => {
    end += length;
    return { end, name };
  });
}

/** A character of two units is never cut: its halves would be shown as what they are not. */
function wholeTo(text: string, to: number): number {
  const [before, after] = [text.charCodeAt(to - 1), text.charCodeAt(to)];
  const cut = before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
  return cut ? to + 1 : to;
}

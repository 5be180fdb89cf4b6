// Syntax colours as the page sees them: tokens by line, from a script of its own that may come later or not at all.
import type { Token } from './linePieces.ts';

/** The tokens of each line; undefined where the text is shown plain. */
export type TokenLines = readonly (readonly Token[])[] | undefined;

/** Tokens of a text in the language that a file ending stands for; undefined for an unknown one. */
export type Highlighter = (text: string, ending: string) => TokenLines;

declare global {
  interface Window {
    countersignSyntax?: Highlighter;
  }
}

/** Beyond these a text is shown plain: colours are no reason to wait. */
const MAX_LINES = 3000;
const MAX_LENGTH = 150_000;
const MAX_LINE = 2000;

/** The tokens of a file's text as far as it can be coloured at once; never throws. */
export function tokenLines(text: string | null, path: string): TokenLines {
  const ending = /[^./\\]*$/.exec(path)?.[0].toLowerCase() ?? '';
  if (text === null || ending === '' || !window.countersignSyntax) return undefined;
  if (text.length > MAX_LENGTH) return undefined;
  const lines = text.split('\n');
  if (lines.length > MAX_LINES || lines.some((line) => line.length > MAX_LINE)) return undefined;
  try {
    return window.countersignSyntax(text, ending);
  } catch {
    return undefined;
  }
}

/** The page's own script, beside which the other one lies; its nonce goes with what it imports. */
const { currentScript } = document;
let loading: Promise<void> | undefined;

/** Done once the script is there; without it, texts stay plain. Loads it with the first call. */
export async function syntaxLoaded(): Promise<void> {
  const own = currentScript instanceof HTMLScriptElement ? currentScript.src : '';
  loading ??= import(new URL('syntax.js', own).href).then(
    () => undefined,
    () => undefined,
  );
  await loading;
}

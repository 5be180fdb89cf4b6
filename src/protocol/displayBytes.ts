// Makes every byte visible. The one function each surface uses for text that a model or a repository wrote.

/** A run of text as it may be shown; `hidden` runs stand for one invisible or deceptive character, e.g. `U+202E`. */
export interface DisplayRun {
  text: string;
  hidden: boolean;
}

// Controls, format, private use, unassigned, surrogates, separators other than the plain blank, default ignorables,
// and characters that draw nothing though their category says otherwise (Hangul fillers, braille blank).
const DECEPTIVE =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u3164\uFFA0]|(?! )\p{Zs}/gu;

/** Splits `text` into visible runs. Newline and tab stay as they are when `multiline` is set. Total; never throws. */
export function displayRuns(text: string, multiline = false): DisplayRun[] {
  const runs: DisplayRun[] = [];
  let from = 0;
  for (const match of text.matchAll(DECEPTIVE)) {
    const found = match[0];
    if (multiline && (found === '\n' || found === '\t')) continue;
    if (match.index > from) runs.push({ text: text.slice(from, match.index), hidden: false });
    runs.push({ text: codePointName(found), hidden: true });
    from = match.index + found.length;
  }
  if (from < text.length) runs.push({ text: text.slice(from), hidden: false });
  return runs;
}

/** `displayRuns` as one string, hidden characters as `\u{202E}`: for surfaces that show plain text only. */
export function displayBytes(text: string, multiline = false): string {
  return displayRuns(text, multiline)
    .map((run) => (run.hidden ? `\\u{${run.text.slice(2)}}` : run.text))
    .join('');
}

/** `displayBytes`, cut after `max` characters: for lines where the whole text stands elsewhere. */
export function displayShort(text: string, max: number): string {
  const visible = displayBytes(text);
  return visible.length > max ? `${visible.slice(0, max)}…` : visible;
}

/** How many characters of `text` would not be seen as they are. */
export function countHidden(text: string, multiline = false): number {
  return displayRuns(text, multiline).filter((run) => run.hidden).length;
}

function codePointName(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}

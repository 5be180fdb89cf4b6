// What can be found in a row of the transcript, and how texts are compared where a human looks for one: as they are shown. Pure.
import { folded } from './folded.ts';
import { displayRuns } from './displayBytes.ts';
import type { TranscriptItem } from './messages.ts';

/** `line` is always seen; the others are opened to be read. */
interface ItemPart {
  where: 'line' | 'thought' | 'details';
  text: string;
}

/** The texts of a row. */
export function partsOfItem(item: TranscriptItem): ItemPart[] {
  switch (item.kind) {
    case 'user':
    case 'notice':
      return [{ where: 'line', text: item.text }];
    case 'assistant':
      return [
        { where: 'line', text: item.text },
        // Roughly what is read where a mark of markdown stands between two words.
        { where: 'line', text: item.text.replaceAll(/[*_`~]/g, '') },
        { where: 'thought', text: item.reasoning ?? '' },
      ];
    case 'call':
      return [
        { where: 'line', text: item.tool },
        { where: 'line', text: item.summary },
        { where: 'line', text: item.decided?.text ?? '' },
        { where: 'line', text: item.decided?.reason ?? '' },
        { where: 'details', text: argLines(item.args ?? '') },
        { where: 'details', text: item.output },
      ];
    case 'changed':
      return item.files.map((text) => ({ where: 'line', text }));
  }
}

/** Arguments one to a line when they are an object; else as the model wrote them. */
export function argLines(args: string): string {
  try {
    const value: unknown = JSON.parse(args);
    return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : args;
  } catch {
    return args;
  }
}

/** A text as a page shows it, without marks around characters that would not be seen: `U+202E`. */
const asShown = (text: string): string =>
  displayRuns(text, true)
    .map((run) => run.text)
    .join('');

/** What is looked for, in the form in which it is compared; empty when it is nothing. */
export function wantedText(text: string): string {
  return text.trim() === '' ? '' : folded(asShown(text));
}

/** Whether `text` has what is looked for, in any case of its letters; hidden characters are found by their names. */
export function searcher(text: string): (text: string) => boolean {
  const wanted = wantedText(text);
  if (wanted === '') return () => false;
  // Only a name of a character is shown where it is not written.
  const names = wanted.includes('u+');
  return (found) => folded(names ? asShown(found) : found).includes(wanted);
}

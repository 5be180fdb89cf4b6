// What the right side of a diff editor comes to: the agent's text, the agent's text without some changes, or a text of the
// human's own. Pure; no vscode import.
import { emptyCard, type CardDraft, type StoredDraft } from '../protocol/drafts.ts';
import { linesOf, missingHunks, withoutHunksAt, type Hunk } from '../protocol/hunks.ts';

/** An edit in several places: each of its changes may be dropped. */
export interface HunkedEdit {
  before: string;
  after: string;
  /** None where the changes cannot be chosen among. */
  hunks: readonly Hunk[];
}

/** A text, or the positions of the changes that are missing in it; `content` is null then. */
export interface HunkDraft {
  content: string | null;
  dropped: readonly number[];
}

/** What the text of the right side means. */
export function draftOfText(edit: HunkedEdit, text: string): HunkDraft {
  if (text === edit.after) return { content: null, dropped: [] };
  const missing = edit.hunks.length === 0 ? undefined : missingHunks(edit, edit.hunks, text);
  return missing === undefined
    ? { content: text, dropped: [] }
    : { content: null, dropped: missing };
}

/** The text that a draft stands for; null while it is the agent's. */
export function textOfDraft(edit: HunkedEdit, { content, dropped }: HunkDraft): string | null {
  if (content !== null || dropped.length === 0) return content;
  return withoutHunksAt(edit, edit.hunks, dropped);
}

/** A stored draft of the call, or none, as what it says about the text. */
export function hunkDraft(stored: Pick<StoredDraft, 'card' | 'content'> | undefined): HunkDraft {
  return { content: stored?.content ?? null, dropped: stored?.card?.dropped ?? [] };
}

/** The card with these changes dropped; undefined when it says so already. What was picked for others is not picked any more. */
export function cardWithDropped(
  card: CardDraft | null,
  dropped: readonly number[],
): CardDraft | undefined {
  const same = (card?.dropped ?? []).join() === dropped.join();
  return same ? undefined : { ...(card ?? emptyCard), dropped: [...dropped], decision: null };
}

/** One change as it stands in the right side: where, and what is to be put there instead to drop or restore it. */
export interface PlacedHunk {
  index: number;
  dropped: boolean;
  /** 0-based line of the right side, and how many lines of it the change takes up now. */
  line: number;
  lines: number;
  instead: string;
}

/** The changes in a text that is made of them; none for any other text. */
export function placedHunks(edit: HunkedEdit, text: string): PlacedHunk[] {
  const missing = edit.hunks.length === 0 ? undefined : missingHunks(edit, edit.hunks, text);
  if (missing === undefined) return [];
  const [old, now] = [linesOf(edit.before), linesOf(edit.after)];
  let shift = 0;
  return edit.hunks.map(({ oldStart, oldLines, newStart, newLines }, index) => {
    const dropped = missing.includes(index);
    const line = oldStart + shift;
    const lines = dropped ? oldLines : newLines;
    shift += lines - oldLines;
    const other = dropped
      ? now.slice(newStart, newStart + newLines)
      : old.slice(oldStart, oldStart + oldLines);
    return { index, dropped, line, lines, instead: other.join('') };
  });
}

// What a file would hold without what a turn changed in it: its old text where nobody touched it since, else a three-way merge
// that keeps what came later. Pure.
import { assertNever } from '../base/assert.ts';
import type { Texts } from '../ports/system.ts';

/** One change of a file, from text to text; null is no file, undefined a text that is not kept. */
export interface TextChange {
  before: string | null | undefined;
  after: string | null | undefined;
  /** `present` is what the change left. */
  leftAs: (present: string | null) => boolean;
}

export type Restored =
  /** The file is so already. */
  | { kind: 'same' }
  /** `merged`: it changed since, and keeps that. */
  | { kind: 'restored'; text: string | null; merged: boolean }
  /** Both changed the same lines; `text` has the old ones there, and a human has to write what is right. */
  | { kind: 'conflict'; text: string; why: 'sameLines' | 'gone' | 'createdAgain' }
  /** Nothing can be put back without losing something. */
  | { kind: 'left'; why: 'createdAndChanged' | 'notKept' };

type Step =
  | { kind: 'text'; text: string | null; merged?: boolean }
  | Extract<Restored, { kind: 'conflict' | 'left' }>;

/** Takes back `changes`, which are in the order in which they were made, from the last to the first. */
export function restore(
  changes: readonly TextChange[],
  present: string | null,
  { merge }: Pick<Texts, 'merge'>,
): Restored {
  let text = present;
  let merged = false;
  let conflict: Extract<Restored, { kind: 'conflict' }>['why'] | undefined;
  for (const change of changes.toReversed()) {
    const step = takeBack(change, text, merge);
    // What was taken back so far stays so: the rest of the file is not the turn's alone.
    if (step.kind === 'left') {
      if (text === present) return step;
      merged = true;
      break;
    }
    if (step.kind === 'conflict') conflict = step.why;
    else merged ||= step.merged === true;
    text = step.text;
  }
  if (conflict !== undefined && text !== null) return { kind: 'conflict', text, why: conflict };
  return text === present ? { kind: 'same' } : { kind: 'restored', text, merged };
}

function takeBack(change: TextChange, present: string | null, merge: Texts['merge']): Step {
  const { before, after, leftAs } = change;
  if (before === undefined) return { kind: 'left', why: 'notKept' };
  if (leftAs(present) || present === before) return { kind: 'text', text: before };
  if (before === null) {
    if (present === null) return { kind: 'text', text: null };
    return { kind: 'left', why: 'createdAndChanged' };
  }
  if (present === null) return { kind: 'conflict', text: before, why: 'gone' };
  if (after === null) return { kind: 'conflict', text: before, why: 'createdAgain' };
  if (after === undefined) return { kind: 'left', why: 'notKept' };
  const { text, clean } = merge(after, before, present);
  if (!clean) return { kind: 'conflict', text, why: 'sameLines' };
  return { kind: 'text', text, merged: true };
}

/** For the human, of a file by its path as shown; null when there is nothing to say. */
export function restoredNote(path: string, restored: Restored): string | null {
  switch (restored.kind) {
    case 'same':
      return `${path} is as it was before that turn already.`;
    case 'restored':
      return restored.merged
        ? `${path} changed after that turn. What is shown takes back only what the turn did.`
        : null;
    case 'conflict':
      return conflictNote(path, restored.why);
    case 'left':
      return restored.why === 'notKept'
        ? `What ${path} held before that turn is not kept.`
        : `${path} was created by that turn and has changed since. It stays; delete it yourself if nobody needs it.`;
    default:
      return assertNever(restored);
  }
}

function conflictNote(path: string, why: Extract<Restored, { kind: 'conflict' }>['why']): string {
  const write = 'edit it so that it is right, or reject it.';
  switch (why) {
    case 'sameLines':
      return `${path} changed after that turn, in the same lines. The text shown would undo that too: ${write}`;
    case 'gone':
      return `${path} was deleted after that turn. To create it again as it was before, write the text yourself, or reject it.`;
    case 'createdAgain':
      return `${path} was deleted by that turn and created again since. The old text shown would replace the new one: ${write}`;
    default:
      return assertNever(why);
  }
}

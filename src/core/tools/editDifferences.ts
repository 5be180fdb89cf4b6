// What an edit proposal says of the difference it would make: counts, and the hunks that a human may keep or drop. Pure.
import type { EditProposal } from '../../protocol/calls.ts';
import type { Hunk } from '../../protocol/hunks.ts';
import type { Texts } from '../ports/system.ts';

/** An edit in more places is decided as a whole. */
const MAX_HUNKS = 1000;

export type Counts = Pick<EditProposal, 'added' | 'removed'>;

/** `text` in the place of `before`; null means that there is no file. Whatever hunks the proposal named before are gone. */
export function withDifferences(
  proposal: EditProposal,
  { before, text }: { before: string | null; text: string | null },
  texts: Pick<Texts, 'hunks'>,
): EditProposal {
  const hunks = texts.hunks(before ?? '', text ?? '');
  const counted = { ...withoutHunks(proposal), ...countLines(hunks) };
  const few = hunks.length > 0 && hunks.length <= MAX_HUNKS;
  // To keep all hunks of what cannot be approved as it is would be to approve it.
  const choice = before !== null && text !== null && few && proposal.conflict !== true;
  return choice ? { ...counted, hunks } : counted;
}

/** For a new text that was not compared with the base. */
export function withoutHunks({ hunks: _, ...proposal }: EditProposal): EditProposal {
  return proposal;
}

/** Lines that the hunks add and remove. */
export function countLines(hunks: readonly Hunk[]): Counts {
  const sum = (count: (hunk: Hunk) => number): number =>
    hunks.reduce((total, hunk) => total + count(hunk), 0);
  return { added: sum(({ newLines }) => newLines), removed: sum(({ oldLines }) => oldLines) };
}

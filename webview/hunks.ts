// The hunks of an edit on its card: which of them may be chosen, which are kept. Pure.
import { t } from '../src/protocol/l10n.ts';
import { positionsBut, type Hunk } from '../src/protocol/hunks.ts';
import type { RequestView } from '../src/protocol/messages.ts';
import type { CardDraft } from './drafts.ts';

/** The hunks among which the user may choose; none where the card cannot show them, or where there is only one. */
export function choices(request: RequestView, draft: CardDraft): readonly Hunk[] {
  const { proposal, before, allowedDecisions } = request;
  if (proposal.kind !== 'edit' || before === null || proposal.newText === null) return [];
  // A text of one's own is not made of these hunks any more.
  const both = allowedDecisions.includes('approve') && allowedDecisions.includes('edit');
  if (draft.content !== null || !both) return [];
  const hunks = proposal.hunks ?? [];
  return hunks.length > 1 ? hunks : [];
}

/** Positions of the hunks that an approval would write; undefined where it would write all there is. */
export function keptHunks(request: RequestView, draft: CardDraft): number[] | undefined {
  const { length } = choices(request, draft);
  const kept = positionsBut(length, draft.dropped ?? []);
  return kept.length === length ? undefined : kept;
}

/** The positions that are dropped once this one is kept or not. */
export function withChoice(dropped: readonly number[], index: number, keep: boolean): number[] {
  const others = dropped.filter((other) => other !== index);
  return keep ? others : [...others, index].sort((a, b) => a - b);
}

/** “lines 12 to 14”, as the new text counts them; where lines only go, as the old one does. */
export function hunkPlace({ oldStart, oldLines, newStart, newLines }: Hunk): string {
  const [start, count] = newLines > 0 ? [newStart, newLines] : [oldStart, oldLines];
  return count === 1 ? t('line {0}', start + 1) : t('lines {0} to {1}', start + 1, start + count);
}

// Edits of one file in one batch build on each other. Where a human decided an earlier one otherwise than the agent had
// proposed, a later one is merged onto what is there instead: every line of it was shown and kept.
import { lookAt } from './rebaseEdit.ts';
import { withDifferences } from '../tools/editDifferences.ts';
import { textProblem } from '../tools/editProposal.ts';
import type { EngineDeps } from './deps.ts';
import type { EditProposal, MoveProposal, Proposal } from '../../protocol/calls.ts';
import type { CallRow } from '../ports/store.ts';

export const DECIDED_OTHERWISE =
  'An earlier edit of this file was decided otherwise than you proposed; this one was merged with what is there. Read the file again before the next edit.';

/** A move of what earlier edits of its batch left otherwise than proposed: it is moved as it is. */
async function moveOnBatch(
  deps: EngineDeps,
  row: CallRow,
  proposal: MoveProposal,
): Promise<MoveProposal> {
  const rows = await deps.store.callsOfBatch(row.turnId, row.batchId);
  const earlier = rows.flatMap((other) =>
    other.index < row.index && sameFile(other.proposal, proposal)
      ? [{ ...other, proposal: other.proposal }]
      : [],
  );
  const { text } = await lookAt(deps, proposal.realPath);
  const hash = text === null ? null : deps.texts.sha256(text);
  if (earlier.length === 0 || hash === null || hash !== leftBy(earlier)) return proposal;
  return hash === proposal.baseHash ? proposal : { ...proposal, baseHash: hash };
}

/** Calls of the same batch that come before this one and edit the same file, in order. */
export async function earlierEdits(
  { store }: Pick<EngineDeps, 'store'>,
  row: CallRow,
): Promise<(CallRow & { proposal: EditProposal })[]> {
  const { proposal, turnId, batchId, index } = row;
  if (proposal?.kind !== 'edit' || index === 0) return [];
  const rows = await store.callsOfBatch(turnId, batchId);
  return rows.flatMap((other) =>
    other.index < index && sameFile(other.proposal, proposal)
      ? [{ ...other, proposal: other.proposal }]
      : [],
  );
}

function sameFile(one: Proposal | null, { realPath }: { realPath: string }): one is EditProposal {
  return one?.kind === 'edit' && one.realPath === realPath;
}

/**
 * The proposal as it is to be written on what the earlier calls of its batch left. The same one where it stands as it is, where
 * anything else changed the file, and where both changed the same lines: then writing it finds the base changed.
 */
export async function standOnBatch<P extends Proposal>(
  deps: EngineDeps,
  row: CallRow,
  proposal: P,
): Promise<P | EditProposal | MoveProposal> {
  if (proposal.kind === 'move') return moveOnBatch(deps, row, proposal);
  const { baseHash } = proposal.kind === 'edit' ? proposal : { baseHash: null };
  if (proposal.kind !== 'edit' || baseHash === null || proposal.newText === null) return proposal;
  const earlier = await earlierEdits(deps, row);
  if (earlier.length === 0) return proposal;
  const { text, encoding } = await lookAt(deps, proposal.realPath);
  const hash = text === null ? null : deps.texts.sha256(text);
  if (text === null || hash === baseHash || hash !== leftBy(earlier)) return proposal;
  const base = await deps.store.getText(row.turnId, baseHash);
  if (base === undefined) return proposal;
  const merged = deps.texts.merge(base, proposal.newText, text);
  if (!merged.clean || textProblem(merged.text) !== null) return proposal;
  const newText = merged.text;
  const written = { newText, newHash: deps.texts.sha256(newText), baseHash: hash, encoding };
  return withDifferences({ ...proposal, ...written }, { before: text, text: newText }, deps.texts);
}

/** Hash of the file after the calls so far; null for no file. */
function leftBy(earlier: readonly (CallRow & { proposal: EditProposal })[]): string | null {
  const last = earlier.findLast(({ state, outcome }) => state === 'done' && outcome === 'ok');
  return last === undefined
    ? (earlier[0]?.proposal.baseHash ?? null)
    : (last.proposal.newHash ?? null);
}

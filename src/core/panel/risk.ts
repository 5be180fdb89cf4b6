// Which approvals need the native confirmation: protected files and paths outside the workspace. Pure.
import type { Decisions, MoveProposal, Proposal } from '../../protocol/calls.ts';
import type { ActionRow } from '../ports/store.ts';

/**
 * One line for each call that the decisions would let run on a protected file or outside the workspace. `edited` holds what
 * calls with edited arguments would do, by call id; the others do what was shown.
 */
export function riskyRequests(
  action: ActionRow,
  decisions: Decisions,
  edited: ReadonlyMap<string, Proposal>,
): string[] {
  return action.requests.flatMap(({ callId, tool, proposal }) => {
    const type = decisions[callId]?.type;
    if (type !== 'approve' && type !== 'edit' && type !== 'run_again') return [];
    return riskOf(tool, edited.get(callId) ?? proposal);
  });
}

function riskOf(tool: string, proposal: Proposal): string[] {
  if (proposal.kind === 'move') return riskOfMove(tool, proposal);
  if (proposal.kind !== 'edit' && proposal.kind !== 'read') return [];
  if (proposal.outside) return [`${tool}: ${proposal.realPath} (outside the workspace)`];
  if (proposal.kind === 'edit' && proposal.protected !== undefined) {
    return [`${tool}: ${proposal.path} (protected: ${proposal.protected})`];
  }
  return [];
}

function riskOfMove(tool: string, proposal: MoveProposal): string[] {
  const { realPath, toReal, outside, path, to, protected: what } = proposal;
  if (outside) return [`${tool}: ${realPath} → ${toReal} (outside the workspace)`];
  return what === undefined ? [] : [`${tool}: ${path} → ${to} (protected: ${what})`];
}

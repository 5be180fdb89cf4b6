// Which approvals need the native confirmation: protected files and paths outside the workspace. Pure.
import type { Decisions } from '../../protocol/calls.ts';
import type { ActionRow } from '../ports/store.ts';

/** One line for each approved call that touches a protected file or leaves the workspace. */
export function riskyRequests(action: ActionRow, decisions: Decisions): string[] {
  return action.requests.flatMap((request) => {
    const type = decisions[request.callId]?.type;
    if (type !== 'approve' && type !== 'edit') return [];
    const { proposal } = request;
    if (proposal.kind !== 'edit' && proposal.kind !== 'read') return [];
    if (proposal.outside) return [`${request.tool}: ${proposal.realPath} (outside the workspace)`];
    if (proposal.kind === 'edit' && proposal.protected !== undefined) {
      return [`${request.tool}: ${proposal.path} (protected: ${proposal.protected})`];
    }
    return [];
  });
}

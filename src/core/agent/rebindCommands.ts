// Commands whose files changed while they waited, bound anew to the files as they are. Reads only.
import { boundAnew, changedFiles } from './bindings.ts';
import { contentOfEdit } from './contentOfEdit.ts';
import { layOver } from './layOver.ts';
import type { RebasedEdit } from './rebaseEdit.ts';
import type { RebasedMove } from './rebaseMove.ts';
import type { EngineDeps } from './deps.ts';
import type { CommandProposal, Decision, Decisions, EditProposal } from '../../protocol/calls.ts';
import type { ActionRow, CallRow } from '../ports/store.ts';

export interface Rebound {
  proposal: CommandProposal;
  /** Files that are others than shown. */
  paths: string[];
  /** For the human: one or two sentences. */
  note: string;
}

type Files = ReadonlyMap<string, RebasedEdit | RebasedMove>;

/** By call: each command of the action that does not stand on its files any more. */
export async function rebindCommands(
  deps: EngineDeps,
  batch: { action: ActionRow; rows: readonly CallRow[]; edits: Files },
  decisions: Decisions,
): Promise<Map<string, Rebound>> {
  const { action, rows, edits } = batch;
  const overlay = new Map<string, string | null>();
  const found = new Map<string, Rebound>();
  for (const row of rows) {
    const request = action.requests.find(({ callId }) => callId === row.callId);
    const proposal = edits.get(row.callId)?.proposal ?? (request ?? row).proposal;
    if (row.state !== 'planned') continue;
    if (proposal?.kind === 'edit') {
      const text = await leaves(deps, { ...row, proposal }, request && decisions[row.callId]);
      if (text !== undefined) overlay.set(proposal.realPath, text);
    }
    const approved = !request || decisions[row.callId]?.type === 'approve';
    if (proposal?.kind === 'move' && approved) await layOver(deps, overlay, proposal);
    if (!request || proposal?.kind !== 'command') continue;
    const paths = await changedFiles(deps, proposal, overlay);
    if (paths.length === 0) continue;
    const note = `${paths.join(', ')} changed after this was shown. It is bound to what is there now: look again.`;
    found.set(row.callId, { proposal: await boundAnew(deps, proposal, overlay), paths, note });
  }
  return found;
}

/** What an earlier edit of the batch leaves, as decided; undefined when it leaves the file alone, or nobody can tell. */
async function leaves(
  deps: EngineDeps,
  call: Pick<CallRow, 'turnId'> & { proposal: EditProposal },
  decision: Decision | undefined,
): Promise<string | null | undefined> {
  if (decision === undefined || decision.type === 'approve') return call.proposal.newText;
  if (decision.type !== 'edit') return undefined;
  return (await contentOfEdit(deps, call, decision)) ?? undefined;
}

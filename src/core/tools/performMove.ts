// Carries out what a frozen proposal of a move says, and nothing else.
import type { Proposal } from '../../protocol/calls.ts';
import type { PerformContext, Performed } from './tool.ts';

export async function performMove(proposal: Proposal, context: PerformContext): Promise<Performed> {
  if (proposal.kind !== 'move') return { outcome: 'error', text: 'The proposal is not a move.' };
  if (context.signal.aborted) return { outcome: 'cancelled', text: 'Cancelled before the move.' };
  const { realPath, toReal, baseHash } = proposal;
  const moved = await context.effects.moveFile({ realPath, toReal, baseHash });
  switch (moved.kind) {
    case 'written':
      return { outcome: 'ok', text: `Moved ${proposal.path} to ${proposal.to}.` };
    case 'stale':
      return {
        outcome: 'error',
        text: `Not moved: ${moved.message} Look again, and move it anew.`,
      };
    case 'failed':
    case 'differs':
      return { outcome: 'error', text: `Not moved: ${moved.message}` };
  }
}

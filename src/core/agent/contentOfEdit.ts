// The whole text that a human's edit of a file edit asks for, if it asks for one.
import { applyHunks } from '../../protocol/hunks.ts';
import type { EngineDeps } from './deps.ts';
import type { Decision } from '../../protocol/calls.ts';
import type { CallRow } from '../ports/store.ts';

/**
 * Their own text, or the base with exactly the hunks that they kept; undefined when they changed the arguments, null when the
 * texts that the hunks belong to are not kept any more.
 */
export async function contentOfEdit(
  { store }: Pick<EngineDeps, 'store'>,
  { turnId, proposal }: Pick<CallRow, 'turnId' | 'proposal'>,
  { content, hunks }: Extract<Decision, { type: 'edit' }>,
): Promise<string | null | undefined> {
  if (hunks === undefined) return content;
  const edit = proposal?.kind === 'edit' ? proposal : undefined;
  const baseHash = edit?.baseHash ?? undefined;
  const before = baseHash === undefined ? undefined : await store.getText(turnId, baseHash);
  const after = edit?.newText ?? undefined;
  if (before === undefined || after === undefined) return null;
  return applyHunks({ before, after }, edit?.hunks ?? [], new Set(hunks));
}

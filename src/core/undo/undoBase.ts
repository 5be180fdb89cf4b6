// What an edit replaces, read right before it runs, so that its turn can be undone. Reads only.
import { protectionsOf } from '../policy/protectedFiles.ts';
import type { EngineDeps } from '../agent/deps.ts';
import type { StartCall } from '../ports/store.ts';
import type { Proposal } from '../../protocol/calls.ts';

/** Nothing where the file is not what the edit stands on, and for files that may hold secrets: their texts are not kept. */
export async function undoBase(
  { files }: Pick<EngineDeps, 'files'>,
  proposal: Proposal,
): Promise<Pick<StartCall, 'base'>> {
  if (proposal.kind !== 'edit' && proposal.kind !== 'move') return {};
  const { realPath, baseHash } = proposal;
  const { relReal, real, executable } = await files.resolve(realPath);
  if (protectionsOf(relReal ?? real).some(({ tier }) => tier === 'secret')) return {};
  if (baseHash === null) return { base: { text: null, encoding: 'utf8' } };
  const read = await files.read(realPath);
  if (read.kind !== 'text' || read.hash !== baseHash) return {};
  const { text, encoding } = read;
  return { base: { text, encoding, ...(executable && { executable }) } };
}

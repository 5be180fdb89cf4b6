// What the calls of a batch that were looked at so far would leave, file by file. Reads only.
import type { EngineDeps } from './deps.ts';
import type { Proposal } from '../../protocol/calls.ts';

/** Adds what the call would leave; texts by real path, null for no file. */
export async function layOver(
  { files }: Pick<EngineDeps, 'files'>,
  overlay: Map<string, string | null>,
  proposal: Proposal | null,
): Promise<void> {
  if (proposal?.kind === 'edit') overlay.set(proposal.realPath, proposal.newText);
  if (proposal?.kind !== 'move') return;
  const { realPath, toReal } = proposal;
  const text = await textWithoutMark(files, realPath, overlay.get(realPath));
  overlay.set(realPath, null);
  // A later edit of what cannot be told does not find the file.
  if (text !== undefined) overlay.set(toReal, text);
}

/** Undefined for a file with a byte order mark, which a text alone does not tell: edits of the batch keep it. */
async function textWithoutMark(
  files: EngineDeps['files'],
  realPath: string,
  left: string | null | undefined,
): Promise<string | undefined> {
  const read = await files.read(realPath);
  if (read.kind !== 'text') return left ?? undefined;
  return read.encoding === 'utf8' ? (left ?? read.text) : undefined;
}

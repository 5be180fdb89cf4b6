// What all reading tools share: their proposal, and the bounds of what a result may hold.
import { isOutside, needsFolder, shownPath } from './paths.ts';
import type { Described, DescribeContext, Performed } from './tool.ts';
import { isAbort } from '../base/errors.ts';
import type { Proposal } from '../../protocol/calls.ts';

/** The most characters one reading tool gives the model. */
export const MAX_RESULT_CHARS = 60_000;

/**
 * A reading call's proposal. Whether the path exists is not looked at: a call that policy will refuse must not tell the
 * model even that.
 */
export async function describeRead(
  tool: string,
  path: string,
  context: DescribeContext,
): Promise<Described> {
  const refused = needsFolder(context.files);
  if (refused !== null) return { ok: false, message: refused };
  const resolved = await context.files.resolve(path);
  return {
    ok: true,
    proposal: {
      kind: 'read',
      target: shownPath(resolved),
      realPath: resolved.real,
      outside: isOutside(resolved),
    },
    subject: { group: 'read', tool, path: resolved },
  };
}

/** Runs a reading tool's body on its proposal; an abort is an outcome. */
export async function performRead(
  proposal: Proposal,
  read: (target: { shown: string; realPath: string }) => Promise<Performed>,
): Promise<Performed> {
  if (proposal.kind !== 'read') return { outcome: 'error', text: 'The proposal is not a read.' };
  try {
    return await read({ shown: proposal.target, realPath: proposal.realPath });
  } catch (error) {
    if (isAbort(error)) return { outcome: 'cancelled', text: 'Cancelled by the user.' };
    throw error;
  }
}

/** As many whole lines as fit; `left` is how many did not. */
export function fitLines(lines: readonly string[]): { text: string; left: number } {
  let size = 0;
  for (const [index, line] of lines.entries()) {
    size += line.length + 1;
    if (size > MAX_RESULT_CHARS) {
      return { text: lines.slice(0, index).join('\n'), left: lines.length - index };
    }
  }
  return { text: lines.join('\n'), left: 0 };
}

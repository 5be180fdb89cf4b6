// What the user has not seen of the agent's edits, on the way of a call: gathered before it is judged, compared before it
// runs, and told to the store with its start. policy/unseen.ts says what it means for a command.
import { counted } from '../tools/paths.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import type { EngineDeps } from './deps.ts';
import type { Proposal, UnseenFile } from '../../protocol/calls.ts';
import type { CallRow, PlannedCall } from '../ports/store.ts';
import type { UnseenChange } from '../ports/unseenStore.ts';

/**
 * Every file that is not seen, or will not be when the calls before it have run. An approved edit of such a file leaves it
 * unseen, with another content: then it is there with both, because nobody knows yet what becomes of that edit.
 */
export async function unseenFiles(
  { store, files }: Pick<EngineDeps, 'store' | 'files'>,
  earlier: readonly PlannedCall[] = [],
): Promise<UnseenFile[]> {
  const hashes = new Map<string, Set<string | null>>();
  for (const { realPath, hash } of await store.unseenFiles()) hashes.set(realPath, new Set([hash]));
  for (const { state, proposal, verdict } of earlier) {
    if (state !== 'planned') continue;
    if (proposal?.kind === 'move') {
      const { realPath, toReal, baseHash } = proposal;
      if (verdict?.verdict === 'allow' || hashes.has(realPath)) {
        hashes.set(toReal, new Set([baseHash, ...(hashes.get(realPath) ?? [])]));
      }
    }
    if (proposal?.kind !== 'edit') continue;
    const { realPath, newHash } = proposal;
    if (verdict?.verdict === 'allow') hashes.set(realPath, new Set([newHash]));
    else hashes.get(realPath)?.add(newHash);
  }
  return [...hashes].flatMap(([real, all]) =>
    [...all].map((hash) => ({ path: shownFrom(files.roots, real), real, hash })),
  );
}

/** Relative to the innermost workspace folder that holds it. */
function shownFrom(roots: readonly string[], real: string): string {
  const inside = roots
    .map((root) => root.replace(/[\\/]$/, ''))
    .filter((root) => real.startsWith(root) && /^[\\/]/.test(real.slice(root.length)))
    .sort((a, b) => b.length - a.length);
  const [root] = inside;
  if (root === undefined) return real;
  const rest = real.slice(root.length + 1);
  return real.startsWith('/') ? rest : rest.replaceAll('\\', '/');
}

/** Why a command that was approved does not run: it would run more than its card listed. */
export function unseenSince(shown: Proposal | null, now: Proposal): string | undefined {
  if (now.kind !== 'command') return undefined;
  const listed = new Set(shown?.kind === 'command' ? shown.unseen?.map(keyOf) : []);
  const grown = (now.unseen ?? []).filter((file) => !listed.has(keyOf(file)));
  const [first] = grown;
  if (first === undefined) return undefined;
  const more = grown.length > 1 ? ` and ${counted(grown.length - 1, 'more file')}` : '';
  return `Not run: ${displayBytes(first.path)}${more} changed after the command was shown, and the user has not seen what it would run there. Ask for the command again.`;
}

function keyOf({ real, hash }: UnseenFile): string {
  return `${real}\0${hash ?? ''}`;
}

/** What the start of this call does to what is unseen; `proposal` is what runs. */
export function unseenChange(
  row: Pick<CallRow, 'verdict' | 'proposalHash'>,
  { proposal, proposalHash }: { proposal: Proposal; proposalHash: string },
): UnseenChange | undefined {
  const decided = row.verdict?.verdict === 'ask';
  if (proposal.kind === 'edit') {
    const { realPath, baseHash, newHash, change } = proposal;
    const all = change === 'modify' ? 'difference' : 'whole';
    return { kind: 'edit', realPath, baseHash, newHash, shown: decided ? all : 'none' };
  }
  if (proposal.kind === 'move') {
    const { realPath, toReal, baseHash: hash } = proposal;
    return { kind: 'move', realPath, toReal, hash, shown: decided ? 'whole' : 'none' };
  }
  // A command that a human changed is not the one whose card listed the files.
  const looked = decided && proposal.kind === 'command' && proposalHash === row.proposalHash;
  if (!looked || proposal.unseen === undefined) return undefined;
  const files = proposal.unseen.map(({ real: realPath, hash }) => ({ realPath, hash }));
  return { kind: 'looked', files };
}

// One move whose file, or new name, is not as it was when it was shown. Reads only.
import { unreadable } from '../tools/currentText.ts';
import type { EngineDeps } from './deps.ts';
import type { MoveProposal } from '../../protocol/calls.ts';
import type { Place } from './rebaseEdit.ts';

export interface RebasedMove {
  proposal: MoveProposal;
  /** As it is now, or not at all. */
  outcome: 'approvable' | 'hopeless';
  /** For the human: one or two sentences. */
  note: string;
}

/** Undefined when the file and its new name are as they were shown. */
export function rebaseMove(
  { texts }: Pick<EngineDeps, 'texts'>,
  proposal: MoveProposal,
  places: { from: Place; to: Place },
): RebasedMove | undefined {
  const { path, to, baseHash } = proposal;
  const { from } = places;
  const hopeless = (note: string): RebasedMove => ({ proposal, outcome: 'hopeless', note });
  if (from.unreadable) return hopeless(unreadable(from.unreadable, path));
  if (from.text === null) return hopeless(`${path} is gone.`);
  if (places.to.text !== null || places.to.unreadable) {
    return hopeless(`${to} exists by now, and a move never replaces a file.`);
  }
  const hash = texts.sha256(from.text);
  if (hash === baseHash) return undefined;
  const lines = from.text.split('\n').length - (from.text.endsWith('\n') ? 1 : 0);
  const note = `${path} changed after this was shown. It would be moved as it is now.`;
  return { proposal: { ...proposal, baseHash: hash, lines }, outcome: 'approvable', note };
}

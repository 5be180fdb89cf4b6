// How surfaces say that a command runs what the user has not seen. Every name, however many.
import type { CommandProposal } from './calls.ts';

export const UNSEEN_PHRASE = 'runs code this session wrote and you have not seen';

/** Each file once, not yet made visible, with what became of it. */
export function unseenNames({ unseen = [] }: Pick<CommandProposal, 'unseen'>): string[] {
  return [...new Set(unseen.map(({ path, hash }) => (hash === null ? `${path} (deleted)` : path)))];
}

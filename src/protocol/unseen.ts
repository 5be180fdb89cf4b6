// How surfaces say that a command runs what the user has not seen. Every name, however many.
import { t } from './l10n.ts';
import type { CommandProposal } from './calls.ts';

export const unseenPhrase = (): string => t('runs code this session wrote and you have not seen');

/** Each file once, not yet made visible, with what became of it. */
export function unseenNames({ unseen = [] }: Pick<CommandProposal, 'unseen'>): string[] {
  return [
    ...new Set(unseen.map(({ path, hash }) => (hash === null ? t('{0} (deleted)', path) : path))),
  ];
}

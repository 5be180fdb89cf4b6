// What a human may say beforehand: how far an approval reaches beyond its one call. Plain data, parsed at every edge.
import { z } from 'zod';
import { t } from './l10n.ts';

/** How far a grant reaches. `always`: every workspace of this user. */
export const GrantScope = z.enum(['turn', 'thread', 'workspace', 'always']);
export type GrantScope = z.infer<typeof GrantScope>;

/** Longest life of a grant that ends, in minutes: a year. */
const MAX_MINUTES = 366 * 24 * 60;

/** With an approval: remember it. The rules are the ones the request offers; no surface sends any. */
export const Remember = z.strictObject({
  scope: GrantScope,
  /** It ends after so many minutes. */
  minutes: z.int().min(1).max(MAX_MINUTES).optional(),
  /** It covers so many more calls. */
  uses: z.int().min(1).max(10_000).optional(),
});
export type Remember = z.infer<typeof Remember>;

/** What remembering a call would allow: the exact rule texts. Not there for a call that cannot be remembered. */
export const RememberOffer = z.object({
  rules: z.array(z.string()).min(1),
  scopes: z.array(GrantScope).min(1),
});
export type RememberOffer = z.infer<typeof RememberOffer>;

/** “this thread”. */
export function scopeText(scope: GrantScope): string {
  const texts: Record<GrantScope, string> = {
    turn: t('this turn'),
    thread: t('this thread'),
    workspace: t('this workspace'),
    always: t('always, everywhere'),
  };
  return texts[scope];
}

/** “this thread, 30 minutes”, “this workspace, next 5 calls”. */
export function rememberText({ scope, minutes, uses }: Remember): string {
  const ends = [
    minutes === undefined ? [] : [minutesText(minutes)],
    uses === undefined ? [] : [uses === 1 ? t('next call') : t('next {0} calls', uses)],
  ];
  return [scopeText(scope), ...ends.flat()].join(', ');
}

/** The largest unit that says it exactly. */
function minutesText(minutes: number): string {
  if (minutes % 60 !== 0) return minutes === 1 ? t('1 minute') : t('{0} minutes', minutes);
  return minutes === 60 ? t('1 hour') : t('{0} hours', minutes / 60);
}

function placesText(scope: GrantScope): string {
  const texts: Record<GrantScope, string> = {
    turn: t('for the rest of this turn'),
    thread: t('in this thread'),
    workspace: t('in every thread of this workspace'),
    always: t('in every workspace, also in those you open later'),
  };
  return texts[scope];
}

/** How far and until when, as it goes on after “without asking”. */
export function reachText({ scope, minutes, uses }: Remember): string {
  const time = minutes === undefined ? [] : [t('for {0}', minutesText(minutes))];
  const more = uses === 1 ? t('for 1 more call') : t('for {0} more calls', uses ?? 0);
  const count = uses === undefined ? [] : [more];
  const open = [...time, ...count].length === 0 ? [t('without an end')] : [];
  return [placesText(scope), ...time, ...count, ...open].join(', ');
}

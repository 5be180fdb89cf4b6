// What a human may say beforehand: how far an approval reaches beyond its one call. Plain data, parsed at every edge.
import { z } from 'zod';

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

const SCOPES: Record<GrantScope, string> = {
  turn: 'this turn',
  thread: 'this thread',
  workspace: 'this workspace',
  always: 'always, everywhere',
};

/** “this thread”. */
export function scopeText(scope: GrantScope): string {
  return SCOPES[scope];
}

/** “this thread, 30 minutes”, “this workspace, next 5 calls”. */
export function rememberText({ scope, minutes, uses }: Remember): string {
  const ends = [
    minutes === undefined ? [] : [minutesText(minutes)],
    uses === undefined ? [] : [uses === 1 ? 'next call' : `next ${uses} calls`],
  ];
  return [scopeText(scope), ...ends.flat()].join(', ');
}

/** The largest unit that says it exactly. */
function minutesText(minutes: number): string {
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const REACH: Readonly<Record<GrantScope, string>> = {
  turn: 'for the rest of this turn',
  thread: 'in this thread',
  workspace: 'in every thread of this workspace',
  always: 'in every workspace, also in those you open later',
};

/** How far and until when, as it goes on after “without asking”. */
export function reachText({ scope, minutes, uses }: Remember): string {
  const time = minutes === undefined ? '' : `, for ${minutesText(minutes)}`;
  const count = uses === undefined ? '' : `, for ${uses} more ${uses === 1 ? 'call' : 'calls'}`;
  const open = time === '' && count === '' ? ', without an end' : '';
  return `${REACH[scope]}${time}${count}${open}`;
}

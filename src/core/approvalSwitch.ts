// What stands above the rules and only the user's own settings can say: approvals switched off, and the end of mode bypass.
import { z } from 'zod';
import type { SettingsLayers } from './ports/settings.ts';

const MODE = 'countersign.approval.mode';
const ENABLED = 'countersign.approval.enabled';
const UNTIL = 'countersign.approval.bypassUntil';

/** A moment with its time zone, or nothing. */
export const BypassUntil = z.union([z.literal(''), z.iso.datetime({ offset: true })], {
  error: 'write a moment with its time zone, such as 2030-12-31T18:00:00Z',
});

export interface ApprovalSwitch {
  /** Nothing waits for an approval any more. A deny holds, and so does what waits already. */
  off: boolean;
  /** Mode bypass as the user asked for it, and whether it counts; null when it was not asked for. */
  bypass: { counts: true; until: number | null } | { counts: false; why: string } | null;
}

/** `now` in ms since the epoch; without it every end has passed. Total: what cannot be read loosens nothing. */
export function approvalSwitch(
  { user, oneRun }: Pick<SettingsLayers, 'user' | 'oneRun'>,
  now = Infinity,
): ApprovalSwitch {
  const off = user[ENABLED] === false;
  if (user[MODE] !== 'bypass') return { off, bypass: null };
  const end = BypassUntil.safeParse(user[UNTIL] ?? '');
  if (!end.success) return { off, bypass: { counts: false, why: `${UNTIL} cannot be read` } };
  if (end.data === '') {
    const why = `${UNTIL} does not say when it ends`;
    return {
      off,
      bypass: oneRun === true ? { counts: true, until: null } : { counts: false, why },
    };
  }
  const until = Date.parse(end.data);
  const counts = now < until;
  return { off, bypass: counts ? { counts, until } : { counts, why: `it ended at ${end.data}` } };
}

/** Whether a turn that was started in mode bypass is still in it: a run without an editor brings no mode when it goes on. */
export function bypassHolds(
  settings: Pick<SettingsLayers, 'user' | 'oneRun'>,
  now?: number,
): boolean {
  const { user, oneRun } = settings;
  const asked = oneRun === true ? { ...user, [MODE]: 'bypass' } : user;
  return approvalSwitch({ ...settings, user: asked }, now).bypass?.counts === true;
}

/** What a user must be told as long as it is so: one sentence each. */
export function switchNotices({ off, bypass }: ApprovalSwitch): string[] {
  const notices = off ? [OFF_NOTICE] : [];
  if (bypass?.counts !== false) return notices;
  return [...notices, `Mode bypass does not count, mode default holds: ${bypass.why}.`];
}

const OFF_NOTICE = `Approvals are switched off (${ENABLED}): what would ask runs unasked; only denials and questions hold.`;

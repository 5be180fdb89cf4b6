// What the list of remembered approvals says of each: rule, reach, origin, use, end. No vscode import: plain values in and out.
import { plainPick } from './plainText.ts';
import { scopeText } from '../protocol/consent.ts';
import { t } from '../protocol/l10n.ts';
import type { Acknowledgement, GrantRow } from '../core/ports/consentStore.ts';

/** One row of the list. */
export type Remembered =
  { kind: 'grant'; grant: GrantRow } | { kind: 'said'; said: Acknowledgement };

/** A row of a quick pick, every character of foreign text visible and none of it a picture. */
export interface RowText {
  label: string;
  description: string;
  detail: string;
}

export type GrantState = 'counts' | 'ended' | 'used';

export function grantState({ expiresAt, uses, used }: GrantRow, now: number): GrantState {
  if (expiresAt !== null && expiresAt <= now) return 'ended';
  return uses !== null && used >= uses ? 'used' : 'counts';
}

/** `title`: of the thread that it was learned in; undefined when that is gone. */
export function grantRow(grant: GrantRow, title: string | undefined, now: number): RowText {
  const state = grantState(grant, now);
  const icon = state === 'counts' ? '$(pass)' : '$(circle-slash)';
  return {
    label: `${icon} ${plainPick(grant.rule)}`,
    description: [scopeText(grant.scope), ...leftTexts(grant, now)].join(' · '),
    detail: [usedText(grant, now), originText(grant, title)].join(' · '),
  };
}

/** The same in lines, for a dialog. */
export function factsOf(grant: GrantRow, title: string | undefined, now: number): string {
  const left = leftTexts(grant, now).join(', ');
  return [
    t('Reach: {0}', scopeText(grant.scope)),
    t('Now: {0}', left),
    t('Origin: {0}', originText(grant, title)),
    t('Use: {0}', usedText(grant, now)),
  ].join('\n');
}

/** What is left and when it ends; why it does not count any more. */
function leftTexts(grant: GrantRow, now: number): string[] {
  const { uses, used, expiresAt } = grant;
  const count = uses === null ? [] : [t('{0} of {1} left', Math.max(0, uses - used), calls(uses))];
  switch (grantState(grant, now)) {
    case 'ended':
      return [t('ended {0}', momentText(expiresAt ?? now)), ...count];
    case 'used':
      return [t('used up: {0}', calls(uses ?? used))];
    case 'counts': {
      if (expiresAt !== null) return [...count, t('ends in {0}', spanText(expiresAt - now))];
      return uses === null ? [t('no end')] : count;
    }
  }
}

function originText({ by, createdAt }: GrantRow, title: string | undefined): string {
  const thread = title === undefined ? t('a deleted thread') : `“${plainPick(title)}”`;
  return t('learned in {0}, {1}, by {2}', thread, momentText(createdAt), plainPick(by));
}

function usedText({ used, lastUsedAt }: GrantRow, now: number): string {
  if (used === 0 || lastUsedAt === null) return t('not used yet');
  return t('allowed {0}, the last {1} ago', calls(used), spanText(now - lastUsedAt));
}

const kindText = (kind: Acknowledgement['kind']): string =>
  kind === 'hook' ? t('Hook') : t('Workspace allow list');

export function acknowledgementRow(said: Acknowledgement): RowText {
  const { kind, subject, accepted, by, at, hash } = said;
  return {
    label: `${accepted ? '$(pass)' : '$(circle-slash)'} ${kindText(kind)}: ${plainPick(subject)}`,
    description: accepted ? t('you let it count') : t('you said to keep asking'),
    detail: t(
      '{0}, by {1} · holds for exactly SHA-256 {2}…',
      momentText(at),
      plainPick(by),
      plainPick(hash.slice(0, 16)),
    ),
  };
}

/** How many count and how many do not any more, for the head of the list. */
export function summaryText(grants: readonly GrantRow[], now: number): string {
  const active = grants.filter((grant) => grantState(grant, now) === 'counts').length;
  const over = grants.length - active;
  const count =
    active === 1
      ? t('1 remembered approval counts now')
      : t('{0} remembered approvals count now', active);
  return over === 0 ? count : t('{0}, {1} ended or used up', count, over);
}

export const nothingRemembered = (): string =>
  t(
    'No approval is remembered here. “Approve and remember…” on a card adds one; what you remember is listed here and can be taken back.',
  );

/** The dialog before everything is forgotten. */
export function resetDialog(
  grants: readonly GrantRow[],
  said: readonly Acknowledgement[],
): { question: string; detail: string } {
  const everywhere = grants.filter(({ scope }) => scope === 'always').length;
  const reach =
    everywhere === 0 ? '' : ` ${t('({0} of them for all your workspaces)', everywhere)}`;
  return {
    question: t('Forget everything you said beforehand?'),
    detail: [
      t('{0}{1}: such calls ask again.', approvals(grants.length), reach),
      t(
        '{0} about workspace allow lists and hooks: they do not count until you look at them again.',
        answers(said.length),
      ),
      '',
      t(
        'What cannot be read is forgotten, too. Rules in your settings stay. Nothing that has run is undone.',
      ),
    ].join('\n'),
  };
}

export function resetDone({
  grants,
  acknowledgements,
}: {
  grants: number;
  acknowledgements: number;
}): string {
  return t(
    'Forgotten: {0} and {1} about allow lists and hooks.',
    approvals(grants),
    answers(acknowledgements),
  );
}

const approvals = (count: number): string =>
  count === 1 ? t('1 remembered approval') : t('{0} remembered approvals', count);
const answers = (count: number): string => (count === 1 ? t('1 answer') : t('{0} answers', count));
const calls = (count: number): string => (count === 1 ? t('1 call') : t('{0} calls', count));

function momentText(at: number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** A time in one unit: `12 s`, `5 min`, `3 h`, `2 d`. */
function spanText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

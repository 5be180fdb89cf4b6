// What the list of remembered approvals says of each: rule, reach, origin, use, end. No vscode import: plain values in and out.
import { plainPick } from './plainText.ts';
import { scopeText } from '../protocol/consent.ts';
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

export type GrantState = 'counts' | 'ended' | 'used up';

export function grantState({ expiresAt, uses, used }: GrantRow, now: number): GrantState {
  if (expiresAt !== null && expiresAt <= now) return 'ended';
  return uses !== null && used >= uses ? 'used up' : 'counts';
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
    `Reach: ${scopeText(grant.scope)}`,
    `Now: ${left}`,
    `Origin: ${originText(grant, title)}`,
    `Use: ${usedText(grant, now)}`,
  ].join('\n');
}

/** What is left and when it ends; why it does not count any more. */
function leftTexts(grant: GrantRow, now: number): string[] {
  const { uses, used, expiresAt } = grant;
  const count = uses === null ? [] : [`${Math.max(0, uses - used)} of ${calls(uses)} left`];
  switch (grantState(grant, now)) {
    case 'ended':
      return [`ended ${momentText(expiresAt ?? now)}`, ...count];
    case 'used up':
      return [`used up: ${calls(uses ?? used)}`];
    case 'counts': {
      if (expiresAt !== null) return [...count, `ends in ${spanText(expiresAt - now)}`];
      return uses === null ? ['no end'] : count;
    }
  }
}

function originText({ by, createdAt }: GrantRow, title: string | undefined): string {
  const thread = title === undefined ? 'a deleted thread' : `“${plainPick(title)}”`;
  return `learned in ${thread}, ${momentText(createdAt)}, by ${plainPick(by)}`;
}

function usedText({ used, lastUsedAt }: GrantRow, now: number): string {
  if (used === 0 || lastUsedAt === null) return 'not used yet';
  return `allowed ${calls(used)}, the last ${spanText(now - lastUsedAt)} ago`;
}

const KINDS = { allowList: 'Workspace allow list', hook: 'Hook' };

export function acknowledgementRow(said: Acknowledgement): RowText {
  const { kind, subject, accepted, by, at, hash } = said;
  return {
    label: `${accepted ? '$(pass)' : '$(circle-slash)'} ${KINDS[kind]}: ${plainPick(subject)}`,
    description: accepted ? 'you let it count' : 'you said to keep asking',
    detail: `${momentText(at)}, by ${plainPick(by)} · holds for exactly SHA-256 ${plainPick(hash.slice(0, 16))}…`,
  };
}

/** How many count and how many do not any more, for the head of the list. */
export function summaryText(grants: readonly GrantRow[], now: number): string {
  const active = grants.filter((grant) => grantState(grant, now) === 'counts').length;
  const over = grants.length - active;
  const count = `${counted(active, 'remembered approval')} ${active === 1 ? 'counts' : 'count'} now`;
  return over === 0 ? count : `${count}, ${over} ended or used up`;
}

export const NOTHING =
  'No approval is remembered here. “Approve and remember…” on a card adds one; what you remember is listed here and can be taken back.';

/** The dialog before everything is forgotten. */
export function resetDialog(
  grants: readonly GrantRow[],
  said: readonly Acknowledgement[],
): { question: string; detail: string } {
  const everywhere = grants.filter(({ scope }) => scope === 'always').length;
  const reach = everywhere === 0 ? '' : ` (${everywhere} of them for all your workspaces)`;
  return {
    question: 'Forget everything you said beforehand?',
    detail: [
      `${counted(grants.length, 'remembered approval')}${reach}: such calls ask again.`,
      `${counted(said.length, 'answer')} about workspace allow lists and hooks: they do not count until you look at them again.`,
      '',
      'What cannot be read is forgotten, too. Rules in your settings stay. Nothing that has run is undone.',
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
  return `Forgotten: ${counted(grants, 'remembered approval')} and ${counted(acknowledgements, 'answer')} about allow lists and hooks.`;
}

const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;
const calls = (count: number): string => counted(count, 'call');

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

// The threads of a workspace, as the Threads view lists them: by what they are at, then by day. Pure.
import { displayBytes } from '../../protocol/displayBytes.ts';
import { isTemporary } from '../../protocol/temporary.ts';
import { titleOf } from '../../core/threads/titleText.ts';
import type { TurnStatus } from '../../protocol/calls.ts';
import type { ThreadEntry } from '../../core/ports/libraryStore.ts';
import { t } from '../../protocol/l10n.ts';
import { ageText } from '../ageText.ts';

export interface ThreadGroup {
  id: string;
  label: string;
  collapsed: boolean;
  entries: readonly ThreadEntry[];
}

export interface ThreadLists {
  underWay: readonly ThreadEntry[];
  atRest: readonly ThreadEntry[];
  archived: readonly ThreadEntry[];
}

interface Look {
  /** Name of a codicon. */
  icon: string;
  /** Said of it, and shown behind its title. */
  word: string;
  /** Id of a theme colour. */
  color?: string;
}

const looks = (): Record<TurnStatus, Look> => ({
  paused: {
    icon: 'bell-dot',
    word: t('waits for you'),
    color: 'notificationsWarningIcon.foreground',
  },
  running: { icon: 'loading~spin', word: t('at work') },
  queued: { icon: 'clock', word: t('queued') },
  expired: { icon: 'history', word: t('expired'), color: 'notificationsWarningIcon.foreground' },
  interrupted: {
    icon: 'debug-disconnect',
    word: t('interrupted'),
    color: 'notificationsWarningIcon.foreground',
  },
  finished: { icon: 'pass', word: t('done') },
  failed: { icon: 'error', word: t('failed'), color: 'notificationsErrorIcon.foreground' },
  cancelled: { icon: 'circle-slash', word: t('stopped') },
});

export function lookOf({ status }: Pick<ThreadEntry, 'status'>): Look {
  return status === null ? { icon: 'comment', word: t('empty') } : looks()[status];
}

const stateGroups = (): { id: string; label: string; statuses: readonly TurnStatus[] }[] => [
  { id: 'waiting', label: t('Waiting for you'), statuses: ['paused'] },
  { id: 'running', label: t('At work'), statuses: ['running'] },
  { id: 'queued', label: t('Queued'), statuses: ['queued'] },
  { id: 'stopped', label: t('Expired or interrupted'), statuses: ['expired', 'interrupted'] },
];

/** Groups that hold something, in the order in which they are shown. */
export function threadGroups(lists: ThreadLists, now: number): ThreadGroup[] {
  const states = stateGroups().map(({ id, label, statuses }) => ({
    ...{ id, label, collapsed: false },
    entries: lists.underWay.filter(({ status }) => status !== null && statuses.includes(status)),
  }));
  const days = [...Map.groupBy(lists.atRest, ({ updatedAt }) => dayOf(updatedAt, now))];
  const archived = {
    id: 'archived',
    label: t('Archived'),
    collapsed: true,
    entries: lists.archived,
  };
  return [
    ...states,
    ...days.map(([label, entries]) => ({ id: `day ${label}`, label, collapsed: false, entries })),
    archived,
  ].filter(({ entries }) => entries.length > 0);
}

const DAY = 86_400_000;

/** By the calendar of this place. */
function dayOf(at: number, now: number): string {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  if (at >= midnight) return t('Today');
  if (at >= new Date(midnight - DAY / 2).setHours(0, 0, 0, 0)) return t('Yesterday');
  return at >= midnight - 7 * DAY ? t('Last 7 days') : t('Older');
}

export interface ThreadText {
  label: string;
  description: string;
  tooltip: string;
  /** For screen readers. */
  spoken: string;
}

export function threadText(entry: ThreadEntry, now: number): ThreadText {
  const label = displayBytes(titleOf(entry));
  const { word } = lookOf(entry);
  const temporary = isTemporary(entry.id);
  const age = ageText(now - entry.updatedAt);
  const marks = [
    ...(temporary ? [t('temporary')] : []),
    ...(entry.archived ? [t('archived')] : []),
  ];
  return {
    label,
    description: [...marks, age].join(' · '),
    tooltip: [
      label,
      [word, ...marks].join(', '),
      t('Last message {0} ago', age),
      ...(temporary ? [t('Gone when this window closes or reloads')] : []),
    ].join('\n'),
    spoken: [label, word, ...marks, t('last message {0} ago', age)].join(', '),
  };
}

/** The words that the `when` clauses of the menus look for. */
export function contextValue({ id, archived, status }: ThreadEntry): string {
  return [
    'thread',
    isTemporary(id) ? 'temporary' : 'kept',
    archived ? 'archived' : 'listed',
    status === 'running' || status === 'queued' ? 'atWork' : 'atRest',
  ].join(' ');
}

// The threads of a workspace, as the Threads view lists them: by what they are at, then by day. Pure.
import { displayBytes } from '../../protocol/displayBytes.ts';
import { isTemporary } from '../../protocol/temporary.ts';
import { titleOf } from '../../core/threads/titleText.ts';
import type { TurnStatus } from '../../protocol/calls.ts';
import type { ThreadEntry } from '../../core/ports/libraryStore.ts';
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

const LOOKS: Record<TurnStatus, Look> = {
  paused: { icon: 'bell-dot', word: 'waits for you', color: 'list.warningForeground' },
  running: { icon: 'loading~spin', word: 'at work' },
  queued: { icon: 'clock', word: 'queued' },
  expired: { icon: 'history', word: 'expired', color: 'list.warningForeground' },
  interrupted: { icon: 'debug-disconnect', word: 'interrupted', color: 'list.warningForeground' },
  finished: { icon: 'pass', word: 'done' },
  failed: { icon: 'error', word: 'failed', color: 'list.errorForeground' },
  cancelled: { icon: 'circle-slash', word: 'stopped' },
};
const EMPTY: Look = { icon: 'comment', word: 'empty' };

export function lookOf({ status }: Pick<ThreadEntry, 'status'>): Look {
  return status === null ? EMPTY : LOOKS[status];
}

const STATES: readonly { id: string; label: string; statuses: readonly TurnStatus[] }[] = [
  { id: 'waiting', label: 'Waiting for you', statuses: ['paused'] },
  { id: 'running', label: 'At work', statuses: ['running'] },
  { id: 'queued', label: 'Queued', statuses: ['queued'] },
  { id: 'stopped', label: 'Expired or interrupted', statuses: ['expired', 'interrupted'] },
];

/** Groups that hold something, in the order in which they are shown. */
export function threadGroups(lists: ThreadLists, now: number): ThreadGroup[] {
  const states = STATES.map(({ id, label, statuses }) => ({
    ...{ id, label, collapsed: false },
    entries: lists.underWay.filter(({ status }) => status !== null && statuses.includes(status)),
  }));
  const days = [...Map.groupBy(lists.atRest, ({ updatedAt }) => dayOf(updatedAt, now))];
  const archived = { id: 'archived', label: 'Archived', collapsed: true, entries: lists.archived };
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
  if (at >= midnight) return 'Today';
  if (at >= new Date(midnight - DAY / 2).setHours(0, 0, 0, 0)) return 'Yesterday';
  return at >= midnight - 7 * DAY ? 'Last 7 days' : 'Older';
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
  const marks = [...(temporary ? ['temporary'] : []), ...(entry.archived ? ['archived'] : [])];
  return {
    label,
    description: [...marks, age].join(' · '),
    tooltip: `${label}\n${[word, ...marks].join(', ')}\nLast message ${age} ago${
      temporary ? '\nGone when this window closes or reloads' : ''
    }`,
    spoken: [label, word, ...marks, `last message ${age} ago`].join(', '),
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

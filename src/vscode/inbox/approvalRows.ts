// What waits, as the Approvals view lists it: a row for each call, in groups by thread. Pure; all text of others is made visible.
import { callLine } from '../../protocol/callTitle.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import type { Proposal } from '../../protocol/calls.ts';
import type { ActionRow } from '../../core/ports/store.ts';
import { t } from '../../protocol/l10n.ts';
import { ageText } from '../ageText.ts';

/** Longest label, in UTF-16 units: the card shows all of it, and nothing is decided here. */
const MAX_LABEL = 200;

export interface ApprovalRow {
  actionId: string;
  callId: string;
  threadId: string;
  /** What it would do. */
  label: string;
  /** What makes it more than an ordinary call, in a word each; empty for that. */
  risks: readonly string[];
  /** Why it asks. */
  why: string;
  /** Name of a codicon. */
  icon: string;
  since: number;
}

export interface ApprovalGroup {
  threadId: string;
  title: string;
  temporary: boolean;
  rows: readonly ApprovalRow[];
}

export function rowsOfAction(action: ActionRow): ApprovalRow[] {
  const { id: actionId, threadId, createdAt: since, kind } = action;
  return action.requests.map(({ callId, proposal, why }) => {
    const unknown = kind === 'outcome_unknown';
    return {
      ...{ actionId, callId, threadId, since },
      label: shortLine(`${unknown ? `${t('Outcome unknown')}: ` : ''}${callLine({ proposal })}`),
      risks: risksOf(proposal),
      why: displayBytes(why.rule === undefined ? why.reason : `${why.reason} (${why.rule})`),
      icon: unknown ? 'warning' : iconOf(proposal),
    };
  });
}

/** In the order of the rows, so that the thread that has waited longest is first. */
export function groupsOf(
  rows: readonly ApprovalRow[],
  threadOf: (threadId: string) => Pick<ApprovalGroup, 'title' | 'temporary'>,
): ApprovalGroup[] {
  return [...Map.groupBy(rows, ({ threadId }) => threadId)].map(([threadId, own]) => {
    const { title, temporary } = threadOf(threadId);
    return { threadId, title: displayBytes(title), temporary, rows: own };
  });
}

/** Behind the label: what is risky, and how long it has waited. */
export function rowDescription({ risks, since }: ApprovalRow, now: number): string {
  return [...risks, ageText(now - since)].join(' · ');
}

export function groupDescription({ rows, temporary }: ApprovalGroup): string {
  const calls = rows.length === 1 ? t('1 call') : t('{0} calls', rows.length);
  return temporary ? t('temporary · {0}', calls) : calls;
}

export function rowTooltip(row: ApprovalRow, now: number): string {
  const risks = row.risks.length === 0 ? '' : `\n${t('Note: {0}', row.risks.join(', '))}`;
  return `${row.label}\n${t('Asks: {0}', row.why)}${risks}\n${t('Waiting {0}', ageText(now - row.since))}`;
}

/** What a screen reader says of a row. */
export function rowSpoken(row: ApprovalRow, now: number): string {
  const risks = row.risks.length === 0 ? '' : `, ${row.risks.join(', ')}`;
  return t('{0}{1}, waits {2} for your decision', row.label, risks, ageText(now - row.since));
}

/** The place of a card in all that waits. */
export type CardPlace = Pick<ApprovalRow, 'actionId' | 'callId'>;

/**
 * The call after (1) or before (-1) `from`, round and round; the first or last one when `from` waits no more. Undefined when
 * nothing waits.
 */
export function stepFrom(
  rows: readonly ApprovalRow[],
  from: CardPlace | null,
  step: 1 | -1,
): ApprovalRow | undefined {
  const at = rows.findIndex(
    ({ actionId, callId }) => actionId === from?.actionId && callId === from.callId,
  );
  const next = at < 0 ? (step === 1 ? 0 : -1) : at + step;
  return rows.at(next >= rows.length ? 0 : next);
}

function shortLine(text: string): string {
  const flat = displayBytes(text.replaceAll(/\s*\n\s*/g, ' ⏎ '));
  return flat.length > MAX_LABEL ? `${flat.slice(0, MAX_LABEL - 1)}…` : flat;
}

function risksOf(proposal: Proposal): string[] {
  switch (proposal.kind) {
    case 'edit':
    case 'move':
      return [
        ...(proposal.outside ? [t('outside the workspace')] : []),
        ...(proposal.protected === undefined ? [] : [t('protected file')]),
      ];
    case 'read':
      return proposal.outside ? [t('outside the workspace')] : [];
    case 'command':
      return [
        ...(proposal.parts.length > 1 ? [t('{0} commands', proposal.parts.length)] : []),
        ...((proposal.unseen?.length ?? 0) > 0 ? [t('runs edits you have not seen')] : []),
        ...(proposal.background === true ? [t('goes on in the background')] : []),
      ];
    case 'tool':
      return proposal.redescribed ? [t('its description changed')] : [];
    case 'question':
    case 'running':
      return [];
  }
}

function iconOf(proposal: Proposal): string {
  switch (proposal.kind) {
    case 'edit':
      return { create: 'new-file', modify: 'edit', delete: 'trash' }[proposal.change];
    case 'move':
      return 'arrow-right';
    case 'command':
      return 'terminal';
    case 'question':
      return 'comment-discussion';
    case 'read':
      return 'eye';
    case 'tool':
      return 'plug';
    case 'running':
      return proposal.op === 'stop' ? 'debug-stop' : 'eye';
  }
}

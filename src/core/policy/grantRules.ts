// Grants as rules: only exact ones count. Pure and total; whatever a grant's text says beyond one exact call, it covers nothing.
import type { GrantRow } from '../ports/consentStore.ts';
import type { GlobCompiler } from '../ports/system.ts';
import type { ResolvedPath } from '../ports/workspace.ts';
import type { Proposal } from '../../protocol/calls.ts';
import { readRuleText } from './ruleText.ts';
import type { PolicySubject, Rule, RuleMatcher } from './types.ts';
import { isExact } from './wordPattern.ts';

/** Paths of grants hold no wildcard, so that equality is all there is to match. */
const exactly: GlobCompiler = (glob) => (path) => path === glob;

/** What a text matches that names one exact command or file of one tool; null for every other text. */
export function exactMatcher(text: string): RuleMatcher | null {
  const { matcher, problems } = readRuleText(text, 'allow', exactly);
  if (matcher === null || matcher.literal === null || problems.length > 0) return null;
  if (matcher.argv !== null) return isExact(matcher.argv) ? matcher : null;
  return matcher.glob === null || /[*?]/.test(text) ? null : matcher;
}

/** Where a call stands that a grant may reach. */
export interface Reach {
  threadId: string;
  turnId: string;
  /** Milliseconds since the epoch. */
  now: number;
}

/** Whether the grant is there for a call of this turn now; how often it was used is not asked. */
export function reaches(grant: GrantRow, { threadId, turnId, now }: Reach): boolean {
  if (grant.expiresAt !== null && grant.expiresAt <= now) return false;
  switch (grant.scope) {
    case 'turn':
      return grant.turnId === turnId && grant.threadId === threadId;
    case 'thread':
      return grant.threadId === threadId;
    case 'workspace':
    case 'always':
      return true;
  }
}

/** A grant as a rule of its layer; null when its text is not exact. */
export function ruleOfGrant(grant: GrantRow): Rule | null {
  const match = exactMatcher(grant.rule);
  if (match === null) return null;
  const { rule: text } = grant;
  const place = { key: 'grant', index: -1 };
  return { text, kind: 'allow', layer: 'grant', place, match, said: saidOf(grant) };
}

const REACHES = {
  turn: 'this turn',
  thread: 'this thread',
  workspace: 'this workspace',
  always: 'all workspaces',
} as const;

/** For the why line: how far it was remembered, and until when. */
export function saidOf({ scope, expiresAt, uses }: Omit<GrantRow, 'rule'>): string {
  const end = expiresAt === null ? '' : ` until ${timeText(expiresAt)}`;
  const count = uses === null ? '' : `, for ${uses} ${uses === 1 ? 'call' : 'calls'}`;
  return `remembered for ${REACHES[scope]}${end}${count}`;
}

function timeText(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime())
    ? 'its end'
    : date.toISOString().replace(/:\d\d\.\d{3}Z$/, 'Z');
}

/** The real path of the workspace folder that a rule learned from this call is about; undefined when it is about none. */
export function folderOf(proposal: Proposal, rule: string): string | undefined {
  // Only commands that run in the folder itself are remembered.
  if (proposal.kind === 'command') return proposal.cwd;
  if (proposal.kind !== 'edit' && proposal.kind !== 'read') return undefined;
  const path = exactMatcher(rule)?.literal;
  return path === undefined || path === null ? undefined : above(proposal.realPath, path);
}

function above(real: string, relative: string): string {
  return relative === '' ? real : real.slice(0, -relative.length - 1);
}

/** Whether a grant for this folder, or for any, is about files or commands there. */
export function isAbout(folder: string | null, subject: PolicySubject): boolean {
  if (folder === null) return true;
  const isInside = ({ real, relReal }: ResolvedPath): boolean =>
    relReal !== null && above(real, relReal) === folder;
  switch (subject.group) {
    case 'shell':
      return isInside(subject.cwd);
    case 'read':
      return isInside(subject.path);
    case 'edit':
      return subject.paths.every(isInside);
    case 'fetch':
    case 'mcp':
    case 'task':
    case 'skill':
    case 'running':
    case 'none':
      return false;
  }
}

/** Whether the rule names a part of the call at all: what cannot is not put before `decide`. */
export function mayCover({ match }: Rule, subject: PolicySubject): boolean {
  if (subject.group === 'shell') {
    const words = match.argv?.words;
    return (
      words !== undefined &&
      // In another folder the same words may be another program, on other files.
      subject.cwd.relReal === '' &&
      subject.parse.commands.some(
        (command) =>
          command.words.length === words.length &&
          command.words.every(({ text }, at) => text === words[at]?.text),
      )
    );
  }
  const { glob } = match;
  if (glob === null) return false;
  if (subject.group === 'read') return subject.path.relReal !== null && glob(subject.path.relReal);
  if (subject.group !== 'edit') return false;
  return subject.paths.some(({ relReal }) => relReal !== null && glob(relReal));
}

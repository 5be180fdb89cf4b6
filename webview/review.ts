// From drafts to decisions: pure. Says what each button would send and what is still undecided.
import { isMarked, markerLine, sideOf } from '../src/protocol/conflict.ts';
import { displayRuns } from '../src/protocol/displayBytes.ts';
import {
  JsonObject,
  type Decision,
  type DecisionType,
  type Decisions,
  type QuestionProposal,
} from '../src/protocol/calls.ts';
import { rememberText } from '../src/protocol/consent.ts';
import { keptText } from '../src/protocol/decided.ts';
import type { ActionView, RequestView } from '../src/protocol/messages.ts';
import { draftOf, type CardDraft, type Drafts } from './drafts.ts';
import { t } from '../src/protocol/l10n.ts';
import { keptHunks } from './hunks.ts';

export { callTitle } from '../src/protocol/callTitle.ts';

export function allows(request: RequestView, type: DecisionType): boolean {
  return request.allowedDecisions.includes(type);
}

/** What Approve sends: the user's own text, the changes that are kept where some are dropped, else a plain approval. */
export function approval(request: RequestView, draft: CardDraft): Decision {
  if (draft.content !== null) return { type: 'edit', content: draft.content };
  const hunks = keptHunks(request, draft);
  return hunks === undefined ? { type: 'approve' } : { type: 'edit', hunks };
}

/** Whether Approve may be offered, given what the user has made of the call. */
export function canApprove(request: RequestView, draft: CardDraft): boolean {
  return allows(request, draft.content === null ? 'approve' : 'edit');
}

/** Whether the edit clashes with what the user changed since: both sides stand in it between markers. */
export function clashes({ proposal }: RequestView): boolean {
  return proposal.kind === 'edit' && isMarked(proposal.newText);
}

/**
 * Whether the user's text of an edit that clashes is not settled at first sight: it still has markers, or the lines of neither
 * side, as a merge editor begins. The host looks at it in full.
 */
export function unsettled({ proposal }: RequestView, { content }: CardDraft): boolean {
  if (content === null || proposal.kind !== 'edit') return false;
  // Typed before the file changed, it may clash where the agent's text does not.
  if (!isMarked(proposal.newText)) return isMarked(content);
  return markerLine(content) !== null || sameLines(content, sideOf(proposal.newText, 'before'));
}

/** An editor knows one kind of line end. */
function sameLines(one: string, other: string): boolean {
  return one.replaceAll('\r\n', '\n') === other.replaceAll('\r\n', '\n');
}

/** Whether Approve, although it is offered, has nothing that may be sent. */
export function holdsBack(request: RequestView, draft: CardDraft): boolean {
  return keepsNothing(request, draft) || unsettled(request, draft);
}

/** Whether every change is dropped: then there is nothing to approve. */
export function keepsNothing(request: RequestView, draft: CardDraft): boolean {
  return keptHunks(request, draft)?.length === 0;
}

/** A rejection; an empty reason is left out. */
export function rejection(reason: string, stop = false): Decision {
  const text = reason.trim();
  return {
    type: 'reject',
    ...(text === '' ? {} : { reason: text }),
    ...(stop ? { stop: true } : {}),
  };
}

export type ParsedArgs = { ok: true; args: JsonObject } | { ok: false; error: string };

/** Parses edited arguments; the error is fit to show beside the field. */
export function parseArgs(text: string): ParsedArgs {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return {
      ok: false,
      error: t('Not JSON: {0}', error instanceof Error ? error.message : t('unreadable')),
    };
  }
  const parsed = Array.isArray(value) ? undefined : JsonObject.safeParse(value);
  if (!parsed?.success)
    return { ok: false, error: t('The arguments must be a JSON object: { … }') };
  return { ok: true, args: parsed.data };
}

/** Arguments as JSON text to edit; characters that would not be seen are written as escapes. */
export function argsText(args: JsonObject): string {
  return displayRuns(JSON.stringify(args, null, 2), true)
    .map((run) => (run.hidden ? jsonEscape(run.text) : run.text))
    .join('');
}

function jsonEscape(name: string): string {
  const character = String.fromCodePoint(Number.parseInt(name.slice(2), 16));
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** What the tool's schema says against `args` at first sight; the host checks in full. */
export function schemaProblem(args: JsonObject, schema: JsonObject): string | undefined {
  const known = JsonObject.safeParse(schema['properties']);
  if (!known.success) return undefined;
  const required: unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const missing = required.find((name) => typeof name === 'string' && !Object.hasOwn(args, name));
  if (typeof missing === 'string') return t('“{0}” is missing', missing);
  const closed = schema['additionalProperties'] === false;
  const unknown = closed && Object.keys(args).find((name) => !Object.hasOwn(known.data, name));
  if (typeof unknown === 'string') return t('The tool has no argument “{0}”', unknown);
  const wrong = Object.entries(args).find(([name, value]) => !typeFits(value, known.data[name]));
  return wrong === undefined ? undefined : t('“{0}” has the wrong type', wrong[0]);
}

function typeFits(value: unknown, schema: unknown): boolean {
  const parsed = JsonObject.safeParse(schema);
  const type = parsed.success ? parsed.data['type'] : undefined;
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    default:
      return true;
  }
}

/** The answer to a question as the text that is sent, or null when nothing was picked or typed. */
export function answerText(question: QuestionProposal, draft: CardDraft): string | null {
  const free = draft.freeText.trim();
  const picked = question.options
    .map((option) => option.value)
    .filter((value) => draft.selected.includes(value));
  if (question.options.length === 0) return free === '' ? null : free;
  const parts = question.multiSelect || !draft.other ? [...picked] : [];
  if (draft.other && free !== '') parts.push(free);
  return parts.length === 0 || (draft.other && free === '') ? null : parts.join(', ');
}

/** Calls of the batch without a decision. */
export function undecided(action: ActionView, drafts: Drafts): RequestView[] {
  return action.requests.filter((request) => draftOf(drafts, action, request).decision === null);
}

/** All decisions of a batch, or nothing while one is missing. */
export function batchDecisions(action: ActionView, drafts: Drafts): Decisions | undefined {
  const entries: [string, Decision][] = [];
  for (const request of action.requests) {
    const { decision } = draftOf(drafts, action, request);
    if (decision === null) return undefined;
    entries.push([request.callId, decision]);
  }
  return Object.fromEntries(entries);
}

/** A decision in words, for the decided card; `changes` is how many its edit was shown with. */
export function decisionText(decision: Decision, changes?: number): string {
  switch (decision.type) {
    case 'approve':
      return decision.remember
        ? t('Approved, and remembered: {0}', rememberText(decision.remember))
        : t('Approved');
    case 'edit':
      if (decision.content !== undefined) return t('Approved with your text');
      if (decision.args !== undefined) return t('Approved with edited arguments');
      return t('Approved, {0}', keptText(decision, changes) ?? '');
    case 'reject':
      return decision.stop === true ? t('Rejected, and stop') : t('Rejected');
    case 'respond':
      return t('Answered');
    case 'mark_done':
      return t('Marked done');
    case 'run_again':
      return t('Runs again');
    case 'skip':
      return t('Skipped');
  }
}

/** What the user typed for a decision, to be shown with it. */
export function decisionDetail(decision: Decision): string {
  switch (decision.type) {
    case 'edit':
      return decision.args === undefined ? '' : argsText(decision.args);
    case 'reject':
      return decision.reason ?? '';
    case 'respond':
      return decision.text;
    case 'mark_done':
      return decision.output ?? '';
    case 'approve':
    case 'run_again':
    case 'skip':
      return '';
  }
}

// What a human wrote, before it is stored, sent or logged: one check for messages and decisions. What is refused consumes nothing.
// No notice, refusal or error ever quotes what was found.
import { AppError } from '../base/errors.ts';
import { findSecrets, withoutRanges, type FindDeps } from './findSecrets.ts';
import { moderate, type ModerateDeps, type WrittenText } from './moderate.ts';
import {
  fieldsOfDecision,
  fieldsOfMessage,
  proposedTexts,
  withWords,
  type HumanField,
} from './humanFields.ts';
import type { SecretAction } from './secretAction.ts';
import type { Refusal } from '../agent/submission.ts';
import type { ActionRequest, Decision, Decisions } from '../../protocol/calls.ts';
import type { ActionRow, Store } from '../ports/store.ts';

export interface ScreenDeps extends ModerateDeps {
  secretAction: () => SecretAction;
}

/** `notice`: what was let pass or replaced, for the human; null when nothing was found. */
interface Passed<T> {
  value: T;
  notice: string | null;
}

interface Found {
  callId: string | null;
  field: string;
  kinds: string[];
}

interface Screened extends Found {
  /** The field's text without the secrets. */
  cleared: string;
}

const SETTING = 'countersign.screening.secrets';

/** Throws AppError `screening_failed`. */
export async function screenMessage(deps: ScreenDeps, text: string): Promise<Passed<string>> {
  const action = deps.secretAction();
  const found: Screened[] = [];
  const { words } = fieldsOfMessage(text);
  for (const field of words) found.push(...(await screen(deps, field)));
  const [first] = found;
  if (first && action === 'block') {
    throw new AppError('screening_failed', refusedText(found, 'sent'));
  }
  const flagged = await moderate(deps, words.map(written(null)), 'sent');
  if (flagged) throw new AppError('screening_failed', flagged.message);
  if (!first) return { value: text, notice: null };
  const value = action === 'redact' ? first.cleared : text;
  return { value, notice: noticeText(found, action) };
}

/** The last of the guards at submit that looks at what was sent. */
export async function screenDecisions(
  deps: ScreenDeps & { store: Pick<Store, 'getText'> },
  { turnId, requests }: Pick<ActionRow, 'turnId' | 'requests'>,
  decisions: Decisions,
): Promise<{ refusal: Refusal } | Passed<Decisions>> {
  const action = deps.secretAction();
  const found: Found[] = [];
  const refused: Found[] = [];
  const texts: WrittenText[] = [];
  const value: Decisions = { ...decisions };
  for (const request of requests) {
    const { callId } = request;
    const decision = decisions[callId];
    if (!decision) continue;
    const {
      words,
      effects,
      texts: own,
    } = await screenDecision(deps, { turnId, request, decision });
    texts.push(...own);
    if (action === 'redact') {
      for (const { cleared } of words) value[callId] = withWords(decision, cleared);
    }
    found.push(...words, ...effects);
    if (action !== 'warn') refused.push(...effects);
    if (action === 'block') refused.push(...words);
  }
  if (refused.length > 0) {
    const callIds = [...new Set(refused.flatMap(({ callId }) => callId ?? []))];
    const message = refusedText(refused, 'decided');
    return { refusal: { code: 'screening_failed', message, callIds } };
  }
  const flagged = await moderate(deps, texts, 'decided');
  if (flagged) return { refusal: { code: 'screening_failed', ...flagged } };
  return { value, notice: found.length === 0 ? null : noticeText(found, action) };
}

async function screenDecision(
  deps: ScreenDeps & { store: Pick<Store, 'getText'> },
  call: { turnId: string; request: ActionRequest; decision: Decision },
): Promise<{ words: Screened[]; effects: Screened[]; texts: WrittenText[] }> {
  const fields = fieldsOfDecision(call.decision);
  const { callId } = call.request;
  const words: Screened[] = [];
  const effects: Screened[] = [];
  for (const field of fields.words) words.push(...(await screen(deps, field, callId)));
  const texts = fields.words.map(written(callId));
  if (fields.effects.length === 0) return { words, effects, texts };
  const known = await knownTexts(deps.store, call);
  for (const field of fields.effects) effects.push(...(await screen(deps, field, callId, known)));
  texts.push(...fields.effects.map(written(callId, known)));
  return { words, effects, texts };
}

function written(
  callId: string | null,
  known: readonly string[] = [],
): (field: HumanField) => WrittenText {
  return ({ name: field, text }) => ({ callId, field, text, known });
}

/** What was there before the human typed: the agent's proposal, and the file it stands on. */
async function knownTexts(
  store: Pick<Store, 'getText'>,
  { turnId, request }: { turnId: string; request: ActionRequest },
): Promise<string[]> {
  const { proposal } = request;
  const base = proposal.kind === 'edit' ? proposal.baseHash : null;
  const before = base === null ? undefined : await store.getText(turnId, base);
  return [...proposedTexts(request), before ?? ''];
}

async function screen(
  deps: FindDeps,
  { name: field, text }: HumanField,
  callId: string | null = null,
  known: readonly string[] = [],
): Promise<Screened[]> {
  const ranges = (await findSecrets(deps, text)).filter(({ start, end }) => {
    const secret = text.slice(start, end);
    return !known.some((one) => one.includes(secret));
  });
  if (ranges.length === 0) return [];
  const kinds = [...new Set(ranges.map(({ kind }) => kind))];
  return [{ callId, field, kinds, cleared: withoutRanges(text, ranges) }];
}

function refusedText(found: readonly Found[], what: 'sent' | 'decided'): string {
  const effects = found.some(({ field }) => field === 'content' || field.startsWith('args.'));
  const why = effects ? ' What runs or is written is not replaced by something else.' : '';
  return `This looks like a secret: ${listed(found)}. Nothing was ${what}.${why} Take it out, or set ${SETTING} to “warn”.`;
}

function noticeText(found: readonly Found[], action: SecretAction): string {
  const done = action === 'redact' ? 'It was replaced before it was sent' : 'It was sent as it is';
  return `What you wrote looks like a secret: ${listed(found)}. ${done} (${SETTING}).`;
}

function listed(found: readonly Found[]): string {
  return found
    .map(({ callId, field, kinds }) => {
      const where = callId === null ? `the ${field}` : `${field} of ${callId}`;
      return `${kinds.join(', ')} in ${where}`;
    })
    .join('; ');
}

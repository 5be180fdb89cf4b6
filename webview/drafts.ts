// What the user has typed or picked on cards and not submitted, as the page holds it: pure data. The host keeps it.
import { z } from 'zod';
import { Attachment } from '../src/protocol/attachments.ts';
import type { Decision } from '../src/protocol/calls.ts';
import { emptyCard, type CardDraft as CardPart, type StoredDraft } from '../src/protocol/drafts.ts';
import type { ActionView, RequestView } from '../src/protocol/messages.ts';

/** One call's unfinished decision; `content` is the right side of the diff editor, null while it is the agent's text. */
export type CardDraft = CardPart & Pick<StoredDraft, 'content'>;

export const emptyDraft: CardDraft = { ...emptyCard, content: null };

/** The message of a thread whose edit the composer holds. */
const Editing = z.object({ threadId: z.string(), turnId: z.string() });
type Editing = z.infer<typeof Editing>;

const Saved = z.object({
  version: z.literal(2),
  composer: z.string(),
  attachments: z.array(Attachment).catch([]).default([]),
  editing: Editing.optional(),
});

export interface Composed {
  composer: string;
  /** What goes with it. */
  attachments: readonly Attachment[];
  editing?: Editing | undefined;
}

export const NOTHING_TYPED: Composed = { composer: '', attachments: [], editing: undefined };

/** Whether nothing of it is another one. */
export function sameComposed(one: Composed, other: Composed): boolean {
  const { composer, attachments, editing } = one;
  return (
    composer === other.composer && attachments === other.attachments && editing === other.editing
  );
}

export interface Drafts extends Composed {
  cards: ReadonlyMap<string, CardDraft>;
}

/** A draft belongs to one call of one action as it was shown; a changed proposal starts afresh. */
export function draftKey(action: ActionView, call: Pick<RequestView, 'callId' | 'proposalHash'>) {
  return JSON.stringify([action.actionId, call.callId, call.proposalHash]);
}

/** The draft of a call, or an empty one. */
export function draftOf(drafts: Drafts, action: ActionView, request: RequestView): CardDraft {
  return drafts.cards.get(draftKey(action, request)) ?? emptyDraft;
}

/** `drafts` with one card's draft replaced. */
export function withDraft(drafts: Drafts, key: string, draft: CardDraft): Drafts {
  return { ...drafts, cards: new Map(drafts.cards).set(key, draft) };
}

/** `drafts` without those of an action that is no longer open. */
export function withoutAction(drafts: Drafts, actionId: string): Drafts {
  const prefix = `[${JSON.stringify(actionId)},`;
  const kept = [...drafts.cards].filter(([key]) => !key.startsWith(prefix));
  return kept.length === drafts.cards.size ? drafts : { ...drafts, cards: new Map(kept) };
}

/** What the host is to keep of a draft: null when nothing is typed or picked. The right side it has already. */
export function cardPart({ content: _, ...card }: CardDraft): CardPart | null {
  const { content: __, ...empty } = emptyDraft;
  return sameValues(card, empty) ? null : card;
}

/** Whether two drafts say the same, in whatever order their parts came to be. */
export function sameValues(one: object, other: object): boolean {
  const sorted = (draft: object): string =>
    JSON.stringify(Object.entries(draft).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(one) === sorted(other);
}

/** A draft as the host has it. A decision about another text than the one that stands there now is none. */
export function fromStored({ card, content }: Pick<StoredDraft, 'card' | 'content'>): CardDraft {
  const draft = { ...emptyDraft, ...card, content };
  return fits(draft) ? draft : { ...draft, decision: null };
}

function fits({ decision, content, dropped = [] }: CardDraft): boolean {
  if (decision?.type === 'approve') return content === null && dropped.length === 0;
  if (decision?.type !== 'edit' || decision.args !== undefined) return true;
  const { hunks } = decision;
  if (hunks === undefined) return decision.content === content;
  return content === null && dropped.length > 0 && !hunks.some((index) => dropped.includes(index));
}

/** What the user typed in `draft` and `decision` does not carry, in their own words; none when it was used. */
export function unusedTexts(draft: CardDraft, decision: Decision | undefined): string[] {
  const { reason, respond, args, content, selected, freeText } = draft;
  const typed = [reason, respond, args ?? '', content ?? '', ...selected, freeText];
  const used = sameJson(usedText(decision).trim());
  return typed
    .map((text) => text.trim())
    .filter((text) => text !== '' && !isPart(sameJson(text), used, decision));
}

/** An answer may be put together from several picks and a text. */
function isPart(text: string, used: string, decision: Decision | undefined): boolean {
  return decision?.type === 'respond' ? used.includes(text) : used === text;
}

function usedText(decision: Decision | undefined): string {
  switch (decision?.type) {
    case 'reject':
      return decision.reason ?? '';
    case 'respond':
      return decision.text;
    case 'edit':
      return decision.content ?? JSON.stringify(decision.args ?? {});
    case 'mark_done':
      return decision.output ?? '';
    case 'approve':
    case 'run_again':
    case 'skip':
    case undefined:
      return '';
  }
}

/** Arguments are compared as what they say, not as they are laid out. */
function sameJson(text: string): string {
  if (!text.startsWith('{')) return text;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/** What goes into the view's own state: nothing that belongs to a card. */
export function saveDrafts({ composer, attachments, editing }: Drafts): z.input<typeof Saved> {
  const along = attachments.length > 0 && { attachments: [...attachments] };
  return { version: 2, composer, ...along, ...(editing && { editing }) };
}

/** Reads saved state; anything unreadable counts as none. */
export function loadDrafts(saved: unknown): Drafts {
  const parsed = Saved.safeParse(saved);
  if (!parsed.success) return { composer: '', attachments: [], cards: new Map() };
  const { composer, attachments, editing } = parsed.data;
  return { composer, attachments, cards: new Map(), ...(editing && { editing }) };
}

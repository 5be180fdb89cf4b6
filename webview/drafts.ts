// What the user has typed or picked but not submitted, kept over a reload of the view. Never what the host said.
import { z } from 'zod';
import { Decision } from '../src/protocol/calls.ts';
import type { ActionView, RequestView } from '../src/protocol/messages.ts';

/** One call's unfinished decision. `content` is the right side of the diff editor; `args` the edited JSON. */
export const CardDraft = z.object({
  form: z.enum(['none', 'reject', 'respond', 'args', 'diff']),
  reason: z.string(),
  respond: z.string(),
  args: z.string().nullable(),
  content: z.string().nullable(),
  selected: z.array(z.string()),
  other: z.boolean(),
  freeText: z.string(),
  decision: Decision.nullable(),
});
export type CardDraft = z.infer<typeof CardDraft>;

export const emptyDraft: CardDraft = {
  form: 'none',
  reason: '',
  respond: '',
  args: null,
  content: null,
  selected: [],
  other: false,
  freeText: '',
  decision: null,
};

const Saved = z.object({
  version: z.literal(1),
  composer: z.string(),
  cards: z.array(z.tuple([z.string(), CardDraft])),
});

const MAX_CARDS = 200;
const MAX_SAVED = 4_000_000;

export interface Drafts {
  composer: string;
  cards: ReadonlyMap<string, CardDraft>;
}

/** A draft belongs to one call of one action as it was shown; a changed proposal starts afresh. */
export function draftKey(action: ActionView, request: RequestView): string {
  return JSON.stringify([action.actionId, request.callId, request.proposalHash]);
}

/** The draft of a call, or an empty one. */
export function draftOf(drafts: Drafts, action: ActionView, request: RequestView): CardDraft {
  return drafts.cards.get(draftKey(action, request)) ?? emptyDraft;
}

/** `drafts` with one card's draft replaced; the oldest go when there are too many. */
export function withDraft(drafts: Drafts, key: string, draft: CardDraft): Drafts {
  const cards = new Map(drafts.cards);
  cards.delete(key);
  cards.set(key, draft);
  for (const oldest of cards.keys()) {
    if (cards.size <= MAX_CARDS) break;
    cards.delete(oldest);
  }
  return { ...drafts, cards };
}

/** `drafts` without those of an action that is no longer open. */
export function withoutAction(drafts: Drafts, actionId: string): Drafts {
  const prefix = `[${JSON.stringify(actionId)},`;
  const kept = [...drafts.cards].filter(([key]) => !key.startsWith(prefix));
  return kept.length === drafts.cards.size ? drafts : { ...drafts, cards: new Map(kept) };
}

/** What goes into the view's state. Texts too large to keep there are left out, never cut. */
export function saveDrafts(drafts: Drafts): z.infer<typeof Saved> {
  const cards: [string, CardDraft][] = [];
  let size = drafts.composer.length;
  for (const [key, draft] of [...drafts.cards].reverse()) {
    size += JSON.stringify(draft).length;
    if (size > MAX_SAVED) break;
    cards.unshift([key, draft]);
  }
  return { version: 1, composer: drafts.composer, cards };
}

/** Reads saved state; anything unreadable counts as none. */
export function loadDrafts(saved: unknown): Drafts {
  const parsed = Saved.safeParse(saved);
  if (!parsed.success) return { composer: '', cards: new Map() };
  return { composer: parsed.data.composer, cards: new Map(parsed.data.cards) };
}

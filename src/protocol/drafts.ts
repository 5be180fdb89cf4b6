// What a human has typed or picked on a card and not submitted. Kept by the host; it never decides anything.
import { z } from 'zod';
import { isBounded } from './bounded.ts';
import { Decision, MAX_KEPT, MAX_TEXT } from './calls.ts';
import { Remember } from './consent.ts';

const MAX_SELECTED = 1000;
const text = z.string().max(MAX_TEXT);

const fields = {
  /** The form that is open on the card. */
  form: z.enum(['none', 'reject', 'respond', 'args', 'diff', 'remember']),
  reason: text,
  respond: text,
  /** Edited arguments as JSON text; null while they are the agent's. */
  args: text.nullable(),
  selected: z.array(text).max(MAX_SELECTED),
  other: z.boolean(),
  freeText: text,
  /** How long an approval would be remembered, once something was picked. */
  remember: Remember.optional(),
  /** Positions of the hunks of an edit that are not to be written. */
  dropped: z.array(z.int().min(0)).max(MAX_KEPT).optional(),
  /** Picked for a call of a batch, and not submitted. */
  decision: Decision.nullable(),
};

/** One call's unfinished decision as the card has it, as stored. */
export const CardDraft = z.object(fields);
export type CardDraft = z.infer<typeof CardDraft>;

/** The same from a view: nothing else in it, and bounded as a whole (a text may stand in a field and in the decision). */
export const SentDraft = z
  .strictObject(fields)
  .refine((draft) => isBounded(draft, 2 * MAX_TEXT), 'too long or nested too deeply');

/** A call's draft as views get it. `content` is the right side of the diff editor; null while it is the agent's text. */
export const StoredDraft = z.object({
  callId: z.string(),
  proposalHash: z.string(),
  card: CardDraft.nullable(),
  content: z.string().nullable(),
});
export type StoredDraft = z.infer<typeof StoredDraft>;

/** A card on which nothing was typed or picked. */
export const emptyCard: CardDraft = {
  ...{ form: 'none', reason: '', respond: '', args: null },
  ...{ selected: [], other: false, freeText: '', decision: null },
};

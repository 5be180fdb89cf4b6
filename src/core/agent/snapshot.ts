// The snapshot: everything that determines a turn, fixed at its start. A resume reads this and nothing else.
import { z } from 'zod';
import { Mode } from '../../protocol/calls.ts';
import { UndoPlan } from '../undo/plan.ts';
import { canonicalJson } from '../base/json.ts';
import type { Texts } from '../ports/system.ts';

/** One thing that a turn was made of and that may be another one later: a new kind of it needs a word here and no more. */
export const Ingredient = z.object({
  kind: z.enum(['model', 'prompt', 'tool', 'agent', 'attachment', 'server']),
  /** Unique inside its kind. */
  name: z.string(),
  /** Two ingredients of one name are the same when their hashes are. */
  hash: z.string(),
  /** For people, where it is short: the address of a model's server. */
  detail: z.string().optional(),
});
export type Ingredient = z.infer<typeof Ingredient>;

export const TurnSnapshot = z.object({
  version: z.literal(1),
  model: z.object({
    provider: z.string(),
    id: z.string(),
    /** Where what is said goes, without credentials, when settings say it; they are not asked again. */
    endpoint: z.string().optional(),
    /** The name under which the secret storage holds the key; never the key. */
    secret: z.string().optional(),
  }),
  /** The rendered system prompt; never rendered again. */
  system: z.string(),
  /** Hash of the kept text with the tools as the model is told of them; see keptSpecs.ts. */
  toolSpecs: z.string(),
  ingredients: z.array(Ingredient),
  /** Of the rules in force, for the record: policy is asked anew for every call. */
  policyHash: z.string(),
  mode: Mode,
  roots: z.array(z.string()),
  startedAt: z.number(),
  timeZone: z.string(),
  /** What went with the message: kept as it was read, so that it never drifts. */
  attachments: z.array(z.object({ name: z.string(), hash: z.string() })).optional(),
  /** Set when the turn undoes another one: then no model is asked, and its calls are these. */
  undo: UndoPlan.optional(),
});
export type TurnSnapshot = z.infer<typeof TurnSnapshot>;

/** sha-256 of the canonical JSON of `value`. */
export function hashOf(value: unknown, texts: Texts): string {
  return texts.sha256(canonicalJson(value));
}

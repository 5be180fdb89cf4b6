// The snapshot: everything that determines a turn, fixed at its start. A resume reads this and nothing else.
import { z } from 'zod';
import { Mode } from '../../protocol/calls.ts';
import { canonicalJson } from '../base/json.ts';
import type { ToolSpec } from '../ports/model.ts';
import type { Texts } from '../ports/system.ts';

export const TurnSnapshot = z.object({
  version: z.literal(1),
  model: z.object({ provider: z.string(), id: z.string() }),
  /** The rendered system prompt; never rendered again. */
  system: z.string(),
  tools: z.array(z.object({ name: z.string(), schemaHash: z.string() })),
  mode: Mode,
  roots: z.array(z.string()),
  startedAt: z.number(),
  timeZone: z.string(),
});
export type TurnSnapshot = z.infer<typeof TurnSnapshot>;

/** sha-256 of the canonical JSON of `value`. */
export function hashOf(value: unknown, texts: Texts): string {
  return texts.sha256(canonicalJson(value));
}

/** Name and schema hash of each tool, as the snapshot keeps them. */
export function toolFingerprints(specs: readonly ToolSpec[], texts: Texts): TurnSnapshot['tools'] {
  return specs.map((spec) => ({ name: spec.name, schemaHash: hashOf(spec.schema, texts) }));
}

// The model of the chat as it is shown: its name, what it takes, and how full it is. Part of the wire, see messages.ts.
import { z } from 'zod';

export const ModelChoice = z.object({
  id: z.string(),
  label: z.string(),
  /** Whether a message to it may hold images. */
  images: z.boolean().optional(),
});

/** How full the model's context was after its last call, in tokens. */
export const ContextView = z.object({
  used: z.number(),
  /** Nobody said: counted from the characters. */
  estimated: z.boolean(),
  /** Null when it is not known how much the model takes. */
  window: z.number().nullable(),
  /** Of the last turn. */
  turn: z.object({ input: z.number(), output: z.number() }),
});
export type ContextView = z.infer<typeof ContextView>;

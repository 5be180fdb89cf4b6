// What is kept of hooks with a call in the journal: for the card, and for the model.
import { z } from 'zod';

export const HookTrace = z.object({
  /** For the human who decides: what was rewritten, and by which hook. */
  note: z.string().optional(),
  /** For the model, with the call's result. */
  told: z.string().optional(),
});
export type HookTrace = z.infer<typeof HookTrace>;

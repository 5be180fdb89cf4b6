// What the window asks of the page of the chat for a command of its user. Part of the wire, see messages.ts.
import { z } from 'zod';
import { Attachment } from './attachments.ts';

/** One card, by its action and call. */
export const CardRef = z.strictObject({
  actionId: z.string().max(200),
  callId: z.string().max(500),
});
export type CardRef = z.infer<typeof CardRef>;

/** What the window asks of the page of the chat, for a command of its user. None of them decides anything. */
export const PageWish = z.discriminatedUnion('type', [
  /** To bring a card into view and give it the focus. */
  z.object({ type: z.literal('focusCard'), card: CardRef }),
  /** To do what the button of the focused card would; what is submitted then, the window asks about natively. */
  z.object({ type: z.literal('press'), button: z.enum(['approve', 'reject']) }),
  /** To put these into the message that is being written, and to go on writing it. */
  z.object({ type: z.literal('attach'), attachments: z.array(Attachment) }),
  /** To sound, once. */
  z.object({ type: z.literal('sound') }),
  /** To look for something in the thread: the field for it gets the focus. */
  z.object({ type: z.literal('find') }),
]);
export type PageWish = z.infer<typeof PageWish>;

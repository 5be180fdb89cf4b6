// What the page asks for while a message is written, or waits. Part of the wire, see messages.ts.
import { z } from 'zod';
import { MAX_ATTACHMENTS, PastedImage } from './attachments.ts';

const request = { requestId: z.number().int().nonnegative() };

export const ComposingRequest = z.discriminatedUnion('type', [
  /** Names of files for what is typed after an @; answered with `files`. */
  z.strictObject({ type: z.literal('findFiles'), ...request, query: z.string().max(300) }),
  /** Lets the user pick files natively; they come as a wish. */
  z.strictObject({ type: z.literal('pickFiles'), ...request }),
  /** Files that were dropped, as addresses; they come as a wish. */
  z.strictObject({
    type: z.literal('dropFiles'),
    ...request,
    uris: z.array(z.string().max(4096)).max(MAX_ATTACHMENTS),
  }),
  /** An image that was pasted or dropped; it comes back as a wish. */
  z.strictObject({ type: z.literal('keepImage'), ...request, image: PastedImage }),
  /** Takes back a queued message. */
  z.strictObject({ type: z.literal('removeQueued'), ...request, turnId: z.string().max(200) }),
]);

// What goes with a message besides its words: how the page names it, and how a sent one is shown. Contents are never on this wire,
// but for an image that was pasted or dropped, which only the page has.
import { z } from 'zod';

/** So many with one message, so many characters of one file and of all, so many bytes of one image. */
export const MAX_ATTACHMENTS = 20;
export const MAX_ATTACHED_CHARS = 200_000;
export const MAX_ATTACHED_CHARS_IN_ALL = 600_000;
export const MAX_IMAGE_BYTES = 3_750_000;

export const ImageMedia = z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
export type ImageMedia = z.infer<typeof ImageMedia>;

/** Counted from 1, both ends inclusive. */
export const LineRange = z.strictObject({ first: z.int().min(1), last: z.int().min(1) });
export type LineRange = z.infer<typeof LineRange>;

const hash = z.string().max(100);
const name = z.string().min(1).max(4096);

/** What a human wants to send along. A file is read when the message is sent. */
export const Attachment = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), path: name, lines: LineRange.optional() }),
  /** Pasted or dropped; the host has it by its hash. */
  z.strictObject({ kind: z.literal('image'), hash, name }),
  /** As it went with an earlier message of the thread, whatever became of the file. */
  z.strictObject({
    kind: z.literal('sent'),
    turnId: z.string().max(200),
    hash,
    name,
    of: z.enum(['text', 'image']),
    lines: LineRange.optional(),
  }),
]);
export type Attachment = z.infer<typeof Attachment>;

/** One attachment of a message that was sent. */
export const AttachedView = z.object({
  name: z.string(),
  of: z.enum(['text', 'image']),
  lines: LineRange.optional(),
  hash: z.string(),
});
export type AttachedView = z.infer<typeof AttachedView>;

/** An image as the page hands it over. */
export const PastedImage = z.strictObject({
  name: z.string().min(1).max(200),
  /** Base64. */
  data: z
    .base64()
    .min(1)
    .max(Math.ceil(MAX_IMAGE_BYTES / 3) * 4),
});

/** Whether two name the same thing. */
export function sameAttachment(one: Attachment, other: Attachment): boolean {
  return attachmentKey(one) === attachmentKey(other);
}

/** One text for one thing, whatever it is called besides. */
export function attachmentKey(attachment: Attachment): string {
  if (attachment.kind !== 'file') return attachment.hash;
  const { path, lines } = attachment;
  return JSON.stringify(['file', path, lines?.first ?? 0, lines?.last ?? 0]);
}

// An image that was pasted or dropped, kept before its message is sent: only the page had it.
import { bytesOf, imageBody, imageMedia } from './images.ts';
import { AppError } from '../base/errors.ts';
import { MAX_IMAGE_BYTES } from '../../protocol/attachments.ts';
import type { AttachmentStore } from '../ports/blobStore.ts';

/** Returns its hash. Throws AppError `not_an_image` or `attachment_too_large`. */
export async function keepImage(
  store: AttachmentStore,
  threadId: string | null,
  base64: string,
): Promise<string> {
  const media = imageMedia(base64);
  if (!media) {
    throw new AppError(
      'not_an_image',
      'This is no image that models take: PNG, JPEG, GIF or WebP. Save it as one of them and attach that.',
    );
  }
  const size = bytesOf(base64);
  if (size > MAX_IMAGE_BYTES) {
    const text = `The image has ${size} bytes, more than the ${MAX_IMAGE_BYTES} that can be attached. Make it smaller.`;
    throw new AppError('attachment_too_large', text);
  }
  return store.putAttachment(threadId ?? '', imageBody(media, base64));
}

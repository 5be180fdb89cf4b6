// Images as they lie in the store: a `data:` address. What an image is, its first bytes say, never its name. Pure.
import { ImageMedia } from '../../protocol/attachments.ts';

/** The first bytes of each kind, in base64. */
const STARTS: readonly (readonly [RegExp, ImageMedia])[] = [
  [/^iVBORw0KGg[o-r]/, 'image/png'],
  [/^\/9j\//, 'image/jpeg'],
  [/^R0lGODdh|^R0lGODlh/, 'image/gif'],
  // RIFF, four bytes of length, WEBP.
  [/^UklGR.{6}XRUJQ/, 'image/webp'],
];

/** Undefined when it is no image that models take. */
export function imageMedia(base64: string): ImageMedia | undefined {
  return STARTS.find(([start]) => start.test(base64))?.[1];
}

/** What is stored of an image. */
export function imageBody(media: ImageMedia, base64: string): string {
  return `data:${media};base64,${base64}`;
}

export function parseImageBody(body: string): { media: ImageMedia; data: string } | undefined {
  const [head = '', data] = body.split(';base64,', 2);
  const media = ImageMedia.safeParse(head.replace(/^data:/, ''));
  return media.success && data !== undefined ? { media: media.data, data } : undefined;
}

/** How many bytes a base64 text stands for. */
export function bytesOf(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

// What a page posts is wrapped together with the key that its host gave it: a script that did not get the key says nothing.
import { z } from 'zod';

const Envelope = z.strictObject({ page: z.string().max(100), message: z.unknown() });
type Envelope = z.infer<typeof Envelope>;

export function wrap(page: string, message: unknown): Envelope {
  return { page, message };
}

/** The message of a page with this key, still to be parsed; undefined when it is not from it. */
export function unwrap(page: string, raw: unknown): { message: unknown } | undefined {
  const parsed = Envelope.safeParse(raw);
  if (page === '' || !parsed.success || parsed.data.page !== page) return undefined;
  return { message: parsed.data.message };
}

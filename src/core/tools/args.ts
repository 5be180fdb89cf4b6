// Building blocks of tool schemas: text that survives JSON, UTF-8 and the operating system unchanged.
import { z } from 'zod';

const LONE_SURROGATE = /\p{Cs}/u;

/** Text that can be written as UTF-8: no half of a surrogate pair. */
export function text(): z.ZodString {
  return z.string().refine((value) => !LONE_SURROGATE.test(value), {
    message: 'holds half of a surrogate pair, which no file can store',
  });
}

/** Non-empty text that may go to the operating system: no NUL either. */
export function osText(maxLength: number): z.ZodString {
  return text()
    .min(1)
    .max(maxLength)
    .refine((value) => !value.includes('\0'), { message: 'must not hold a NUL character' });
}

/** A path as the model writes it. */
export function pathArg(): z.ZodString {
  return osText(4096);
}

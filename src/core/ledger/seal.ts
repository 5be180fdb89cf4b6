// The last step before an entry is written: no secrets, no long texts, nothing that SQLite or JSON would change.
import { redact } from './redact.ts';
import type { Texts } from '../ports/system.ts';

type Hashes = Pick<Texts, 'sha256'>;

/** A text that was too long to keep: the hash and the length (UTF-16 units) of what redaction left, and its beginning. */
interface CutText {
  sha256: string;
  length: number;
  head: string;
}

/** Longest text that is kept whole, in UTF-16 units. */
export const MAX_TEXT = 4096;
/** The same for members called `patch`: what a human changed is kept exactly. */
export const MAX_PATCH = 65_536;
const HEAD = 512;

/** A copy of a body with every string redacted, well-formed and bounded, at every depth. */
export function sealBody(body: object, texts: Hashes): unknown {
  return seal(body, MAX_TEXT, texts);
}

/** For ids, which must stay strings. */
export function sealId(id: string): string {
  return redact(id).toWellFormed();
}

function seal(value: unknown, limit: number, texts: Hashes): unknown {
  if (typeof value === 'string') return bounded(redact(value).toWellFormed(), limit, texts);
  if (Array.isArray(value)) return value.map((item) => seal(item, limit, texts));
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([key, member]): [string, unknown] => [
    redact(key).toWellFormed(),
    seal(member, key === 'patch' ? MAX_PATCH : MAX_TEXT, texts),
  ]);
  return Object.fromEntries(members);
}

function bounded(text: string, limit: number, texts: Hashes): string | CutText {
  if (text.length <= limit) return text;
  const head = text.slice(0, HEAD).toWellFormed();
  return { sha256: texts.sha256(text), length: text.length, head };
}

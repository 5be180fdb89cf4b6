// Where secrets stand in a text: our own table (ledger/redact.ts) and the scanner, together. In pieces, so that a long text never
// holds the event loop. Total: without the scanner the table still counts.
import { secretsByPattern } from '../ledger/redact.ts';
import type { SecretRange, SecretScanner } from '../ports/secretScanner.ts';
import type { Logger } from '../ports/system.ts';

export interface FindDeps {
  secretScanner: SecretScanner;
  logger: Logger;
}

/** A piece takes some milliseconds. The overlap is longer than any one secret: a 16384-bit RSA key has 12.7 KB. */
const PIECE = 128 * 1024;
const OVERLAP = 16 * 1024;
/** An address whose password was taken out before. */
const REDACTED_ADDRESS = /^[^\s:]+:\/\/[^\s:]*:\[redacted:[\w-]+\]@\S*$/;
/** What an assignment such as MAX_KEY=5 has, and no secret. */
const PLAIN_VALUE = /^["']?(?:\d{1,5}|true|false|yes|no|on|off|null|none|undefined)["']?$/i;

/** In order, without overlaps. */
export async function findSecrets(deps: FindDeps, text: string): Promise<SecretRange[]> {
  const found: SecretRange[] = [];
  for (let from = 0; from < text.length || from === 0; from += PIECE) {
    const until = from + PIECE + OVERLAP;
    const piece = text.slice(from, until);
    for (const { start, end, kind } of await inPiece(deps, piece)) {
      // What begins in the overlap is seen whole in the next piece.
      if (start < PIECE || until >= text.length) {
        found.push({ start: from + start, end: from + end, kind });
      }
    }
    if (until >= text.length) break;
  }
  return merged(found);
}

/** `text` with `[redacted:KIND]` in place of every range; they are in order and do not overlap. */
export function withoutRanges(text: string, ranges: readonly SecretRange[]): string {
  let at = 0;
  let result = '';
  for (const { start, end, kind } of ranges) {
    result += `${text.slice(at, start)}[redacted:${kind}]`;
    at = end;
  }
  return result + text.slice(at);
}

async function inPiece({ secretScanner, logger }: FindDeps, piece: string): Promise<SecretRange[]> {
  if (piece === '') return [];
  const own = secretsByPattern(piece).filter(
    ({ kind, start, end }) => kind !== 'environment' || !PLAIN_VALUE.test(piece.slice(start, end)),
  );
  try {
    const scanned = await secretScanner.scan(piece);
    const more = scanned.filter(
      (range) =>
        !REDACTED_ADDRESS.test(piece.slice(range.start, range.end)) &&
        !own.some((one) => knownCloser(one, range)),
    );
    return [...own, ...more];
  } catch (error) {
    // Its messages may quote what was scanned.
    const name = error instanceof Error ? error.name : 'unknown';
    logger.error(`The secret scanner failed (${name}); only the built-in patterns count`);
    return own;
  }
}

/** Of an address with a password only the password goes. */
function knownCloser(own: SecretRange, range: SecretRange): boolean {
  return own.kind === 'url-password' && range.start <= own.start && own.end <= range.end;
}

function merged(ranges: readonly SecretRange[]): SecretRange[] {
  const result: SecretRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (!last || range.start >= last.end) result.push({ ...range });
    else last.end = Math.max(last.end, range.end);
  }
  return result;
}

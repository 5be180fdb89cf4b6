// The hash chain of the ledger: how a row is hashed, and how a changed, missing or moved one is found. Pure.
import { z } from 'zod';
import { canonicalJson, parseJson } from '../base/json.ts';
import type { Texts } from '../ports/system.ts';

type Hashes = Pick<Texts, 'sha256'>;

/** What the first row follows. */
export const GENESIS = '0'.repeat(64);

/** A row as it is stored; `body` is canonical JSON text. */
export const LedgerRow = z.object({
  /** From 1, without gaps. */
  seq: z.int(),
  /** Milliseconds since the epoch, by the clock of the process that wrote it. */
  at: z.int(),
  turnId: z.string().nullable(),
  callId: z.string().nullable(),
  kind: z.string(),
  body: z.string(),
  prevHash: z.string(),
  hash: z.string(),
});
export type LedgerRow = z.infer<typeof LedgerRow>;

/** A row as it is exported: as its hash was taken, the body an object again. */
export function exportedRow(row: LedgerRow): object {
  const body = parseJson(row.body);
  return { ...row, body: body.ok ? body.value : row.body };
}

/** The last row, noted a second time; `seq` 0 and GENESIS while there is none. */
export const LedgerHead = z.object({ seq: z.int(), hash: z.string() });
export type LedgerHead = z.infer<typeof LedgerHead>;

/** sha-256 hex over the previous hash and the canonical JSON of the row, its body as an object. */
function rowHash(row: Omit<LedgerRow, 'hash'>, body: unknown, texts: Hashes): string {
  const { seq, at, turnId, callId, kind, prevHash } = row;
  return texts.sha256(prevHash + canonicalJson({ seq, at, turnId, callId, kind, body }));
}

/** The row that follows `head`. `body` must be plain JSON data. */
export function chainedRow(
  head: LedgerHead,
  entry: Pick<LedgerRow, 'at' | 'turnId' | 'callId' | 'kind'> & { body: unknown },
  texts: Hashes,
): LedgerRow {
  const { body, ...rest } = entry;
  const row = { ...rest, seq: head.seq + 1, body: canonicalJson(body), prevHash: head.hash };
  return { ...row, hash: rowHash(row, body, texts) };
}

type BreakKind = 'changed' | 'missing' | 'moved' | 'unexpected';

/** The first place where the ledger is not what was written. */
export interface ChainBreak {
  seq: number;
  what: BreakKind;
  message: string;
}

interface ChainVerifier {
  /** The next row in order of `seq`, raw. The first break, now or earlier, else undefined. */
  push(raw: unknown): ChainBreak | undefined;
  /** After the last row. `head` is undefined when the note of the last row is gone. */
  finish(head: LedgerHead | undefined): ChainBreak | undefined;
  /** The last whole row. */
  readonly last: LedgerHead;
}

export function createChainVerifier(texts: Hashes): ChainVerifier {
  let last: LedgerHead = { seq: 0, hash: GENESIS };
  let broken: ChainBreak | undefined;
  return {
    push: (raw) => {
      if (broken) return broken;
      const row = LedgerRow.safeParse(raw);
      broken = row.success ? rowBreak(row.data, last, texts) : unreadable(raw, last.seq + 1);
      if (!broken && row.success) last = { seq: row.data.seq, hash: row.data.hash };
      return broken;
    },
    finish: (head) => (broken ??= headBreak(head, last)),
    get last() {
      return last;
    },
  };
}

function rowBreak(row: LedgerRow, last: LedgerHead, texts: Hashes): ChainBreak | undefined {
  const due = last.seq + 1;
  const { seq } = row;
  if (seq < due) return found(seq, 'unexpected', `row ${seq} was put in; rows begin at 1`);
  if (seq > due) return found(due, 'missing', `${rows(due, seq - 1)} missing`);
  if (!fitsItsHash(row, texts))
    return found(seq, 'changed', `row ${seq} does not fit its hash: it was changed`);
  if (row.prevHash === last.hash) return undefined;
  const text = `row ${seq} does not follow the row before it: one of them was exchanged`;
  return found(seq, 'moved', text);
}

function fitsItsHash(row: LedgerRow, texts: Hashes): boolean {
  try {
    const parsed = parseJson(row.body);
    if (!parsed.ok || canonicalJson(parsed.value) !== row.body) return false;
    return rowHash(row, parsed.value, texts) === row.hash;
  } catch {
    // Nested too deep to be ours.
    return false;
  }
}

function headBreak(head: LedgerHead | undefined, last: LedgerHead): ChainBreak | undefined {
  const due = last.seq + 1;
  if (!head) return found(due, 'missing', 'the note of the last row is missing');
  if (head.seq > last.seq) {
    return found(due, 'missing', `${rows(due, head.seq)} missing at the end`);
  }
  if (head.seq < last.seq) {
    const text = `row ${head.seq + 1} was put in after the last row that is noted`;
    return found(head.seq + 1, 'unexpected', text);
  }
  if (head.hash === last.hash) return undefined;
  return found(head.seq, 'changed', `row ${head.seq} is not the last row that is noted`);
}

function unreadable(raw: unknown, due: number): ChainBreak {
  const seq = z.object({ seq: z.int() }).safeParse(raw);
  const at = seq.success ? seq.data.seq : due;
  return found(at, 'changed', `row ${at} holds values of other types: it was changed`);
}

function rows(from: number, to: number): string {
  return from === to ? `row ${from} is` : `rows ${from} to ${to} are`;
}

function found(seq: number, what: BreakKind, message: string): ChainBreak {
  return { seq, what, message };
}

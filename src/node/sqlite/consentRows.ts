// How sealed rows of consent are written and read: what exactly a seal says, and columns as data.
import { z } from 'zod';
import { canonicalJson } from '../../core/base/json.ts';
import type { Acknowledgement, GrantRow } from '../../core/ports/consentStore.ts';
import { GrantScope } from '../../protocol/consent.ts';

const seal = z.string();

const Grant: z.ZodType<GrantRow> = z.object({
  id: z.string(),
  scope: GrantScope,
  rule: z.string(),
  threadId: z.string(),
  turnId: z.string(),
  callId: z.string(),
  folder: z.string().nullable(),
  by: z.string(),
  createdAt: z.int(),
  expiresAt: z.int().nullable(),
  uses: z.int().min(1).nullable(),
  used: z.int().min(0),
  lastUsedAt: z.int().nullable(),
});

const Said: z.ZodType<Acknowledgement> = z.object({
  kind: z.enum(['allowList', 'hook']),
  subject: z.string(),
  hash: z.string(),
  text: z.string(),
  accepted: z.union([z.literal(0), z.literal(1)]).transform((flag) => flag === 1),
  by: z.string(),
  at: z.int(),
});

/** A row and the seal beside it. */
export interface Sealed<T> {
  row: T;
  seal: string;
}

const sealed = <T>(row: z.ZodType<T>): z.ZodType<Sealed<T>> =>
  z
    .looseObject({ seal })
    .transform((raw): { row: unknown; seal: string } => ({ row: raw, seal: raw.seal }))
    .pipe(z.object({ row, seal }));

export const SealedGrant = sealed(Grant);
export const SealedSaid = sealed(Said);

export const selectGrant = `SELECT id, scope, rule, thread_id AS threadId, turn_id AS turnId, call_id AS callId,
  folder, said_by AS "by", created_at AS createdAt, expires_at AS expiresAt, uses, used, last_used_at AS lastUsedAt, seal
  FROM consent_grant`;
export const selectSaid = `SELECT kind, subject, hash, text, accepted, said_by AS "by", at, seal FROM acknowledgement`;

/** What is sealed: all of the row, the table and the file, so that no row counts in another place. */
export interface SealedTexts {
  grant: (row: GrantRow) => string;
  use: (use: { grantId: string; turnId: string; callId: string }) => string;
  said: (row: Acknowledgement) => string;
}

export function sealedTexts(file: string): SealedTexts {
  const text = (table: string, row: object): string => canonicalJson({ v: 1, file, table, row });
  return {
    grant: (row) => text('consent_grant', row),
    use: (use) => text('consent_use', use),
    said: (row) => text('acknowledgement', row),
  };
}

// The entries of what the user said beforehand: grants given and taken back, what was acknowledged, and what was forgotten.
import type { LedgerEntry, Place } from './entrySchema.ts';
import type { Acknowledgement, ConsentReset, Grant, GrantEnd } from '../ports/consentStore.ts';

export function grantAdded(grant: Grant, place: Place): LedgerEntry {
  const { id: grantId, turnId, callId, scope, rule, folder, by, expiresAt, uses } = grant;
  const { createdAt: at } = grant;
  const body = { grantId, scope, rule, folder, by, expiresAt, uses, place };
  return { at, turnId, callId, kind: 'grant.added', body };
}

export function grantRevoked(grantId: string, at: number, place: Place): LedgerEntry {
  return { at, turnId: null, callId: null, kind: 'grant.revoked', body: { grantId, place } };
}

export function grantEndChanged(grantId: string, end: GrantEnd, place: Place): LedgerEntry {
  const { expiresAt, at } = end;
  return { at, turnId: null, callId: null, kind: 'grant.end', body: { grantId, expiresAt, place } };
}

/** The text itself stands in the workspace; its hash says which one it was. */
export function subjectAcknowledged(said: Acknowledgement, place: Place): LedgerEntry {
  const { kind, subject, hash, accepted, by, at } = said;
  const body = { kind, subject, hash, accepted, by, place };
  return { at, turnId: null, callId: null, kind: 'acknowledged', body };
}

export function consentForgotten(gone: ConsentReset, at: number, place: Place): LedgerEntry {
  return { at, turnId: null, callId: null, kind: 'consent.reset', body: { ...gone, place } };
}

// The part of the store that keeps what the user said beforehand: grants, and lists and hooks that were looked at.
// Rows carry a seal (HMAC-SHA256 with a key that is not in the file); one whose seal does not fit is as if it were not there.
import type { GrantScope } from '../../protocol/consent.ts';

/** A remembered permission. `rule` is a rule text; `threadId` and `turnId` are those of the call it was learned from. */
export interface Grant {
  id: string;
  scope: GrantScope;
  rule: string;
  threadId: string;
  turnId: string;
  callId: string;
  /** The window or command line. */
  by: string;
  createdAt: number;
  /** Milliseconds since the epoch; null when it does not end by itself. */
  expiresAt: number | null;
  /** How many calls it covers; null for any number. */
  uses: number | null;
}

export interface GrantRow extends Grant {
  used: number;
  lastUsedAt: number | null;
}

/** What the user saw and said of something that a workspace brings along. */
export interface Acknowledgement {
  kind: 'allowList' | 'hook';
  /** Which one: the setting's key, or the file and place of a hook. */
  subject: string;
  /** SHA-256 of exactly what was shown. */
  hash: string;
  /** What was shown, so that a later difference can be. */
  text: string;
  /** False: the user looked at it and refused it. */
  accepted: boolean;
  by: string;
  at: number;
}

export interface ConsentStore {
  /** All of this state file, the newest first; the ended and used-up ones too. */
  listGrants(): Promise<GrantRow[]>;
  addGrant(grant: Grant): Promise<void>;
  /** False when it was gone already. */
  revokeGrant(id: string): Promise<boolean>;
  /** Counts a call against the grant, once however often it is said; false when the grant is gone, ended or used up. */
  useGrant(id: string, call: { turnId: string; callId: string; at: number }): Promise<boolean>;
  acknowledgements(): Promise<Acknowledgement[]>;
  /** In the place of what was said of this subject before. */
  acknowledge(said: Acknowledgement): Promise<void>;
  /** Forgets everything; how much there was. */
  resetConsent(): Promise<{ grants: number; acknowledgements: number }>;
}

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
  /** Real path of the workspace folder that it is about; null for any. */
  folder: string | null;
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

/** A call as grants count it. */
export interface GrantUse {
  turnId: string;
  callId: string;
  at: number;
}

/** `expiresAt`: null for none. */
export interface GrantEnd {
  expiresAt: number | null;
  at: number;
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

/** How much was forgotten. */
export interface ConsentReset {
  grants: number;
  acknowledgements: number;
}

/** Without a key nothing is there to be read, and what adds throws AppError `cannot_remember`. */
export interface ConsentStore {
  /** What can be remembered here: nothing without a key, `always` only where a file of the user's is for it. */
  rememberable(): Promise<readonly GrantScope[]>;
  /** All that reach into this workspace, the newest first; the ended and used-up ones too. */
  listGrants(): Promise<GrantRow[]>;
  addGrants(grants: readonly Grant[]): Promise<void>;
  /** False when it was gone already. Needs no key. */
  revokeGrant(id: string): Promise<boolean>;
  /** Gives a grant that has not ended another end; false when it is gone or has ended. */
  endGrant(id: string, end: GrantEnd): Promise<boolean>;
  /** Counts a call against the grant, once however often it is said; false when the grant is gone, ended or used up. */
  useGrant(id: string, call: GrantUse): Promise<boolean>;
  /** Throws AppError `consent_unreadable` when there are some and the key cannot be read: a hook that denies must not be lost. */
  acknowledgements(): Promise<Acknowledgement[]>;
  /** In the place of what was said of this subject before. */
  acknowledge(said: Acknowledgement): Promise<void>;
  /** Forgets everything, the user's grants for all workspaces too. Needs no key. */
  resetConsent(): Promise<ConsentReset>;
}

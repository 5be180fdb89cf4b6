// Contents by their hash: texts of turns, and what was attached to messages.

export interface BlobStore {
  /**
   * Keeps a text that belongs to a turn, content-addressed by its sha-256 hex; storing the same text twice is free.
   * Returns the hash.
   */
  putText(turnId: string, text: string): Promise<string>;
  /** A text kept by `putText`, or with a call of this turn that is not settled. */
  getText(turnId: string, hash: string): Promise<string | undefined>;
}

/** What no message carries goes after this time, in ms. */
export const UNSENT_KEPT_MS = 30 * 86_400_000;

export interface AttachmentStore {
  /**
   * Keeps a content by its sha-256 hex, which it returns. The message that names it keeps it for as long as its turn is there;
   * without one it goes after `UNSENT_KEPT_MS`. `ownerId` (thread, turn or message) says whether it may reach the disk.
   */
  putAttachment(ownerId: string, body: string): Promise<string>;
  getAttachment(ownerId: string, hash: string): Promise<string | undefined>;
}

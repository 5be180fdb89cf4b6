// What screening needs of a moderation endpoint. Adapter: any OpenAI-compatible `/moderations` (node/screening).

export interface Moderator {
  /** Whether the user's settings ask for it, now. */
  on(): boolean;
  /**
   * For each text, in order, the categories that it is flagged for. Throws AppError `moderation_failed` for whatever is no
   * answer to exactly these texts; its message never quotes them.
   */
  check(texts: readonly string[]): Promise<string[][]>;
}

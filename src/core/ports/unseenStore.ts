// The part of the store that knows which files an edit changed that nobody was asked about, and that the user has not looked
// at since: one row a file. It is about the disk, so that every thread and window sees the same rows.

export interface UnseenRow {
  realPath: string;
  hash: string | null;
}

/** What the start of a call does to the rows. */
export type UnseenChange =
  | {
      kind: 'edit';
      realPath: string;
      baseHash: string | null;
      newHash: string | null;
      /**
       * `none`: nobody was asked. `difference`: a human approved what changes; a row that is there stays, for what lies
       * beneath was not shown. `whole`: they were shown all there is; the row goes once that is written.
       */
      shown: 'none' | 'difference' | 'whole';
    }
  /** A file gets another name. What is in it was seen only if it was seen before, whoever approved the move. */
  | {
      kind: 'move';
      realPath: string;
      toReal: string;
      hash: string;
      shown: 'none' | 'whole';
    }
  /** A human approved what listed these files, with this content. */
  | { kind: 'looked'; files: readonly UnseenRow[] };

export interface UnseenStore {
  /** By path. */
  unseenFiles(): Promise<UnseenRow[]>;
  /**
   * Outside of any move, for calls whose journal is elsewhere. `startCall` does the same in its own transaction, and a row
   * whose file was shown `whole`, or is again what it was before the first unasked edit, goes when that call is `done` and `ok`.
   */
  changeUnseen(change: UnseenChange, at: number): Promise<void>;
}

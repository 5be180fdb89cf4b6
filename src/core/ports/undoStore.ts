// The part of the store that keeps what undoing a turn needs: for each file that its edits changed, the text before and after.

/** The newest turns of a thread with changes, whose texts are kept; those of older ones go when a turn ends. */
export const UNDOABLE_TURNS = 50;

/** What a turn did to a file, from one text to another; null is no file. Edits that follow on each other are one change. */
export interface UndoChange {
  /** As shown, and really; of the last edit. */
  path: string;
  realPath: string;
  beforeHash: string | null;
  afterHash: string | null;
  /** Of the text before. */
  encoding: 'utf8' | 'utf8bom';
  /** The file before could be run as a program. */
  executable: boolean;
  /** Where the turn moved the file here from, really; null when it did not. */
  movedFrom: string | null;
}

/** The text that an edit replaces, as it is right before it; null when there is no file. */
export interface UndoBase {
  text: string | null;
  encoding: 'utf8' | 'utf8bom';
  executable?: true;
}

export interface UndoStore {
  /**
   * Changes of files that the turn made, oldest first, also those that may have been made (a crash, save actions of an editor).
   * A file is there twice when something else changed it between two edits.
   */
  undoChanges(turnId: string): Promise<UndoChange[]>;
  /** A text that a change of the turn's thread names. Undefined when it is not kept, as that of a file which the turn created. */
  undoText(turnId: string, hash: string): Promise<string | undefined>;
}

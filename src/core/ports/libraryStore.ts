// The part of the store that keeps a workspace's threads in order: lists of them, search, names, archive, deletion.
import type { TurnStatus } from '../../protocol/calls.ts';
import type { ThreadRow } from './store.ts';

/** A thread as a list shows it. */
export interface ThreadEntry extends ThreadRow {
  archived: boolean;
  /** Of the turn that is not over, else of the last one; null before the first message. */
  status: TurnStatus | null;
}

/** Threads whose turn is over, newest first. */
export interface ThreadPage {
  archived: boolean;
  limit: number;
}

/** Where a text was found: in a thread's title, or in something that was said in it. */
export interface ThreadHit {
  threadId: string;
  /** The words around it; null when it is the title. */
  excerpt: string | null;
}

export interface SearchThreads {
  text: string;
  /** Most threads to find. */
  limit: number;
  /** Ends the search early; what was found until then is the answer. */
  signal?: AbortSignal;
}

/** `busy`: a turn of it is not over. */
export type DeleteOutcome = 'deleted' | 'busy' | 'unknown';

export interface LibraryStore {
  /** Every thread with a turn that is not over, archived or not; newest first. */
  threadsUnderWay(): Promise<ThreadEntry[]>;
  /** The newest of the others. */
  threadsAtRest(page: ThreadPage): Promise<ThreadEntry[]>;
  /** Threads that hold the text, whatever its case, the newest first; read in pieces, so that nothing else waits for it. */
  searchThreads(search: SearchThreads): Promise<ThreadHit[]>;
  /** False when there is no such thread. */
  renameThread(id: string, title: string): Promise<boolean>;
  /** False when there is no such thread. A new message brings it back. */
  archiveThread(id: string, archived: boolean): Promise<boolean>;
  /**
   * One transaction: the thread, its turns, messages, calls, actions, drafts, checkpoints, what was remembered for it alone,
   * and outputs that no other call has. The ledger stays, and says that the thread was deleted.
   */
  deleteThread(id: string, at: number): Promise<DeleteOutcome>;
}

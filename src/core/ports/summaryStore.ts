// Small answers about threads, cheap however much was said in them.
import type { Usage } from '../agent/message.ts';

/** An open action without its proposals. */
export interface WaitingRow {
  actionId: string;
  turnId: string;
  threadId: string;
  calls: number;
}

export interface SummaryStore {
  /** The same as `openActions`, cheap however large their proposals are. */
  waiting(): Promise<WaitingRow[]>;
  /** Tokens of all the thread's replies. */
  usageOfThread(threadId: string): Promise<Usage>;
  /** Its `last` is of a call that ended; the thread may have gone on since. */
  contextOfThread(threadId: string): Promise<ThreadContext>;
}

/** What the thread's last call and last turn took, and what there is to estimate it by. */
export interface ThreadContext {
  /** Of the last reply, when its model said. */
  last: Usage | null;
  turn: Usage;
  /** Bytes of all messages and attached texts; 0 when `last` is known. */
  bytes: number;
}

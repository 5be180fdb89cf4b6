// The part of the store that says what happens in turns that are not over, and what a surface shows of a thread.
import type { HunkCounts } from '../../protocol/decided.ts';
import type { DraftRow } from './draftStore.ts';
import type { ActionRow, CallRow, DecisionRow, MessageRow, ThreadRow, TurnRow } from './store.ts';
import type { WaitingRow } from './summaryStore.ts';
import type { TurnStatus } from '../../protocol/calls.ts';

/** A piece of a streamed message that is not stored yet. */
export interface NewText {
  turnId: string;
  messageId: string;
  /** Where it begins in the message, or in what the model thinks beside it, in UTF-16 units. */
  offset: number;
  delta: string;
  /** What the model thinks, and no part of the reply. */
  thought?: true;
}

export interface TextEvent extends NewText {
  /** Its number in the event log: ascending over all turns of the file, never used twice. */
  seq: number;
}

/** What a surface shows of one thread, or what of it is new; all of it read in one transaction. */
export interface ThreadRows {
  /** Number of the last event in the log: what happens later has a greater one. */
  mark: number;
  thread: ThreadRow | undefined;
  /** Every turn of the thread, oldest first. */
  states: { id: string; status: TurnStatus }[];
  /** All open actions where the thread is kept. */
  waiting: WaitingRow[];
  /** New since the mark, or all: turns that moved … */
  turns: TurnRow[];
  /** … messages (but for their state alone) and calls; all those of a turn that ended meanwhile: its events are gone … */
  messages: MessageRow[];
  calls: CallRow[];
  /** … text of messages that are not stored: all of it for a turn that moved … */
  texts: TextEvent[];
  /** … files that turns changed which are over, as far as it can be undone … */
  changed: { turnId: string; paths: string[] }[];
  /** … actions: without a mark the open ones, else those whose state changed in turns that are not over … */
  actions: ActionRow[];
  /** … and what was decided in the batches of `calls`, oldest first. */
  decisions: (DecisionRow & { turnId: string; batchId: string; hunks: HunkCounts })[];
  /** Of open actions any of whose drafts changed: one for each call, empty where there is none. Nothing without a mark. */
  drafts: DraftRow[];
}

/** A message of a thread. */
export interface Place {
  turnId: string;
  position: number;
}

/** The newest `limit` messages of a thread, or those before a place. */
export interface Page {
  limit: number;
  before: Place | null;
}

export interface ThreadPage extends ThreadRows {
  /** Where the page begins; null when nothing is before it. */
  from: Place | null;
}

/**
 * The log of what changes in turns that are not over. The moves above write it, each in its own transaction; only streamed
 * text is appended here. A turn's events are gone when it ends, and the text of a message when the message is stored.
 */
export interface EventStore {
  appendText(events: readonly NewText[]): Promise<void>;
  textEvents(turnId: string): Promise<TextEvent[]>;
  /** Forgets streamed text of a message that is said again, after its process died in the middle of it. */
  dropText(turnId: string, messageId: string): Promise<void>;
  /** Everything of a thread, or what changed after `since`, the mark of an earlier answer. */
  threadRows(threadId: string, since: number | null): Promise<ThreadRows>;
  /** As without a mark, of a part of it: no open actions but those of the page's turns. */
  threadPage(threadId: string, page: Page): Promise<ThreadPage>;
}

// What the engine tells whoever watches. Rows are as stored; text and output come as deltas at an offset.
import type { BackgroundRow } from '../ports/commandStore.ts';
import type { DraftRow } from '../ports/draftStore.ts';
import type { ActionRow, CallRow, MessageRow, ThreadRow, TurnRow } from '../ports/store.ts';

export type EngineEvent =
  | { type: 'thread'; thread: ThreadRow }
  | { type: 'threadDeleted'; threadId: string }
  | { type: 'turn'; turn: TurnRow }
  | { type: 'message'; threadId: string; row: MessageRow }
  | {
      type: 'text';
      threadId: string;
      turnId: string;
      messageId: string;
      offset: number;
      delta: string;
      thought?: true;
    }
  | { type: 'call'; threadId: string; call: CallRow }
  | {
      type: 'output';
      threadId: string;
      turnId: string;
      callId: string;
      offset: number;
      delta: string;
    }
  /** One that goes on in the background. */
  | { type: 'command'; command: BackgroundRow }
  | { type: 'commandOutput'; threadId: string; commandId: string; offset: number; delta: string }
  | { type: 'action'; action: ActionRow }
  | { type: 'draft'; draft: DraftRow };

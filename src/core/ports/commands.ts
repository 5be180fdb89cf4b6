// What tools may do with commands in the background; made for one process by the engine. Absent where none can go on.
import type { BackgroundOutput, BackgroundRow } from './commandStore.ts';
import type { CommandSpec, Effects } from './workspace.ts';

export interface CallPlace {
  threadId: string;
  turnId: string;
  callId: string;
}

/** A command as approved. */
export interface BackgroundOrder {
  spec: CommandSpec;
  cwdShown: string;
}

export type BackgroundStart =
  { ok: true; row: BackgroundRow; output: BackgroundOutput } | { ok: false; message: string };

export interface Commands {
  /** Undefined for one that is not known. */
  find(id: string): Promise<BackgroundRow | undefined>;
  /** Starts it by the effects of the call; resolves when it runs, or has ended at once. */
  start(at: CallPlace, order: BackgroundOrder, effects: Effects): Promise<BackgroundStart>;
  /** What it printed and is kept, after at most `waitMs` for something from character `after` on, or for its end. */
  read(
    id: string,
    wait: { after: number; ms: number; signal: AbortSignal },
  ): Promise<{ row: BackgroundRow; output: BackgroundOutput } | undefined>;
  /** Notes how far the agent has read. */
  readTo(id: string, to: number): Promise<void>;
  /** Resolves when it is over, or its window was asked to end it; false when it did not run. */
  stop(id: string, by: string): Promise<boolean>;
}

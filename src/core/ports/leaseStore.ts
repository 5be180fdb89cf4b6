// The part of the store that says who drives which turn.
import type { TurnRow } from './store.ts';

/** A running turn belongs to the process that drives it. The store knows its own process (the owner). */
export interface LeaseStore {
  /** Makes this owner's leases on these running turns good for another term. */
  renewLeases(turnIds: readonly string[]): Promise<void>;
  /** Running turns that nobody drives: its process is gone, or has not renewed its lease for as long as the lease holds. */
  abandonedTurns(): Promise<TurnRow[]>;
  /** running and abandoned → interrupted. The turn's new generation, or undefined when the move was lost. */
  interruptTurn(turn: Pick<TurnRow, 'id' | 'generation'>): Promise<number | undefined>;
  /** running under this owner's lease → interrupted, saying why. The new generation, or undefined when the move was lost. */
  releaseTurn(
    turn: Pick<TurnRow, 'id' | 'generation'> & { code: string; message: string },
  ): Promise<number | undefined>;
  /** interrupted → running under this owner's lease, or queued at the limit. The new generation, or undefined when the move was lost. */
  resumeTurn(
    turn: Pick<TurnRow, 'id' | 'generation'> & { drift?: string },
    limit?: number,
  ): Promise<number | undefined>;
  /**
   * queued → running under this owner's lease: the oldest of these turns that has no open one before it in its thread, while
   * fewer than `limit` are driven. Undefined when there is none, or no place.
   */
  startQueued(
    turnIds: readonly string[],
    limit?: number,
  ): Promise<Pick<TurnRow, 'id' | 'generation'> | undefined>;
  /** started → planned, in an interrupted turn or one we drive: for a call that did not happen, only reads, or shall run again. */
  unstartCall(turnId: string, callId: string): Promise<boolean>;
}

export interface WindowStore {
  /** This window's number among those on the file: the smallest that no living window has. The same when asked again. */
  joinWindow(): Promise<number>;
}

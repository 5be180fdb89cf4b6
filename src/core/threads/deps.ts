// What the parts of the engine share: its dependencies, and the turns that this process drives.
import type { DriveEnd, RunnerDeps } from '../agent/turnRunner.ts';
import type { TurnRow } from '../ports/store.ts';
import type { Drives } from './drives.ts';

export interface ThreadDeps extends RunnerDeps {
  drives: Drives;
  /** Told with every message and decision: what screening says of it to the human, null for nothing. */
  screened: (notice: string | null) => void;
}

/** A turn under way in this process; `done` never rejects. */
export interface Drive {
  turn: TurnRow;
  done: Promise<DriveEnd>;
}

// Commands that go on in the background after their call: one row each, and the newest part of what they printed.

/**
 * `lost`: it ended with the process that ran it, or nobody can tell any more; its exit status is not known. Everything but
 * `running` is for good.
 */
export type BackgroundState = 'running' | 'exited' | 'stopped' | 'timedOut' | 'lost';

export interface BackgroundRow {
  id: string;
  threadId: string;
  turnId: string;
  callId: string;
  command: string;
  /** As shown. */
  cwd: string;
  state: BackgroundState;
  exitCode: number | null;
  /** Name of the signal that ended it, if one did. */
  signal: string | null;
  /** Who wants, or wanted, it stopped. */
  stopAskedBy: string | null;
  startedAt: number;
  endedAt: number | null;
  /** Characters that it printed in all, of which the newest are kept. */
  length: number;
  /** How far the agent has read. */
  readTo: number;
}

export type NewBackground = Pick<
  BackgroundRow,
  'id' | 'threadId' | 'turnId' | 'callId' | 'command' | 'cwd' | 'startedAt'
> & {
  /** Its process, as `Leftovers` reads it. */
  process: string;
};

/** `text` is what was printed from character `from` on. */
export interface BackgroundOutput {
  from: number;
  text: string;
}

export interface EndBackground extends Pick<BackgroundRow, 'id' | 'exitCode' | 'signal'> {
  state: Exclude<BackgroundState, 'running'>;
  at: number;
}

export interface CommandStore {
  /** A row in state `running`, owned by this process; of a thread's ended ones the newest 20 stay. */
  addBackground(row: NewBackground): Promise<void>;
  /** Adds what was printed from `output.from` on; beyond the newest `kept` characters nothing stays. */
  appendBackground(id: string, output: BackgroundOutput, kept: number): Promise<void>;
  /** running → ended, recorded in the ledger. False when it was over already, or its thread is gone. */
  endBackground(end: EndBackground): Promise<boolean>;
  /** Notes who wants it stopped, for the process that runs it. False when it does not run. */
  askBackgroundStop(id: string, by: string): Promise<boolean>;
  /** Moves how far the agent has read; never back. */
  backgroundRead(id: string, to: number): Promise<void>;
  getBackground(id: string): Promise<BackgroundRow | undefined>;
  /** Newest first. */
  listBackground(): Promise<BackgroundRow[]>;
  /** Those in state `running`, without what they are. */
  runningBackground(): Promise<Pick<BackgroundRow, 'id' | 'threadId' | 'turnId' | 'callId'>[]>;
  /** What is kept of its output. */
  backgroundOutput(id: string): Promise<BackgroundOutput>;
  /** Rows in state `running` whose process is gone from this host, each with the command's own process. */
  abandonedBackground(): Promise<{ id: string; process: string }[]>;
}

// The turns that this process drives: started here, kept by a heartbeat, aborted when someone else moved them on.
import { driveTurn, type DriveEnd, type RunnerDeps } from '../agent/turnRunner.ts';
import { recordHalt, type Halted } from '../agent/halting.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { Message } from '../agent/message.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { TurnRow } from '../ports/store.ts';

/** How often the leases of driven turns are renewed; they are void after 15 s. */
const HEARTBEAT_MS = 5_000;

interface DriveEntry {
  abort: AbortController;
  done: Promise<DriveEnd>;
  /** The turn's, as long as we drive it: any other means that someone moved it on. */
  generation: number;
}

export class Drives implements Disposable {
  readonly #deps: RunnerDeps;
  readonly #entries = new Map<string, DriveEntry>();
  /** Drives that the state file stopped, and it could not be written that they are over. */
  readonly #halted = new Map<string, Halted>();
  readonly #watching: Disposable;
  readonly #ended: Emitter<void>;
  /** A drive of this process ended or paused; its place is free. */
  readonly onEnd: Event<void>;
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(deps: RunnerDeps) {
    this.#deps = deps;
    this.#ended = new Emitter((error) => deps.logger.error('a watcher failed', error));
    this.onEnd = this.#ended.event;
    this.#watching = deps.store.onExternalChange(() => this.#dropLost());
  }

  /** Drives a running turn to its end or pause; the promise never rejects. */
  start(turn: TurnRow, user: Message | null): Promise<DriveEnd> {
    const abort = new AbortController();
    const drive = driveTurn(this.#deps, turn, { user, signal: abort.signal });
    const done = drive.then((end) => {
      if (end.kind === 'halted' && !end.recorded) this.#halted.set(turn.id, end);
      if (this.#entries.get(turn.id) === entry) this.#entries.delete(turn.id);
      this.#ended.fire();
      return end;
    });
    const entry = { abort, done, generation: turn.generation };
    this.#entries.set(turn.id, entry);
    this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS);
    return done;
  }

  get busy(): boolean {
    return this.#entries.size > 0;
  }

  has(turnId: string): boolean {
    return this.#entries.has(turnId);
  }

  /** Aborts a drive and waits for its end; undefined when it is not driven here. */
  async abort(turnId: string): Promise<DriveEnd | undefined> {
    const entry = this.#entries.get(turnId);
    entry?.abort.abort();
    return entry?.done;
  }

  /** Resolves when nothing is driven any more. */
  async idle(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => entry.done));
  }

  /** Writes of halted drives that they are over, now that it may be possible. Never rejects. */
  async recordHalted(): Promise<void> {
    for (const [turnId, halted] of this.#halted) {
      if (await recordHalt(this.#deps, halted)) this.#halted.delete(turnId);
    }
  }

  /** Shutdown decides nothing: paused turns stay paused, running ones are left as they are. */
  dispose(): void {
    clearInterval(this.#heartbeat);
    this.#watching.dispose();
    this.#ended.dispose();
  }

  #beat(): void {
    if (this.#entries.size + this.#halted.size === 0) {
      clearInterval(this.#heartbeat);
      this.#heartbeat = undefined;
      return;
    }
    const { store, logger } = this.#deps;
    store
      .renewLeases([...this.#entries.keys()])
      .then(() => this.#dropLost())
      .then(() => this.recordHalted())
      .catch((error: unknown) => logger.warn(`leases could not be renewed: ${String(error)}`));
  }

  /** Aborts drives whose turn was stopped or taken over elsewhere, and with them the command that runs. */
  #dropLost(): void {
    for (const [turnId, { abort, generation }] of this.#entries) {
      this.#deps.store
        .getTurn(turnId)
        .then((turn) => {
          if (turn?.status !== 'running' || turn.generation !== generation) abort.abort();
        })
        .catch((error: unknown) => this.#deps.logger.warn(String(error)));
    }
  }
}

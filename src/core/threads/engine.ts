// The engine as the surfaces see it: threads, turns, decisions, stop. It owns who drives which turn in this process.
import { askAgain } from '../agent/askAgain.ts';
import { discreetFor } from '../agent/discreet.ts';
import { Drives } from './drives.ts';
import { Emitter, type Event } from '../base/event.ts';
import { proposalsOfEdits, submit, type SubmitOutcome } from './deciding.ts';
import { continueTurn, recover } from './recovering.ts';
import { startTurn, turnRunning, type StartTurn } from './starting.ts';
import { stopTurn } from './stopping.ts';
import type { Drive, ThreadDeps } from './deps.ts';
import type { EngineEvent } from '../agent/events.ts';
import type { RunnerDeps } from '../agent/turnRunner.ts';
import { temporaryPrefix } from '../../protocol/temporary.ts';
import type { Decisions, Proposal, Submission } from '../../protocol/calls.ts';
import type { ThreadRow } from '../ports/store.ts';

export type CoreDeps = Omit<RunnerDeps, 'emit'>;

export class Engine {
  readonly #deps: ThreadDeps;
  readonly #emitter: Emitter<EngineEvent>;
  /** Threads in which a turn is being started: between the check and the row there are awaits. */
  readonly #starting = new Set<string>();
  readonly onEvent: Event<EngineEvent>;

  constructor(deps: CoreDeps) {
    this.#emitter = new Emitter((error) => deps.logger.error('a watcher failed', error));
    this.onEvent = this.#emitter.event;
    const runner: RunnerDeps = { ...deps, emit: (event) => this.#emitter.fire(event) };
    this.#deps = { ...runner, drives: new Drives(runner) };
  }

  /** A temporary one is gone, with all that is said and done in it, when this process ends. */
  async createThread({ temporary = false } = {}): Promise<ThreadRow> {
    const now = this.#deps.clock.now();
    const id = this.#deps.ids.next(temporary ? temporaryPrefix('t') : 't');
    const row = { id, title: null, createdAt: now, updatedAt: now };
    await this.#deps.store.createThread(row);
    this.#emitter.fire({ type: 'thread', thread: row });
    return row;
  }

  /** A message never answers or replaces a turn. Throws what `startTurn` of starting.ts throws. */
  async startTurn(start: StartTurn): Promise<Drive> {
    const { threadId } = start;
    if (this.#starting.has(threadId)) throw turnRunning();
    this.#starting.add(threadId);
    try {
      return await startTurn(this.#deps, start);
    } finally {
      this.#starting.delete(threadId);
    }
  }

  /** What calls whose arguments a human edited would do: by call id, for those that can be told. */
  async proposalsOfEdits(actionId: string, decisions: Decisions): Promise<Map<string, Proposal>> {
    return proposalsOfEdits(discreetFor(this.#deps, actionId), actionId, decisions);
  }

  /** Decides a pending action: guards, then the claim, then the turn goes on in this process. */
  async submit(submission: Submission, decidedBy: string): Promise<SubmitOutcome> {
    return submit(this.#deps, submission, decidedBy);
  }

  /** Stops a turn that is not over, wherever it is; true when this call ended it. */
  async stop(turnId: string): Promise<boolean> {
    return stopTurn(this.#deps, turnId);
  }

  /** Looks after turns whose process died; see recovering.ts. Returns the drives it started. */
  async recover(options: { drive: boolean }): Promise<Drive[]> {
    return recover(this.#deps, options);
  }

  /** interrupted → running in this process, from its checkpoint; undefined when it is not interrupted any more. */
  async continueTurn(turnId: string): Promise<Drive | undefined> {
    return continueTurn(this.#deps, turnId);
  }

  /** Shows an expired approval again, with what it would do now. False when it is not expired any more. */
  async askAgain(turnId: string): Promise<boolean> {
    const turn = await this.#deps.store.getTurn(turnId);
    return turn?.status === 'expired' && (await askAgain(discreetFor(this.#deps, turnId), turn));
  }

  isDriving(turnId: string): boolean {
    return this.#deps.drives.has(turnId);
  }

  /** Resolves when nothing is being driven in this process any more. */
  async idle(): Promise<void> {
    await this.#deps.drives.idle();
  }

  dispose(): void {
    // Shutdown decides nothing: paused turns stay paused, running ones are left as they are.
    this.#deps.drives.dispose();
    this.#emitter.dispose();
  }
}

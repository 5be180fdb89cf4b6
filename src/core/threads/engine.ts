// The engine as the surfaces see it: threads, turns, decisions, stop. It owns who drives which turn in this process.
import { BackgroundCommands } from '../commands/background.ts';
import { RunningCalls } from '../commands/runningCalls.ts';
import { askAgain } from '../agent/askAgain.ts';
import { driftOfTurn, type TurnDrift } from '../agent/drift.ts';
import { discreetFor } from '../agent/discreet.ts';
import { keepImage } from '../attachments/keepImage.ts';
import { traitsOf } from '../models/traits.ts';
import { Drives } from './drives.ts';
import { Emitter, type Event } from '../base/event.ts';
import { proposalsOfEdits, submit, type SubmitOutcome } from './deciding.ts';
import { archiveThread, deleteThread, renameThread } from './library.ts';
import { continueTurn, recover } from './recovering.ts';
import { QueueKeeper } from './queue.ts';
import { seeThrough } from './seeThrough.ts';
import { RunningOutputs } from './runningOutputs.ts';
import { startTurn, type StartTurn } from './starting.ts';
import { Titles } from './titles.ts';
import { removeQueued, stopThread, stopTurn } from './stopping.ts';
import { undoableTurns, undoTurn, type UndoableTurn } from './undoing.ts';
import type { Drive, ThreadDeps } from './deps.ts';
import type { EngineEvent } from '../agent/events.ts';
import type { DriveEnd, RunnerDeps } from '../agent/turnRunner.ts';
import { temporaryPrefix } from '../../protocol/temporary.ts';
import type { Decisions, Proposal, Submission } from '../../protocol/calls.ts';
import type { ModelRef, ModelTraits } from '../ports/model.ts';
import type { PutDraft } from '../ports/draftStore.ts';
import type { ThreadRow, TurnRow } from '../ports/store.ts';
import type { Leftovers } from '../ports/workspace.ts';

/** `leftovers`: for a process in which commands may go on in the background. */
export type CoreDeps = Omit<RunnerDeps, 'emit' | 'commands' | 'running'> & {
  leftovers?: Leftovers;
};

export class Engine {
  readonly #deps: ThreadDeps;
  readonly #emitter: Emitter<EngineEvent>;
  readonly #queue: QueueKeeper;
  readonly #titles: Titles;
  #notice: string | null = null;
  readonly onEvent: Event<EngineEvent>;
  /** Of commands that this process runs. */
  readonly outputs = new RunningOutputs();
  /** Absent where none can go on in the background. */
  readonly background: BackgroundCommands | undefined;
  readonly #running = new RunningCalls();

  constructor(deps: CoreDeps) {
    this.#emitter = new Emitter((error) => deps.logger.error('a watcher failed', error));
    this.onEvent = this.#emitter.event;
    const { leftovers, ...core } = deps;
    const emit = (event: EngineEvent): void => this.#emitter.fire(event);
    this.background = leftovers && new BackgroundCommands({ ...core, emit, leftovers });
    const commands = this.background && { commands: this.background };
    const runner: RunnerDeps = { ...core, emit, running: this.#running, ...commands };
    const screened: ThreadDeps['screened'] = (notice) => (this.#notice = notice);
    this.#deps = { ...runner, drives: new Drives(runner), screened };
    this.#queue = new QueueKeeper(this.#deps);
    this.#titles = new Titles(runner);
    this.onEvent((event) => this.outputs.see(event));
    this.onEvent((event) => (event.type === 'turn' ? this.#titles.onTurn(event.turn) : undefined));
  }

  /** What screening says of the last message or decision that this process took: one sentence for the human, or nothing. */
  get notice(): string | null {
    return this.#notice;
  }

  /** A temporary one is gone, with all that is said and done in it, when this process ends. */
  async createThread({ temporary = false } = {}): Promise<ThreadRow> {
    const now = this.#deps.clock.now();
    const id = this.#deps.ids.next(temporary ? temporaryPrefix('t') : 't');
    const row = { id, title: null, createdAt: now, updatedAt: now };
    await this.#deps.store.createThread(row);
    const thread = { ...row, opening: null };
    this.#emitter.fire({ type: 'thread', thread });
    return thread;
  }

  /** A message never answers a turn, nor replaces it unless told to. Throws what `startTurn` of starting.ts throws. */
  async startTurn(start: StartTurn): Promise<Drive> {
    return this.#thenMove(startTurn(this.#deps, start));
  }

  /** The thread's turns that changed files, newest first, with what undoing each would do now. */
  async undoableTurns(threadId: string): Promise<UndoableTurn[]> {
    return undoableTurns(discreetFor(this.#deps, threadId), threadId);
  }

  /** Starts a turn that undoes another one of its thread. Throws what `undoTurn` of undoing.ts throws. */
  async undoTurn(turnId: string): Promise<Drive> {
    return this.#thenMove(undoTurn(this.#deps, turnId));
  }

  /** What calls whose arguments a human edited would do: by call id, for those that can be told. */
  async proposalsOfEdits(actionId: string, decisions: Decisions): Promise<Map<string, Proposal>> {
    return proposalsOfEdits(discreetFor(this.#deps, actionId), actionId, decisions);
  }

  /** Decides a pending action: guards, then the claim, then the turn goes on in this process. */
  async submit(submission: Submission, decidedBy: string): Promise<SubmitOutcome> {
    return submit(this.#deps, submission, decidedBy);
  }

  /** Keeps an image for a message that is not sent yet; returns its hash. Throws AppError `not_an_image` or `attachment_too_large`. */
  async keepImage(threadId: string | null, base64: string): Promise<string> {
    return keepImage(this.#deps.store, threadId, base64);
  }

  /** What a model takes, as far as it is known. */
  async traits(model: ModelRef): Promise<ModelTraits> {
    return traitsOf(this.#deps.providers, model);
  }

  /** Keeps what a human typed and did not submit. False when the action does not wait any more, or not so. */
  async saveDraft(draft: Omit<PutDraft, 'at'>): Promise<boolean> {
    const kept = await this.#deps.store.putDraft({ ...draft, at: this.#deps.clock.now() });
    if (kept) this.#emitter.fire({ type: 'draft', draft: kept });
    return kept !== undefined;
  }

  /** Stops a turn that is not over, wherever it is; true when this call ended it. */
  async stop(turnId: string): Promise<boolean> {
    return this.#thenMove(stopTurn(this.#deps, turnId));
  }

  /** Stops what the thread is at and takes back what is queued behind it; false when there is nothing to stop. */
  async stopThread(threadId: string): Promise<boolean> {
    return this.#thenMove(stopThread(this.#deps, threadId));
  }

  /** Stops one command, of this call, and not its turn. False when it does not run in this process. */
  async stopCommand(call: { turnId: string; callId: string }): Promise<boolean> {
    const all = (await this.background?.list()) ?? [];
    const row = all.find((one) => one.turnId === call.turnId && one.callId === call.callId);
    if (row?.state === 'running') return (await this.background?.stop(row.id, 'the user')) === true;
    return this.#running.stop(call);
  }

  /** Takes back a queued message; false when its turn runs, or ran, by now. */
  async removeQueued(turnId: string): Promise<boolean> {
    return this.#thenMove(removeQueued(this.#deps, turnId));
  }

  /** For a process that waits for its own queued turn; `queued` when it gave up at `signal`, the turn stays in the queue. */
  async seeThrough(turnId: string, signal: AbortSignal): Promise<DriveEnd> {
    return seeThrough(this.#deps, turnId, signal);
  }

  /** Looks after turns whose process died; see recovering.ts. Returns the drives it started. */
  async recover(options: { drive: boolean }): Promise<Drive[]> {
    await this.background?.recover();
    return recover(this.#deps, options);
  }

  /** Asks for titles that a process which ended still owed, in the background. */
  catchUpTitles(): void {
    this.#titles.catchUp();
  }

  /** Goes on with an interrupted or queued turn in this process; see recovering.ts. */
  async continueTurn(turnId: string, acceptedDrift?: string): Promise<Drive | undefined> {
    return continueTurn(this.#deps, turnId, acceptedDrift);
  }

  /** What the turn was started with and is not so any more. */
  drift(turn: Pick<TurnRow, 'snapshot' | 'acceptedDrift'>): TurnDrift {
    return driftOfTurn(this.#deps, turn);
  }

  /**
   * Shows an approval again that expired or waits, with what it would do now, in a turn as it would be started now; `chosen`
   * is the model when the turn's own is gone. False when there is none any more.
   */
  async askAgain(turnId: string, chosen?: ModelRef): Promise<boolean> {
    const turn = await this.#deps.store.getTurn(turnId);
    if (turn?.status !== 'expired' && turn?.status !== 'paused') return false;
    return askAgain(discreetFor(this.#deps, turnId), turn, chosen);
  }

  /** By this name from now on, whatever the model would call it. Throws what `renameThread` of library.ts throws. */
  async renameThread(id: string, name: string): Promise<void> {
    return renameThread(this.#deps, id, name);
  }

  async archiveThread(id: string, archived: boolean): Promise<void> {
    return archiveThread(this.#deps, id, archived);
  }

  /** With all that was said and done in it; the ledger stays. Throws what `deleteThread` of library.ts throws. */
  async deleteThread(id: string): Promise<void> {
    return this.#thenMove(deleteThread({ ...this.#deps, background: this.background }, id));
  }

  isDriving(turnId: string): boolean {
    return this.#deps.drives.has(turnId);
  }

  /** Resolves when nothing is being driven in this process any more. */
  async idle(): Promise<void> {
    await this.#queue.idle();
  }

  dispose(): void {
    // Shutdown decides nothing: paused turns stay paused, running ones are left as they are.
    this.#titles.dispose();
    this.background?.dispose();
    this.#queue.dispose();
    this.#deps.drives.dispose();
    this.#emitter.dispose();
  }

  /** What made a place may let a queued turn start. */
  async #thenMove<T>(work: Promise<T>): Promise<T> {
    const result = await work;
    this.#queue.move();
    return result;
  }
}

// The engine as the surfaces see it: threads, turns, decisions, stop. It owns who drives which turn in this process.
import { askAgain } from '../agent/askAgain.ts';
import { closingMessages } from '../agent/closing.ts';
import { emitTurn } from '../agent/pausing.ts';
import { prepareCall } from '../agent/plan.ts';
import { recoverTurn } from '../agent/recovery.ts';
import type { DriveEnd, RunnerDeps } from '../agent/turnRunner.ts';
import {
  alreadyDecided,
  checkSnapshot,
  checkSubmission,
  type Refusal,
} from '../agent/submission.ts';
import { hashOf, toolFingerprints, TurnSnapshot } from '../agent/snapshot.ts';
import { renderSystemPrompt } from '../agent/systemPrompt.ts';
import { Drives } from './drives.ts';
import { AppError } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import { toolSpecs } from '../tools/registry.ts';
import type { EngineEvent } from '../agent/events.ts';
import type { Message } from '../agent/message.ts';
import {
  UNFINISHED,
  type Decisions,
  type Mode,
  type Proposal,
  type Submission,
} from '../../protocol/calls.ts';
import type { ModelRef } from '../ports/model.ts';
import type { ThreadRow, TurnRow } from '../ports/store.ts';

export interface StartTurn {
  threadId: string;
  text: string;
  model: ModelRef;
  mode: Mode;
}

/** A turn under way in this process; `done` never rejects. */
export interface Drive {
  turn: TurnRow;
  done: Promise<DriveEnd>;
}

export type SubmitOutcome = ({ ok: true } & Drive) | { ok: false; refusal: Refusal };

export type CoreDeps = Omit<RunnerDeps, 'emit'>;

export class Engine {
  readonly #deps: RunnerDeps;
  readonly #emitter: Emitter<EngineEvent>;
  readonly #drives: Drives;
  /** Threads in which a turn is being started: between the check and the row there are awaits. */
  readonly #starting = new Set<string>();
  readonly onEvent: Event<EngineEvent>;

  constructor(deps: CoreDeps) {
    this.#emitter = new Emitter((error) => deps.logger.error('a watcher failed', error));
    this.onEvent = this.#emitter.event;
    this.#deps = { ...deps, emit: (event) => this.#emitter.fire(event) };
    this.#drives = new Drives(this.#deps);
  }

  async createThread(): Promise<ThreadRow> {
    const now = this.#deps.clock.now();
    const row = { id: this.#deps.ids.next('t'), title: null, createdAt: now, updatedAt: now };
    await this.#deps.store.createThread(row);
    this.#emitter.fire({ type: 'thread', thread: row });
    return row;
  }

  /** Throws AppError `unknown_thread`, `turn_paused` or `turn_running`; a message never answers or replaces a turn. */
  async startTurn(start: StartTurn): Promise<Drive> {
    const { threadId } = start;
    if (this.#starting.has(threadId)) throw turnRunning();
    this.#starting.add(threadId);
    try {
      return await this.#start(start);
    } finally {
      this.#starting.delete(threadId);
    }
  }

  async #start(start: StartTurn): Promise<Drive> {
    const { store, ids } = this.#deps;
    if (!(await store.getThread(start.threadId))) {
      throw new AppError(
        'unknown_thread',
        `There is no thread ${start.threadId} in this state file.`,
      );
    }
    await this.#refuseWhileActive(start.threadId);
    const snapshot = this.#snapshot(start);
    const id = ids.next('u');
    const user: Message = { role: 'user', id: `${id}:m0`, text: start.text };
    const { texts, clock } = this.#deps;
    const snapshotHash = hashOf(snapshot, texts);
    const createdAt = clock.now();
    const { threadId } = start;
    const turn = await store.createTurn({ id, threadId, snapshot, snapshotHash, createdAt }, user);
    await store.setTitleIfNull(threadId, titleFrom(start.text));
    await this.#announceStart(turn, user);
    return { turn, done: this.#drives.start(turn, user) };
  }

  /** What calls whose arguments a human edited would do: by call id, for those that can be told. */
  async proposalsOfEdits(actionId: string, decisions: Decisions): Promise<Map<string, Proposal>> {
    const action = await this.#deps.store.getAction(actionId);
    const turn = action && (await this.#deps.store.getTurn(action.turnId));
    const snapshot = TurnSnapshot.safeParse(turn?.snapshot);
    const proposals = new Map<string, Proposal>();
    if (!action || !snapshot.success) return proposals;
    const options = { mode: snapshot.data.mode, overlay: new Map<string, string | null>() };
    for (const { callId, tool } of action.requests) {
      const decision = decisions[callId];
      if (decision?.type !== 'edit' || !decision.args) continue;
      const call = { id: callId, name: tool, argsText: JSON.stringify(decision.args) };
      const prepared = await prepareCall(this.#deps, call, options);
      if (prepared.ok) proposals.set(callId, prepared.proposal);
    }
    return proposals;
  }

  /** Decides a pending action: guards, then the claim, then the turn goes on in this process. */
  async submit(submission: Submission, decidedBy: string): Promise<SubmitOutcome> {
    const { store, tools, clock, files } = this.#deps;
    const { roots } = files;
    await this.#expire();
    const action = await store.getAction(submission.actionId);
    const turn = action ? await store.getTurn(action.turnId) : undefined;
    const checked = checkSubmission(submission, { action, turn, tools, roots });
    if (!checked.ok) return { ok: false, refusal: await this.#latest(checked.refusal, submission) };
    const gone = await this.#missingCheckpoint(action!.turnId);
    if (gone) return { ok: false, refusal: await this.#latest(gone, submission) };
    const claim = {
      actionId: submission.actionId,
      decisions: checked.decisions,
      decidedBy,
      at: clock.now(),
    };
    const outcome = await store.claimAction(claim);
    if (outcome.kind === 'lost') return { ok: false, refusal: lostRefusal(outcome.action) };
    const resolved = await store.getAction(submission.actionId);
    if (resolved) this.#emitter.fire({ type: 'action', action: resolved });
    const running = await emitTurn(this.#deps, action!.turnId);
    if (!running) throw new AppError('internal', 'Claimed turn is gone', { audience: 'log' });
    return { ok: true, turn: running, done: this.#drives.start(running, null) };
  }

  /** Without its checkpoint the graph would do nothing and seem to have finished: then the decision is not consumed. */
  async #missingCheckpoint(turnId: string): Promise<Refusal | undefined> {
    const config = { configurable: { thread_id: turnId } };
    if (await this.#deps.checkpointer.getTuple(config)) return undefined;
    const message = 'Where the turn was cannot be found in the state file. Stop it and ask again.';
    return { code: 'checkpoint_missing', message, callIds: [] };
  }

  /** The guards are several reads: what was decided between them is told as that, not as a turn that moved on. */
  async #latest(refusal: Refusal, { actionId }: Submission): Promise<Refusal> {
    if (!['not_paused', 'checkpoint_missing'].includes(refusal.code)) return refusal;
    const action = await this.#deps.store.getAction(actionId);
    return action?.state === 'resolved' ? alreadyDecided(action) : refusal;
  }

  /** Stops a running or paused turn, wherever it is; true when this call ended it. */
  async stop(turnId: string): Promise<boolean> {
    // It may just have paused; then it is stopped like any other that waits.
    if ((await this.#drives.abort(turnId))?.kind === 'ended') return true;
    const turn = await this.#deps.store.getTurn(turnId);
    if (!turn || !UNFINISHED.includes(turn.status)) return false;
    const closing = await closingMessages(this.#deps.store, turnId);
    const moved = await this.#deps.store.endTurn({
      turnId,
      generation: turn.generation,
      from: UNFINISHED,
      status: 'cancelled',
      code: 'stopped',
      message: 'Stopped by the user.',
      at: this.#deps.clock.now(),
      closing,
    });
    if (moved) await this.#announceStop(turn, turnId);
    return moved;
  }

  /**
   * Looks after turns whose process died: what waits is shown again, what was decided is driven on when `drive` is set (its
   * decisions are not asked for again), the rest becomes `interrupted` and may be continued. Returns the drives it started.
   */
  async recover(options: { drive: boolean }): Promise<Drive[]> {
    const { store } = this.#deps;
    await this.#expire();
    for (const turn of await store.abandonedTurns()) {
      if (!this.#drives.has(turn.id)) await store.interruptTurn(turn);
    }
    const drives: Drive[] = [];
    for (const turn of await store.turnsInState('interrupted')) {
      const recovered = await recoverTurn(this.#deps, turn);
      if (recovered === 'interrupted') await emitTurn(this.#deps, turn.id);
      if (recovered !== 'drivable' || !options.drive) continue;
      // One turn of another workspace must not keep the others from being driven on.
      if (checkSnapshot(turn, this.#deps.files.roots)) continue;
      const drive = await this.continueTurn(turn.id);
      if (drive) drives.push(drive);
    }
    return drives;
  }

  /** interrupted → running in this process, from its checkpoint; undefined when it is not interrupted any more. */
  async continueTurn(turnId: string): Promise<Drive | undefined> {
    const turn = await this.#deps.store.getTurn(turnId);
    if (turn?.status !== 'interrupted') return undefined;
    const drift = checkSnapshot(turn, this.#deps.files.roots);
    if (drift) throw new AppError(drift.code, drift.message);
    if ((await this.#deps.store.resumeTurn(turn)) === undefined) return undefined;
    const running = await emitTurn(this.#deps, turnId);
    return running && { turn: running, done: this.#drives.start(running, null) };
  }

  /** Shows an expired approval again, with what it would do now. False when it is not expired any more. */
  async askAgain(turnId: string): Promise<boolean> {
    const turn = await this.#deps.store.getTurn(turnId);
    return turn?.status === 'expired' && (await askAgain(this.#deps, turn));
  }

  async #expire(): Promise<void> {
    const { store, clock } = this.#deps;
    for (const id of await store.expireActions(clock.now())) {
      const action = await store.getAction(id);
      if (!action) continue;
      this.#emitter.fire({ type: 'action', action });
      await emitTurn(this.#deps, action.turnId);
    }
  }

  isDriving(turnId: string): boolean {
    return this.#drives.has(turnId);
  }

  /** Resolves when nothing is being driven in this process any more. */
  async idle(): Promise<void> {
    await this.#drives.idle();
  }

  dispose(): void {
    // Shutdown decides nothing: paused turns stay paused, running ones are left as they are.
    this.#drives.dispose();
    this.#emitter.dispose();
  }

  async #refuseWhileActive(threadId: string): Promise<void> {
    const turns = await this.#deps.store.turnsOfThread(threadId);
    const active = turns.find((turn) => UNFINISHED.includes(turn.status));
    if (!active) return;
    if (active.status === 'expired') {
      throw new AppError('turn_expired', 'An approval expired here. Ask again or stop the turn.');
    }
    if (active.status === 'interrupted') {
      throw new AppError(
        'turn_interrupted',
        'The last turn was interrupted. Continue it or stop it before you go on.',
      );
    }
    if (active.status === 'paused') {
      throw new AppError(
        'turn_paused',
        'The thread waits for your decision. Answer it or stop the turn; a message decides nothing.',
      );
    }
    throw turnRunning();
  }

  #snapshot(start: StartTurn): TurnSnapshot {
    const { files, tools, texts, clock, timeZone } = this.#deps;
    const startedAt = clock.now();
    const date = new Date(startedAt).toISOString().slice(0, 10);
    const facts = { roots: files.roots, date, timeZone, mode: start.mode };
    return {
      version: 1,
      model: start.model,
      system: renderSystemPrompt(facts),
      tools: toolFingerprints(toolSpecs(tools), texts),
      mode: start.mode,
      roots: [...files.roots],
      startedAt,
      timeZone,
    };
  }

  async #announceStart(turn: TurnRow, user: Message): Promise<void> {
    const thread = await this.#deps.store.getThread(turn.threadId);
    if (thread) this.#emitter.fire({ type: 'thread', thread });
    const row = { turnId: turn.id, position: 0, state: 'running', message: user } as const;
    this.#emitter.fire({ type: 'message', threadId: turn.threadId, row });
    this.#emitter.fire({ type: 'turn', turn });
  }

  async #announceStop(turn: TurnRow, turnId: string): Promise<void> {
    const { store } = this.#deps;
    for (const call of await store.callsOfTurn(turnId)) {
      this.#emitter.fire({ type: 'call', threadId: turn.threadId, call });
    }
    for (const action of await store.actionsOfThread(turn.threadId)) {
      if (action.turnId === turnId) this.#emitter.fire({ type: 'action', action });
    }
    await emitTurn(this.#deps, turnId);
  }
}

function turnRunning(): AppError {
  return new AppError('turn_running', 'The agent is still working in this thread. Stop it first.');
}

function lostRefusal(action: Parameters<typeof alreadyDecided>[0] | undefined): Refusal {
  if (action?.state === 'resolved') return alreadyDecided(action);
  return { code: 'not_paused', message: 'The turn moved on before your decision.', callIds: [] };
}

/** First line of the message, shortened; the model writes a better one later. */
function titleFrom(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

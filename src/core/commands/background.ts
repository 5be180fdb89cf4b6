// Commands that go on after their call: what runs here, what it prints, and its end. Rows say what there is; memory has only
// the processes of this window. Nothing is ever started again by itself.
import { createOutputTail, type OutputTail } from './outputTail.ts';
import { Emitter } from '../base/event.ts';
import { createResultScreen } from '../screening/screenResults.ts';
import { prefixIn } from '../../protocol/temporary.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { EngineEvent } from '../agent/events.ts';
import type { Redactor } from '../agent/redactor.ts';
import type { BackgroundOutput, BackgroundRow, EndBackground } from '../ports/commandStore.ts';
import type { BackgroundOrder, BackgroundStart, CallPlace, Commands } from '../ports/commands.ts';
import type { SecretScanner } from '../ports/secretScanner.ts';
import type { Store } from '../ports/store.ts';
import type { Clock, Ids, Logger } from '../ports/system.ts';
import type { CommandOutcome, Effects, Leftovers } from '../ports/workspace.ts';

export interface BackgroundDeps {
  store: Store;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  redactor: Redactor;
  secretScanner: SecretScanner;
  emit: (event: EngineEvent) => void;
  leftovers: Leftovers;
}

/** Characters of output that are kept of one command: its newest. */
export const KEPT_OUTPUT = 200_000;
/** How many may run at once in one window. */
export const MOST_AT_ONCE = 16;
/** How long new output may wait until it is written down. */
const FLUSH_MS = 500;
/** How long a start waits for a command that ends at once, so that the agent learns of it with the start. */
const SETTLE_MS = 300;

interface Running {
  threadId: string;
  abort: AbortController;
  tail: OutputTail;
  /** How much of the output is written down. */
  written: number;
  flush: ReturnType<typeof setTimeout> | undefined;
  /** When it is over and said so; never rejects. */
  over: Promise<void>;
}

export class BackgroundCommands implements Commands, Disposable {
  readonly #deps: BackgroundDeps;
  readonly #running = new Map<string, Running>();
  readonly #moved: Emitter<void>;
  readonly #watching: Disposable;
  #moves = 0;
  #starting = 0;
  #disposed = false;

  constructor(deps: BackgroundDeps) {
    this.#deps = deps;
    this.#moved = new Emitter((error) => deps.logger.error('a watcher failed', error));
    this.#moved.event(() => (this.#moves += 1));
    this.#watching = deps.store.onExternalChange(() => {
      this.#moved.fire();
      this.#stopAsked().catch((error: unknown) => deps.logger.warn(String(error)));
    });
  }

  /** How many run in this window. */
  get count(): number {
    return this.#running.size;
  }

  async find(id: string): Promise<BackgroundRow | undefined> {
    return this.#deps.store.getBackground(id);
  }

  /** Newest first, of all threads. */
  async list(): Promise<BackgroundRow[]> {
    return this.#deps.store.listBackground();
  }

  async start(at: CallPlace, order: BackgroundOrder, effects: Effects): Promise<BackgroundStart> {
    if (this.#disposed) return { ok: false, message: 'this window is closing' };
    if (this.#running.size + this.#starting >= MOST_AT_ONCE) {
      const message = `${MOST_AT_ONCE} commands are running in the background already; stop one of them first`;
      return { ok: false, message };
    }
    this.#starting += 1;
    try {
      return await this.#start(at, order, effects);
    } finally {
      this.#starting -= 1;
    }
  }

  async read(
    id: string,
    { after, ms, signal }: { after: number; ms: number; signal: AbortSignal },
  ): ReturnType<Commands['read']> {
    const until = Date.now() + ms;
    for (;;) {
      const seen = this.#moves;
      const row = await this.#deps.store.getBackground(id);
      if (!row) return undefined;
      const output = await this.output(id);
      const end = output.from + output.text.length;
      const left = until - Date.now();
      if (row.state !== 'running' || end > after || left <= 0 || signal.aborted) {
        return { row: { ...row, length: end }, output };
      }
      if (seen === this.#moves) await this.#next(left, signal);
    }
  }

  async readTo(id: string, to: number): Promise<void> {
    await this.#deps.store.backgroundRead(id, to);
  }

  /** What is kept of its output: of one that runs here as it is at this moment. */
  async output(id: string): Promise<BackgroundOutput> {
    return this.#running.get(id)?.tail.kept() ?? this.#deps.store.backgroundOutput(id);
  }

  async stop(id: string, by: string): Promise<boolean> {
    const asked = await this.#deps.store.askBackgroundStop(id, by);
    const running = this.#running.get(id);
    running?.abort.abort();
    await running?.over;
    if (asked && !running) await this.#tell(id);
    return asked;
  }

  /** Those of a thread that is about to go; here, and in other windows once its rows are gone. */
  async stopOfThread(threadId: string, by: string): Promise<void> {
    const own = [...this.#running].filter(([, running]) => running.threadId === threadId);
    await Promise.all(own.map(([id]) => this.stop(id, by)));
  }

  /** Says of those whose window is gone that they are over, and ends what is certainly left of them. Starts nothing. */
  async recover(): Promise<void> {
    const { store, leftovers, logger } = this.#deps;
    for (const { id, process } of await store.abandonedBackground()) {
      const left = leftovers(process);
      if (left !== 'gone') logger.warn(`background command ${id} was left by its window: ${left}`);
      await this.#end({ id, state: 'lost', exitCode: null, signal: null });
    }
  }

  /** The window ends and its commands with it; what happened is written while it still can be. */
  dispose(): void {
    this.#disposed = true;
    this.#watching.dispose();
    const { store, clock, logger } = this.#deps;
    const failed = (error: unknown): void => logger.warn(String(error));
    for (const [id, running] of this.#running) {
      this.#writeDown(id, running).catch(failed);
      const end = { id, state: 'lost', exitCode: null, signal: null, at: clock.now() } as const;
      store.endBackground(end).catch(failed);
      running.abort.abort();
    }
    this.#running.clear();
    this.#moved.dispose();
  }

  async #start(at: CallPlace, order: BackgroundOrder, effects: Effects): Promise<BackgroundStart> {
    const { store, clock, ids, redactor } = this.#deps;
    const id = ids.next(prefixIn(at.threadId, 'b'));
    const abort = new AbortController();
    const tail = createOutputTail(KEPT_OUTPUT);
    const begun = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const { threadId } = at;
    const running = { threadId, abort, tail, written: 0, flush: undefined, over: over.promise };
    const lines = createResultScreen(this.#deps).stream((text) => this.#printed(id, running, text));
    const cleared = redactor.stream(lines.write);
    const onStart = async (process: string): Promise<void> => {
      const { command } = order.spec;
      const startedAt = clock.now();
      const row = { ...at, id, command, cwd: order.cwdShown, startedAt, process };
      await store.addBackground(row);
      this.#running.set(id, running);
      begun.resolve();
      await this.#tell(id);
    };
    const run = effects.runCommand(order.spec, cleared.write, abort.signal, onStart);
    const finished = run.then(async (outcome) => {
      cleared.end();
      await lines.end();
      await this.#finish(id, running, outcome);
      over.resolve();
      return outcome;
    });
    const failed = finished.then(({ startError }) => startError);
    const startError = await Promise.race([failed, begun.promise.then(() => null)]);
    if (startError !== null) return { ok: false, message: startError };
    await Promise.race([running.over, delay(SETTLE_MS)]);
    const row = await store.getBackground(id);
    if (!row) return { ok: false, message: 'its thread is gone' };
    return { ok: true, row, output: await this.output(id) };
  }

  #printed(id: string, running: Running, text: string): void {
    const { tail, threadId } = running;
    const offset = tail.length;
    tail.push(text);
    this.#deps.emit({ type: 'commandOutput', threadId, commandId: id, offset, delta: text });
    this.#moved.fire();
    running.flush ??= setTimeout(() => {
      running.flush = undefined;
      this.#writeDown(id, running).catch((error: unknown) => {
        this.#deps.logger.warn(`output of ${id} could not be kept: ${String(error)}`);
      });
    }, FLUSH_MS);
  }

  async #writeDown(id: string, running: Running): Promise<void> {
    const { tail } = running;
    clearTimeout(running.flush);
    running.flush = undefined;
    if (tail.length === running.written) return;
    const { from, text } = tail.kept();
    const start = Math.max(from, running.written);
    running.written = tail.length;
    const piece = { from: start, text: text.slice(start - from) };
    await this.#deps.store.appendBackground(id, piece, KEPT_OUTPUT);
  }

  /** Never throws: the command is over whether that can be written or not. */
  async #finish(id: string, running: Running, outcome: CommandOutcome): Promise<void> {
    if (!this.#running.has(id)) return;
    try {
      await this.#writeDown(id, running);
    } catch (error) {
      this.#deps.logger.warn(`output of ${id} could not be kept: ${String(error)}`);
    }
    const { exitCode, signal } = outcome;
    try {
      await this.#end({ id, state: stateOf(outcome), exitCode, signal });
    } catch (error) {
      this.#deps.logger.error(`the end of ${id} could not be recorded`, error);
    }
    this.#running.delete(id);
    this.#moved.fire();
    // Who listens learns of the end only when its output is in the store alone.
    await this.#tell(id).catch((error: unknown) => this.#deps.logger.warn(String(error)));
  }

  async #end(end: Omit<EndBackground, 'at'>): Promise<void> {
    const { store, clock } = this.#deps;
    if (await store.endBackground({ ...end, at: clock.now() })) await this.#tell(end.id);
  }

  async #tell(id: string): Promise<void> {
    const command = await this.#deps.store.getBackground(id);
    if (command) this.#deps.emit({ type: 'command', command });
  }

  /** Another window asked for an end, or deleted the thread. */
  async #stopAsked(): Promise<void> {
    for (const [id, { abort }] of this.#running) {
      const row = await this.#deps.store.getBackground(id);
      if (!row || row.stopAskedBy !== null) abort.abort();
    }
  }

  /** Resolves when something moved, the time is over or `signal` says so. */
  async #next(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const watching = this.#moved.event(() => resolve());
    const timer = setTimeout(resolve, ms);
    const give = (): void => resolve();
    signal.addEventListener('abort', give, { once: true });
    await promise;
    signal.removeEventListener('abort', give);
    clearTimeout(timer);
    watching.dispose();
  }
}

function stateOf({ cancelled, timedOut }: CommandOutcome): EndBackground['state'] {
  if (cancelled) return 'stopped';
  return timedOut ? 'timedOut' : 'exited';
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

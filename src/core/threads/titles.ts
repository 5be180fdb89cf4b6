// Asks the model for a thread's title once its first turn is over, in the background: no turn waits for it or fails by it.
import { cleanTitle, firstLine } from './titleText.ts';
import { TurnSnapshot } from '../agent/snapshot.ts';
import { AppError, toAppError } from '../base/errors.ts';
import { untilAborted } from '../models/abort.ts';
import { isTemporary } from '../../protocol/temporary.ts';
import type { RunnerDeps } from '../agent/turnRunner.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { ModelChunk, ModelRef } from '../ports/model.ts';
import type { TitleMatter, TurnRow } from '../ports/store.ts';

const TIMEOUT_MS = 20_000;
/** Most that is read of an answer, in UTF-16 units; a model that thinks aloud says more than a title. */
const MAX_ANSWER = 4_000;
/** Turns that ended less than this ago may still have their title from the window that drove them. */
const OTHERS_MS = 30_000;

const SYSTEM =
  'You name conversations. Answer with the title alone: at most six words, in the language of the user, without quotes and without a full stop.';

export class Titles implements Disposable {
  readonly #deps: RunnerDeps;
  readonly #timeoutMs: number;
  readonly #closing = new AbortController();
  /** Threads whose title is being made in this process. */
  readonly #busy = new Set<string>();

  constructor(deps: RunnerDeps, timeoutMs = TIMEOUT_MS) {
    this.#deps = deps;
    this.#timeoutMs = timeoutMs;
  }

  /** Once a turn is over; returns at once. A thread that has a title keeps it. */
  onTurn(turn: TurnRow): void {
    // One that undoes another says nothing that a title is made of.
    const undoes = turn.snapshot['undo'] !== undefined;
    if (turn.endedAt !== null && !undoes) this.#start(turn.threadId, 'ended');
  }

  /** Titles that are missing because the process that owed them ended; each is tried once. Returns at once. */
  catchUp(): void {
    const { store, clock, logger } = this.#deps;
    store
      .untitledThreads(clock.now() - OTHERS_MS)
      .then((ids) => {
        for (const id of ids) this.#start(id, 'again');
      })
      .catch((error: unknown) => logger.warn(`titles: ${toAppError(error).code}`));
  }

  /** Requests that are under way are stopped, and say nothing any more. */
  dispose(): void {
    this.#closing.abort();
  }

  #start(threadId: string, attempt: 'ended' | 'again'): void {
    if (this.#busy.has(threadId) || this.#closing.signal.aborted) return;
    this.#busy.add(threadId);
    this.#settle(threadId, attempt)
      .catch((error: unknown) => {
        if (this.#closing.signal.aborted) return;
        this.#deps.logger.warn(`title of ${threadId}: ${toAppError(error).code}`);
      })
      .finally(() => this.#busy.delete(threadId));
  }

  async #settle(threadId: string, attempt: 'ended' | 'again'): Promise<void> {
    const source = isTemporary(threadId) ? 'firstLine' : this.#deps.titles();
    if (source === 'later') return;
    const matter = await this.#deps.store.titleMatter(threadId);
    if (!matter) return;
    const line = firstLine(matter.user);
    if (source === 'firstLine') return this.#write(threadId, line);
    try {
      const answer = await this.#ask(matter);
      await this.#write(threadId, cleanTitle(this.#deps.redactor.text(answer)) || line);
    } catch (error) {
      // The next turn's end is the second and last time that the model is asked.
      const last = attempt === 'again' || matter.replies > 1;
      if (last && !this.#closing.signal.aborted) await this.#write(threadId, line);
      throw error;
    }
  }

  async #write(threadId: string, title: string): Promise<void> {
    const { store, emit } = this.#deps;
    if (this.#closing.signal.aborted || !(await store.setTitleIfNull(threadId, title))) return;
    const thread = await store.getThread(threadId);
    if (thread) emit({ type: 'thread', thread });
  }

  /** The model's answer as it is. Throws what the provider throws, and AppError `title_timeout`. */
  async #ask(matter: TitleMatter): Promise<string> {
    const late = AbortSignal.timeout(this.#timeoutMs);
    const signal = AbortSignal.any([this.#closing.signal, late]);
    try {
      return await readAnswer(this.#request(matter, await this.#modelOf(matter), signal), signal);
    } catch (error) {
      if (!late.aborted) throw error;
      throw new AppError('title_timeout', 'The model gave no title in time.', { audience: 'log' });
    }
  }

  #request(matter: TitleMatter, model: ModelRef, signal: AbortSignal): AsyncIterable<ModelChunk> {
    const provider = this.#deps.providers.get(model.provider);
    if (!provider) throw new AppError('model_not_configured', 'The model is gone.');
    const text = `Title for this conversation?\n\nUser: ${matter.user}\n\nAgent: ${matter.reply}`;
    const messages = [{ role: 'user', id: 'title', text }] as const;
    const rest = { system: SYSTEM, tools: [], callIndex: 0, purpose: 'title' } as const;
    return provider.stream({ model, messages, signal, ...rest });
  }

  async #modelOf({ turnId }: TitleMatter): Promise<ModelRef> {
    const turn = await this.#deps.store.getTurn(turnId);
    return TurnSnapshot.parse(turn?.snapshot).model;
  }
}

/** The text of the reply; what the model calls or counts does not matter here. */
async function readAnswer(chunks: AsyncIterable<ModelChunk>, signal: AbortSignal): Promise<string> {
  const pieces = chunks[Symbol.asyncIterator]();
  let text = '';
  try {
    while (text.length < MAX_ANSWER) {
      const next = await untilAborted(pieces.next(), signal);
      if (next.done) break;
      if (next.value.type === 'text') text += next.value.delta;
    }
    return text;
  } finally {
    // Not awaited: a provider that hangs would keep us. Most are through, and the others see the signal.
    pieces.return?.().catch(() => undefined);
  }
}

// What waits in this workspace, as this window knows it: read again after every change, a whole action only once.
import { follow, others, type Follower } from './follow.ts';
import { groupsOf, rowsOfAction, type ApprovalGroup, type ApprovalRow } from './approvalRows.ts';
import { Emitter, type Event } from '../../core/base/event.ts';
import { titleOf } from '../../core/threads/titleText.ts';
import { isTemporary } from '../../protocol/temporary.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { OpenedEngine } from '../../core/services.ts';
import type { Store } from '../../core/ports/store.ts';

/** How many actions are listed before more is asked for. */
export const PAGE = 200;
/** How long this may hold up everything else, in ms. */
const SLICE_MS = 8;

export interface InboxState {
  /** Oldest first. */
  rows: readonly ApprovalRow[];
  groups: readonly ApprovalGroup[];
  /** All calls that wait, listed or not. */
  calls: number;
  /** How many actions are not listed. */
  more: number;
}

const NOTHING: InboxState = { rows: [], groups: [], calls: 0, more: 0 };

export class Inbox implements Disposable {
  #state = NOTHING;
  #limit = PAGE;
  #follower: Follower | undefined;
  /** What an action would do does not change under its id. */
  #known = new Map<string, ApprovalRow[]>();
  readonly #changed: Emitter<InboxState>;
  readonly #failed: (error: unknown) => void;
  readonly onChange: Event<InboxState>;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
    this.#changed = new Emitter(failed);
    this.onChange = this.#changed.event;
  }

  get state(): InboxState {
    return this.#state;
  }

  /** From when the engine is open; returned is what ends it. */
  attach(opened: Pick<OpenedEngine, 'engine' | 'store'>): Disposable {
    const concerns = ({ type }: { type: string }): boolean =>
      type === 'action' || type === 'thread' || type === 'threadDeleted';
    this.#follower = follow(opened, concerns, () => this.#look(opened.store), this.#failed);
    return this.#follower;
  }

  /** Resolves when nothing is being read that was asked for before. */
  async settled(): Promise<void> {
    await this.#follower?.settled();
  }

  showMore(): void {
    this.#limit += PAGE;
    this.#follower?.now();
  }

  dispose(): void {
    this.#follower?.dispose();
    this.#changed.dispose();
  }

  async #look(store: Store): Promise<void> {
    const waiting = await store.waiting();
    const listed = waiting.slice(0, this.#limit);
    const known = new Map<string, ApprovalRow[]>();
    const titles = new Map<string, string>();
    let began = performance.now();
    for (const { actionId, threadId } of listed) {
      known.set(actionId, this.#known.get(actionId) ?? (await rowsIn(store, actionId)));
      if (!titles.has(threadId)) titles.set(threadId, titleOf(await store.getThread(threadId)));
      if (performance.now() - began < SLICE_MS) continue;
      await others();
      began = performance.now();
    }
    this.#known = known;
    const rows = [...known.values()].flat();
    const threadOf = (id: string): { title: string; temporary: boolean } => {
      return { title: titles.get(id) ?? '', temporary: isTemporary(id) };
    };
    this.#state = {
      rows,
      groups: groupsOf(rows, threadOf),
      calls: waiting.reduce((sum, { calls }) => sum + calls, 0),
      more: waiting.length - listed.length,
    };
    this.#changed.fire(this.#state);
  }
}

/** Nothing of one that was decided meanwhile; the next look comes with that. */
async function rowsIn(store: Store, actionId: string): Promise<ApprovalRow[]> {
  const action = await store.getAction(actionId);
  return action?.state === 'open' ? rowsOfAction(action) : [];
}

// What one view is sent of the store: a snapshot, then what the event log says since. Where it stands is all it keeps.
//
// Nothing is lost or said twice between a snapshot and what follows: both are read in one transaction each and end at a
// number of the log, and the next look begins there. An engine event and a commit of another window only say “look”; they
// come after their commit, and the presenter's queue puts the look behind everything that was asked for before.
import { callItemId, threadItems, type ThreadItems } from './items.ts';
import { driftOfAction } from './drift.ts';
import { PAGE_MESSAGES, sincePlace } from './page.ts';
import { ShownActions } from './shownActions.ts';
import { actionView } from './snapshot.ts';
import { chatStatus } from './status.ts';
import type { PresenterDeps, Surface } from './presenter.ts';
import type { EngineEvent } from '../agent/events.ts';
import type { ActionView, Change, HostToView } from '../../protocol/messages.ts';
import type { Place, ThreadRows } from '../ports/eventStore.ts';
import type { ActionRow } from '../ports/store.ts';
import type { WaitingRow } from '../ports/summaryStore.ts';

type Output = Extract<EngineEvent, { type: 'output' }>;

export class Feed {
  readonly #deps: PresenterDeps;
  readonly #surface: Surface;
  readonly #shown: ShownActions;
  /** The thread that the view shows or whose action it shows, as of the last snapshot. */
  #threadId: string | null = null;
  /** How far the log was read, and the last mark that the view was sent. */
  #read = 0;
  #sent = 0;
  #status = '';
  /** Where the transcript begins that the view has; null when it has all. */
  #from: Place | null = null;
  /** Where the output that a view has of a running call begins: it was not there for what came earlier. */
  readonly #outputs = new Map<string, number>();

  constructor(deps: PresenterDeps, surface: Surface) {
    this.#deps = deps;
    this.#surface = surface;
    this.#shown = new ShownActions(surface.kind === 'panel' ? [surface.actionId] : []);
  }

  /** Everything; first how actions ended that the view showed and that do not wait any more. */
  async snapshot(): Promise<HostToView[]> {
    const { store, clock } = this.#deps;
    this.#threadId = await this.#findThread();
    const page = { limit: PAGE_MESSAGES, before: null };
    const rows = this.#threadId === null ? null : await store.threadPage(this.#threadId, page);
    this.#from = rows?.from ?? null;
    const open = (rows?.actions ?? []).filter((action) => this.#showsAction(action.id));
    const closed = await this.#changes(await this.#shown.replace(store, open));
    this.#read = rows?.mark ?? 0;
    this.#sent = this.#read;
    this.#outputs.clear();
    this.#status = await this.#statusKey(rows);
    const snapshot: HostToView = {
      type: 'snapshot',
      surface: this.#surface.kind,
      status: await chatStatus(this.#deps),
      items: rows ? this.#transcript(rows).items : [],
      earlier: this.#from !== null,
      actions: await Promise.all(open.map((action) => this.#view(action))),
      now: clock.now(),
      mark: this.#read,
    };
    return [...closed, snapshot];
  }

  /** The page before what the view has. */
  async earlier(): Promise<HostToView[]> {
    const [threadId, before] = [this.#threadId, this.#from];
    if (threadId === null || before === null || this.#isOfAnotherThread()) return [];
    const page = { limit: PAGE_MESSAGES, before };
    const rows = await this.#deps.store.threadPage(threadId, page);
    this.#from = rows.from;
    const { items } = this.#transcript(rows);
    return [{ type: 'earlier', items, earlier: this.#from !== null }];
  }

  /** What happened since the last look, and the status if it is another; a snapshot when the view is of another thread now. */
  async look(): Promise<HostToView[]> {
    const { store } = this.#deps;
    if (this.#threadId === null || this.#isOfAnotherThread()) {
      if ((await this.#findThread()) !== this.#threadId) return this.snapshot();
      return this.#statusIfNew(null);
    }
    const all = await store.threadRows(this.#threadId, this.#read);
    const rows = sincePlace(all, this.#from);
    const changes = [
      ...changesOf(this.#transcript(rows)),
      ...(await this.#changes(await this.#movedActions(rows))),
    ];
    this.#read = rows.mark;
    const changed = this.#changed(changes, rows.mark);
    return [...changed, ...this.#drafts(rows), ...(await this.#statusIfNew(rows))];
  }

  /** A running command's output, counted from where this view's begins; it is in no log. */
  output({ threadId, turnId, callId, offset, delta }: Output): HostToView[] {
    if (this.#surface.kind === 'panel' || threadId !== this.#threadId) return [];
    const itemId = callItemId(turnId, callId);
    const start = this.#outputs.get(itemId) ?? offset;
    this.#outputs.set(itemId, start);
    return [{ type: 'output', mark: this.#sent, itemId, offset: offset - start, delta }];
  }

  async #findThread(): Promise<string | null> {
    const { store, session } = this.#deps;
    if (this.#surface.kind === 'chat') return session.state.threadId;
    return (await store.getAction(this.#surface.actionId))?.threadId ?? null;
  }

  #isOfAnotherThread(): boolean {
    return this.#surface.kind === 'chat' && this.#threadId !== this.#deps.session.state.threadId;
  }

  #showsAction(actionId: string): boolean {
    return this.#surface.kind === 'chat' || actionId === this.#surface.actionId;
  }

  /** Lines of calls that run here come with what they have said so far. */
  #transcript(rows: ThreadRows): ThreadItems {
    if (this.#surface.kind === 'panel') return { items: [], gone: [], pieces: [] };
    const all = threadItems(rows);
    const items = all.items.map((item) => {
      if (item.kind !== 'call') return item;
      const output =
        item.state === 'started' && this.#deps.engine.outputs.of(item.turnId, item.callId);
      if (typeof output !== 'string') {
        this.#outputs.delete(item.id);
        return item;
      }
      this.#outputs.set(item.id, 0);
      return { ...item, output };
    });
    return { ...all, items };
  }

  /** Those that changed, and those that the view shows and that went with the end of their turn. */
  async #movedActions({ actions, waiting }: ThreadRows): Promise<ActionRow[]> {
    const moved = actions.filter(({ id }) => this.#showsAction(id));
    for (const action of moved) this.#shown.sent(action);
    const open = waiting.filter((row) => this.#isHere(row));
    const left = await this.#shown.replace(
      this.#deps.store,
      open.map(({ actionId: id }) => ({ id })),
    );
    return [...moved, ...left];
  }

  #isHere({ threadId, actionId }: WaitingRow): boolean {
    return threadId === this.#threadId && this.#showsAction(actionId);
  }

  /** Rows of an action do not change but for its state; its drafts are told on their own when they change. */
  async #changes(actions: readonly ActionRow[]): Promise<Change[]> {
    return Promise.all(
      actions.map(async (action): Promise<Change> => ({
        type: 'action',
        action: await this.#view(action),
      })),
    );
  }

  async #view(action: ActionRow): Promise<ActionView> {
    const { store, tools } = this.#deps;
    const view = await actionView(store, action, tools);
    return { ...view, ...(await driftOfAction(this.#deps, action)) };
  }

  #changed(changes: Change[], mark: number): HostToView[] {
    if (changes.length === 0) return [];
    const after = this.#sent;
    this.#sent = mark;
    return [{ type: 'changes', after, mark, changes }];
  }

  #drafts({ drafts }: ThreadRows): HostToView[] {
    const shown = drafts.filter(({ actionId }) => this.#showsAction(actionId));
    return shown.map(({ actionId, updatedAt: _, ...draft }) => ({
      type: 'draft',
      actionId,
      draft,
    }));
  }

  async #statusIfNew(rows: ThreadRows | null): Promise<HostToView[]> {
    const key = await this.#statusKey(rows);
    if (key === this.#status) return [];
    this.#status = key;
    return [{ type: 'status', status: await chatStatus(this.#deps) }];
  }

  /** What a status is made of, as far as it is cheap to read: it is built anew when this has changed. */
  async #statusKey(rows: ThreadRows | null): Promise<string> {
    const { store, session, problems } = this.#deps;
    const waiting = await store.waiting();
    const running = await store.runningBackground();
    const all = [rows?.thread, rows?.states, waiting, running, session.state, problems()];
    return JSON.stringify(all);
  }
}

function changesOf({ items, gone, pieces }: ThreadItems): Change[] {
  return [
    ...items.map((item): Change => ({ type: 'item', item })),
    ...gone.map((itemId): Change => ({ type: 'gone', itemId })),
    ...pieces.map(({ messageId: itemId, turnId, offset, delta, thought }): Change => {
      return { type: 'text', itemId, turnId, offset, delta, ...(thought && { thought }) };
    }),
  ];
}

// The state file and the memory of temporary threads as one store: each call goes where its id says, lists hold both.
// Every method is named here, so that a new one cannot reach the disk unnoticed.
import { isTemporary } from '../../protocol/temporary.ts';
import type { CommandStore } from '../../core/ports/commandStore.ts';
import type { EventStore } from '../../core/ports/eventStore.ts';
import type { LibraryStore } from '../../core/ports/libraryStore.ts';
import type { LeaseStore } from '../../core/ports/leaseStore.ts';
import type { AttachmentStore, BlobStore } from '../../core/ports/blobStore.ts';
import type { SummaryStore } from '../../core/ports/summaryStore.ts';
import type { DraftStore } from '../../core/ports/draftStore.ts';
import type { UndoStore } from '../../core/ports/undoStore.ts';
import type { UnseenStore } from '../../core/ports/unseenStore.ts';
import type {
  ActionStore,
  JournalStore,
  LedgerStore,
  StartCall,
  Store,
  ThreadStore,
  TitleStore,
  TurnStore,
} from '../../core/ports/store.ts';
import type { LazyAlways } from './always.ts';
import { createBothConsents } from './bothConsents.ts';
import type { LazyMemory } from './memory.ts';

interface Sides {
  kept: Store;
  /** The answer of the side that `id` belongs to. */
  of: <T>(id: string, ask: (store: Store) => Promise<T>) => Promise<T>;
  /** Both answers, the file's first; the file's alone while there is no temporary thread. */
  both: <T>(ask: (store: Store) => Promise<T[]>) => Promise<T[][]>;
  /** Gives each side those of `rows` that are its own. */
  split: <R>(
    rows: readonly R[],
    idOf: (row: R) => string | null,
    give: (store: Store, rows: R[]) => Promise<void>,
  ) => Promise<void>;
}

/**
 * External changes, the ledger and recovery are those of `kept`: memory has one window, which is not there after a crash.
 * Disposing it closes both.
 */
export function createBothStores(kept: Store, memory: LazyMemory, always?: LazyAlways): Store {
  const sides = createSides(kept, memory);
  return {
    ...threads(sides),
    ...library(sides),
    ...turns(sides),
    ...journal(sides),
    ...actions(sides),
    ...drafts(sides),
    ...createBothConsents(kept, memory, always),
    joinWindow: () => kept.joinWindow(),
    ...leases(sides),
    ...ledger(sides),
    ...summaries(sides),
    ...titles(sides),
    ...events(sides),
    ...unseen(sides),
    ...undo(sides),
    ...background(sides),
    ...blobs(sides),
    ...attachments(sides),
    onExternalChange: (listener) => kept.onExternalChange(listener),
    dispose: () => {
      kept.dispose();
      always?.dispose();
      // A failed opening has been told to whoever asked for it.
      memory.opened()?.then(
        ({ store }) => store.dispose(),
        () => undefined,
      );
    },
  };
}

function createSides(kept: Store, memory: LazyMemory): Sides {
  const of: Sides['of'] = async (id, ask) =>
    isTemporary(id) ? ask((await memory.open()).store) : ask(kept);
  return {
    kept,
    of,
    both: async (ask) => {
      const side = await memory.opened();
      return side ? [await ask(kept), await ask(side.store)] : [await ask(kept)];
    },
    split: async (rows, idOf, give) => {
      const own = rows.filter((row) => isTemporary(idOf(row) ?? ''));
      const others = rows.filter((row) => !own.includes(row));
      if (others.length > 0) await give(kept, others);
      if (own.length > 0) await give((await memory.open()).store, own);
    },
  };
}

function threads({ of, both }: Sides): ThreadStore {
  return {
    createThread: (row) => of(row.id, (store) => store.createThread(row)),
    listThreads: async () => {
      const lists = await both((store) => store.listThreads());
      return merged(lists, newer);
    },
    getThread: (id) => of(id, (store) => store.getThread(id)),
    setTitleIfNull: (id, title) => of(id, (store) => store.setTitleIfNull(id, title)),
    messagesOfThread: (id) => of(id, (store) => store.messagesOfThread(id)),
    historyBefore: (turnId) => of(turnId, (store) => store.historyBefore(turnId)),
    turnsOfThread: (id) => of(id, (store) => store.turnsOfThread(id)),
  };
}

function library({ of, both }: Sides): LibraryStore {
  return {
    threadsUnderWay: async () => merged(await both((store) => store.threadsUnderWay()), newer),
    threadsAtRest: async (page) => {
      const lists = await both((store) => store.threadsAtRest(page));
      return merged(lists, newer).slice(0, page.limit);
    },
    searchThreads: async (search) => {
      const found = (await both((store) => store.searchThreads(search))).flat();
      return found.slice(0, search.limit);
    },
    renameThread: (id, title) => of(id, (store) => store.renameThread(id, title)),
    archiveThread: (id, archived) => of(id, (store) => store.archiveThread(id, archived)),
    deleteThread: (id, at) => of(id, (store) => store.deleteThread(id, at)),
  };
}

function turns({ of, both }: Sides): TurnStore {
  return {
    createTurn: (turn, user, place) => of(turn.id, (store) => store.createTurn(turn, user, place)),
    getTurn: (id) => of(id, (store) => store.getTurn(id)),
    turnsInState: async (status) => (await both((store) => store.turnsInState(status))).flat(),
    messagesOfTurn: (id) => of(id, (store) => store.messagesOfTurn(id)),
    getMessage: (turnId, id) => of(turnId, (store) => store.getMessage(turnId, id)),
    putMessage: (row) => of(row.turnId, (store) => store.putMessage(row)),
    endTurn: (move) => of(move.turnId, (store) => store.endTurn(move)),
  };
}

function journal(sides: Sides): JournalStore {
  const { of, split } = sides;
  return {
    planCalls: (rows) =>
      split(
        rows,
        (row) => row.turnId,
        (store, own) => store.planCalls(own),
      ),
    callsOfTurn: (id) => of(id, (store) => store.callsOfTurn(id)),
    callsOfBatch: (id, batchId) => of(id, (store) => store.callsOfBatch(id, batchId)),
    getCall: (id, callId) => of(id, (store) => store.getCall(id, callId)),
    startCall: (move) =>
      isTemporary(move.turnId) ? startTemporary(sides, move) : sides.kept.startCall(move),
    settleCall: (move) => of(move.turnId, (store) => store.settleCall(move)),
  };
}

/**
 * What a temporary thread writes lies on the disk, where commands of every thread and window would run it: the row that says
 * so is kept, without the thread. It is there before the edit can start, and looked at only after the command has.
 */
async function startTemporary({ kept, of }: Sides, move: StartCall): Promise<boolean> {
  const { unseen: change, ...start } = move;
  if (change && change.kind !== 'looked') await kept.changeUnseen(change, move.at);
  const started = await of(move.turnId, (store) => store.startCall(start));
  if (started && change?.kind === 'looked') await kept.changeUnseen(change, move.at);
  return started;
}

function actions({ of, both }: Sides): ActionStore {
  return {
    pauseTurn: (action, ...move) => of(action.turnId, (store) => store.pauseTurn(action, ...move)),
    expireAction: (action, at) => of(action.turnId, (store) => store.expireAction(action, at)),
    replaceAction: (move) => of(move.action.turnId, (store) => store.replaceAction(move)),
    claimAction: (claim, limit) => of(claim.actionId, (store) => store.claimAction(claim, limit)),
    expireActions: async (at) => (await both((store) => store.expireActions(at))).flat(),
    getAction: (id) => of(id, (store) => store.getAction(id)),
    actionOfBatch: (id, batchId) => of(id, (store) => store.actionOfBatch(id, batchId)),
    openActions: async () => {
      const lists = await both((store) => store.openActions());
      return merged(lists, (a, b) => a.createdAt <= b.createdAt);
    },
    actionsOfThread: (id) => of(id, (store) => store.actionsOfThread(id)),
    decisionsOfTurn: (id) => of(id, (store) => store.decisionsOfTurn(id)),
  };
}

function drafts({ of }: Sides): DraftStore {
  return {
    putDraft: (draft) => of(draft.actionId, (store) => store.putDraft(draft)),
    draftsOfAction: (id) => of(id, (store) => store.draftsOfAction(id)),
  };
}

/** A temporary turn is never abandoned: its only driver is this window. Each side counts its own turns to the limit. */
function leases({ kept, of, split }: Sides): LeaseStore {
  const startQueued: LeaseStore['startQueued'] = async (ids, limit) => {
    const own = ids.filter(isTemporary);
    const others = ids.filter((id) => !isTemporary(id));
    return (
      (others.length > 0 ? await kept.startQueued(others, limit) : undefined) ??
      (own[0] === undefined ? undefined : of(own[0], (store) => store.startQueued(own, limit)))
    );
  };
  return {
    renewLeases: (ids) =>
      split(
        ids,
        (id) => id,
        (store, own) => store.renewLeases(own),
      ),
    abandonedTurns: () => kept.abandonedTurns(),
    interruptTurn: (turn) => of(turn.id, (store) => store.interruptTurn(turn)),
    releaseTurn: (turn) => of(turn.id, (store) => store.releaseTurn(turn)),
    resumeTurn: (turn, limit) => of(turn.id, (store) => store.resumeTurn(turn, limit)),
    startQueued,
    unstartCall: (id, callId) => of(id, (store) => store.unstartCall(id, callId)),
  };
}

/** What a temporary thread did is recorded in memory, and goes with it: nothing of it is read or exported here. */
function ledger({ kept, split }: Sides): LedgerStore {
  return {
    appendLedger: (entries) =>
      split(
        entries,
        (entry) => entry.turnId,
        (store, own) => store.appendLedger(own),
      ),
    readLedger: (after, limit) => kept.readLedger(after, limit),
    ledgerHead: () => kept.ledgerHead(),
  };
}

function summaries({ of, both }: Sides): SummaryStore {
  return {
    waiting: async () => (await both((store) => store.waiting())).flat(),
    usageOfThread: (id) => of(id, (store) => store.usageOfThread(id)),
    contextOfThread: (id) => of(id, (store) => store.contextOfThread(id)),
  };
}

/** Titles of temporary threads are never owed: they come from the first message, at once. */
function titles({ kept, of }: Sides): TitleStore {
  return {
    titleMatter: (id) => of(id, (store) => store.titleMatter(id)),
    untitledThreads: (before) => kept.untitledThreads(before),
  };
}

function events({ of, split }: Sides): EventStore {
  return {
    appendText: (rows) =>
      split(
        rows,
        (row) => row.turnId,
        (store, own) => store.appendText(own),
      ),
    textEvents: (id) => of(id, (store) => store.textEvents(id)),
    threadRows: (id, since) => of(id, (store) => store.threadRows(id, since)),
    threadPage: (id, page) => of(id, (store) => store.threadPage(id, page)),
    dropText: (id, messageId) => of(id, (store) => store.dropText(id, messageId)),
  };
}

/** Of the disk, and so of the file alone. */
function unseen({ kept }: Sides): UnseenStore {
  return {
    unseenFiles: () => kept.unseenFiles(),
    changeUnseen: (change, at) => kept.changeUnseen(change, at),
  };
}

function undo({ of }: Sides): UndoStore {
  return {
    undoChanges: (id) => of(id, (store) => store.undoChanges(id)),
    undoText: (id, hash) => of(id, (store) => store.undoText(id, hash)),
  };
}

/** Nobody else runs those of a temporary thread: none of them is ever abandoned. */
function background({ kept, of, both }: Sides): CommandStore {
  return {
    addBackground: (row) => of(row.id, (store) => store.addBackground(row)),
    appendBackground: (id, ...output) => of(id, (store) => store.appendBackground(id, ...output)),
    endBackground: (end) => of(end.id, (store) => store.endBackground(end)),
    askBackgroundStop: (id, by) => of(id, (store) => store.askBackgroundStop(id, by)),
    backgroundRead: (id, to) => of(id, (store) => store.backgroundRead(id, to)),
    getBackground: (id) => of(id, (store) => store.getBackground(id)),
    listBackground: async () => {
      const lists = await both((store) => store.listBackground());
      return merged(lists, (a, b) => a.startedAt >= b.startedAt);
    },
    runningBackground: async () => (await both((store) => store.runningBackground())).flat(),
    backgroundOutput: (id) => of(id, (store) => store.backgroundOutput(id)),
    abandonedBackground: () => kept.abandonedBackground(),
  };
}

function blobs({ of }: Sides): BlobStore {
  return {
    putText: (id, text) => of(id, (store) => store.putText(id, text)),
    getText: (id, hash) => of(id, (store) => store.getText(id, hash)),
  };
}

function attachments({ of }: Sides): AttachmentStore {
  return {
    putAttachment: (id, body) => of(id, (store) => store.putAttachment(id, body)),
    getAttachment: (id, hash) => of(id, (store) => store.getAttachment(id, hash)),
  };
}

const newer = (a: { updatedAt: number }, b: { updatedAt: number }): boolean =>
  a.updatedAt >= b.updatedAt;

/** Two lists as one, each in its own order. */
function merged<T>([first = [], second = []]: T[][], before: (a: T, b: T) => boolean): T[] {
  const all: T[] = [];
  const rest = [...second];
  for (const item of first) {
    while (rest[0] !== undefined && !before(item, rest[0])) all.push(...rest.splice(0, 1));
    all.push(item);
  }
  return [...all, ...rest];
}

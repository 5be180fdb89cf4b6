// Durable state. Every move is one transaction; a move whose WHERE no longer holds returns false or `lost`.
// Methods throw AppError `store_busy`, `store_readonly`, `store_full` or `store_failed` when the database cannot serve.
import type { HookTrace } from '../hooks/trace.ts';
import type { CommandStore } from './commandStore.ts';
import type { ConsentStore } from './consentStore.ts';
import type { DraftStore } from './draftStore.ts';
import type { LeaseStore, WindowStore } from './leaseStore.ts';
import type { AttachmentStore, BlobStore } from './blobStore.ts';
import type { SummaryStore } from './summaryStore.ts';
import type { EventStore } from './eventStore.ts';
import type { LibraryStore } from './libraryStore.ts';
import type { UndoBase, UndoStore } from './undoStore.ts';
import type { UnseenChange, UnseenStore } from './unseenStore.ts';
import type { Message } from '../agent/message.ts';
import type { LedgerHead, LedgerRow } from '../ledger/chain.ts';
import type { LedgerEntry } from '../ledger/entrySchema.ts';
import type {
  ActionKind,
  ActionRequest,
  CallOutcome,
  CallState,
  Decisions,
  JsonObject,
  Proposal,
  TurnStatus,
  Verdict,
} from '../../protocol/calls.ts';
import type { RememberOffer } from '../../protocol/consent.ts';

export interface ThreadRow {
  id: string;
  title: string | null;
  createdAt: number;
  updatedAt: number;
  /** The beginning of the first message while there is no title; core/threads/titleText.ts says what a thread is called. */
  opening: string | null;
}

export type NewThread = Omit<ThreadRow, 'opening'>;

export interface TurnRow {
  id: string;
  threadId: string;
  status: TurnStatus;
  /** Grows by one with every move; part of every WHERE. */
  generation: number;
  /** Everything that determines the turn, fixed at its start; core/agent/snapshot.ts has its schema. */
  snapshot: JsonObject;
  snapshotHash: string;
  createdAt: number;
  endedAt: number | null;
  /** Set when the turn failed, was cancelled or expired, or its process gave it up. */
  code: string | null;
  message: string | null;
  /** Hash of the drift that a human accepted last; it is not asked about again. */
  acceptedDrift: string | null;
}

export interface NewTurn extends Pick<
  TurnRow,
  'id' | 'threadId' | 'snapshot' | 'snapshotHash' | 'createdAt'
> {
  /** What was read for its message, and what policy said of that; for the ledger. */
  attached?: readonly { name: string; hash: string; verdict: Verdict | null }[];
}

/** Where a new turn goes. `limit`: how many turns may be driven at once; without it there is none. */
export interface QueuePlace {
  limit?: number;
  behind?: boolean;
}

export type MessageState = 'running' | 'awaiting' | 'final';

export interface MessageRow {
  turnId: string;
  /** Position in the turn, from 0. */
  position: number;
  state: MessageState;
  message: Message;
}

/** The journal: one row per tool call, key (turnId, callId). */
export interface CallRow {
  turnId: string;
  callId: string;
  /** Id of the assistant message that asked for it. */
  batchId: string;
  /** Place in the batch, from 0. */
  index: number;
  tool: string;
  argsText: string;
  state: CallState;
  /** Once the call is settled, a long `newText` is not kept and reads as null; `newHash` still says which one it was. */
  proposal: Proposal | null;
  proposalHash: string | null;
  verdict: Verdict | null;
  /** What remembering it would allow, for a call that asks. */
  remember?: RememberOffer;
  outcome: CallOutcome | null;
  /** What the model is told. */
  result: string | null;
  /** The whole output as a blob, when `result` holds only its head and tail. */
  outputHash: string | null;
  /** What hooks have to say of it. */
  hook?: HookTrace | null | undefined;
  startedAt: number | null;
  endedAt: number | null;
}

/** A new journal row: `planned` when it may still run, `blocked` with its result when it never will. */
export type PlannedCall = Omit<CallRow, 'outputHash' | 'startedAt' | 'endedAt'>;

export interface ActionRow {
  id: string;
  turnId: string;
  threadId: string;
  batchId: string;
  kind: ActionKind;
  state: 'open' | 'resolved' | 'expired' | 'cancelled';
  /** As they were asked, but for long texts of edits whose calls are settled: see CallRow. */
  requests: ActionRequest[];
  /** One hash for the whole batch; equals the request's own hash when there is one request. */
  proposalHash: string;
  createdAt: number;
  expiresAt: number | null;
  decisions: Decisions | null;
  decidedBy: string | null;
  decidedAt: number | null;
}

export interface EndTurn {
  turnId: string;
  generation: number;
  from: readonly TurnStatus[];
  status: Extract<TurnStatus, 'finished' | 'failed' | 'cancelled'>;
  code: string | null;
  message: string | null;
  at: number;
  /** Messages added in the same transaction, so that every call has its result. */
  closing: readonly MessageRow[];
}

export interface StartCall {
  turnId: string;
  callId: string;
  /** What runs; after an edit it replaces the planned one. */
  proposal: Proposal;
  proposalHash: string;
  at: number;
  /** What policy says of it now, for the ledger. */
  verdict?: Verdict;
  /** What its start does to the files that the user has not seen; in the same transaction. */
  unseen?: UnseenChange;
  /** What an edit replaces, kept so that it can be undone; without it only the hashes are. */
  base?: UndoBase;
}

export interface SettleCall {
  turnId: string;
  callId: string;
  state: Extract<CallState, 'done' | 'blocked' | 'unknown'>;
  outcome: CallOutcome;
  result: string;
  outputHash?: string | null;
  at: number;
  /** What policy says of it now, when that kept it from running; for the ledger. */
  verdict?: Verdict;
  /** It failed, and all the same an edit wrote something. */
  differs?: boolean;
}

export interface ClaimAction {
  actionId: string;
  decisions: Decisions;
  decidedBy: string;
  at: number;
  /** The turn's drift that is accepted with the decisions. */
  drift?: string;
}

export type ClaimOutcome =
  | { kind: 'claimed'; generation: number }
  /** Someone else decided, it expired, or the turn moved on: the row as it is now. */
  | { kind: 'lost'; action: ActionRow | undefined };

export interface ThreadStore {
  createThread(row: NewThread): Promise<void>;
  /** Newest `updatedAt` first. */
  listThreads(): Promise<ThreadRow[]>;
  getThread(id: string): Promise<ThreadRow | undefined>;
  /** Sets the title only while it is null; true when it did. */
  setTitleIfNull(threadId: string, title: string): Promise<boolean>;
  /** Messages of all turns of a thread, oldest turn first. */
  messagesOfThread(threadId: string): Promise<MessageRow[]>;
  /** What the turn's model is told of the thread: final messages of earlier turns, without those that never ran (code `not_run`). */
  historyBefore(turnId: string): Promise<MessageRow[]>;
  /** Oldest first. */
  turnsOfThread(threadId: string): Promise<TurnRow[]>;
}

export interface TurnStore {
  /**
   * One transaction: the turn at generation 1, its user message at position 0, the thread's updatedAt. It is `running` under this
   * owner's lease, or `queued` at the limit. While another turn of the thread is not over, it is queued `behind` it, or AppError
   * `turn_running` is thrown.
   */
  createTurn(turn: NewTurn, user: Message, place?: QueuePlace): Promise<TurnRow>;
  getTurn(id: string): Promise<TurnRow | undefined>;
  turnsInState(status: TurnStatus): Promise<TurnRow[]>;
  messagesOfTurn(turnId: string): Promise<MessageRow[]>;
  getMessage(turnId: string, messageId: string): Promise<MessageRow | undefined>;
  /** Insert, or replace the row of the same message id while it is not final. */
  putMessage(row: MessageRow): Promise<void>;
  /** Terminal: open calls cancelled (a started one is unknown), messages final, the turn's checkpoints and events gone, its open actions cancelled. False when lost. */
  endTurn(move: EndTurn): Promise<boolean>;
}

export interface JournalStore {
  /** Inserts the rows of one batch; a row that is still `planned` is replaced, any other is kept. */
  planCalls(rows: readonly PlannedCall[]): Promise<void>;
  callsOfTurn(turnId: string): Promise<CallRow[]>;
  /** In the order of the batch. */
  callsOfBatch(turnId: string, batchId: string): Promise<CallRow[]>;
  getCall(turnId: string, callId: string): Promise<CallRow | undefined>;
  /** planned → started, committed before the effect. False when it was not planned, or the turn is not ours to drive. */
  startCall(move: StartCall): Promise<boolean>;
  /** planned or started → done, blocked or unknown; unknown → done. False when it was settled already. */
  settleCall(move: SettleCall): Promise<boolean>;
}

/** A snapshot taken anew, which counts for the turn from now on. */
export type FreshSnapshot = Pick<TurnRow, 'snapshot' | 'snapshotHash'>;

export interface ReplaceAction {
  actionId: string;
  /** Of the same turn and batch. */
  action: ActionRow;
  calls: { callId: string; proposal: Proposal; proposalHash: string }[];
  /** Texts that edits among the requests and calls were proposed on. */
  bases: readonly string[];
}

export interface ActionStore {
  /**
   * running, interrupted or expired → paused: action inserted, the batch's message awaiting, generation + 1. False when lost.
   * `bases`: texts that its edits were proposed on; `getText` has them until their calls are settled.
   */
  pauseTurn(
    action: ActionRow,
    generation: number,
    fresh?: FreshSnapshot,
    bases?: readonly string[],
  ): Promise<boolean>;
  /** open → resolved with the decisions in it, the turn paused → running, or queued at the limit; generation + 1. Exactly one caller wins. */
  claimAction(claim: ClaimAction, limit?: number): Promise<ClaimOutcome>;
  /** Expires every open action that is due at `at`, each with its turn: paused → expired, generation + 1. Their ids. */
  expireActions(at: number): Promise<string[]>;
  /** Exactly this action, whatever its time: open → expired, its turn paused → expired, generation + 1. False when lost. */
  expireAction(action: Pick<ActionRow, 'id' | 'turnId'>, at: number): Promise<boolean>;
  /** open → cancelled with `action` open in its place, proposals of its planned calls changed; generation + 1. False when lost. */
  replaceAction(move: ReplaceAction): Promise<boolean>;
  getAction(id: string): Promise<ActionRow | undefined>;
  /** The approval or question of a batch; not one about an unknown outcome. */
  actionOfBatch(turnId: string, batchId: string): Promise<ActionRow | undefined>;
  /** All open actions that are not overdue, oldest first. */
  openActions(): Promise<ActionRow[]>;
  actionsOfThread(threadId: string): Promise<ActionRow[]>;
  /** What was decided in a turn, oldest first; cheap however large the proposals are. */
  decisionsOfTurn(turnId: string): Promise<DecisionRow[]>;
}

/** How a decided action was decided, without its proposals. */
export type DecisionRow = Pick<ActionRow, 'decisions' | 'decidedBy' | 'decidedAt'>;

/** What a title is made of. */
export interface TitleMatter {
  /** The last turn that is over and has a reply; it names the model to ask. */
  turnId: string;
  /** The beginnings of the thread's first message and of its first reply. */
  user: string;
  reply: string;
  /** How many turns are over and have a reply. */
  replies: number;
}

export interface TitleStore {
  /** Undefined when the thread has its title, or no reply yet. */
  titleMatter(threadId: string): Promise<TitleMatter | undefined>;
  /** The newest threads without a title that have a turn with a reply which was over by then. */
  untitledThreads(endedBefore: number): Promise<string[]>;
}

/**
 * The record of what was judged, decided and done: append-only, hash-chained, redacted. The moves above append their own
 * entries in their own transactions; a caller has nothing to add for them.
 */
export interface LedgerStore {
  /** In one transaction of its own, for what is no move of the store. */
  appendLedger(entries: readonly LedgerEntry[]): Promise<void>;
  /** Rows after `seq` (null: from the first) in order, at most `limit`. Throws AppError `store_damaged_row`. */
  readLedger(after: number | null, limit: number): Promise<LedgerRow[]>;
  /** The last row, as noted beside the ledger. Throws AppError `ledger_damaged`. */
  ledgerHead(): Promise<LedgerHead>;
}

export interface Store
  extends
    ThreadStore,
    TurnStore,
    JournalStore,
    ActionStore,
    DraftStore,
    ConsentStore,
    WindowStore,
    LeaseStore,
    LedgerStore,
    LibraryStore,
    SummaryStore,
    TitleStore,
    UnseenStore,
    UndoStore,
    CommandStore,
    EventStore,
    BlobStore,
    AttachmentStore {
  /** Calls back after another connection or process committed something. */
  onExternalChange(listener: () => void): { dispose(): void };
  dispose(): void;
}

// The wire between host and webview: two closed unions and what they carry. Both sides parse what they receive.
import { z } from 'zod';
import { DecidedAction, DecidedCall } from './decided.ts';
import { SentDraft, StoredDraft } from './drafts.ts';
import { CardRef, PageWish } from './wishes.ts';
import { AttachedView, Attachment, MAX_ATTACHMENTS } from './attachments.ts';
import { ContextView, ModelChoice } from './modelView.ts';
import { ComposingRequest } from './composing.ts';
import {
  ActionKind,
  ActionRequest,
  CallOutcome,
  CallState,
  Decisions,
  JsonObject,
  MAX_TEXT,
  Mode,
  RuleLayer,
  TurnStatus,
  Verdict,
} from './calls.ts';

export { CardRef, MAX_TEXT, PageWish };

export const ThreadSummary = z.object({
  id: z.string(),
  title: z.string(),
  updatedAt: z.number(),
  status: TurnStatus.nullable(),
  waiting: z.number().int(),
  /** Gone when this window closes or reloads; nothing of it may be kept anywhere. */
  temporary: z.boolean(),
});
export type ThreadSummary = z.infer<typeof ThreadSummary>;

/** The message says an earlier one again, after an edit of the human's or as it was. */
const Again = z.strictObject({ turnId: z.string().max(200), how: z.enum(['edit', 'retry']) });
export type Again = z.infer<typeof Again>;

/** One row of the transcript. `id` is stable: a later item with the same id replaces the earlier one. */
export const TranscriptItem = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    id: z.string(),
    turnId: z.string(),
    text: z.string(),
    /** The turn undoes another one: what is said is no message, and is not sent again. */
    undo: z.literal(true).optional(),
    again: Again.optional(),
    attachments: z.array(AttachedView).optional(),
  }),
  z.object({
    kind: z.literal('assistant'),
    id: z.string(),
    turnId: z.string(),
    text: z.string(),
    streaming: z.boolean(),
    /** What the model said that it thinks; shown apart, collapsed. */
    reasoning: z.string().optional(),
  }),
  z.object({
    kind: z.literal('call'),
    id: z.string(),
    turnId: z.string(),
    callId: z.string(),
    /** Calls of one batch run one after another. */
    batchId: z.string().optional(),
    tool: z.string(),
    summary: z.string(),
    state: CallState,
    outcome: CallOutcome.nullable(),
    why: Verdict.nullable(),
    output: z.string(),
    /** As the model wrote them. */
    args: z.string().optional(),
    /** From its start to its end, once it has both. */
    durationMs: z.number().optional(),
    actionId: z.string().nullable(),
    /** Of a command: whether it is part of the call, or goes on after it. */
    command: z.enum(['call', 'background']).optional(),
    /** Absent while nobody has decided it, and for a call that nobody had to decide. */
    decided: DecidedCall.optional(),
  }),
  /** What a turn that is over changed, as far as it can be undone; the first of `count` files by name. */
  z.object({
    kind: z.literal('changed'),
    id: z.string(),
    turnId: z.string(),
    files: z.array(z.string()),
    count: z.number().int(),
  }),
  z.object({
    kind: z.literal('notice'),
    id: z.string(),
    turnId: z.string(),
    level: z.enum(['info', 'warning', 'error']),
    code: z.string(),
    text: z.string(),
  }),
]);
export type TranscriptItem = z.infer<typeof TranscriptItem>;

/** What a card shows of one call. `before` is the base text of an edit; null when there is none or it is too large. */
export const RequestView = ActionRequest.extend({
  before: z.string().nullable(),
  /** JSON Schema of the tool's arguments, for the editor of them. */
  schema: JsonObject,
});
export type RequestView = z.infer<typeof RequestView>;

/** What a turn was started with and is not so any more: sentences, and the hash by which a human accepts exactly this. */
export const DriftView = z.object({ hash: z.string(), changes: z.array(z.string()) });
export type DriftView = z.infer<typeof DriftView>;

/** A pending action as a card. `agentText` is the model's own words: shown apart, plain and labelled. */
export const ActionView = z.object({
  actionId: z.string(),
  turnId: z.string(),
  threadId: z.string(),
  threadTitle: z.string(),
  kind: ActionKind,
  state: z.enum(['open', 'resolved', 'expired', 'cancelled']),
  createdAt: z.number(),
  /** Null: it waits for ever. */
  expiresAt: z.number().nullable(),
  proposalHash: z.string(),
  agentText: z.string(),
  requests: z.array(RequestView),
  /** All that the store has of the calls, whatever window it was typed in. */
  drafts: z.array(StoredDraft).optional(),
  /** Once it is resolved. */
  decided: DecidedAction.optional(),
  /** While it waits: stands in the way of a decision until the human accepts it. */
  drift: DriftView.optional(),
});
export type ActionView = z.infer<typeof ActionView>;

export const ChatStatus = z.object({
  thread: ThreadSummary.nullable(),
  turnId: z.string().nullable(),
  turn: TurnStatus.nullable(),
  model: ModelChoice.nullable(),
  mode: Mode,
  waiting: z.number().int(),
  /** Turns of the thread whose message waits behind the current one; none of them has run. */
  queued: z.array(z.string()),
  usage: z.object({ input: z.number(), output: z.number() }),
  /** Absent before the thread's first reply. */
  context: ContextView.optional(),
  problems: z.array(z.string()),
  /** How this window is called where decisions are recorded. */
  window: z.string().optional(),
  /** Calls of the thread whose command goes on in the background, here or in another window. */
  background: z.array(z.object({ turnId: z.string(), callId: z.string() })).optional(),
  /** Of an interrupted turn: stands in the way of Continue. */
  drift: DriftView.optional(),
  /** The turn was interrupted because its model could not be used: it can be tried again, and a message gives it up. */
  tryAgain: z.boolean().optional(),
});
export type ChatStatus = z.infer<typeof ChatStatus>;

const Change = z.discriminatedUnion('type', [
  /** A row of the transcript, new or in place of the one with its id. */
  z.object({ type: z.literal('item'), item: TranscriptItem }),
  /** A row that is not there any more. */
  z.object({ type: z.literal('gone'), itemId: z.string() }),
  /** Of a reply that streams; at offset 0 it begins, maybe again. */
  z.object({
    type: z.literal('text'),
    itemId: z.string(),
    turnId: z.string(),
    offset: z.number().int(),
    delta: z.string(),
    /** Part of what the model thinks, which comes before the reply and has offsets of its own. */
    thought: z.literal(true).optional(),
  }),
  z.object({ type: z.literal('action'), action: ActionView }),
]);
export type Change = z.infer<typeof Change>;

/**
 * Host to webview. `snapshot` replaces everything. `changes` holds what happened in the event log after number `after`, up to
 * `mark`; `after` is the `mark` of the message before. The others are idempotent, as each change is.
 */
export const HostToView = z.discriminatedUnion('type', [
  ...Change.options,
  ...PageWish.options,
  z.object({
    type: z.literal('snapshot'),
    surface: z.enum(['chat', 'panel']),
    status: ChatStatus,
    items: z.array(TranscriptItem),
    /** Whether the thread has rows before these; the view asks for them. */
    earlier: z.boolean().optional(),
    actions: z.array(ActionView),
    now: z.number(),
    mark: z.number().int(),
  }),
  z.object({
    type: z.literal('changes'),
    after: z.number().int(),
    mark: z.number().int(),
    changes: z.array(Change),
  }),
  /** Rows before those that the view has; none of them twice. */
  z.object({
    type: z.literal('earlier'),
    items: z.array(TranscriptItem),
    earlier: z.boolean(),
  }),
  /** Of a running command: it is in no log. `mark` is that of the message before. */
  z.object({
    type: z.literal('output'),
    mark: z.number().int(),
    itemId: z.string(),
    offset: z.number().int(),
    delta: z.string(),
  }),
  /** Where a text was found, from the first row to the last; `more`: in others before these, too. */
  z.object({
    type: z.literal('found'),
    text: z.string(),
    itemIds: z.array(z.string()),
    more: z.boolean(),
  }),
  /** A call's draft as it is now, typed in this window or another. */
  z.object({ type: z.literal('draft'), actionId: z.string(), draft: StoredDraft }),
  z.object({ type: z.literal('status'), status: ChatStatus }),
  /** The workspace's files that fit best what was asked for, best first. */
  z.object({ type: z.literal('files'), query: z.string(), paths: z.array(z.string()) }),
  z.object({
    type: z.literal('reply'),
    requestId: z.number().int(),
    error: z
      .object({
        code: z.string(),
        message: z.string(),
        callIds: z.array(z.string()),
        /** With `already_decided`: what was decided instead. */
        decided: DecidedAction.optional(),
      })
      .nullable(),
  }),
]);
export type HostToView = z.infer<typeof HostToView>;

/** Longest text that can be looked for, in UTF-16 units. */
export const MAX_FIND = 1000;

const request = { requestId: z.number().int().nonnegative() };
const call = { turnId: z.string().max(200), callId: z.string().max(500) };

/** Webview to host. Every message is a request and gets exactly one `reply` with its `requestId`. */
export const ViewToHost = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready'), ...request }),
  /** The rows before those that the view has. */
  z.strictObject({ type: z.literal('earlier'), ...request }),
  z.strictObject({
    type: z.literal('send'),
    ...request,
    text: z.string().min(1).max(MAX_TEXT),
    attachments: z.array(Attachment).max(MAX_ATTACHMENTS).optional(),
    /** While the thread's turn is not over: wait behind it, or stop it and go first. Refused when it is not said. */
    whenBusy: z.enum(['queue', 'discard']).optional(),
    again: Again.optional(),
  }),
  /** Looks for a text in all of the thread; a search that still goes on is given up. */
  z.strictObject({ type: z.literal('find'), ...request, text: z.string().max(MAX_FIND) }),
  /** Whether the keyboard is in the page. */
  z.strictObject({ type: z.literal('chatFocus'), ...request, has: z.boolean() }),
  /** Shows what undoing a turn would do; starts it only when the user says so there. */
  z.strictObject({ type: z.literal('undoTurn'), ...request, turnId: z.string().max(200) }),
  z.strictObject({ type: z.literal('stop'), ...request }),
  ...ComposingRequest.options,
  /** Goes on with an interrupted turn from where it was. */
  z.strictObject({
    type: z.literal('continue'),
    ...request,
    drift: z.string().max(200).optional(),
  }),
  /** Shows an approval again: this one, or the expired one of the thread that is shown. */
  z.strictObject({
    type: z.literal('askAgain'),
    ...request,
    actionId: z.string().max(200).optional(),
  }),
  /** Stops the turn that waits for this approval. */
  z.strictObject({ type: z.literal('discard'), ...request, actionId: z.string().max(200) }),
  /** Shows what the call's command prints in a terminal that takes no input. */
  z.strictObject({ type: z.literal('showTerminal'), ...request, ...call }),
  /** Ends the call's command, and not its turn. */
  z.strictObject({ type: z.literal('stopCommand'), ...request, ...call }),
  /** Lists the commands in the background. */
  z.strictObject({ type: z.literal('showBackground'), ...request }),
  z.strictObject({ type: z.literal('newThread'), ...request }),
  z.strictObject({
    type: z.literal('submit'),
    ...request,
    actionId: z.string().max(200),
    proposalHash: z.string().max(200),
    decisions: Decisions,
    /** The drift that the human accepted. */
    drift: z.string().max(200).optional(),
    /** A command pressed the button and no hand: the window asks natively before it counts. */
    confirm: z.literal(true).optional(),
  }),
  /** Which card has the focus, or had it last and is still there. */
  z.strictObject({ type: z.literal('cardFocus'), ...request, card: CardRef.nullable() }),
  /** Keeps what is typed or picked on a card, and not submitted; null when it is empty again. Decides nothing. */
  z.strictObject({
    type: z.literal('draft'),
    ...request,
    actionId: z.string().max(200),
    callId: z.string().max(500),
    proposalHash: z.string().max(200),
    card: SentDraft.nullable(),
  }),
  /** Opens the native diff editor with an editable right side for one edit; `merge`: the merge editor, for one that clashes. */
  z.strictObject({
    type: z.literal('openDiff'),
    ...request,
    actionId: z.string().max(200),
    callId: z.string().max(500),
    merge: z.boolean().optional(),
  }),
  /** Opens all edits of an action in one editor. */
  z.strictObject({ type: z.literal('openAllDiffs'), ...request, actionId: z.string().max(200) }),
  z.strictObject({ type: z.literal('openPanel'), ...request, actionId: z.string().max(200) }),
  /** Copies code of the agent's, or puts it where the cursor is in the active editor. */
  z.strictObject({
    type: z.literal('useText'),
    ...request,
    use: z.enum(['copy', 'insert']),
    text: z.string().max(MAX_TEXT),
  }),
  /** Opens an address of the web outside, after a native confirmation that shows all of it. */
  z.strictObject({ type: z.literal('openLink'), ...request, address: z.string().max(4000) }),
  z.strictObject({ type: z.literal('setMode'), ...request, mode: Mode }),
  z.strictObject({ type: z.literal('selectModel'), ...request }),
  z.strictObject({ type: z.literal('tryDemo'), ...request }),
  /** Opens the place where the rule of a why line can be changed or taken back. */
  z.strictObject({
    type: z.literal('openWhy'),
    ...request,
    rule: z.string().max(2000),
    layer: RuleLayer,
  }),
]);
export type ViewToHost = z.infer<typeof ViewToHost>;

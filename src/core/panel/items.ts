// Rows of the store as rows of the transcript. Pure.
import { displayBytes } from '../../protocol/displayBytes.ts';
import { stoppedByModel } from '../threads/stopping.ts';
import { decidedCall, type DecidedCall } from '../../protocol/decided.ts';
import type { TranscriptItem } from '../../protocol/messages.ts';
import type { TextEvent, ThreadRows } from '../ports/eventStore.ts';
import type { CallRow, MessageRow, TurnRow } from '../ports/store.ts';
import { parseJson } from '../base/json.ts';
import { toolName, UNFINISHED } from '../../protocol/calls.ts';

/** Longest output a transcript line carries, in UTF-16 units; the whole stays in the store. */
const MAX_OUTPUT = 20_000;

/** Most files that the line of a turn names. */
const MAX_FILES = 50;

type Decided = ThreadRows['decisions'][number];

/** What a transcript is told: whole rows, and pieces of text for the others. */
export interface ThreadItems {
  /** In reading order. */
  items: TranscriptItem[];
  /** Ids of rows that are not there, and may have been. */
  gone: string[];
  pieces: TextEvent[];
}

/** All rows of a thread, or those that changed, as the transcript shows them. */
export function threadItems(rows: ThreadRows): ThreadItems {
  const all: ThreadItems = { items: [], gone: [], pieces: [] };
  const moved = new Map(rows.turns.map((turn) => [turn.id, turn]));
  const byTurn = {
    messages: Map.groupBy(rows.messages, ({ turnId }) => turnId),
    calls: Map.groupBy(rows.calls, ({ turnId }) => turnId),
    texts: Map.groupBy(rows.texts, ({ turnId }) => turnId),
  };
  for (const { id } of rows.states) {
    const messages = byTurn.messages.get(id) ?? [];
    const calls = callItems(rows, byTurn.calls.get(id) ?? []);
    const texts = byTurn.texts.get(id) ?? [];
    const shown = new Set(messages.map(({ message }) => message.id));
    // A batch whose message did not change is above those that did.
    for (const [batchId, items] of calls) if (!shown.has(batchId)) all.items.push(...items);
    for (const row of messages) {
      const item = messageItem(row);
      if (item) all.items.push(item);
      all.items.push(...(calls.get(row.message.id) ?? []));
    }
    const turn = moved.get(id);
    if (turn) addState(all, turn, texts);
    if (turn && !UNFINISHED.includes(turn.status)) all.items.push(...changedItem(rows, id));
    else all.pieces.push(...joined(texts));
  }
  return all;
}

/** The lines of calls, by batch. */
function callItems(rows: ThreadRows, calls: readonly CallRow[]): Map<string, TranscriptItem[]> {
  const open = new Map(rows.waiting.map(({ turnId, actionId }) => [turnId, actionId]));
  const decisions = Map.groupBy(rows.decisions, batchKey);
  const items = new Map<string, TranscriptItem[]>();
  for (const [batchId, batch] of Map.groupBy(calls, (call) => call.batchId)) {
    const made = batch.map((call) =>
      callItem(call, open.get(call.turnId) ?? null, decisions.get(batchKey(call)) ?? []),
    );
    items.set(batchId, made);
  }
  return items;
}

const batchKey = ({ turnId, batchId }: { turnId: string; batchId: string }): string =>
  `${turnId} ${batchId}`;

/** What hangs on the turn's state: whether its text still streams, and the line that says how it ended. */
function addState(all: ThreadItems, turn: TurnRow, texts: readonly TextEvent[]): void {
  const end = endItem(turn);
  const streaming = turn.status === 'running';
  for (const [id, pieces] of Map.groupBy(texts, ({ messageId }) => messageId)) {
    const [text, reasoning] = [textOf(pieces, undefined), textOf(pieces, true)];
    const item = { kind: 'assistant', id, turnId: turn.id, text, streaming } as const;
    all.items.push(reasoning === '' ? item : { ...item, reasoning });
  }
  all.items.push(...end);
  if (end.length === 0) all.gone.push(endId(turn.id));
}

function textOf(pieces: readonly TextEvent[], thought: true | undefined): string {
  const wanted = pieces.filter((piece) => piece.thought === thought);
  return wanted.map(({ delta }) => delta).join('');
}

/** The line that names the files which a turn changed, from where it can be undone. */
function changedItem({ changed }: ThreadRows, turnId: string): TranscriptItem[] {
  const paths = changed.find((one) => one.turnId === turnId)?.paths ?? [];
  if (paths.length === 0) return [];
  const files = paths.slice(0, MAX_FILES).map(oneLine);
  return [{ kind: 'changed', id: `${turnId}:changed`, turnId, files, count: paths.length }];
}

/** Neighbouring pieces of one message as one; they are in order and have no gaps. */
function joined(texts: readonly TextEvent[]): TextEvent[] {
  const pieces: TextEvent[] = [];
  for (const event of texts) {
    const last = pieces.at(-1);
    const follows =
      last?.messageId === event.messageId &&
      last.thought === event.thought &&
      last.offset + last.delta.length === event.offset;
    if (last && follows) pieces[pieces.length - 1] = { ...last, delta: last.delta + event.delta };
    else pieces.push(event);
  }
  return pieces;
}

/** Null for messages that are shown elsewhere (tool results stand on their call's line) or hold no text. */
function messageItem(row: MessageRow): TranscriptItem | null {
  const { message, turnId } = row;
  if (message.role === 'user') {
    const { id, text, again } = message;
    const undo = message.undoes !== undefined && ({ undo: true } as const);
    const more = { ...undo, ...(again && { again }), ...sentWith(message) };
    return { kind: 'user', id, turnId, text, ...more };
  }
  if (message.role !== 'assistant') return null;
  const { id, text, reasoning } = message;
  if (text === '' && reasoning === undefined) return null;
  const item = { kind: 'assistant', id, turnId, text, streaming: false } as const;
  return reasoning === undefined ? item : { ...item, reasoning };
}

function sentWith({ attachments = [] }: Extract<MessageRow['message'], { role: 'user' }>): object {
  if (attachments.length === 0) return {};
  return {
    attachments: attachments.map(({ name, of, lines, hash }) => ({
      ...{ name, of, hash },
      ...(lines && { lines }),
    })),
  };
}

function callItem(
  call: CallRow,
  actionId: string | null,
  decisions: readonly Decided[],
): TranscriptItem {
  const decided = decidedOf(call.callId, decisions);
  const waits = call.state === 'planned' && call.verdict?.verdict === 'ask';
  // Nothing runs while its turn waits: what was started then is what the card asks about.
  const state = call.state === 'started' && actionId !== null ? 'unknown' : call.state;
  return {
    kind: 'call',
    id: callItemId(call.turnId, call.callId),
    turnId: call.turnId,
    callId: call.callId,
    batchId: call.batchId,
    tool: call.tool,
    summary: summaryOf(call),
    state,
    outcome: call.outcome,
    why: call.verdict,
    output: shorten(call.result ?? ''),
    args: shorten(call.argsText),
    ...timeOf(call),
    ...commandOf(call),
    actionId: waits ? actionId : null,
    ...(decided ? { decided } : {}),
  };
}

function timeOf({ startedAt, endedAt }: CallRow): { durationMs?: number } {
  return startedAt === null || endedAt === null
    ? {}
    : { durationMs: Math.max(0, endedAt - startedAt) };
}

function commandOf({ proposal }: CallRow): { command?: 'call' | 'background' } {
  if (proposal?.kind !== 'command') return {};
  return { command: proposal.background === true ? 'background' : 'call' };
}

/** The last decision about a call: after a crash there may be one about its outcome. */
function decidedOf(callId: string, rows: readonly Decided[]): DecidedCall | undefined {
  const last = rows.findLast((row) => Object.hasOwn(row.decisions ?? {}, callId));
  const decision = last?.decisions?.[callId];
  if (!last || !decision) return undefined;
  const by = last.decidedBy ?? 'someone';
  return decidedCall(decision, { by, at: last.decidedAt ?? 0 }, last.hunks[callId]);
}

export function callItemId(turnId: string, callId: string): string {
  return `${turnId}/${callId}`;
}

const endId = (turnId: string): string => `${turnId}:end`;

/** The line that says how a turn ended when it did not simply finish. */
function endItem(turn: TurnRow): TranscriptItem[] {
  const noModel = stoppedByModel(turn);
  if (turn.status === 'interrupted' && !noModel) return [interruptedItem(turn)];
  if (turn.status === 'expired') return [expiredItem(turn.id)];
  if (turn.code === null || turn.message === null) return [];
  const level = turn.status === 'failed' || noModel ? 'error' : 'info';
  const { id: turnId, code, message: text } = turn;
  return [{ kind: 'notice', id: endId(turnId), turnId, level, code, text }];
}

function interruptedItem({ id: turnId, message }: TurnRow): TranscriptItem {
  const why = message ?? 'The process that ran this turn ended.';
  const text = `${why} Nothing was decided for you. Continue the turn, or stop it.`;
  return {
    kind: 'notice',
    id: endId(turnId),
    turnId,
    level: 'warning',
    code: 'interrupted',
    text,
  };
}

function expiredItem(turnId: string): TranscriptItem {
  const text =
    'The approval expired before a decision was made. Nothing ran. Ask again, or stop the turn.';
  return { kind: 'notice', id: endId(turnId), turnId, level: 'warning', code: 'expired', text };
}

/** What the call is about, in one line: path, command or question; the raw arguments when there is no proposal. */
function summaryOf(call: CallRow): string {
  const { proposal } = call;
  if (!proposal) return oneLine(call.argsText);
  if (proposal.kind === 'edit') return proposal.path;
  if (proposal.kind === 'move') return oneLine(`${proposal.path} → ${proposal.to}`);
  if (proposal.kind === 'command' || proposal.kind === 'running') return oneLine(proposal.command);
  if (proposal.kind === 'question') return oneLine(proposal.question);
  if (proposal.kind === 'tool') return oneLine(toolName(proposal));
  return withPattern(proposal.target, call);
}

function withPattern(target: string, call: CallRow): string {
  const parsed = parseJson(call.argsText);
  const args: unknown = parsed.ok ? parsed.value : null;
  if (args === null || typeof args !== 'object' || !('pattern' in args)) return target;
  return typeof args.pattern === 'string' ? `“${oneLine(args.pattern)}” in ${target}` : target;
}

function oneLine(text: string): string {
  const flat = text.replaceAll(/\s*\n\s*/g, ' ⏎ ');
  return displayBytes(flat.length > 200 ? `${flat.slice(0, 199)}…` : flat);
}

function shorten(text: string): string {
  if (text.length <= MAX_OUTPUT) return text;
  return `${text.slice(0, MAX_OUTPUT)}\n… ${text.length - MAX_OUTPUT} more characters`;
}

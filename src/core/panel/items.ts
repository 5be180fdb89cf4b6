// Rows of the store as rows of the transcript. Pure.
import { displayBytes } from '../../protocol/displayBytes.ts';
import { decidedCall, type DecidedCall } from '../../protocol/decided.ts';
import type { TranscriptItem } from '../../protocol/messages.ts';
import type { CallRow, DecisionRow, MessageRow, TextEvent, TurnRow } from '../ports/store.ts';
import { parseJson } from '../base/json.ts';

/** Longest output a transcript line carries, in UTF-16 units; the whole stays in the store. */
const MAX_OUTPUT = 20_000;

interface TurnRows {
  turn: TurnRow;
  messages: readonly MessageRow[];
  calls: readonly CallRow[];
  /** Streamed text of messages that are not stored yet. */
  texts: readonly TextEvent[];
  /** The open action of the turn, if it waits. */
  actionId: string | null;
  /** What was decided in the turn, oldest first. */
  decisions: readonly DecisionRow[];
}

/** One turn as transcript items, in reading order. */
export function turnItems(rows: TurnRows): TranscriptItem[] {
  const { turn, messages, calls } = rows;
  const items: TranscriptItem[] = [];
  for (const row of messages) {
    const item = messageItem(row);
    if (item) items.push(item);
    const batch = calls.filter((call) => call.batchId === row.message.id);
    items.push(...batch.map((call) => callItem(call, rows.actionId, rows.decisions)));
  }
  items.push(...streamingItems(rows), ...endItem(turn));
  return items;
}

/** Null for messages that are shown elsewhere (tool results stand on their call's line) or hold no text. */
export function messageItem(row: MessageRow): TranscriptItem | null {
  const { message, turnId } = row;
  if (message.role === 'user') return { kind: 'user', id: message.id, turnId, text: message.text };
  if (message.role !== 'assistant' || message.text === '') return null;
  return { kind: 'assistant', id: message.id, turnId, text: message.text, streaming: false };
}

export function callItem(
  call: CallRow,
  actionId: string | null,
  decisions: readonly DecisionRow[],
): TranscriptItem {
  const decided = decidedOf(call.callId, decisions);
  const waits = call.state === 'planned' && call.verdict?.verdict === 'ask';
  return {
    kind: 'call',
    id: callItemId(call.turnId, call.callId),
    turnId: call.turnId,
    callId: call.callId,
    tool: call.tool,
    summary: summaryOf(call),
    state: call.state,
    outcome: call.outcome,
    why: call.verdict,
    output: shorten(call.result ?? ''),
    actionId: waits ? actionId : null,
    ...(decided ? { decided } : {}),
  };
}

/** The last decision about a call: after a crash there may be one about its outcome. */
function decidedOf(callId: string, rows: readonly DecisionRow[]): DecidedCall | undefined {
  const last = rows.findLast((row) => Object.hasOwn(row.decisions ?? {}, callId));
  const decision = last?.decisions?.[callId];
  if (!last || !decision) return undefined;
  return decidedCall(decision, last.decidedBy ?? 'someone', last.decidedAt ?? 0);
}

export function callItemId(turnId: string, callId: string): string {
  return `${turnId}/${callId}`;
}

/** The line that says how a turn ended when it did not simply finish. */
export function endItem(turn: TurnRow): TranscriptItem[] {
  if (turn.status === 'interrupted') return [interruptedItem(turn)];
  if (turn.status === 'expired') return [expiredItem(turn.id)];
  if (turn.code === null || turn.message === null) return [];
  const level = turn.status === 'failed' ? 'error' : 'info';
  const { id: turnId, code, message: text } = turn;
  return [{ kind: 'notice', id: `${turnId}:end`, turnId, level, code, text }];
}

function interruptedItem({ id: turnId, message }: TurnRow): TranscriptItem {
  const why = message ?? 'The process that ran this turn ended.';
  const text = `${why} Nothing was decided for you. Continue the turn, or stop it.`;
  return {
    kind: 'notice',
    id: `${turnId}:end`,
    turnId,
    level: 'warning',
    code: 'interrupted',
    text,
  };
}

function expiredItem(turnId: string): TranscriptItem {
  const text =
    'The approval expired before a decision was made. Nothing ran. Ask again, or stop the turn.';
  return { kind: 'notice', id: `${turnId}:end`, turnId, level: 'warning', code: 'expired', text };
}

function streamingItems(rows: TurnRows): TranscriptItem[] {
  const stored = new Set(rows.messages.map((row) => row.message.id));
  const texts = new Map<string, string>();
  for (const event of rows.texts) {
    if (!stored.has(event.messageId)) {
      texts.set(event.messageId, (texts.get(event.messageId) ?? '') + event.delta);
    }
  }
  const streaming = rows.turn.status === 'running';
  const turnId = rows.turn.id;
  return [...texts].map(([id, text]) => ({ kind: 'assistant', id, turnId, text, streaming }));
}

/** What the call is about, in one line: path, command or question; the raw arguments when there is no proposal. */
function summaryOf(call: CallRow): string {
  const { proposal } = call;
  if (!proposal) return oneLine(call.argsText);
  if (proposal.kind === 'edit') return proposal.path;
  if (proposal.kind === 'command') return oneLine(proposal.command);
  if (proposal.kind === 'question') return oneLine(proposal.question);
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

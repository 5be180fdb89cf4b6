// A thread as a file to keep or hand on: all that was said, asked, decided and done, redacted as the ledger is. Pure.
// What others wrote stands in quotes and fences, where it cannot pass for a heading or a decision of ours.
import { redact } from '../ledger/redact.ts';
import { parseJson } from '../base/json.ts';
import { titleOf } from './titleText.ts';
import { decidedCall, type DecidedCall } from '../../protocol/decided.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import { callTitle } from '../../protocol/callTitle.ts';
import type { Decision, Proposal } from '../../protocol/calls.ts';
import type { ThreadRows } from '../ports/eventStore.ts';
import type { CallRow, MessageRow, TurnRow } from '../ports/store.ts';

export type ExportFormat = 'markdown' | 'json';

/** The file in pieces, so that whoever writes it can let others go on in between. `now` is when it is made. */
export function exportThread(
  rows: ThreadRows,
  format: ExportFormat,
  now: number,
): Generator<string, void> {
  return format === 'json' ? asJson(rows, now) : asMarkdown(rows, now);
}

/** A name for the file, without its ending: what every system takes. */
export function exportName(title: string): string {
  const name = title
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60)
    .toWellFormed();
  return name === '' ? 'thread' : name;
}

interface CallRecord {
  call: CallRow;
  decision: Decision | undefined;
  decided: DecidedCall | undefined;
  waits: boolean;
}

function recordOf(rows: ThreadRows, call: CallRow): CallRecord {
  const last = rows.decisions.findLast(
    (row) =>
      row.turnId === call.turnId &&
      row.batchId === call.batchId &&
      Object.hasOwn(row.decisions ?? {}, call.callId),
  );
  const decision = last?.decisions?.[call.callId];
  const waits = rows.actions.some(
    ({ turnId, requests }) =>
      turnId === call.turnId && requests.some(({ callId }) => callId === call.callId),
  );
  const decided =
    decision &&
    decidedCall(decision, { by: last?.decidedBy ?? 'someone', at: last?.decidedAt ?? 0 });
  return { call, decision, decided, waits };
}

interface Part {
  message: MessageRow['message'];
  calls: CallRecord[];
}

function partsOf(rows: ThreadRows, turnId: string): Part[] {
  const calls = rows.calls.filter((call) => call.turnId === turnId);
  return rows.messages
    .filter((row) => row.turnId === turnId && row.message.role !== 'tool')
    .map(({ message }) => ({
      message,
      calls: calls
        .filter(({ batchId }) => batchId === message.id)
        .map((call) => recordOf(rows, call)),
    }));
}

function* asJson(rows: ThreadRows, now: number): Generator<string, void> {
  const { thread } = rows;
  const head = {
    format: 'countersign.thread',
    version: 1,
    exportedAt: new Date(now).toISOString(),
    thread: { id: thread?.id ?? '', title: titleOf(thread), createdAt: thread?.createdAt ?? 0 },
  };
  yield `${pretty(head).slice(0, -2)},\n  "turns": [`;
  for (const [at, turn] of rows.turns.entries()) {
    yield at === 0 ? '\n' : ',\n';
    yield pretty(jsonTurn(turn, partsOf(rows, turn.id)));
  }
  yield '\n  ]\n}\n';
}

const pretty = (value: unknown): string => JSON.stringify(redacted(value), null, 2);

function jsonTurn(turn: TurnRow, parts: readonly Part[]): object {
  const { id, status, createdAt, endedAt, code, message } = turn;
  return {
    ...{ id, status, createdAt, endedAt, code, message },
    messages: parts.map((part) => ({
      role: part.message.role,
      text: part.message.text,
      ...(part.message.role === 'user' && part.message.again && { again: part.message.again }),
      ...attachedOf(part.message),
      ...(part.calls.length > 0 && { calls: part.calls.map(jsonCall) }),
    })),
  };
}

function jsonCall({ call, decision, decided, waits }: CallRecord): object {
  const { callId, tool, state, outcome, proposal, proposalHash, verdict, result } = call;
  return {
    ...{ callId, tool, args: argsOf(call), proposal, proposalHash, verdict, state, outcome, waits },
    decision: decision && decided ? { by: decided.by, at: decided.at, ...decision } : null,
    ...{ result, startedAt: call.startedAt, endedAt: call.endedAt },
  };
}

function argsOf({ argsText }: CallRow): unknown {
  const parsed = parseJson(argsText);
  return parsed.ok ? parsed.value : argsText;
}

/** A copy in which no string, and no name of a member, holds a known kind of secret. */
function redacted(value: unknown): unknown {
  if (typeof value === 'string') return redact(value).toWellFormed();
  if (Array.isArray(value)) return value.map(redacted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [redact(key).toWellFormed(), redacted(member)]),
  );
}

function* asMarkdown(rows: ThreadRows, now: number): Generator<string, void> {
  const { thread } = rows;
  yield `# ${line(titleOf(thread))}\n\n`;
  yield `Thread \`${thread?.id ?? ''}\`, begun ${time(thread?.createdAt ?? 0)}, exported ${time(now)} from Countersign. `;
  yield 'Known kinds of secrets are replaced by `[redacted:KIND]`.\n';
  for (const turn of rows.turns) {
    for (const part of partsOf(rows, turn.id)) {
      yield* saidBlock(part, turn);
      for (const call of part.calls) yield callBlock(call);
    }
    yield endBlock(turn);
  }
}

function saidAgain({ again }: Extract<MessageRow['message'], { role: 'user' }>): string {
  if (!again) return '';
  return again.how === 'edit' ? ', an edit of an earlier message' : ', another try of a message';
}

function* saidBlock({ message }: Part, turn: TurnRow): Generator<string, void> {
  const who =
    message.role === 'user' ? `You, ${time(turn.createdAt)}${saidAgain(message)}` : 'Agent';
  if (message.role === 'user' || message.text.trim() !== '')
    yield `\n## ${who}\n\n${quoted(message.text)}\n${attachedLines(message)}`;
}

/** What was sent along, by name: the contents stay in the state file. */
function attachedOf(message: MessageRow['message']): { attachments?: object[] } {
  const attachments = message.role === 'user' ? (message.attachments ?? []) : [];
  return attachments.length === 0 ? {} : { attachments };
}

function attachedLines(message: MessageRow['message']): string {
  const attachments = message.role === 'user' ? (message.attachments ?? []) : [];
  if (attachments.length === 0) return '';
  const names = attachments.map(
    ({ name, lines }) => `${line(name)}${lines ? ` (lines ${lines.first} to ${lines.last})` : ''}`,
  );
  return `\nAttached: ${names.join(', ')}\n`;
}

function callBlock({ call, decision, decided, waits }: CallRecord): string {
  const { verdict, result, proposal, state, outcome } = call;
  const title = proposal ? callTitle({ proposal }) : { kind: 'Call', subject: call.tool };
  const head = `${title.kind} ${title.subject}`.trim();
  const how = waits ? 'waits for a decision' : `${state}${outcome === null ? '' : `, ${outcome}`}`;
  const why = verdict
    ? `- Policy: ${verdict.verdict}, ${line(verdict.reason)}${verdict.rule === undefined ? '' : ` (${line(verdict.rule)})`}\n`
    : '';
  const said = decided
    ? `- ${line(decided.text)} by ${line(decided.by)}, ${time(decided.at)}\n`
    : '';
  const own = decision === undefined ? '' : typed(decision);
  return `\n### ${line(head)}\n\n- \`${line(call.tool)}\`: ${how}\n${why}${said}\n${fenced(wouldDo(call, proposal))}${own}${
    result === null || result === '' ? '' : `\nResult:\n\n${fenced(result)}`
  }`;
}

/** What the call was for: its command, else all its arguments. */
function wouldDo(call: CallRow, proposal: Proposal | null): string {
  if (proposal?.kind === 'command') return proposal.command;
  if (proposal?.kind === 'question') return proposal.question;
  const parsed = parseJson(call.argsText);
  return parsed.ok ? JSON.stringify(parsed.value, null, 2) : call.argsText;
}

/** What the human wrote with the decision. */
function typed(decision: Decision): string {
  switch (decision.type) {
    case 'reject':
      return decision.reason === undefined ? '' : `\nReason:\n\n${fenced(decision.reason)}`;
    case 'respond':
      return `\nAnswer:\n\n${fenced(decision.text)}`;
    case 'edit': {
      const text = decision.content ?? JSON.stringify(decision.args ?? decision.hunks, null, 2);
      return `\nEdited to:\n\n${fenced(text)}`;
    }
    case 'mark_done':
      return decision.output === undefined ? '' : `\nSaid of it:\n\n${fenced(decision.output)}`;
    case 'approve':
    case 'run_again':
    case 'skip':
      return '';
  }
}

function endBlock({ status, message }: TurnRow): string {
  const why = message === null ? '' : `: ${line(message)}`;
  return `\n_Turn ${status}${why}_\n`;
}

const time = (at: number): string => new Date(at).toISOString();

/** Text in the middle of a line of ours. */
function line(text: string): string {
  return displayBytes(redact(text).replaceAll(/\s+/g, ' ')).replaceAll(/[\\`*_[\]<>#|]/g, '\\$&');
}

function quoted(text: string): string {
  return displayBytes(redact(text), true)
    .split('\n')
    .map((one) => (one === '' ? '>' : `> ${one}`))
    .join('\n');
}

/** The fence is longer than any in the text. */
function fenced(text: string): string {
  const shown = displayBytes(redact(text), true);
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${shown}${shown.endsWith('\n') ? '' : '\n'}${fence}\n`;
}

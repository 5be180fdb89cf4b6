// What the command line prints: one JSON object a line with --json, else lines for people. Every byte of the agent's made visible.
import { boundDetail, boundPhrase } from '../../protocol/bound.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import { unseenPhrase, unseenNames } from '../../protocol/unseen.ts';
import { toolName, type Proposal } from '../../protocol/calls.ts';
import type { DriveEnd } from '../../core/agent/turnRunner.ts';
import type { EngineEvent } from '../../core/agent/events.ts';
import type { Refusal } from '../../core/agent/submission.ts';
import type { ActionRow, TurnRow } from '../../core/ports/store.ts';

export type Print = (object: Record<string, unknown>, text: string) => void;

export const EXIT = { finished: 0, failed: 1, usage: 2, paused: 3, refused: 4 } as const;

export function createPrint(json: boolean): Print {
  return (object, text) => {
    // Whatever a line is made of, no control character of it reaches the terminal.
    const line = json ? JSON.stringify(object) : displayBytes(text, true);
    if (line !== '') process.stdout.write(`${line}\n`);
  };
}

/** Events of the turn as they happen. */
export function printEvent(print: Print, event: EngineEvent): void {
  if (event.type === 'text') {
    const { turnId, messageId, offset, delta, thought } = event;
    print({ type: thought ? 'reasoning' : 'text', turnId, messageId, offset, delta }, '');
  } else if (event.type === 'message') {
    const { turnId, message } = event.row;
    const said = message.role === 'assistant' ? displayBytes(message.text, true) : '';
    print({ type: 'message', turnId, message }, said);
  } else if (event.type === 'call') {
    const { turnId, callId, tool, state, outcome, verdict } = event.call;
    const how = [state, outcome, verdict?.reason].filter(Boolean).join(', ');
    print(
      { type: 'call', turnId, callId, tool, state, outcome, why: verdict },
      `  ${tool}: ${displayBytes(how)}`,
    );
  } else if (event.type === 'output') {
    const { turnId, callId, offset, delta } = event;
    print({ type: 'output', turnId, callId, offset, delta }, '');
  }
}

/** Said before the waiting begins. */
export function printQueued(print: Print, { id: turnId, threadId }: TurnRow): void {
  print(
    { type: 'turn.queued', turnId, threadId },
    `Queued: turn ${turnId} starts when the one before it in its thread is over and fewer turns run than the limit allows.`,
  );
}

/** The one closing event of run and decide, and its exit status. */
export function printEnd(print: Print, end: DriveEnd, finalText: string): number {
  if (end.kind === 'paused') {
    print(pausedEvent(end.action), pausedText(end.action));
    return EXIT.paused;
  }
  if (end.kind === 'lost') {
    const message = 'The turn was moved on by another process.';
    print({ type: 'turn.failed', code: 'lost', message }, message);
    return EXIT.failed;
  }
  if (end.kind === 'halted') {
    const { id: turnId, threadId } = end.turn;
    const { code } = end.failure;
    const message = `${end.failure.message} The turn stopped where it was and loses nothing: go on later with “continue ${turnId}”.`;
    print({ type: 'turn.failed', turnId, threadId, code, message }, `Halted (${code}): ${message}`);
    return EXIT.failed;
  }
  if (end.kind === 'queued') {
    const message = 'The turn is still queued. Go on with it with “continue”.';
    print({ type: 'turn.failed', code: 'still_queued', message }, message);
    return EXIT.failed;
  }
  return printEnded(print, end.turn, finalText);
}

function printEnded(print: Print, turn: TurnRow, finalText: string): number {
  const { id: turnId, threadId, status, code, message } = turn;
  if (status === 'failed') {
    print({ type: 'turn.failed', turnId, threadId, code, message }, `Failed (${code}): ${message}`);
    return EXIT.failed;
  }
  const note = message === null ? '' : ` ${message}`;
  print(
    { type: 'turn.finished', turnId, threadId, status, code, message, text: finalText },
    `Turn ${status}.${note} Thread ${threadId}.`,
  );
  return EXIT.finished;
}

export function pausedEvent(action: ActionRow): Record<string, unknown> {
  return {
    type: 'turn.paused',
    turnId: action.turnId,
    threadId: action.threadId,
    actionId: action.id,
    kind: action.kind,
    proposalHash: action.proposalHash,
    createdAt: action.createdAt,
    requests: action.requests,
  };
}

export function pausedText(action: ActionRow): string {
  const calls = action.requests.map((request) => {
    const { proposal } = request;
    const what =
      proposal.kind === 'command' || proposal.kind === 'running'
        ? proposal.command
        : proposal.kind === 'question'
          ? proposal.question
          : proposal.kind === 'edit'
            ? `${proposal.change} ${proposal.path} (+${proposal.added} −${proposal.removed})`
            : proposal.kind === 'tool'
              ? toolName(proposal)
              : proposal.kind === 'move'
                ? `${proposal.path} → ${proposal.to}${proposal.executable ? ' (executable)' : ''}`
                : proposal.target;
    return `  ${request.callId}  ${request.tool}: ${displayBytes(what)}\n      ${displayBytes(request.why.reason)}${boundText(proposal)}`;
  });
  return [`Waiting for you: action ${action.id}`, ...calls].join('\n');
}

function boundText(proposal: Proposal): string {
  if (proposal.kind !== 'command') return '';
  const { binds = [], unbound = [] } = proposal;
  const files = binds.map((file) => `${displayBytes(file.path)} (${boundDetail(file)})`);
  const unseen = unseenNames(proposal).map((name) => displayBytes(name));
  const lines = [
    unseen.length === 0 ? [] : [`${unseenPhrase()}: ${unseen.join(', ')}`],
    files.length === 0 ? [] : [`runs ${files.join(', ')}, ${boundPhrase(binds)}`],
    unbound.length === 0
      ? []
      : [`not bound: ${unbound.map((text) => displayBytes(text)).join(', ')}`],
  ];
  return lines
    .flat()
    .map((line) => `\n      ${line}`)
    .join('');
}

export function printRefusal(
  print: Print,
  refusal: Omit<Refusal, 'code'> & { code: string },
): number {
  const { code, message, callIds, drift, actionId } = refusal;
  const more = {
    ...(drift !== undefined && { drift }),
    ...(actionId !== undefined && { actionId }),
  };
  print(
    { type: 'refused', code, message, callIds, ...more },
    `Refused (${code}): ${message}${wayOut(refusal)}`,
  );
  return EXIT.refused;
}

/** For people: what can be done instead. */
function wayOut({ drift, actionId }: Pick<Refusal, 'drift' | 'actionId'>): string {
  if (actionId !== undefined) return `\nWaiting for you: action ${actionId}`;
  if (drift === undefined) return '';
  return `\nTo resume it as it was: "drift": "${drift}" in the decisions file, or continue --drift ${drift}.`;
}

/** What is wrong with settings or state, before anything else is printed. */
export function printWarnings(print: Print, messages: readonly string[]): void {
  for (const message of messages) print({ type: 'warning', message }, `Warning: ${message}`);
}

/** A failure before or outside a turn. */
export function printFailure(print: Print, code: string, message: string): number {
  print({ type: 'turn.failed', code, message }, `Failed (${code}): ${message}`);
  return EXIT.failed;
}

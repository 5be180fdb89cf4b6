// Closes a turn's history: every tool call gets its one result, whatever state it was left in. Changes nothing itself.
import type { Message } from './message.ts';
import type { CallRow, MessageRow, Store } from '../ports/store.ts';

/** What the model is told of a call that the end of its turn cancelled, by the state it was in. */
export const CANCELLED_CALL = {
  planned: 'Not run: the turn was stopped before it.',
  started: 'Outcome unknown: it was started, and the turn ended before its result was recorded.',
} as const;

/** The result messages that are missing. `endTurn` adds them, and settles the calls, in its one transaction. */
export async function closingMessages(
  store: Pick<Store, 'messagesOfTurn' | 'callsOfTurn'>,
  turnId: string,
): Promise<MessageRow[]> {
  const messages = await store.messagesOfTurn(turnId);
  const calls = new Map((await store.callsOfTurn(turnId)).map((row) => [row.callId, row]));
  const answered = new Set(messages.flatMap(({ message }) => answeredBy(message)));
  return messages.flatMap(({ message, position }) => {
    if (message.role !== 'assistant') return [];
    return message.toolCalls.flatMap((call, index): MessageRow[] => {
      if (answered.has(call.id)) return [];
      const row = calls.get(call.id);
      const result: Message = {
        role: 'tool',
        id: `${message.id}:${call.id}`,
        callId: call.id,
        tool: call.name,
        status: row?.outcome === 'ok' || row?.outcome === 'responded' ? 'ok' : 'error',
        text: closingText(row),
      };
      return [{ turnId, position: position + 1 + index, state: 'final', message: result }];
    });
  });
}

function closingText(row: CallRow | undefined): string {
  if (row?.state === 'planned' || row?.state === 'started') return CANCELLED_CALL[row.state];
  return row?.result ?? CANCELLED_CALL.planned;
}

function answeredBy(message: Message): string[] {
  return message.role === 'tool' ? [message.callId] : [];
}

// Closes a turn's history: every tool call gets its one result, whatever state it was left in, and text that was being
// said when the turn ended is kept. Changes nothing itself.
import type { Message } from './message.ts';
import type { CallRow, MessageRow, Store } from '../ports/store.ts';

/** Code of a turn that was cancelled before it ever ran: its message is no part of what a model is told. */
export const NOT_RUN = 'not_run';

/** What the model is told of a call that the end of its turn cancelled, by the state it was in. */
export const CANCELLED_CALL = {
  planned: 'Not run: the turn was stopped before it.',
  started: 'Outcome unknown: it was started, and the turn ended before its result was recorded.',
} as const;

/** The messages that are missing. `endTurn` adds them, and settles the calls, in its one transaction. */
export async function closingMessages(
  store: Pick<Store, 'messagesOfTurn' | 'callsOfTurn' | 'textEvents'>,
  turnId: string,
): Promise<MessageRow[]> {
  const messages = await store.messagesOfTurn(turnId);
  const results = await missingResults(store, turnId, messages);
  return [...results, ...(await unfinishedText(store, turnId, [...messages, ...results]))];
}

async function missingResults(
  store: Pick<Store, 'callsOfTurn'>,
  turnId: string,
  messages: readonly MessageRow[],
): Promise<MessageRow[]> {
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

/** A reply that was cut off or stopped: what was shown of it stays, without the calls it might have asked for. */
async function unfinishedText(
  store: Pick<Store, 'textEvents'>,
  turnId: string,
  messages: readonly MessageRow[],
): Promise<MessageRow[]> {
  const events = await store.textEvents(turnId);
  const id = events.at(-1)?.messageId;
  if (id === undefined || messages.some((row) => row.message.id === id)) return [];
  const said = events.filter((event) => event.messageId === id);
  const [thoughts = [], texts = []] = [true, undefined].map((thought) =>
    said.filter((event) => event.thought === thought).map((event) => event.delta),
  );
  const [reasoning, text] = [thoughts.join(''), texts.join('')];
  if (`${reasoning}${text}`.trim() === '') return [];
  const position = Math.max(...messages.map((row) => row.position)) + 1;
  const message: Message = {
    ...{ role: 'assistant', id, text, toolCalls: [] },
    ...(reasoning !== '' && { reasoning }),
  };
  return [{ turnId, position, state: 'final', message }];
}

function closingText(row: CallRow | undefined): string {
  if (row?.state === 'planned' || row?.state === 'started') return CANCELLED_CALL[row.state];
  return row?.result ?? CANCELLED_CALL.planned;
}

function answeredBy(message: Message): string[] {
  return message.role === 'tool' ? [message.callId] : [];
}

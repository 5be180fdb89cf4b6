// Closes a turn's history: every tool call gets its one result, whatever state it was left in.
import type { EngineDeps } from './deps.ts';
import type { Message } from './message.ts';
import type { CallRow, MessageRow } from '../ports/store.ts';

/** Settles what is open in the journal and returns the result messages that are missing. */
export async function closeHistory(
  deps: Pick<EngineDeps, 'store' | 'clock'>,
  turnId: string,
): Promise<MessageRow[]> {
  const messages = await deps.store.messagesOfTurn(turnId);
  const calls = await deps.store.callsOfTurn(turnId);
  for (const call of calls) await settleOpen(deps, call);
  const settled = new Map((await deps.store.callsOfTurn(turnId)).map((row) => [row.callId, row]));
  const answered = new Set(messages.flatMap(({ message }) => answeredBy(message)));
  return messages.flatMap(({ message, position }) => {
    if (message.role !== 'assistant') return [];
    return message.toolCalls.flatMap((call, index): MessageRow[] => {
      if (answered.has(call.id)) return [];
      const row = settled.get(call.id);
      const result: Message = {
        role: 'tool',
        id: `${message.id}:${call.id}`,
        callId: call.id,
        tool: call.name,
        status: row?.outcome === 'ok' || row?.outcome === 'responded' ? 'ok' : 'error',
        text: row?.result ?? 'Not run: the turn ended before it.',
      };
      return [{ turnId, position: position + 1 + index, state: 'final', message: result }];
    });
  });
}

async function settleOpen(deps: Pick<EngineDeps, 'store' | 'clock'>, call: CallRow): Promise<void> {
  if (call.state !== 'planned' && call.state !== 'started') return;
  const started = call.state === 'started';
  await deps.store.settleCall({
    turnId: call.turnId,
    callId: call.callId,
    state: started ? 'unknown' : 'blocked',
    outcome: 'cancelled',
    result: started
      ? 'Outcome unknown: it was started, and the turn ended before its result was recorded.'
      : 'Not run: the turn was stopped before it.',
    at: deps.clock.now(),
  });
}

function answeredBy(message: Message): string[] {
  return message.role === 'tool' ? [message.callId] : [];
}

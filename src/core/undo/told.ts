// What a model is told of a turn in which the user undid another one: one note of the user's. The calls in it were not the
// model's, and it has no such tool. Pure.
import type { Message } from '../agent/message.ts';
import type { MessageRow } from '../ports/store.ts';

/** The messages of earlier turns, in order, as they are sent to a model. */
export function historyTold(rows: readonly MessageRow[]): Message[] {
  const turns = Map.groupBy(rows, ({ turnId }) => turnId);
  return [...turns.values()].flatMap((turn) => {
    const messages = turn.map(({ message }) => message);
    const [first] = messages;
    if (first?.role !== 'user' || first.undoes === undefined) return messages.filter(saysSomething);
    return [{ role: 'user', id: first.id, text: noteText(first.text, messages) }];
  });
}

/** A reply that was stopped while the model was still thinking is none. */
function saysSomething(message: Message): boolean {
  return message.role !== 'assistant' || message.text !== '' || message.toolCalls.length > 0;
}

function noteText(what: string, messages: readonly Message[]): string {
  const results = messages.flatMap((message) =>
    message.role === 'tool' ? [`- ${message.text.replaceAll('\n', '\n  ')}`] : [],
  );
  const became = results.length === 0 ? ['Nothing was changed by that.'] : results;
  return [
    `(Note by Countersign: the user undid changes of an earlier turn, by hand: ${what}. What became of it:`,
    ...became,
    'Read these files again before you edit them, and do not put back what was undone unless the user asks for it.)',
  ].join('\n');
}

// Table `event`: what changed in turns that are not over, numbered. Triggers write it (eventSchema.ts) but for streamed text.
import type { EventStore } from '../../core/ports/eventStore.ts';
import type { Connection } from './connection.ts';
import { drivenHere } from './driven.ts';
import { selectText, textReader } from './eventRows.ts';
import { threadRowsReader } from './threadRows.ts';

export function createEventStore(connection: Connection): EventStore {
  const { db, logger, owner, read, write } = connection;
  const rows = textReader(logger);
  // Text that arrives after the end of its turn, or in a window that has lost it, has no reader any more; nor has text
  // of a message that is stored.
  const insert = db.prepare(
    `INSERT INTO event (turn, kind, ref, message_id, delta, thought)
     SELECT seq, 'text', @offset, @messageId, @delta, @thought FROM turn
     WHERE id = @turnId AND ${drivenHere('@turnId')}
       AND NOT EXISTS (SELECT 1 FROM message WHERE turn_id = @turnId AND message.id = @messageId)`,
  );
  const ofMessage = db.prepare(`${selectText} WHERE turn.id = ? AND message_id = ? LIMIT 1`);
  const drop = db.prepare(
    `DELETE FROM event WHERE kind = 'text' AND message_id = @messageId
       AND turn = (SELECT seq FROM turn WHERE id = @turnId) AND ${drivenHere('@turnId')}`,
  );
  const ofTurn = db.prepare(`${selectText} WHERE turn.id = ? ORDER BY event.seq`);
  return {
    appendText: async (events) => {
      if (events.length === 0) return;
      await write(() => {
        for (const event of events) {
          const thought = event.thought === true ? 1 : null;
          insert.run({ ...event, owner, thought, delta: JSON.stringify(event.delta) });
        }
      });
    },
    dropText: async (turnId, messageId) => {
      // Mostly there is nothing to forget, and then nothing is written.
      if ((await read(() => ofMessage.get(turnId, messageId))) === undefined) return;
      await write(() => {
        drop.run({ turnId, messageId, owner });
      });
    },
    textEvents: (turnId) => read(() => rows.many(ofTurn.all(turnId))),
    ...threadRowsReader(connection),
  };
}

// Table `event`: streamed text of turns in flight. Gone when the turn ends.
import { z } from 'zod';
import type { EventStore, TextEvent } from '../../core/ports/store.ts';
import type { Connection } from './connection.ts';
import { drivenHere } from './driven.ts';
import { jsonColumn, rowReader } from './rows.ts';

const Row: z.ZodType<TextEvent> = z.object({
  turnId: z.string(),
  seq: z.int(),
  messageId: z.string(),
  // JSON, because a delta may end in the first half of a surrogate pair, which UTF-8 cannot hold.
  delta: jsonColumn(z.string()),
});

export function createEventStore({ db, logger, owner, read, write }: Connection): EventStore {
  const rows = rowReader('event', ['turnId', 'seq'], Row, logger);
  // Text that arrives after the end of its turn, or in a window that has lost it, has no reader any more.
  const insert = db.prepare(
    `INSERT INTO event (turn_id, seq, message_id, delta) SELECT @turnId, @seq, @messageId, @delta
     WHERE ${drivenHere('@turnId')}`,
  );
  const ofMessage = db.prepare('SELECT 1 FROM event WHERE turn_id = ? AND message_id = ?');
  const drop = db.prepare(
    `DELETE FROM event WHERE turn_id = @turnId AND message_id = @messageId
       AND ${drivenHere('@turnId')}`,
  );
  const ofTurn = db.prepare(
    'SELECT turn_id AS turnId, seq, message_id AS messageId, delta FROM event WHERE turn_id = ? ORDER BY seq',
  );
  return {
    appendText: async (events) => {
      if (events.length === 0) return;
      await write(() => {
        for (const event of events) {
          insert.run({ ...event, owner, delta: JSON.stringify(event.delta) });
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
  };
}

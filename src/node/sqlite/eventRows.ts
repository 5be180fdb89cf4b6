// How streamed text is read from table `event`.
import { z } from 'zod';
import type { TextEvent } from '../../core/ports/eventStore.ts';
import type { Logger } from '../../core/ports/system.ts';
import { jsonColumn, rowReader, type RowReader } from './rows.ts';

const Row: z.ZodType<TextEvent> = z
  .object({
    turnId: z.string(),
    seq: z.int(),
    messageId: z.string(),
    offset: z.int(),
    // JSON, because a delta may end in the first half of a surrogate pair, which UTF-8 cannot hold.
    delta: jsonColumn(z.string()),
    thought: z.literal(1).nullable(),
  })
  .transform(({ thought, ...event }) => (thought === null ? event : { ...event, thought: true }));

export const selectText = `SELECT turn.id AS turnId, event.seq, message_id AS messageId, ref AS offset, delta, thought
  FROM event JOIN turn ON turn.seq = event.turn AND kind = 'text'`;

export function textReader(logger: Logger): RowReader<TextEvent> {
  return rowReader('event', ['turnId', 'seq'], Row, logger);
}

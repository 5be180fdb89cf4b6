// Table `message`: how a row is read, stored once, and closed. Rows that are final never change.
import { z } from 'zod';
import { Message } from '../../core/agent/message.ts';
import type { MessageRow, MessageState } from '../../core/ports/store.ts';
import type { Logger } from '../../core/ports/system.ts';
import type { Connection } from './connection.ts';
import { drivenHere } from './driven.ts';
import { jsonColumn, rowReader, type RowReader } from './rows.ts';

const Row: z.ZodType<MessageRow> = z.object({
  turnId: z.string(),
  position: z.int(),
  state: z.enum(['running', 'awaiting', 'final']),
  message: jsonColumn(Message),
});

export const selectMessage = `SELECT message.turn_id AS turnId, position, message.state,
  body AS message FROM message`;

export function messageReader(logger: Logger): RowReader<MessageRow> {
  return rowReader('message', ['turnId', 'position'], Row, logger);
}

interface MessageWriter {
  /** Inserts, or replaces the row of the same id while it is not final. Nothing happens unless this window drives the turn. */
  put: (row: MessageRow) => void;
  /** Adds a last message: a tool result that is there already stays, and a position that is taken moves to the end. */
  close: (row: MessageRow) => void;
  /** Makes every message of the turn final. */
  finish: (turnId: string) => void;
  /** Only while the message is in state `from`. */
  setState: (turnId: string, messageId: string, move: StateMove) => void;
}

interface StateMove {
  from: MessageState;
  to: MessageState;
}

/** Every function runs inside the caller's transaction. */
export function messageWriter({ db, owner }: Pick<Connection, 'db' | 'owner'>): MessageWriter {
  const insert = db.prepare(
    `INSERT INTO message (turn_id, position, id, role, state, body)
     SELECT @turnId, @position, @id, @role, @state, @body
     WHERE ${drivenHere('@turnId')}
     ON CONFLICT (turn_id, id) DO UPDATE SET position = excluded.position, role = excluded.role,
       state = excluded.state, body = excluded.body WHERE message.state <> 'final'`,
  );
  const close = db.prepare(
    `INSERT INTO message (turn_id, position, id, role, state, body)
     VALUES (@turnId,
       CASE WHEN EXISTS (SELECT 1 FROM message WHERE turn_id = @turnId AND position = @position)
         THEN (SELECT max(position) + 1 FROM message WHERE turn_id = @turnId) ELSE @position END,
       @id, @role, 'final', @body)
     ON CONFLICT (turn_id, id) DO UPDATE SET body = excluded.body
       WHERE message.state <> 'final' AND message.role <> 'tool'`,
  );
  const finish = db.prepare("UPDATE message SET state = 'final' WHERE turn_id = ?");
  const setState = db.prepare(
    'UPDATE message SET state = ? WHERE turn_id = ? AND id = ? AND state = ?',
  );
  return {
    put: (row) => insert.run({ ...columns(row), owner }),
    close: (row) => close.run(columns(row)),
    finish: (turnId) => finish.run(turnId),
    setState: (turnId, messageId, { from, to }) => setState.run(to, turnId, messageId, from),
  };
}

function columns({ turnId, position, state, message }: MessageRow): object {
  const { id, role } = message;
  return { turnId, position, id, role, state, body: JSON.stringify(message) };
}

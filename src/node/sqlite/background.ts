// Tables `background_command` and `command_output`: commands that go on after their call, and the newest part of what they
// printed, in pieces as it came.
import { z } from 'zod';
import { backgroundEnded } from '../../core/ledger/entries.ts';
import type {
  BackgroundOutput,
  BackgroundRow,
  CommandStore,
  EndBackground,
  NewBackground,
} from '../../core/ports/commandStore.ts';
import type { Connection } from './connection.ts';
import { ledgerWriter } from './ledger.ts';
import { isGone } from './owner.ts';
import { rowReader } from './rows.ts';

/** Few rows, in the order of their ids, which is that of their starts. No reference to the turn: they outlive it. `process` and `owner` say whose it is: the command's process, and ours. */
export const BACKGROUND_SCHEMA = `
CREATE TABLE background_command (
  id TEXT NOT NULL PRIMARY KEY,
  thread_id TEXT NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  turn_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  command TEXT NOT NULL,
  cwd TEXT NOT NULL,
  process TEXT NOT NULL,
  owner TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'exited', 'stopped', 'timedOut', 'lost')),
  exit_code INTEGER,
  signal TEXT,
  stop_asked_by TEXT,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  length INTEGER NOT NULL DEFAULT 0,
  read_to INTEGER NOT NULL DEFAULT 0,
  CHECK ((state = 'running') = (ended_at IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE command_output (
  command_id TEXT NOT NULL REFERENCES background_command (id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  length INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (command_id, start)
) STRICT, WITHOUT ROWID;
`;

/** Of a thread's commands that are over, this many stay. */
const KEPT_ENDED = 20;

const Row: z.ZodType<BackgroundRow> = z.object({
  id: z.string(),
  threadId: z.string(),
  turnId: z.string(),
  callId: z.string(),
  command: z.string(),
  cwd: z.string(),
  state: z.enum(['running', 'exited', 'stopped', 'timedOut', 'lost']),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  stopAskedBy: z.string().nullable(),
  startedAt: z.int(),
  endedAt: z.int().nullable(),
  length: z.int(),
  readTo: z.int(),
});

const Piece = z.object({ from: z.int(), text: z.string() });
const Place = z.object({
  id: z.string(),
  threadId: z.string(),
  turnId: z.string(),
  callId: z.string(),
});
const Owned = z.object({ id: z.string(), process: z.string(), owner: z.string() });

const select = `SELECT id, thread_id AS threadId, turn_id AS turnId, call_id AS callId, command, cwd, state,
  exit_code AS exitCode, signal, stop_asked_by AS stopAskedBy, started_at AS startedAt, ended_at AS endedAt,
  length, read_to AS readTo FROM background_command`;

export function createBackgroundStore(connection: Connection): CommandStore {
  const { db, logger, read, write, writeSoon } = connection;
  const rows = rowReader('background_command', ['id'], Row, logger);
  const one = db.prepare(`${select} WHERE id = ?`);
  const all = db.prepare(`${select} ORDER BY id DESC`);
  const stop = db.prepare(
    `UPDATE background_command SET stop_asked_by = coalesce(stop_asked_by, @by)
     WHERE id = @id AND state = 'running'`,
  );
  const seen = db.prepare(
    'UPDATE background_command SET read_to = max(read_to, @to) WHERE id = @id',
  );
  const pieces = db.prepare(
    'SELECT start AS "from", body AS text FROM command_output WHERE command_id = ? ORDER BY start',
  );
  const owned = db.prepare(
    `SELECT id, process, owner FROM background_command WHERE state = 'running'`,
  );
  const running = db.prepare(
    `SELECT id, thread_id AS threadId, turn_id AS turnId, call_id AS callId FROM background_command
     WHERE state = 'running' ORDER BY id`,
  );
  const add = adder(connection);
  const append = appender(connection);
  const end = ender(connection);
  return {
    addBackground: (row) => write(() => add(row)),
    appendBackground: (id, output, kept) => writeSoon(() => append(id, output, kept)),
    endBackground: (move) => write(() => end(move)),
    askBackgroundStop: (id, by) => write(() => stop.run({ id, by }).changes === 1),
    backgroundRead: async (id, to) => {
      await writeSoon(() => seen.run({ id, to }));
    },
    getBackground: (id) => read(() => rows.one(one.get(id))),
    listBackground: () => read(() => rows.many(all.all())),
    runningBackground: () => read(() => z.array(Place).parse(running.all())),
    backgroundOutput: (id) => read(() => joined(z.array(Piece).parse(pieces.all(id)))),
    abandonedBackground: () =>
      read(() =>
        z
          .array(Owned)
          .parse(owned.all())
          .filter(({ owner }) => owner !== connection.owner && isGone(owner))
          .map(({ id, process }) => ({ id, process })),
      ),
  };
}

/** From the last gap on: what lies before it is not the newest part. */
function joined(pieces: readonly BackgroundOutput[]): BackgroundOutput {
  let output: BackgroundOutput = { from: 0, text: '' };
  for (const { from, text } of pieces) {
    const follows = from === output.from + output.text.length;
    output = follows ? { ...output, text: output.text + text } : { from, text };
  }
  return output;
}

function adder({ db, owner }: Connection): (row: NewBackground) => void {
  const insert = db.prepare(
    `INSERT INTO background_command
       (id, thread_id, turn_id, call_id, command, cwd, process, owner, state, started_at)
     VALUES (@id, @threadId, @turnId, @callId, @command, @cwd, @process, @owner, 'running', @startedAt)`,
  );
  const tidy = db.prepare(
    `DELETE FROM background_command WHERE id IN (
       SELECT id FROM background_command WHERE thread_id = ? AND state <> 'running'
       ORDER BY id DESC LIMIT -1 OFFSET ${KEPT_ENDED})`,
  );
  return (row) => {
    insert.run({ ...row, owner });
    tidy.run(row.threadId);
  };
}

function appender({
  db,
}: Connection): (id: string, output: BackgroundOutput, kept: number) => void {
  const find = db.prepare('SELECT 1 FROM background_command WHERE id = ?');
  const insert = db.prepare(
    `INSERT INTO command_output (command_id, start, length, body) VALUES (@id, @from, @length, @text)
     ON CONFLICT (command_id, start) DO UPDATE SET length = excluded.length, body = excluded.body`,
  );
  const grow = db.prepare(
    'UPDATE background_command SET length = max(length, @end) WHERE id = @id',
  );
  const trim = db.prepare(
    'DELETE FROM command_output WHERE command_id = @id AND start + length <= @end - @kept',
  );
  return (id, { from, text }, kept) => {
    // Its thread was deleted.
    if (find.get(id) === undefined) return;
    const end = from + text.length;
    insert.run({ id, from, length: text.length, text });
    grow.run({ id, end });
    trim.run({ id, end, kept });
  };
}

function ender(connection: Connection): (end: EndBackground) => boolean {
  const { db, place } = connection;
  const record = ledgerWriter(connection);
  const update = db.prepare(
    `UPDATE background_command SET state = @state, exit_code = @exitCode, signal = @signal, ended_at = @at
     WHERE id = @id AND state = 'running'
     RETURNING turn_id AS turnId, call_id AS callId, started_at AS startedAt, stop_asked_by AS stopAskedBy`,
  );
  const Ended = z.object({
    turnId: z.string(),
    callId: z.string(),
    startedAt: z.int(),
    stopAskedBy: z.string().nullable(),
  });
  return (end) => {
    const row = update.get({ ...end });
    if (row === undefined) return false;
    record(backgroundEnded(end, Ended.parse(row), place));
    return true;
  };
}

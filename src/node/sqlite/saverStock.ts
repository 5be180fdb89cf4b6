// Threads that LangGraph's own saver wrote to this file: tables `checkpoints` and `writes`, read and never written.
import { z } from 'zod';
import type { Db } from './database.ts';
import { damagedValue, parseData } from './saverData.ts';

/** A checkpoint with its values, as the stock saver keeps it. */
interface StockCheckpoint {
  threadId: string;
  ns: string;
  id: string;
  parentId: string | null;
  type: string | null;
  body: Buffer | string;
  metadata: Buffer | string;
}

interface StockWrite {
  taskId: string;
  position: number;
  channel: string;
  value: unknown;
}

export interface StockTables {
  get(threadId: string, ns: string, id: string | undefined): StockCheckpoint | undefined;
  writesOf(threadId: string, ns: string, id: string): StockWrite[];
  /** Ids and metadata only, newest first. */
  list(threadId: string | undefined, ns: string | undefined): Omit<StockCheckpoint, 'body'>[];
  deleteThread(threadId: string): void;
  /** Deletes some of the oldest checkpoints and their writes; the rest another time. */
  deleteSome(threadId: string, count: number): void;
}

/** Undefined in a file that the stock saver never used. */
export function openStockTables(db: Db): StockTables | undefined {
  const there = db
    .prepare<[], number>(
      `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('checkpoints', 'writes')`,
    )
    .pluck()
    .get();
  return there === 2 ? { ...stockReader(db), ...stockDeleter(db) } : undefined;
}

const HEAD = `thread_id AS threadId, checkpoint_ns AS ns, checkpoint_id AS id,
  parent_checkpoint_id AS parentId, type, metadata`;

function stockReader(db: Db): Pick<StockTables, 'get' | 'writesOf' | 'list'> {
  const one = db.prepare<[{ threadId: string; ns: string; id: string | null }], StockCheckpoint>(
    `SELECT ${HEAD}, checkpoint AS body FROM checkpoints
     WHERE thread_id = @threadId AND checkpoint_ns = @ns
       AND (@id IS NULL OR checkpoint_id = @id)
     ORDER BY checkpoint_id DESC LIMIT 1`,
  );
  type Row = Omit<StockWrite, 'value'> & { type: string | null; value: Buffer | string | null };
  const writes = db.prepare<[string, string, string], Row>(
    `SELECT task_id AS taskId, idx AS position, channel, type, value FROM writes
     WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ? ORDER BY task_id, idx`,
  );
  const list = db.prepare<
    [{ threadId: string | null; ns: string | null }],
    Omit<StockCheckpoint, 'body'>
  >(
    `SELECT ${HEAD} FROM checkpoints WHERE (@threadId IS NULL OR thread_id = @threadId)
       AND (@ns IS NULL OR checkpoint_ns = @ns) ORDER BY checkpoint_id DESC`,
  );
  return {
    get: (threadId, ns, id) => one.get({ threadId, ns, id: id || null }),
    writesOf: (threadId, ns, id) =>
      writes.all(threadId, ns, id).map(({ type, value, ...row }) => ({
        ...row,
        value: stockValue(type, value ?? ''),
      })),
    list: (threadId, ns) => list.all({ threadId: threadId ?? null, ns: ns ?? null }),
  };
}

function stockDeleter(db: Db): Pick<StockTables, 'deleteThread' | 'deleteSome'> {
  const deletes = ['checkpoints', 'writes'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE thread_id = ?`),
  );
  const oldest = db
    .prepare<[string, number], string>(
      'SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? ORDER BY checkpoint_id LIMIT ?',
    )
    .pluck();
  const deleteOne = ['checkpoints', 'writes'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE thread_id = ? AND checkpoint_id = ?`),
  );
  return {
    deleteThread: (threadId) => deletes.forEach((statement) => statement.run(threadId)),
    deleteSome: (threadId, count) => {
      for (const id of oldest.all(threadId, count)) {
        for (const statement of deleteOne) statement.run(threadId, id);
      }
    },
  };
}

/** What the stock saver stored, as plain data: its own class records stay data. Throws `store_damaged_row`. */
export function stockValue(type: string | null, value: Buffer | string): unknown {
  if (type === 'undefined') return undefined;
  const body = typeof value === 'string' ? value : value.toString('utf8');
  if ((type ?? 'json') === 'json') return parseData({ type: 'json', body });
  if (type === 'bytes') return typeof value === 'string' ? Buffer.from(value) : value;
  throw damagedValue(`its type is ${type}`);
}

const Version = z.union([z.number(), z.string()]);
const Versions = z.record(z.string(), Version);

/** A checkpoint without its values; the stock saver's rows have them inside. */
export const CheckpointBody = z.looseObject({
  v: z.number(),
  ts: z.string(),
  channel_versions: Versions,
  versions_seen: z.record(z.string(), Versions),
});

export const StockBody = CheckpointBody.extend({
  channel_values: z.record(z.string(), z.unknown()).default({}),
});

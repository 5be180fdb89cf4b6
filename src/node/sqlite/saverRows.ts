// Tables `checkpoint`, `checkpoint_value` and `checkpoint_write`: their rows and statements, and no meaning.
import type { Db } from './database.ts';
import type { StoredValue } from './saverValues.ts';

/** Where a checkpoint is: a thread's seq and LangGraph's `checkpoint_ns`. */
export interface Place {
  thread: number;
  ns: string;
}

export interface CheckpointRow {
  ns: string;
  id: string;
  parentId: string | null;
  /** JSON of the checkpoint without its values. */
  body: string;
  metadataType: string;
  metadata: string;
  /** JSON array: its rows of `checkpoint_value`, inherited ones included. */
  valueSeqs: string;
}

/** A channel's value at one version. */
interface ValueRow extends StoredValue {
  seq: number;
  channel: string;
  version: string;
}

export interface WriteRow extends StoredValue {
  taskPath: string;
  taskId: string;
  position: number;
  channel: string;
}

/** Versions are numbers or strings, and 1 is not '1'. */
export const versionKey = (version: number | string): string => JSON.stringify(version);

export type SaverRows = ReturnType<typeof createSaverRows>;

export function createSaverRows(db: Db) {
  return { ...checkpointRows(db), ...valueRows(db), ...writeRows(db) };
}

const CHECKPOINT = `ns, id, parent_id AS parentId, body, metadata_type AS metadataType, metadata,
  value_seqs AS valueSeqs`;

function checkpointRows(db: Db) {
  const put = db.prepare<[CheckpointRow & Place]>(
    `INSERT INTO checkpoint (thread, ns, id, parent_id, body, metadata_type, metadata, value_seqs)
     VALUES (@thread, @ns, @id, @parentId, @body, @metadataType, @metadata, @valueSeqs)
     ON CONFLICT (thread, ns, id) DO UPDATE SET parent_id = excluded.parent_id,
       body = excluded.body, metadata_type = excluded.metadata_type,
       metadata = excluded.metadata, value_seqs = excluded.value_seqs`,
  );
  const one = db.prepare<[number, string, string], CheckpointRow>(
    `SELECT ${CHECKPOINT} FROM checkpoint WHERE thread = ? AND ns = ? AND id = ?`,
  );
  const latest = db.prepare<[number, string], CheckpointRow>(
    `SELECT ${CHECKPOINT} FROM checkpoint WHERE thread = ? AND ns = ? ORDER BY id DESC LIMIT 1`,
  );
  return {
    putCheckpoint: (place: Place, row: Omit<CheckpointRow, 'ns'>): void => {
      put.run({ ...place, ...row });
    },
    /** The newest one without an id. */
    getCheckpoint: ({ thread, ns }: Place, id: string | undefined): CheckpointRow | undefined =>
      id ? one.get(thread, ns, id) : latest.get(thread, ns),
  };
}

function valueRows(db: Db) {
  const columns = 'value.seq, value.channel, value.version, value.type, value.body';
  const of = db.prepare<[string], ValueRow>(
    `SELECT ${columns} FROM json_each(?) AS wanted
     JOIN checkpoint_value AS value ON value.seq = wanted.value`,
  );
  const find = db.prepare<[Place & Pick<ValueRow, 'channel' | 'version'>], ValueRow>(
    `SELECT ${columns} FROM checkpoint_value AS value
     WHERE thread = @thread AND ns = @ns AND channel = @channel AND version = @version
     ORDER BY seq DESC LIMIT 1`,
  );
  const insert = db.prepare<[Place & Omit<ValueRow, 'seq'>]>(
    `INSERT INTO checkpoint_value (thread, ns, channel, version, type, body)
     VALUES (@thread, @ns, @channel, @version, @type, @body)`,
  );
  return {
    valuesOf: (valueSeqs: string): ValueRow[] => of.all(valueSeqs),
    /** The row of a version; the last one when several have it. */
    findValue: (place: Place, channel: string, version: string): ValueRow | undefined =>
      find.get({ ...place, channel, version }),
    putValue: (place: Place, row: Omit<ValueRow, 'seq'>): number =>
      Number(insert.run({ ...place, ...row }).lastInsertRowid),
  };
}

function writeRows(db: Db) {
  const put = (orWhat: string) =>
    db.prepare<[Place & WriteRow & { checkpointId: string }]>(
      `INSERT OR ${orWhat} INTO checkpoint_write
         (thread, ns, checkpoint_id, task_path, task_id, position, channel, type, body)
       VALUES (@thread, @ns, @checkpointId, @taskPath, @taskId, @position, @channel, @type, @body)`,
    );
  const replace = put('REPLACE');
  const keep = put('IGNORE');
  // The order in which LangGraph applies them: writesSortKey, by code points.
  const of = db.prepare<[number, string, string], WriteRow>(
    `SELECT task_path AS taskPath, task_id AS taskId, position, channel, type, body
     FROM checkpoint_write WHERE thread = ? AND ns = ? AND checkpoint_id = ?
     ORDER BY task_path, task_id, position`,
  );
  return {
    putWrite: (place: Place, checkpointId: string, row: WriteRow, replaces: boolean): void => {
      (replaces ? replace : keep).run({ ...place, checkpointId, ...row });
    },
    writesOf: ({ thread, ns }: Place, checkpointId: string): WriteRow[] =>
      of.all(thread, ns, checkpointId),
  };
}

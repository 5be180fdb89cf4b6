// Savers on files for the tests of saver*.ts, ours and the stock one.
import { emptyCheckpoint, uuid6, type Checkpoint } from '@langchain/langgraph-checkpoint';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import type { RunnableConfig } from '@langchain/core/runnables';
import {
  TurnCheckpointer,
  type CheckpointerOptions,
} from '../../../../src/node/sqlite/checkpointer.ts';
import { createConnection } from '../../../../src/node/sqlite/connection.ts';
import { loadDriver, type Db } from '../../../../src/node/sqlite/database.ts';
import { openDatabase } from '../../../../src/node/sqlite/openDatabase.ts';
import { keepingLogger, NOW } from './support.ts';

export interface OpenedSaver {
  db: Db;
  saver: TurnCheckpointer;
}

export async function openSaver(
  file: string,
  options: CheckpointerOptions = {},
): Promise<OpenedSaver> {
  const { db } = await openDatabase(file, { now: () => NOW });
  const services = { logger: keepingLogger(), clock: { now: () => NOW } };
  return { db, saver: new TurnCheckpointer(createConnection(db, file, services), options) };
}

export async function usingSaver<T>(
  file: string,
  body: (opened: OpenedSaver) => Promise<T>,
  options: CheckpointerOptions = {},
): Promise<T> {
  const opened = await openSaver(file, options);
  try {
    return await body(opened);
  } finally {
    opened.db.close();
  }
}

/** The stock saver on a connection of its own to the same file. */
export async function usingStock<T>(file: string, body: (saver: SqliteSaver) => Promise<T>) {
  const db = (await loadDriver({}))(file, {});
  try {
    return await body(new SqliteSaver(db));
  } finally {
    db.close();
  }
}

export const threadConfig = (id = 'thread', ns = ''): RunnableConfig => ({
  configurable: { thread_id: id, checkpoint_ns: ns },
});

const metadata = { source: 'loop', step: 1, parents: {} } as const;
let step = 0;

/** Puts a checkpoint with these values, all of them new at version `version`. */
export async function putValues(
  saver: TurnCheckpointer,
  config: RunnableConfig,
  values: Record<string, unknown>,
): Promise<RunnableConfig> {
  const checkpoint: Checkpoint = {
    ...emptyCheckpoint(),
    id: uuid6((step += 1)),
    channel_values: values,
  };
  for (const channel of Object.keys(values)) {
    checkpoint.channel_versions[channel] = saver.getNextVersion(step);
  }
  return saver.put(config, checkpoint, metadata, checkpoint.channel_versions);
}

/** The values of the newest checkpoint, or of the one that is named. */
export async function valuesOf(
  saver: TurnCheckpointer,
  config: RunnableConfig,
): Promise<Record<string, unknown> | undefined> {
  return (await saver.getTuple(config))?.checkpoint.channel_values;
}

/** Messages like those of this program. */
export function messages(count: number, from = 0): { role: string; id: string; text: string }[] {
  return Array.from({ length: count }, (_, n) => ({
    role: 'user',
    id: `m${from + n}`,
    text: `text ${from + n} ${'x'.repeat(200)}`,
  }));
}

export const count = (db: Db, table: string): number =>
  Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());

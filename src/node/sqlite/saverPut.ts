// Writes checkpoints and pending writes. What LangGraph hands over is turned into text before anything is awaited.
import type {
  ChannelVersions,
  Checkpoint,
  CheckpointMetadata,
  PendingWrite,
} from '@langchain/langgraph-checkpoint';
import { WRITES_IDX_MAP } from '@langchain/langgraph-checkpoint';
import type { Connection } from './connection.ts';
import { encodeData, parseData } from './saverData.ts';
import type { SaverFence } from './saverFence.ts';
import type { SaverPruner } from './saverPrune.ts';
import { versionKey, type Place, type SaverRows } from './saverRows.ts';
import { CheckpointBody, StockBody, stockValue, type StockTables } from './saverStock.ts';
import type { SaverTransaction, ThreadTable } from './saverTransaction.ts';
import type { PendingValue, ValueCodec } from './saverValues.ts';

export interface SaverParts {
  connection: Connection;
  threads: ThreadTable;
  rows: SaverRows;
  codec: ValueCodec;
  stock: StockTables | undefined;
  fence: SaverFence;
  pruner: SaverPruner;
}

/** Where LangGraph wants something written; `id` is the checkpoint it follows or belongs to. */
export interface Target {
  threadId: string;
  ns: string;
  id: string | undefined;
}

interface PutCheckpoint {
  checkpoint: Checkpoint;
  metadata: CheckpointMetadata;
  /** Channels whose value is new; all of them when it is missing. */
  newVersions: ChannelVersions | undefined;
}

/** The name under which a channel's last list is remembered. */
export const placeOf = (ns: string, channel: string): string => JSON.stringify([ns, channel]);

export function checkpointPutter(parts: SaverParts) {
  const { rows, codec, pruner } = parts;
  return async (target: Target, put: PutCheckpoint): Promise<void> => {
    const { channel_values: values, id, ...body } = put.checkpoint;
    const versions = Object.entries(put.checkpoint.channel_versions);
    const changed = put.newVersions ?? put.checkpoint.channel_versions;
    const fresh = Object.keys(changed).flatMap((channel) =>
      Object.hasOwn(values, channel) ? [{ channel, value: codec.prepare(values[channel]) }] : [],
    );
    const inherited = versions.filter(([channel]) => !Object.hasOwn(changed, channel));
    const bodyText = JSON.stringify(body);
    const metadata = encodeData(put.metadata);
    await inTransaction(parts, target.threadId, (transaction) => {
      const place = { thread: transaction.thread.seq, ns: target.ns };
      const seqs = [
        ...fresh.map(({ channel, value }) => {
          const version = changed[channel] ?? 0;
          return storeValue(parts, transaction, place, { channel, version, value });
        }),
        ...inheritValues(parts, transaction, target, inherited),
      ];
      rows.putCheckpoint(place, {
        id,
        parentId: target.id ?? null,
        body: bodyText,
        metadataType: metadata.type,
        metadata: metadata.body,
        valueSeqs: JSON.stringify(seqs),
      });
      pruner.afterPut(transaction.thread, target.ns);
    });
  };
}

function storeValue(
  { rows, codec }: SaverParts,
  transaction: SaverTransaction,
  place: Place,
  fresh: { channel: string; version: number | string; value: PendingValue },
): number {
  const { channel, value } = fresh;
  const version = versionKey(fresh.version);
  const stored = codec.store(transaction, value, placeOf(place.ns, channel));
  return rows.putValue(place, { channel, version, ...stored });
}

/** Rows of the values that did not change: the parent's, and where its versions differ those of the same version. */
function inheritValues(
  parts: SaverParts,
  transaction: SaverTransaction,
  target: Target,
  channels: readonly (readonly [channel: string, version: number | string])[],
): number[] {
  const { rows } = parts;
  if (channels.length === 0) return [];
  const place = { thread: transaction.thread.seq, ns: target.ns };
  const parent = target.id ? rows.getCheckpoint(place, target.id) : undefined;
  const ofParent = parent ? rows.valuesOf(parent.valueSeqs) : [];
  const versions = parent ? versionsOf(parent) : {};
  const ofStock = parent ? undefined : stockValues(parts, transaction, target);
  return channels.flatMap(([channel, version]) => {
    const key = versionKey(version);
    const known = ofParent.find((row) => row.channel === channel && row.version === key);
    if (known) return known.seq;
    // The parent has this version too, and no value for it.
    if (versions[channel] === version) return [];
    return rows.findValue(place, channel, key)?.seq ?? ofStock?.(channel, version) ?? [];
  });
}

function versionsOf({ body }: { body: string }): Record<string, number | string> {
  return CheckpointBody.parse(parseData({ type: 'json', body })).channel_versions;
}

/** Copies values from a parent that the stock saver wrote, where every checkpoint holds them all. */
function stockValues(
  parts: SaverParts,
  transaction: SaverTransaction,
  { threadId, ns, id }: Target,
): ((channel: string, version: number | string) => number | undefined) | undefined {
  const row = id ? parts.stock?.get(threadId, ns, id) : undefined;
  if (!row) return undefined;
  const parent = StockBody.parse(stockValue(row.type, row.body));
  const place = { thread: transaction.thread.seq, ns };
  return (channel, version) => {
    const values = parent.channel_values;
    if (!Object.hasOwn(values, channel) || parent.channel_versions[channel] !== version) return;
    const value = parts.codec.prepare(values[channel]);
    return storeValue(parts, transaction, place, { channel, version, value });
  };
}

/** `taskPath` orders the writes of one step. */
interface PutWrites {
  writes: readonly PendingWrite[];
  taskId: string;
  taskPath: string;
}

export function writePutter(parts: SaverParts) {
  const { rows, codec } = parts;
  return async (target: Target & { id: string }, put: PutWrites): Promise<void> => {
    const { taskId, taskPath } = put;
    const pending = put.writes.map(([channel, value], at) => ({
      channel,
      value: codec.prepare(value),
      position: WRITES_IDX_MAP[channel] ?? at,
    }));
    const replaces = put.writes.every(([channel]) => channel in WRITES_IDX_MAP);
    await inTransaction(parts, target.threadId, (transaction) => {
      const place = { thread: transaction.thread.seq, ns: target.ns };
      for (const { channel, value, position } of pending) {
        const stored = codec.store(transaction, value);
        rows.putWrite(
          place,
          target.id,
          { taskPath, taskId, position, channel, ...stored },
          replaces,
        );
      }
    });
  };
}

/** One transaction behind the fence; what it taught is remembered only when it is committed. A lost one's nodes run again. */
async function inTransaction(
  { connection, threads, fence }: SaverParts,
  threadId: string,
  run: (transaction: SaverTransaction) => void,
): Promise<void> {
  const afterCommit = await connection.writeSoon(() => {
    fence(threadId);
    const transaction: SaverTransaction = {
      thread: threads.findOrCreate(threadId),
      afterCommit: [],
    };
    run(transaction);
    return transaction.afterCommit;
  }, 'driving');
  for (const remember of afterCommit) remember();
}

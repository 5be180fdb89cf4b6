// Reads checkpoints: rows in one read transaction, then messages in slices, so that a long thread blocks nobody.
import {
  maxChannelVersion,
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointPendingWrite,
} from '@langchain/langgraph-checkpoint';
import type { z } from 'zod';
import type { Connection } from './connection.ts';
import { damagedValue, decodeData, isObject, parseData } from './saverData.ts';
import type { ItemTable } from './saverItems.ts';
import { createPace } from './saverPace.ts';
import { placeOf, type Target } from './saverPut.ts';
import type { CheckpointRow, SaverRows, WriteRow } from './saverRows.ts';
import { CheckpointBody, StockBody, stockValue, type StockTables } from './saverStock.ts';
import type { ThreadRef, ThreadTable } from './saverTransaction.ts';
import type { StoredValue, ValueCodec } from './saverValues.ts';

interface ReaderParts {
  connection: Connection;
  threads: ThreadTable;
  rows: SaverRows;
  codec: ValueCodec;
  items: ItemTable;
  stock: StockTables | undefined;
  /** The version that follows `current`, for checkpoints older than version 4 of their format. */
  nextVersion: (current: number | undefined) => number;
}

/** A checkpoint as LangGraph knows it, without the configs around it. */
export interface FoundCheckpoint {
  checkpoint: Checkpoint;
  metadata: CheckpointMetadata | undefined;
  parentId: string | undefined;
  pendingWrites: CheckpointPendingWrite[];
}

/** LangGraph's channel of pending `Send`s, which checkpoints before version 4 kept with their parent. */
const TASKS = '__pregel_tasks';
const FORMAT_WITH_TASKS = 4;
const ITEMS_AT_ONCE = 32;
const TRIES = 3;

/** A value that is not built yet: its messages are still to be read. */
type Unbuilt = { stored: StoredValue; needs: readonly number[] } | { value: unknown };

interface UnbuiltWrite {
  taskId: string;
  position: number;
  channel: string;
  content: Unbuilt;
}

interface Unbuilts {
  thread: ThreadRef | undefined;
  body: z.infer<typeof CheckpointBody>;
  id: string;
  parentId: string | null;
  metadata: unknown;
  values: [channel: string, content: Unbuilt][];
  writes: UnbuiltWrite[];
  /** Writes of the parent, for checkpoints of an old format. */
  sends: UnbuiltWrite[];
}

/** Undefined when there is no such checkpoint. Throws AppError `store_damaged_row`. */
export function checkpointReader(parts: ReaderParts) {
  const { connection } = parts;
  const readRows = connection.db.transaction((target: Target) => readUnbuilt(parts, target));
  return async (target: Target): Promise<FoundCheckpoint | undefined> => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const unbuilt = await connection.read(() => readRows(target));
      if (!unbuilt) return undefined;
      const found = await build(parts, unbuilt);
      if (found) return found;
    }
    throw damagedValue('messages of it are missing');
  };
}

function readUnbuilt(parts: ReaderParts, target: Target): Unbuilts | undefined {
  const { rows, threads, stock } = parts;
  const thread = threads.find(target.threadId);
  const place = thread && { thread: thread.seq, ns: target.ns };
  const own = place && rows.getCheckpoint(place, target.id);
  const old = stock?.get(target.threadId, target.ns, target.id);
  if (own && thread && !(old && old.id > own.id)) return readOwn(parts, thread, target, own);
  if (!old) return undefined;
  const body = StockBody.parse(stockValue(old.type, old.body));
  const { channel_values: values, ...rest } = body;
  return {
    ...{ thread, body: rest, id: old.id, parentId: old.parentId },
    metadata: stockValue(old.type, old.metadata),
    values: Object.entries(values).map(([channel, value]) => [channel, { value }]),
    writes: readWrites(parts, thread, target, old.id),
    sends: readSends(parts, thread, target, { v: body.v, parentId: old.parentId }),
  };
}

function readOwn(
  parts: ReaderParts,
  thread: ThreadRef,
  target: Target,
  row: CheckpointRow,
): Unbuilts {
  const body = CheckpointBody.parse(parseData({ type: 'json', body: row.body }));
  const { id, parentId } = row;
  return {
    ...{ thread, body, id, parentId },
    metadata: decodeData({ type: row.metadataType, body: row.metadata }),
    values: parts.rows
      .valuesOf(row.valueSeqs)
      .map((value) => [
        value.channel,
        unbuilt(parts, thread, value, placeOf(target.ns, value.channel)),
      ]),
    writes: readWrites(parts, thread, target, id),
    sends: readSends(parts, thread, target, { v: body.v, parentId }),
  };
}

function unbuilt(
  { codec }: ReaderParts,
  thread: ThreadRef,
  stored: StoredValue,
  place: string,
): Unbuilt {
  const needs = codec.needs(thread, stored, place);
  if (needs === undefined) throw damagedValue('a list of messages is missing');
  return { stored, needs };
}

/** In the order in which LangGraph applies them. What the stock saver has keeps its place; special writes are replaced. */
function readWrites(
  parts: ReaderParts,
  thread: ThreadRef | undefined,
  { threadId, ns }: Target,
  id: string,
): UnbuiltWrite[] {
  const own = thread ? parts.rows.writesOf({ thread: thread.seq, ns }, id) : [];
  const old = parts.stock?.writesOf(threadId, ns, id) ?? [];
  const sameKey = (a: Key, b: Key): boolean => a.taskId === b.taskId && a.position === b.position;
  const toUnbuilt = (row: WriteRow): UnbuiltWrite[] =>
    thread ? [{ ...row, content: unbuilt(parts, thread, row, '') }] : [];
  return [
    ...old
      .filter((row) => row.position >= 0 || !own.some((newer) => sameKey(newer, row)))
      .map(({ value, ...row }) => ({ ...row, content: { value } })),
    ...own
      .filter((row) => row.position < 0 || !old.some((older) => sameKey(older, row)))
      .flatMap(toUnbuilt),
  ];
}

type Key = Pick<WriteRow, 'taskId' | 'position'>;

function readSends(
  parts: ReaderParts,
  thread: ThreadRef | undefined,
  target: Target,
  { v, parentId }: { v: number; parentId: string | null },
): UnbuiltWrite[] {
  if (v >= FORMAT_WITH_TASKS || parentId === null) return [];
  return readWrites(parts, thread, target, parentId).filter(({ channel }) => channel === TASKS);
}

/** Undefined when rows went away in the meantime. */
async function build(parts: ReaderParts, from: Unbuilts): Promise<FoundCheckpoint | undefined> {
  const pace = createPace();
  let gone = false;
  const valueOf = async (content: Unbuilt): Promise<unknown> => {
    if ('value' in content) return content.value;
    const messages = await buildMessages(parts, from.thread, content.needs, pace);
    gone ||= !messages;
    return messages && parts.codec.build(content.stored, messages);
  };
  const values: Record<string, unknown> = {};
  for (const [channel, content] of from.values) values[channel] = await valueOf(content);
  const pendingWrites: CheckpointPendingWrite[] = [];
  for (const { taskId, channel, content } of from.writes) {
    pendingWrites.push([taskId, channel, await valueOf(content)]);
  }
  const checkpoint: Checkpoint = { ...from.body, id: from.id, channel_values: values };
  if (from.body.v < FORMAT_WITH_TASKS && from.parentId !== null) {
    addSends(
      parts,
      checkpoint,
      await Promise.all(from.sends.map(({ content }) => valueOf(content))),
    );
  }
  if (gone) return undefined;
  return {
    checkpoint,
    metadata: isMetadata(from.metadata) ? from.metadata : undefined,
    parentId: from.parentId ?? undefined,
    pendingWrites,
  };
}

/** Undefined when one of them is gone. */
async function buildMessages(
  { items, connection }: ReaderParts,
  thread: ThreadRef | undefined,
  seqs: readonly number[],
  pace: () => Promise<void> | undefined,
): Promise<unknown[] | undefined> {
  const built: unknown[] = [];
  if (!thread) return built;
  for (let at = 0; at < seqs.length; at += ITEMS_AT_ONCE) {
    const wanted = seqs.slice(at, at + ITEMS_AT_ONCE);
    const found = await connection.read(() => items.read(thread, wanted));
    if (!found) return undefined;
    found.forEach((item, index) => built.push(items.build(thread, wanted[index] ?? 0, item)));
    await pace();
  }
  return built;
}

/** Adds what version 4 of the format keeps in the checkpoint itself. */
function addSends(parts: ReaderParts, checkpoint: Checkpoint, sends: unknown[]): void {
  const versions = Object.values(checkpoint.channel_versions);
  checkpoint.channel_values[TASKS] = sends;
  checkpoint.channel_versions[TASKS] =
    versions.length > 0 ? maxChannelVersion(...versions) : parts.nextVersion(undefined);
}

/** Whatever its writer put there: nothing here depends on it. */
function isMetadata(value: unknown): value is CheckpointMetadata {
  return isObject(value);
}

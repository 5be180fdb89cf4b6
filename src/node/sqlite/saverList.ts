// Which checkpoints there are, ours and the stock saver's. They are read one by one, when the caller gets to them.
import { isDeepStrictEqual } from 'node:util';
import type { RunnableConfig } from '@langchain/core/runnables';
import type { CheckpointListOptions } from '@langchain/langgraph-checkpoint';
import { decodeData, isObject } from './saverData.ts';
import type { SaverParts, Target } from './saverPut.ts';
import { stockValue } from './saverStock.ts';

interface Head {
  threadId: string;
  ns: string;
  id: string;
  metadata: unknown;
}

interface Row extends Omit<Head, 'metadata'> {
  type: string;
  body: string;
}

/** Newest first, over all threads and namespaces that the config does not name. */
export function checkpointLister({ connection, stock }: SaverParts) {
  const { db, read } = connection;
  const select = db.prepare<[{ threadId: string | null; ns: string | null }], Row>(
    `SELECT thread.id AS threadId, checkpoint.ns, checkpoint.id,
       checkpoint.metadata_type AS type, checkpoint.metadata AS body
     FROM checkpoint JOIN checkpoint_thread AS thread ON thread.seq = checkpoint.thread
     WHERE (@threadId IS NULL OR thread.id = @threadId) AND (@ns IS NULL OR checkpoint.ns = @ns)`,
  );
  const heads = (threadId: string | undefined, ns: string | undefined): Head[] => [
    ...select
      .all({ threadId: threadId ?? null, ns: ns ?? null })
      .map(({ type, body, ...head }) => ({ ...head, metadata: decodeData({ type, body }) })),
    ...(stock?.list(threadId, ns) ?? []).map(({ type, metadata, ...head }) => ({
      ...head,
      metadata: stockValue(type, metadata),
    })),
  ];
  return async (
    { configurable }: RunnableConfig,
    { limit, before, filter }: CheckpointListOptions = {},
  ): Promise<Target[]> => {
    const [threadId, ns, beforeId] = [
      text(configurable?.['thread_id']),
      text(configurable?.['checkpoint_ns']),
      text(before?.configurable?.['checkpoint_id']),
    ];
    const found = await read(() => heads(threadId, ns));
    const wanted = found
      .filter(({ id }) => beforeId === undefined || id < beforeId)
      .filter(({ metadata }) => fits(metadata, filter))
      .sort((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
    return limit ? wanted.slice(0, Number(limit)) : wanted;
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Members of the filter that are undefined say nothing. */
function fits(metadata: unknown, filter: Record<string, unknown> | undefined): boolean {
  return Object.entries(filter ?? {}).every(
    ([key, value]) =>
      value === undefined || (isObject(metadata) && isDeepStrictEqual(metadata[key], value)),
  );
}

// Keeps a window that has lost a turn from writing checkpoints into it.
import { AppError } from '../../core/base/errors.ts';
import type { Db } from './database.ts';

/** Throws AppError `store_fenced` when this process may not write checkpoints of the thread. */
export type SaverFence = (threadId: string) => void;

/** A SQL expression that is true while this process may write, read in the transaction that writes. */
export interface FenceOptions {
  /** May use `@threadId` and whatever `params` has. */
  sql: string;
  /** Values for the expression at this moment, e.g. this process' lease owner. */
  params?: (threadId: string) => Record<string, string | number | null>;
}

export function createFence(db: Db, options: FenceOptions | undefined): SaverFence {
  if (!options) return () => undefined;
  const { sql, params } = options;
  const allowed = db
    .prepare<[Record<string, string | number | null>], number>(`SELECT coalesce((${sql}), 0)`)
    .pluck();
  return (threadId) => {
    if (allowed.get({ ...params?.(threadId), threadId })) return;
    throw new AppError(
      'store_fenced',
      `Turn ${threadId} is driven by another window now; this one stops writing to it.`,
      { audience: 'log' },
    );
  };
}

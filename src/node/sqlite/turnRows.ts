// How a row of table `turn` is read.
import { z } from 'zod';
import type { TurnRow } from '../../core/ports/store.ts';
import type { Logger } from '../../core/ports/system.ts';
import { JsonObject, TurnStatus } from '../../protocol/calls.ts';
import { jsonColumn, rowReader, type RowReader } from './rows.ts';

const Row: z.ZodType<TurnRow> = z.object({
  id: z.string(),
  threadId: z.string(),
  status: TurnStatus,
  generation: z.int(),
  snapshot: jsonColumn(JsonObject),
  snapshotHash: z.string(),
  createdAt: z.int(),
  endedAt: z.int().nullable(),
  code: z.string().nullable(),
  message: z.string().nullable(),
  acceptedDrift: z.string().nullable(),
});

export const selectTurn = `SELECT id, thread_id AS threadId, status, generation, snapshot,
  snapshot_hash AS snapshotHash, created_at AS createdAt, ended_at AS endedAt, code, message,
  accepted_drift AS acceptedDrift FROM turn`;

export function turnReader(logger: Logger): RowReader<TurnRow> {
  return rowReader('turn', ['id'], Row, logger);
}

// The tools as a turn's model is told of them: kept once as text, read back by their hash; today's code is not asked.
import { z } from 'zod';
import { JsonObject } from '../../protocol/calls.ts';
import { AppError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import type { ToolSpec } from '../ports/model.ts';
import type { BlobStore } from '../ports/blobStore.ts';

const Specs: z.ZodType<ToolSpec[]> = z.array(
  z.object({ name: z.string(), description: z.string(), schema: JsonObject }),
);

/** Returns the hash by which `keptToolSpecs` finds them. */
export async function keepToolSpecs(
  { store }: { store: BlobStore },
  turnId: string,
  specs: readonly ToolSpec[],
): Promise<string> {
  return store.putText(turnId, JSON.stringify(specs));
}

/** Throws AppError `snapshot_lost` when they are not there or cannot be read. */
export async function keptToolSpecs(
  { store }: { store: BlobStore },
  turnId: string,
  hash: string,
): Promise<ToolSpec[]> {
  const text = await store.getText(turnId, hash);
  const json = text === undefined ? undefined : parseJson(text);
  const specs = Specs.safeParse(json?.ok === true ? json.value : undefined);
  if (specs.success) return specs.data;
  const message = 'What the model was told of its tools cannot be found in the state file.';
  throw new AppError('snapshot_lost', `${message} Start a new turn.`);
}

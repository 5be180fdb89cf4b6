// Requests to a model provider and readers of what it streams, for the tests of all providers.
import assert from 'node:assert/strict';
import { AppError } from '../../src/core/base/errors.ts';
import type { ModelChunk, ModelRequest } from '../../src/core/ports/model.ts';

/** A request with one user message, call index 0, no tools and a signal that is never aborted. */
export function modelRequest(overrides: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: { provider: 'test', id: 'model' },
    system: '',
    messages: [{ role: 'user', id: 'm1', text: 'fix the rounding' }],
    tools: [],
    callIndex: 0,
    signal: new AbortController().signal,
    ...overrides,
  };
}

export async function collectChunks(chunks: AsyncIterable<ModelChunk>): Promise<ModelChunk[]> {
  const all: ModelChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

export function textOf(chunks: readonly ModelChunk[]): string {
  return chunks.map((chunk) => (chunk.type === 'text' ? chunk.delta : '')).join('');
}

/** The tool calls that the pieces add up to, by index. */
export function callsOf(
  chunks: readonly ModelChunk[],
): { id: string | undefined; name: string; args: string }[] {
  const calls = new Map<number, { id: string | undefined; name: string; args: string }>();
  for (const chunk of chunks) {
    if (chunk.type !== 'toolCall') continue;
    const call = calls.get(chunk.index) ?? { id: undefined, name: '', args: '' };
    calls.set(chunk.index, {
      id: call.id ?? chunk.id,
      name: call.name || (chunk.name ?? ''),
      args: call.args + (chunk.args ?? ''),
    });
  }
  return [...calls.entries()].sort(([a], [b]) => a - b).map(([, call]) => call);
}

/** The AppError that the promise must reject with. */
export async function appErrorOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => assert.fail('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AppError, String(error));
  return error;
}

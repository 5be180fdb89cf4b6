// Scripted turns that wait, without a webview: what the in-host suites decide on.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ActionRow } from '../../src/core/ports/store.ts';
import type { OpenedEngine } from '../../src/core/services.ts';

const script = path.join(tmpdir(), `countersign-in-host-${process.pid}.json`);

/** Runs a turn in a new thread whose first reply is these calls, until it waits. */
export async function waiting(
  { engine, store }: OpenedEngine,
  ...toolCalls: object[]
): Promise<ActionRow> {
  await writeFile(script, JSON.stringify({ turns: [{ toolCalls }, { text: 'Done.' }] }));
  const { id: threadId } = await engine.createThread();
  const model = { provider: 'scripted', id: script };
  const { done } = await engine.startTurn({ threadId, text: 'go', model, mode: 'default' });
  await done;
  const [action] = (await store.actionsOfThread(threadId)).filter(({ state }) => state === 'open');
  assert.ok(action, 'nothing waits');
  return action;
}

export function removeScript(): Promise<void> {
  return rm(script, { force: true });
}

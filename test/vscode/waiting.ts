// Scripted turns that wait, without a webview: what the in-host suites decide on.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ActionRow } from '../../src/core/ports/store.ts';
import type { DriveEnd } from '../../src/core/agent/turnRunner.ts';
import type { Mode } from '../../src/protocol/calls.ts';
import type { OpenedEngine } from '../../src/core/services.ts';

const script = path.join(tmpdir(), `countersign-in-host-${process.pid}.json`);

/** Runs a turn in a new thread whose first reply is these calls, until it waits. */
export async function waiting(opened: OpenedEngine, ...toolCalls: object[]): Promise<ActionRow> {
  const { end } = await driven(opened, toolCalls, 'default');
  assert.ok(end.kind === 'paused', 'nothing waits');
  return end.action;
}

/** The same for one call, until it ends or waits. */
export function turnOf(
  opened: OpenedEngine,
  toolCall: object,
  mode: Mode = 'default',
): ReturnType<typeof driven> {
  return driven(opened, [toolCall], mode);
}

async function driven(
  { engine }: OpenedEngine,
  toolCalls: readonly object[],
  mode: Mode,
): Promise<{ turnId: string; end: DriveEnd }> {
  await writeFile(script, JSON.stringify({ turns: [{ toolCalls }, { text: 'Done.' }] }));
  const { id: threadId } = await engine.createThread();
  const model = { provider: 'scripted', id: script };
  const { turn, done } = await engine.startTurn({ threadId, text: 'go', model, mode });
  return { turnId: turn.id, end: await done };
}

export function removeScript(): Promise<void> {
  return rm(script, { force: true });
}

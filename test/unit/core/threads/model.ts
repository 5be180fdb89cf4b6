// What the model-checked test of the turn state machine knows of the world, and what must hold in it after every step.
import assert from 'node:assert/strict';
import type { Decisions } from '../../../../src/protocol/calls.ts';
import type { ActionRow, TurnRow } from '../../../../src/core/ports/store.ts';
import type { SaidReply, Window, Windows } from '../../../fakes/windows.ts';
import { assertWhole } from '../agent/support.ts';

/** What the model knows: how often each call may have run by now, what was decided, what a human stopped. */
export interface Model {
  runsAllowed: Map<string, number>;
  decided: Set<string>;
  /** Turns that a human stopped, discarded or took back, or tried to. */
  mayBeCancelled: Set<string>;
  /** Texts of the messages that were taken by a store for certain. */
  sent: string[];
}

export interface Real {
  windows: Windows;
  all: Window[];
  threads: string[];
  limit: number;
  /** How often a message was sent: each has its number in its text. */
  messages: number;
  /** What was seen last of each turn. */
  seen: Map<string, Pick<TurnRow, 'status' | 'generation'>>;
}

export const ENDED = ['finished', 'failed', 'cancelled'];
const CALLS = ['c1', 'c2', 'c3'];
const BATCHES = [CALLS.slice(0, 2), CALLS.slice(2)];

/** The reply to the n-th model call of a turn: its calls are named after its message. */
export function replyTo(text: string, callIndex: number): SaidReply {
  const calls = BATCHES[callIndex]?.map((name) => {
    const id = `${text}-${name}`;
    return { id, name: 'run_command', args: { command: `echo ${id}` } };
  });
  return calls ? { calls } : { text: 'Done' };
}

/** Reads the state also when every window is dead. */
export function reader(real: Real): Window['bare'] {
  const [first] = real.all;
  assert.ok(first);
  return first.bare;
}

/** Actions that nobody decided or moved, also those that are overdue: the store's own list leaves them out. */
export async function openActions(real: Real): Promise<ActionRow[]> {
  const each = real.threads.map((id) => reader(real).actionsOfThread(id));
  return (await Promise.all(each)).flat().filter(({ state }) => state === 'open');
}

/** All turns, oldest first in their thread. */
export async function turnsOf(real: Real): Promise<TurnRow[]> {
  const each = real.threads.map((id) => reader(real).turnsOfThread(id));
  return (await Promise.all(each)).flat();
}

export const isOpen = ({ status }: Pick<TurnRow, 'status'>): boolean => !ENDED.includes(status);

/** Each approval and each “run again” lets a call run once more than before. */
export function consent(model: Model, actionId: string, decisions: Decisions): void {
  assert.equal(model.decided.has(actionId), false, 'an action is decided once');
  model.decided.add(actionId);
  for (const [callId, { type }] of Object.entries(decisions)) {
    if (type !== 'approve' && type !== 'run_again') continue;
    model.runsAllowed.set(callId, (model.runsAllowed.get(callId) ?? 0) + 1);
  }
}

/** Holds at any moment, also while several windows drive. */
export async function assertPlaces(real: Real): Promise<void> {
  const store = reader(real);
  const running = await store.turnsInState('running');
  const gone = new Set((await store.abandonedTurns()).map(({ id }) => id));
  const driven = running.filter(({ id }) => !gone.has(id));
  assert.ok(driven.length <= real.limit, `${driven.length} turns run, the limit is ${real.limit}`);
}

export async function assertInvariants(model: Model, real: Real): Promise<void> {
  await assertPlaces(real);
  const turns = await turnsOf(real);
  for (const threadId of real.threads) {
    assertOrder(turns.filter((turn) => turn.threadId === threadId));
  }
  for (const turn of turns) {
    assertMove(turn, real.seen.get(turn.id));
    real.seen.set(turn.id, turn);
    if (turn.status === 'cancelled')
      assert.ok(model.mayBeCancelled.has(turn.id), 'nobody stopped it');
  }
  const paused = turns.filter(({ status }) => status === 'paused').map(({ id }) => id);
  const open = await openActions(real);
  const waiting = open.map(({ turnId }) => turnId);
  assert.deepEqual(waiting.sort(), paused.sort(), 'an open action for each turn that is paused');
  const now = real.windows.clock.time;
  const inTime = open.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  const listed = (await reader(real).openActions()).map(({ id }) => id);
  const ids = inTime.map(({ id }) => id);
  assert.deepEqual(listed.sort(), ids.sort(), 'listed as waiting, unless overdue');
  assertConsent(model, real);
  for (const turn of turns.filter((each) => !isOpen(each))) await assertEnded(real, turn);
}

/** In a thread at most one turn is under way; what is behind it waits, what is before it is over. */
function assertOrder(turns: readonly TurnRow[]): void {
  const open = turns.filter(isOpen);
  const waiting = open.slice(1).map(({ status }) => status);
  assert.ok(
    waiting.every((status) => status === 'queued'),
    `behind an open turn: ${waiting.join()}`,
  );
}

function assertMove(
  turn: TurnRow,
  before: Pick<TurnRow, 'status' | 'generation'> | undefined,
): void {
  if (!before) return;
  assert.ok(turn.generation >= before.generation, 'the generation never falls');
  if (turn.status === before.status) return;
  assert.ok(turn.generation > before.generation, 'every move counts');
  assert.ok(isOpen(before), `an ended turn does not move: ${before.status} → ${turn.status}`);
}

function assertConsent(model: Model, real: Real): void {
  for (const [line, ran] of Map.groupBy(real.windows.commands, (each) => each)) {
    const allowed = model.runsAllowed.get(line.replace('echo ', '')) ?? 0;
    assert.ok(ran.length <= allowed, `${line} ran ${ran.length} times with ${allowed} consents`);
  }
}

async function assertEnded(real: Real, turn: TurnRow): Promise<void> {
  assert.notEqual(turn.status, 'failed', turn.message ?? '');
  const messages = await reader(real).messagesOfTurn(turn.id);
  assertWhole(messages.map(({ message }) => message));
  for (const call of await reader(real).callsOfTurn(turn.id)) {
    assert.ok(['done', 'blocked', 'unknown'].includes(call.state), `${call.callId} ${call.state}`);
    const ran = real.windows.commands.filter((line) => line === `echo ${call.callId}`).length;
    if (call.state === 'done') assert.ok(ran > 0, `${call.callId} is told as done`);
    if (call.state === 'blocked') assert.equal(ran, 0, `${call.callId} is told as not run`);
  }
}

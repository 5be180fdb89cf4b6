// The steps of the model-checked test: what humans and windows do to turns, each alone or several at the same moment.
import assert from 'node:assert/strict';
import type fc from 'fast-check';
import type { Decision, Decisions } from '../../../../src/protocol/calls.ts';
import type { ActionRow } from '../../../../src/core/ports/store.ts';
import type { Drive } from '../../../../src/core/threads/deps.ts';
import type { WhenBusy } from '../../../../src/core/threads/starting.ts';
import { AppError } from '../../../../src/core/base/errors.ts';
import type { CrashPoint } from '../../../../src/node/cli/crashAt.ts';
import type { Window } from '../../../fakes/windows.ts';
import {
  assertInvariants,
  consent,
  isOpen,
  openActions,
  reader,
  turnsOf,
  type Model,
  type Real,
} from './model.ts';

type Act = (model: Model, real: Real) => Promise<void>;

export class Step implements fc.AsyncCommand<Model, Real> {
  readonly name: string;
  readonly act: Act;

  constructor(name: string, act: Act) {
    this.name = name;
    this.act = act;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.act(model, real);
    await assertInvariants(model, real);
  }

  toString(): string {
    return this.name;
  }
}

/** Several steps at the same moment. */
export const together = (steps: readonly Step[]): Step =>
  new Step(`at once: ${steps.join('; ')}`, async (model, real) => {
    await Promise.all(steps.map((step) => step.act(model, real)));
  });

/** The n-th of the windows that live; a new one when none does. */
async function living(real: Real, n: number): Promise<Window> {
  const alive = real.all.filter((window) => !window.dead);
  const window = alive[n % Math.max(alive.length, 1)];
  return window ?? openOne(real);
}

export async function openOne(real: Real): Promise<Window> {
  const fresh = await real.windows.open(`w${real.all.length}`);
  real.all.push(fresh);
  return fresh;
}

/** Does `work`, during which the window dies if it passes the point; otherwise it lives on. */
async function perhapsDying(
  window: Window,
  point: CrashPoint | null,
  work: () => Promise<unknown>,
): Promise<void> {
  const death = point ? window.dieAt(point) : undefined;
  await Promise.race([work(), ...(death ? [death] : [])]);
  window.spare();
}

function pick<T>(from: readonly T[], n: number): T | undefined {
  return from[n % Math.max(from.length, 1)];
}

const openTurns = async (real: Real, status?: string) =>
  (await turnsOf(real)).filter((turn) => isOpen(turn) && (!status || turn.status === status));

export interface Sending {
  window: number;
  thread: number;
  whenBusy: WhenBusy;
  point: CrashPoint | null;
}

export const send = ({ window: n, thread, whenBusy, point }: Sending): Step => {
  const name = `send to ${thread} in ${n}, ${whenBusy}${point ? `, dying at ${point}` : ''}`;
  return new Step(name, async (model, real) => {
    const window = await living(real, n);
    const threadId = pick(real.threads, thread) ?? '';
    const text = `m${(real.messages += 1)}`;
    let own: string | undefined;
    const start = { threadId, text, model: real.windows.model, mode: 'default' } as const;
    await perhapsDying(window, point, async () => {
      const drive = await window.engine.startTurn({ ...start, whenBusy }).catch(refused);
      if (!drive) return;
      model.sent.push(text);
      own = drive.turn.id;
      await drive.done;
    });
    if (whenBusy !== 'discard') return;
    // Afterwards, because another message may have come before it at the same moment.
    const turns = await window.bare.turnsOfThread(threadId);
    const at = turns.findIndex(({ id }) => id === own);
    for (const { id } of at < 0 ? turns : turns.slice(0, at)) model.mayBeCancelled.add(id);
  });
};

function refused(error: unknown): undefined {
  assert.ok(error instanceof AppError && error.code.startsWith('turn_'), String(error));
}

export interface Deciding {
  types: readonly string[];
  windows: readonly number[];
  action: number;
}

export const decide = ({ types, windows, action: which }: Deciding): Step =>
  new Step(`decide ${types.join()} of ${which} in ${windows.join()}`, async (model, real) => {
    const store = reader(real);
    const action = pick(await openActions(real), which);
    if (!action) return;
    const late = action.expiresAt !== null && action.expiresAt <= real.windows.clock.time;
    const outcomes = await Promise.all(
      windows.map(async (n, at) => {
        const window = await living(real, n);
        const decisions = choices(action, types[at % types.length] ?? '');
        const by = `${window.name}#${at}`;
        const outcome = await window.engine.submit({ actionId: action.id, decisions }, by);
        // Consent counts from now on: what it allows may run before this step is over.
        if (outcome.ok) consent(model, action.id, decisions);
        if (outcome.ok) await outcome.done;
        return { outcome, decisions, by };
      }),
    );
    const stored = await store.getAction(action.id);
    for (const { outcome, decisions, by } of outcomes) {
      if (outcome.ok) assert.deepEqual([stored?.decisions, stored?.decidedBy], [decisions, by]);
      else assert.match(outcome.refusal.code, /^(already_decided|expired|not_paused)$/);
    }
    const won = outcomes.filter(({ outcome }) => outcome.ok).length;
    if (late) assert.equal(won, 0, 'a late decision counts for nothing');
    else if (stored?.state === 'resolved') assert.ok(won <= 1, 'at most one winner');
    else assert.equal(won, 0, 'no winner of an action that is not resolved');
  });

/** Like `decide` with one window, where somebody must win. */
export const decideAlone = (deciding: Deciding): Step =>
  new Step(`alone: ${decide(deciding).name}`, async (model, real) => {
    const before = model.decided.size;
    const action = pick(await openActions(real), deciding.action);
    await decide(deciding).act(model, real);
    const state = action && (await reader(real).getAction(action.id))?.state;
    if (state === 'resolved') assert.equal(model.decided.size, before + 1, 'exactly one winner');
    else assert.ok(state === undefined || state === 'expired', `${state} by no one`);
  });

export interface Dying {
  window: number;
  point: CrashPoint;
}

export const decideAndDie = (type: string, { window: n, point }: Dying, which: number): Step =>
  new Step(`decide ${type} of ${which} in ${n}, dying at ${point}`, async (model, real) => {
    const window = await living(real, n);
    const action = pick(await openActions(real), which);
    if (!action) return;
    const decisions = choices(action, type);
    await perhapsDying(window, point, async () => {
      const outcome = await window.engine.submit({ actionId: action.id, decisions }, window.name);
      return outcome.ok ? outcome.done : undefined;
    });
    const stored = await reader(real).getAction(action.id);
    if (stored?.state === 'resolved') consent(model, action.id, stored.decisions ?? {});
  });

function choices({ requests }: ActionRow, type: string): Decisions {
  const chosen = requests.map((each) => [each.callId, choose(each.allowedDecisions, type)]);
  return Object.fromEntries(chosen) as Decisions;
}

function choose(allowed: readonly string[], type: string): Decision {
  const unknown = allowed.includes('run_again');
  if (unknown) return type === 'reject' ? { type: 'skip' } : { type: 'run_again' };
  return type === 'reject' ? { type: 'reject', reason: 'no' } : { type: 'approve' };
}

export const recover = (windows: readonly number[], drive: boolean): Step =>
  new Step(`recover${drive ? ' and drive' : ''} in ${windows.join()}`, async (_model, real) => {
    const drives = await Promise.all(
      windows.map(async (n) => (await living(real, n)).engine.recover({ drive })),
    );
    await eachOnce(drives.flat());
  });

export const goOn = (windows: readonly number[], which: number): Step =>
  new Step(`continue ${which} in ${windows.join()}`, async (_model, real) => {
    const turn = pick(await openTurns(real), which);
    if (!turn) return;
    const drives = await Promise.all(
      windows.map(async (n) => (await living(real, n)).engine.continueTurn(turn.id)),
    );
    await eachOnce(drives.filter((drive) => drive !== undefined));
  });

/** No two of them drive one turn. */
async function eachOnce(drives: readonly Drive[]): Promise<void> {
  const ends = await Promise.all(
    drives.map(async ({ turn, done }) => [turn.id, (await done).kind]),
  );
  const driven = ends.filter(([, kind]) => kind !== 'queued').map(([id]) => id);
  assert.equal(new Set(driven).size, driven.length, 'at most one drives a turn');
}

export const goOnAndDie = ({ window: n, point }: Dying, which: number): Step =>
  new Step(`continue ${which} in ${n}, dying at ${point}`, async (_model, real) => {
    const window = await living(real, n);
    const turn = pick(await openTurns(real), which);
    if (!turn) return;
    await perhapsDying(window, point, async () => {
      await (
        await window.engine.continueTurn(turn.id)
      )?.done;
    });
  });

export const recoverAndDie = ({ window: n, point }: Dying): Step =>
  new Step(`recover in ${n}, dying at ${point}`, async (_model, real) => {
    const window = await living(real, n);
    await perhapsDying(window, point, async () => {
      const drives = await window.engine.recover({ drive: true });
      await Promise.all(drives.map(({ done }) => done));
    });
  });

export const askAgain = (n: number, which: number): Step =>
  new Step(`ask ${which} again in ${n}`, async (_model, real) => {
    const turn = pick(await openTurns(real, 'expired'), which);
    if (turn) await (await living(real, n)).engine.askAgain(turn.id);
  });

export const stop = (n: number, which: number): Step =>
  new Step(`stop ${which} in ${n}`, async (model, real) => {
    const turn = pick(await openTurns(real), which);
    if (!turn) return;
    model.mayBeCancelled.add(turn.id);
    await (await living(real, n)).engine.stop(turn.id);
  });

export const stopThread = (n: number, thread: number): Step =>
  new Step(`stop thread ${thread} in ${n}`, async (model, real) => {
    const threadId = pick(real.threads, thread) ?? '';
    const window = await living(real, n);
    const open = (await window.bare.turnsOfThread(threadId)).filter(isOpen);
    open.forEach(({ id }) => model.mayBeCancelled.add(id));
    await window.engine.stopThread(threadId);
  });

export const takeBack = (n: number, which: number): Step =>
  new Step(`take back ${which} in ${n}`, async (model, real) => {
    const turn = pick(await openTurns(real, 'queued'), which);
    if (!turn) return;
    if (await (await living(real, n)).engine.removeQueued(turn.id))
      model.mayBeCancelled.add(turn.id);
  });

export const pass = (ms: number): Step =>
  new Step(`${ms} ms pass`, async (_model, real) => {
    real.windows.clock.time += ms;
  });

export const opens = new Step('a window opens', async (_model, real) => {
  if (real.all.filter((window) => !window.dead).length < 4) await openOne(real);
});

/** What a window that died, or lost the turn, tries when it is asked to start a call all the same. */
export const trespass = (which: number): Step =>
  new Step(`the dead try to start a call of ${which}`, async (_model, real) => {
    const turn = pick(await openTurns(real), which);
    if (!turn) return;
    const calls = await reader(real).callsOfTurn(turn.id);
    for (const window of real.all.filter(({ dead }) => dead)) {
      // While it runs and no living window drives it, the lease may still be the dead one's.
      const taken = real.all.some(({ dead, engine }) => !dead && engine.isDriving(turn.id));
      if (turn.status === 'running' && !taken) continue;
      for (const { callId, proposal, proposalHash } of calls) {
        if (!proposal || !proposalHash) continue;
        const started = await window.bare.startCall({
          ...{ turnId: turn.id, callId, at: 1, proposal, proposalHash },
        });
        assert.equal(started, false, `${window.name} started ${callId}`);
      }
    }
  });

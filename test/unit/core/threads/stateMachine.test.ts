// The turn state machine, model-checked: random interleavings of everything that moves a turn, on two to four windows over
// one real state file. A window's command runs, its process dies, its lease runs out, others recover, decide, stop, go on.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Decision, Decisions } from '../../../../src/protocol/calls.ts';
import type { TurnRow } from '../../../../src/core/ports/store.ts';
import { CRASH_POINTS, type CrashPoint } from '../../../../src/node/cli/crashAt.ts';
import { LEASE_MS } from '../../../../src/node/sqlite/owner.ts';
import { openWindows, type Window, type Windows } from '../../../fakes/windows.ts';
import { assertWhole } from '../agent/support.ts';

/** What the model knows: how often each call may have run by now, and what every action was decided as. */
interface Model {
  runsAllowed: Map<string, number>;
  decided: Map<string, string>;
}

interface Real {
  windows: Windows;
  all: Window[];
  threadId: string;
  turnId: string;
  generation: number;
  statuses: string[];
}

const CALLS = ['c1', 'c2', 'c3'];
const ENDED = ['finished', 'failed', 'cancelled'];
const script = [
  { calls: CALLS.slice(0, 2).map(command) },
  { calls: [command('c3')] },
  { text: 'Done' },
];

function command(id: string): { id: string; name: string; args: object } {
  return { id, name: 'run_command', args: { command: `echo ${id}` } };
}

class Step implements fc.AsyncCommand<Model, Real> {
  readonly #name: string;
  readonly #act: (model: Model, real: Real) => Promise<void>;

  constructor(name: string, act: (model: Model, real: Real) => Promise<void>) {
    this.#name = name;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.#act(model, real);
    await assertInvariants(model, real);
  }

  toString(): string {
    return this.#name;
  }
}

/** The n-th of the windows that live; a new one when none does. */
async function living(real: Real, n: number): Promise<Window> {
  const alive = real.all.filter((window) => !window.dead);
  const window = alive[n % Math.max(alive.length, 1)];
  if (window) return window;
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

function decide(types: readonly string[], contenders: readonly number[]): Step {
  const name = `decide ${types.join()} in ${contenders.join()}`;
  return new Step(name, async (model, real) => {
    const [reader] = real.all;
    const [action] = (await reader?.bare.openActions()) ?? [];
    if (!action) return;
    const outcomes = await Promise.all(
      contenders.map(async (n, at) => {
        const window = await living(real, n);
        const decisions: Decisions = {};
        for (const { callId, allowedDecisions } of action.requests) {
          decisions[callId] = choose(allowedDecisions, types[at % types.length] ?? '');
        }
        const outcome = await window.engine.submit(
          { actionId: action.id, decisions },
          `${window.name}#${at}`,
        );
        if (outcome.ok) await outcome.done;
        return { outcome, decisions, by: `${window.name}#${at}` };
      }),
    );
    const won = outcomes.filter(({ outcome }) => outcome.ok);
    assert.equal(won.length, 1, 'exactly one winner');
    const stored = await reader?.bare.getAction(action.id);
    assert.deepEqual([stored?.decisions, stored?.decidedBy], [won[0]?.decisions, won[0]?.by]);
    for (const { outcome } of outcomes) {
      if (!outcome.ok) assert.equal(outcome.refusal.code, 'already_decided');
    }
    consent(model, action.id, won[0]?.decisions ?? {});
  });
}

function decideAndDie(type: string, n: number, point: CrashPoint): Step {
  return new Step(`decide ${type} in ${n}, dying at ${point}`, async (model, real) => {
    const window = await living(real, n);
    const [action] = await window.bare.openActions();
    if (!action) return;
    const decisions = Object.fromEntries(
      action.requests.map(({ callId, allowedDecisions }) => [
        callId,
        choose(allowedDecisions, type),
      ]),
    );
    await perhapsDying(window, point, async () => {
      const outcome = await window.engine.submit({ actionId: action.id, decisions }, window.name);
      return outcome.ok ? outcome.done : undefined;
    });
    const other = await living(real, n);
    const stored = await other.bare.getAction(action.id);
    if (stored?.state === 'resolved') consent(model, action.id, stored.decisions ?? {});
  });
}

function choose(allowed: readonly string[], type: string): Decision {
  const unknown = allowed.includes('run_again');
  if (unknown) return type === 'reject' ? { type: 'skip' } : { type: 'run_again' };
  return type === 'reject' ? { type: 'reject', reason: 'no' } : { type: 'approve' };
}

/** Each approval and each “run again” lets a call run once more than before. */
function consent(model: Model, actionId: string, decisions: Decisions): void {
  assert.equal(model.decided.has(actionId), false, 'an action is decided once');
  model.decided.set(actionId, JSON.stringify(decisions));
  for (const [callId, { type }] of Object.entries(decisions)) {
    if (type !== 'approve' && type !== 'run_again') continue;
    model.runsAllowed.set(callId, (model.runsAllowed.get(callId) ?? 0) + 1);
  }
}

const recover = (contenders: readonly number[], drive: boolean): Step =>
  new Step(`recover${drive ? ' and drive' : ''} in ${contenders.join()}`, async (_model, real) => {
    const drives = await Promise.all(
      contenders.map(async (n) => (await living(real, n)).engine.recover({ drive })),
    );
    const mine = drives.flat();
    assert.ok(mine.length <= 1, 'at most one drives the turn');
    await Promise.all(mine.map(({ done }) => done));
  });

const goOn = (contenders: readonly number[]): Step =>
  new Step(`continue in ${contenders.join()}`, async (_model, real) => {
    const drives = await Promise.all(
      contenders.map(async (n) => (await living(real, n)).engine.continueTurn(real.turnId)),
    );
    const mine = drives.filter((drive) => drive !== undefined);
    assert.ok(mine.length <= 1, 'at most one continues the turn');
    await Promise.all(mine.map(({ done }) => done));
  });

const goOnAndDie = (n: number, point: CrashPoint): Step =>
  new Step(`continue in ${n}, dying at ${point}`, async (_model, real) => {
    const window = await living(real, n);
    await perhapsDying(
      window,
      point,
      async () => (await window.engine.continueTurn(real.turnId))?.done,
    );
  });

const stop = (n: number): Step =>
  new Step(`stop in ${n}`, async (_model, real) => {
    await (await living(real, n)).engine.stop(real.turnId);
  });

const pass = (ms: number): Step =>
  new Step(`${ms} ms pass`, async (_model, real) => {
    real.windows.clock.time += ms;
  });

const opens = new Step('a window opens', async (_model, real) => {
  if (real.all.filter((window) => !window.dead).length < 4) {
    real.all.push(await real.windows.open(`w${real.all.length}`));
  }
});

/** What a window that died, or lost the turn, tries when it is asked to start a call all the same. */
const trespass = (callId: string): Step =>
  new Step(`the dead try to start ${callId}`, async (_model, real) => {
    const call = await real.all[0]?.bare.getCall(real.turnId, callId);
    for (const window of real.all.filter(({ dead }) => dead)) {
      const lost = await isLost(window, real);
      if (!lost || !call?.proposal || !call.proposalHash) continue;
      const move = { turnId: real.turnId, callId, at: 1 };
      const { proposal, proposalHash } = call;
      const started = await window.bare.startCall({ ...move, proposal, proposalHash });
      assert.equal(started, false, `${window.name} started ${callId}`);
    }
  });

/** True when the turn does not run, or runs in a window that took it over; until then the lease is still the dead one's. */
async function isLost(window: Window, real: Real): Promise<boolean> {
  const turn = await window.bare.getTurn(real.turnId);
  const taken = real.all.some(({ dead, engine }) => !dead && engine.isDriving(real.turnId));
  return turn?.status !== 'running' || taken;
}

async function assertInvariants(model: Model, real: Real): Promise<void> {
  const turn = await currentTurn(real);
  assert.ok(turn.generation >= real.generation, 'the generation never falls');
  const last = real.statuses.at(-1);
  if (turn.status !== last) {
    assert.ok(last === undefined || turn.generation > real.generation, 'every move counts');
    assert.ok(!ENDED.includes(last ?? ''), `an ended turn does not move: ${last} → ${turn.status}`);
    real.statuses.push(turn.status);
  }
  real.generation = turn.generation;
  for (const callId of CALLS) {
    const ran = real.windows.commands.filter((line) => line === `echo ${callId}`).length;
    const allowed = model.runsAllowed.get(callId) ?? 0;
    assert.ok(ran <= allowed, `${callId} ran ${ran} times with ${allowed} consents`);
  }
  const [reader] = real.all;
  assert.ok(reader);
  const open = await reader.bare.openActions();
  assert.equal(open.length, turn.status === 'paused' ? 1 : 0, `open actions while ${turn.status}`);
  if (!ENDED.includes(turn.status)) return;
  assert.notEqual(turn.status, 'failed', turn.message ?? '');
  const messages = await reader.bare.messagesOfTurn(turn.id);
  assertWhole(messages.map(({ message }) => message));
  for (const call of await reader.bare.callsOfTurn(turn.id)) {
    assert.ok(['done', 'blocked', 'unknown'].includes(call.state), `${call.callId} ${call.state}`);
    const ran = real.windows.commands.filter((line) => line === `echo ${call.callId}`).length;
    if (call.state === 'done') assert.ok(ran > 0, `${call.callId} is told as done`);
    if (call.state === 'blocked') assert.equal(ran, 0, `${call.callId} is told as not run`);
  }
}

async function currentTurn(real: Real): Promise<TurnRow> {
  const turn = await real.all[0]?.bare.getTurn(real.turnId);
  assert.ok(turn);
  return turn;
}

/** Whatever happened, the turn can be brought to its end as a user would. */
async function bringToEnd(model: Model, real: Real): Promise<void> {
  for (let step = 0; step < 20; step += 1) {
    if (ENDED.includes((await currentTurn(real)).status)) return;
    real.windows.clock.time += LEASE_MS;
    for (const next of [recover([0], true), decide(['approve'], [0]), goOn([0])]) {
      await next.run(model, real);
    }
  }
  assert.fail(`the turn is still ${(await currentTurn(real)).status}`);
}

async function begin(windowCount: number, deathAt: CrashPoint | null): Promise<Real> {
  const windows = await openWindows({ script });
  const all: Window[] = [];
  for (let n = 0; n < windowCount; n += 1) all.push(await windows.open(`w${n}`));
  const [first] = all;
  assert.ok(first);
  const { id: threadId } = await first.engine.createThread();
  const start = { threadId, text: 'Go', model: windows.model, mode: 'default' } as const;
  await perhapsDying(first, deathAt, async () => (await first.engine.startTurn(start)).done);
  const [turn] = await first.bare.turnsOfThread(threadId);
  assert.ok(turn);
  return { windows, all, threadId, turnId: turn.id, generation: 0, statuses: [] };
}

const window = fc.nat({ max: 3 });
const some = fc.array(window, { minLength: 1, maxLength: 4 });
const point = fc.constantFrom(...CRASH_POINTS);
const type = fc.constantFrom('approve', 'approve', 'reject');
const steps = fc.commands(
  [
    fc.tuple(fc.array(type, { minLength: 1, maxLength: 3 }), some).map((at) => decide(...at)),
    fc.tuple(type, window, point).map((at) => decideAndDie(...at)),
    fc.tuple(type, window, point).map((at) => decideAndDie(...at)),
    fc.tuple(some, fc.boolean()).map((at) => recover(...at)),
    some.map(goOn),
    fc.tuple(window, point).map((at) => goOnAndDie(...at)),
    window.map(stop),
    fc.constantFrom(1000, LEASE_MS, LEASE_MS, LEASE_MS).map(pass),
    fc.constant(opens),
    fc.constantFrom(...CALLS).map(trespass),
  ],
  { maxCommands: 14 },
);

describe('the turn state machine', function () {
  this.timeout(240_000);

  it('keeps its invariants in every interleaving, and every turn can be brought to its end', async () => {
    const numRuns = Number(process.env['COUNTERSIGN_MODEL_RUNS'] ?? 25);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 4 }),
        fc.option(point, { freq: 3 }),
        steps,
        async (count, deathAt, commands) => {
          const real = await begin(count, deathAt);
          const model: Model = { runsAllowed: new Map(), decided: new Map() };
          try {
            await fc.asyncModelRun(() => ({ model, real }), commands);
            await bringToEnd(model, real);
          } finally {
            await real.windows.dispose();
          }
        },
      ),
      { numRuns, interruptAfterTimeLimit: 200_000, markInterruptAsFailure: true },
    );
  });
});

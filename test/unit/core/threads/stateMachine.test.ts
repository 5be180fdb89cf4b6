// The turn state machine, model-checked: random interleavings of everything that moves turns, on two to four windows over one
// real state file. Messages are sent, queued, discarded, taken back; commands run, processes die, leases run out, approvals
// expire; others recover, decide, ask again, stop, go on; and never do more turns run than may.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { CRASH_POINTS, type CrashPoint } from '../../../../src/node/cli/crashAt.ts';
import { LEASE_MS } from '../../../../src/node/sqlite/owner.ts';
import { openWindows } from '../../../fakes/windows.ts';
import {
  assertInvariants,
  assertPlaces,
  isOpen,
  reader,
  replyTo,
  turnsOf,
  type Model,
  type Real,
} from './model.ts';
import * as steps from './modelSteps.ts';

/** Longer than recovery takes, so that approvals expire now and then and not always. */
const EXPIRES_AFTER = 4 * LEASE_MS;

const window = fc.nat({ max: 3 });
const which = fc.nat({ max: 3 });
const thread = fc.nat({ max: 1 });
const some = fc.array(window, { minLength: 1, maxLength: 4 });
const point = fc.constantFrom(...CRASH_POINTS);
const type = fc.constantFrom('approve', 'approve', 'reject');
const dying = fc.record({ window, point });
const whenBusy = fc.constantFrom(
  'refuse' as const,
  'queue' as const,
  'queue' as const,
  'discard' as const,
);
const sending = fc.record({ window, thread, whenBusy, point: fc.constant(null) });
const deciding = fc.record({
  types: fc.array(type, { minLength: 1, maxLength: 3 }),
  windows: some,
  action: which,
});

const sends = sending.map(steps.send);
const decides = deciding.map(steps.decide);
const recovers = fc.tuple(some, fc.constant(true)).map((at) => steps.recover(...at));
const goesOn = fc.tuple(some, which).map((at) => steps.goOn(...at));
const stops = fc.tuple(window, which).map((at) => steps.stop(...at));
const takesBack = fc.tuple(window, which).map((at) => steps.takeBack(...at));
const atOnce = fc.array(fc.oneof(sends, decides, recovers, goesOn, stops, takesBack), {
  minLength: 2,
  maxLength: 3,
});

const commands = fc.commands(
  [
    sends,
    sends,
    fc.record({ window, thread, whenBusy, point }).map(steps.send),
    deciding.map(steps.decideAlone),
    deciding.map(steps.decideAlone),
    fc.tuple(type, dying, which).map((at) => steps.decideAndDie(...at)),
    fc.tuple(type, dying, which).map((at) => steps.decideAndDie(...at)),
    recovers,
    some.map((windows) => steps.recover(windows, false)),
    dying.map(steps.recoverAndDie),
    goesOn,
    fc.tuple(dying, which).map((at) => steps.goOnAndDie(...at)),
    fc.tuple(window, which).map((at) => steps.askAgain(...at)),
    stops,
    fc.tuple(window, thread).map((at) => steps.stopThread(...at)),
    takesBack,
    atOnce.map(steps.together),
    atOnce.map(steps.together),
    fc.constantFrom(1000, LEASE_MS, LEASE_MS, LEASE_MS, EXPIRES_AFTER).map(steps.pass),
    fc.constant(steps.opens),
    which.map(steps.trespass),
  ],
  { maxCommands: 18 },
);

interface Beginning {
  windows: number;
  limit: number;
  deathAt: CrashPoint | null;
}

async function begin({ windows: count, limit, deathAt }: Beginning, model: Model): Promise<Real> {
  const windows = await openWindows({
    ...{ script: [], limit, expiresAfter: EXPIRES_AFTER, takesQueued: false },
    beforeReply: async (_window, callIndex, { messages }) => {
      await assertPlaces(real);
      const said = messages.findLast(({ role }) => role === 'user');
      return replyTo(said?.text ?? '', callIndex);
    },
  });
  const real: Real = { windows, all: [], threads: [], limit, messages: 0, seen: new Map() };
  for (let n = 0; n < count; n += 1) await steps.openOne(real);
  for (const { engine } of real.all.slice(0, 2))
    real.threads.push((await engine.createThread()).id);
  await steps.send({ window: 0, thread: 0, whenBusy: 'refuse', point: deathAt }).run(model, real);
  return real;
}

/** Whatever happened, every turn can be brought to its end as a user would. */
async function bringToEnd(model: Model, real: Real): Promise<void> {
  for (let round = 0; round < 40; round += 1) {
    const open = (await turnsOf(real)).filter(isOpen);
    if (open.length === 0) return;
    real.windows.clock.time += LEASE_MS;
    await steps.recover([0], true).run(model, real);
    for (const [n] of open.entries()) {
      await steps.askAgain(0, n).run(model, real);
      await steps.decideAlone({ types: ['approve'], windows: [0], action: n }).run(model, real);
      await steps.goOn([0], n).run(model, real);
    }
  }
  const left = (await turnsOf(real)).filter(isOpen).map(({ status }) => status);
  assert.fail(`turns are still ${left.join()}`);
}

async function assertNothingLost(model: Model, real: Real): Promise<void> {
  const each = real.threads.map((id) => reader(real).messagesOfThread(id));
  const kept = (await Promise.all(each)).flat().map(({ message }) => message.text);
  for (const text of model.sent) assert.ok(kept.includes(text), `${text} is lost`);
}

describe('the turn state machine', function () {
  this.timeout(600_000);

  it('keeps its invariants in every interleaving, and every turn can be brought to its end (H65)', async () => {
    const numRuns = Number(process.env['COUNTERSIGN_MODEL_RUNS'] ?? 50);
    const beginning = fc.record({
      windows: fc.integer({ min: 2, max: 4 }),
      limit: fc.integer({ min: 1, max: 2 }),
      deathAt: fc.option(point, { freq: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(beginning, commands, async (start, sequence) => {
        const model: Model = {
          ...{ runsAllowed: new Map<string, number>(), decided: new Set<string>() },
          ...{ mayBeCancelled: new Set<string>(), sent: [] },
        };
        const real = await begin(start, model);
        try {
          await fc.asyncModelRun(() => ({ model, real }), sequence);
          await bringToEnd(model, real);
          await assertInvariants(model, real);
          await assertNothingLost(model, real);
        } finally {
          await real.windows.dispose();
        }
      }),
      { numRuns, interruptAfterTimeLimit: 540_000, markInterruptAsFailure: true },
    );
  });
});

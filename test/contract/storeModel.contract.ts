// Random interleavings of pause, claim and end on one turn, against a model small enough to be right at a glance.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Store } from '../../src/core/ports/store.ts';
import { withSubject, type MakeSubject } from './storeSubject.ts';
import { endTurn, openAction, seed, threadOf } from './storeFixtures.ts';

interface Model {
  status: 'running' | 'paused' | 'finished';
  generation: number;
  open: string | null;
  resolved: Set<string>;
}

type Step =
  | { do: 'pause'; action: number; drift: number }
  | { do: 'claim'; action: number }
  | { do: 'end'; drift: number; from: 'running' | 'paused' };

const drift = fc.constantFrom(0, 0, 0, -1, 1);
const action = fc.integer({ min: 0, max: 5 });
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('pause' as const), action, drift }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('claim' as const), action }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('end' as const),
        drift,
        from: fc.constantFrom('running' as const, 'paused' as const),
      }),
    },
  ),
  { minLength: 5, maxLength: 40 },
);

export function storeModelContract(make: MakeSubject): void {
  it(
    'agrees with a tiny model on every interleaving of pause, claim and end',
    withSubject(make, async ({ store, openSecond }) => {
      const stores = [store, await openSecond()];
      let run = 0;
      await fc.assert(
        fc.asyncProperty(steps, async (list) => {
          run += 1;
          await compare(stores, `r${run}`, list);
        }),
        { numRuns: 60 },
      );
    }),
  ).timeout(30_000);
}

async function compare(stores: readonly Store[], id: string, list: readonly Step[]) {
  const [first] = stores;
  assert.ok(first);
  await seed(first, id);
  const model: Model = { status: 'running', generation: 1, open: null, resolved: new Set() };
  for (const [n, step] of list.entries()) {
    const store: Store = stores[n % stores.length] ?? first;
    assert.equal(await apply(store, id, [step, model.generation]), advance(model, id, step));
    const turn = await first.getTurn(id);
    assert.deepEqual([turn?.status, turn?.generation], [model.status, model.generation]);
  }
  const actions = await first.actionsOfThread(threadOf(id));
  const mine = actions.filter((row) => row.turnId === id);
  const inState = (state: string) => mine.filter((row) => row.state === state).map((row) => row.id);
  assert.deepEqual(inState('open'), model.open === null ? [] : [model.open]);
  assert.deepEqual(new Set(inState('resolved')), model.resolved);
}

/** Whether the store made the move; a refused row counts as not made. */
async function apply(
  store: Store,
  turnId: string,
  [step, generation]: [Step, number],
): Promise<boolean> {
  if (step.do === 'end') {
    const move = endTurn({ turnId, generation: generation + step.drift, from: [step.from] });
    return store.endTurn(move);
  }
  const id = `${turnId}-${step.action}`;
  if (step.do === 'claim') {
    const move = { actionId: id, decisions: {}, decidedBy: 'w', at: 1 };
    return (await store.claimAction(move)).kind === 'claimed';
  }
  const row = openAction({ id, turnId });
  return store.pauseTurn(row, generation + step.drift).catch(() => false);
}

function advance(model: Model, turnId: string, step: Step): boolean {
  if (step.do === 'end') {
    if (step.drift !== 0 || model.status !== step.from) return false;
    Object.assign(model, { status: 'finished', open: null });
  } else if (step.do === 'claim') {
    const id = `${turnId}-${step.action}`;
    if (model.open !== id) return false;
    model.resolved.add(id);
    Object.assign(model, { status: 'running', open: null });
  } else {
    const id = `${turnId}-${step.action}`;
    if (step.drift !== 0 || model.status !== 'running' || model.resolved.has(id)) return false;
    Object.assign(model, { status: 'paused', open: id });
  }
  model.generation += 1;
  return true;
}

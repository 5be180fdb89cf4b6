import assert from 'node:assert/strict';
import { Annotation, Command, END, interrupt, Send, START, StateGraph } from '@langchain/langgraph';
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { endTurn, seed } from '../../../contract/storeFixtures.ts';
import { hasCode, open, tamper, using, withFile } from './support.ts';

interface Call {
  id: string;
  ask: boolean;
  args: unknown;
}

const hostile = {
  secret: { lc: 1, type: 'secret', id: ['HOME'] },
  constructor: { lc: 1, type: 'constructor', id: ['langchain', 'x'], kwargs: {} },
  tagged: { lc: 2, type: 'constructor', id: ['Map'], args: [[['a', 1]]] },
};

const State = Annotation.Root({
  calls: Annotation<Call[]>,
  results: Annotation<string[]>({
    reducer: (all: string[], more: string[]) => [...all, ...more],
    default: () => [],
  }),
  failed: Annotation<string>,
});

/** One Send per call; calls that ask interrupt; `runs` counts how often each got past its interrupt. */
function makeGraph(checkpointer: BaseCheckpointSaver, runs: Map<string, number>, fail = false) {
  return new StateGraph(State)
    .addNode('model', () => ({
      calls: [
        { id: 'c1', ask: false, args: hostile },
        { id: 'c2', ask: true, args: {} },
        { id: 'c3', ask: true, args: {} },
      ],
    }))
    .addNode('tool', ({ call }: { call: Call }) => {
      if (call.ask) interrupt({ callId: call.id, args: hostile });
      runs.set(call.id, (runs.get(call.id) ?? 0) + 1);
      if (fail && call.id === 'c3') throw new TypeError('tool broke');
      return { results: [`${call.id}:${JSON.stringify(call.args)}`] };
    })
    .addEdge(START, 'model')
    .addConditionalEdges(
      'model',
      (state) => state.calls.map((call) => new Send('tool', { call })),
      ['tool'],
    )
    .addEdge('tool', END)
    .compile({ checkpointer });
}

const config = (turnId = 'turn1') => ({
  configurable: { thread_id: turnId },
  durability: 'sync' as const,
});

describe('checkpointer', () => {
  it(
    'carries Sends and interrupts of a real graph through a closed file, running nothing twice',
    withFile(async (file) => {
      const runs = new Map<string, number>();
      const ids = await using(file, async ({ checkpointer }) => {
        const graph = makeGraph(checkpointer, runs);
        await graph.invoke({}, config());
        const state = await graph.getState(config());
        const interrupts = state.tasks.flatMap((task) => task.interrupts);
        assert.deepEqual(
          interrupts.map((each) => (each.value as { callId: string }).callId),
          ['c2', 'c3'],
        );
        return interrupts.map((each) => String(each.id));
      });
      await using(file, async ({ checkpointer }) => {
        const graph = makeGraph(checkpointer, runs);
        const [first = ''] = ids;
        await graph.invoke(new Command({ resume: { [first]: hostile } }), config());
        assert.deepEqual(
          [...runs],
          [
            ['c1', 1],
            ['c2', 1],
          ],
        );
      });
      await using(file, async ({ checkpointer }) => {
        const graph = makeGraph(checkpointer, runs);
        const [, second = ''] = ids;
        const result = await graph.invoke(new Command({ resume: { [second]: true } }), config());
        assert.deepEqual(
          [...runs],
          [
            ['c1', 1],
            ['c2', 1],
            ['c3', 1],
          ],
        );
        assert.deepEqual(result.results, [`c1:${JSON.stringify(hostile)}`, 'c2:{}', 'c3:{}']);
        const state = await graph.getState(config());
        assert.deepEqual(state.values, result);
        assert.deepEqual(state.next, []);
      });
    }),
  );

  it(
    'keeps the error of a node as data, and goes on after it in a new process',
    withFile(async (file) => {
      const runs = new Map<string, number>();
      await using(file, async ({ checkpointer }) => {
        const graph = makeGraph(checkpointer, runs, true);
        await graph.invoke({}, config());
        const ids = (await graph.getState(config())).tasks.flatMap((task) => task.interrupts);
        const resume = Object.fromEntries(ids.map((each) => [String(each.id), true]));
        await assert.rejects(graph.invoke(new Command({ resume }), config()), /tool broke/);
      });
      await using(file, async ({ checkpointer }) => {
        const graph = makeGraph(checkpointer, runs);
        const tasks = (await graph.getState(config())).tasks;
        assert.match(JSON.stringify(tasks.map((task) => task.error)), /tool broke/);
        const result = await graph.invoke(null, config());
        assert.equal(result.results.length, 3);
        assert.deepEqual([runs.get('c1'), runs.get('c2')], [1, 1]);
      });
    }),
  );

  it(
    'gives stored JSON back as data only',
    withFile(async (file) => {
      await using(file, async ({ checkpointer }) => {
        await makeGraph(checkpointer, new Map()).invoke({}, config());
      });
      await tamper(file, (db) => {
        const text = `'{"__proto__":{"x":1},"c":{"lc":1,"type":"secret","id":["HOME"]}}'`;
        db.exec(`UPDATE checkpoint_write SET type = 'json', body = ${text}`);
      });
      await using(file, async ({ checkpointer }) => {
        const tuple = await checkpointer.getTuple(config());
        assert.ok(tuple?.pendingWrites?.length);
        for (const [, , value] of tuple.pendingWrites) {
          assert.deepEqual(value, { c: { lc: 1, type: 'secret', id: ['HOME'] } });
          assert.equal(Object.getPrototypeOf(value), Object.prototype);
        }
        const call = (tuple.checkpoint.channel_values['calls'] as Call[])[0];
        assert.deepEqual(call?.args, hostile);
      });
    }),
  );

  it(
    'names a checkpoint value that is damaged or of an unknown type',
    withFile(async (file) => {
      await using(file, async ({ checkpointer }) => {
        await makeGraph(checkpointer, new Map()).invoke({}, config());
      });
      for (const change of [
        "checkpoint_value SET type = 'bytes'",
        'checkpoint_value SET type = \'tagged\', body = \'{"value":{"$countersign":["process"]}}\'',
        "checkpoint_value SET type = 'list', body = '999'",
        "checkpoint SET body = '{oops'",
      ]) {
        await tamper(file, (db) => db.exec(`UPDATE ${change}`));
        await using(file, async ({ checkpointer }) => {
          await assert.rejects(
            checkpointer.getTuple(config()),
            hasCode('store_damaged_row', 'turn1'),
          );
        });
      }
    }),
  );

  it(
    'ends with its turn, in the same transaction, and leaves other turns alone (H7, H9, H23, H24)',
    withFile(async (file) => {
      await using(file, async ({ store, checkpointer }) => {
        for (const turnId of ['turn1', 'turn2']) {
          await seed(store, turnId);
          await makeGraph(checkpointer, new Map()).invoke({}, config(turnId));
        }
        assert.equal(await store.endTurn(endTurn()), true);
      });
      const left = await tamper(file, (db) =>
        ['checkpoint', 'checkpoint_item', 'checkpoint_value', 'checkpoint_write'].map((table) =>
          db
            .prepare(
              `SELECT DISTINCT thread.id FROM ${table} AS row
               LEFT JOIN checkpoint_thread AS thread ON thread.seq = row.thread`,
            )
            .pluck()
            .all(),
        ),
      );
      assert.deepEqual(left, [['turn2'], ['turn2'], ['turn2'], ['turn2']]);
    }),
  );

  it(
    'waits while another process writes (H8)',
    withFile(async (file) => {
      const { store, checkpointer } = await open(file);
      await tamper(file, async (other) => {
        other.exec('BEGIN IMMEDIATE');
        const running = makeGraph(checkpointer, new Map()).invoke({}, config());
        for (let n = 0; n < 5; n += 1) await store.listThreads();
        other.exec('COMMIT');
        await running;
      });
      assert.ok(await checkpointer.getTuple(config()));
      store.dispose();
    }),
  );
});

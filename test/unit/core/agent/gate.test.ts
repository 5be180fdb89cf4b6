// The gate in the real graph on the real checkpointer: only the action's row opens it, no resume value does.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { Command } from '@langchain/langgraph';
import fc from 'fast-check';
import { holdAtGate } from '../../../../src/core/agent/gate.ts';
import { buildGraph, type TurnGraph } from '../../../../src/core/agent/graph.ts';
import { TurnCheckpointer } from '../../../../src/node/sqlite/checkpointer.ts';
import { createConnection } from '../../../../src/node/sqlite/connection.ts';
import type { Db } from '../../../../src/node/sqlite/database.ts';
import { openDatabase } from '../../../../src/node/sqlite/openDatabase.ts';
import { assertWhole, useBench } from './support.ts';

const approve = { type: 'approve' } as const;

describe('the gate', () => {
  const bench = useBench();
  const calls = [
    { id: 'c', name: 'run_command', args: { command: 'echo ran >> runs.txt' } },
    { id: 'r', name: 'list_directory', args: { path: '.' } },
  ];

  let db: Db | undefined;
  afterEach(() => {
    db?.close();
    db = undefined;
  });

  /** The checkpoints without the fence of the store, which lets nobody write into a turn that waits. */
  async function unfenced(): Promise<TurnCheckpointer> {
    const file = bench().folder.at('state.db');
    const { clock, logger } = bench().deps;
    db ??= (await openDatabase(file, { now: () => clock.now() })).db;
    return new TurnCheckpointer(createConnection(db, file, { clock, logger }));
  }

  /** The graph of a paused turn with a model and tools that must not be reached. */
  async function strayGraph(turnId: string): Promise<TurnGraph> {
    const { store } = bench().deps;
    const reached = async (): Promise<never> => {
      throw new Error('reached');
    };
    const nodes = {
      model: reached,
      propose: reached,
      gate: (batch: { id: string }) =>
        holdAtGate({ store, canPause: () => true }, turnId, batch.id),
      call: reached,
    };
    return buildGraph(nodes, await unfenced());
  }

  async function stray(turnId: string, input: unknown): Promise<void> {
    const config = { configurable: { thread_id: turnId }, durability: 'sync' } as const;
    const graph = await strayGraph(turnId);
    const result: unknown = await graph.invoke(input as null, config);
    assert.ok(result && typeof result === 'object' && '__interrupt__' in result, 'still held');
  }

  async function paused(): Promise<{ turnId: string; actionId: string }> {
    bench().say({ calls }, { text: 'Done' });
    const { turnId } = await bench().run();
    const { id } = await bench().action();
    assert.equal(existsSync(bench().at('runs.txt')), false);
    return { turnId, actionId: id };
  }

  async function decideProperly(turnId: string, actionId: string): Promise<void> {
    const outcome = await bench().engine.submit({ actionId, decisions: { c: approve } }, 'test');
    assert.ok(outcome.ok, JSON.stringify(outcome));
    const end = await outcome.done;
    assert.equal(end.kind === 'ended' && end.turn.status, 'finished', JSON.stringify(end));
    const runs = await bench().deps.files.read(bench().at('runs.txt'));
    assert.equal(runs.kind === 'text' && runs.text, 'ran\n');
    const messages = await bench().deps.store.messagesOfTurn(turnId);
    assertWhole(messages.map(({ message }) => message));
  }

  const GARBAGE: [string, unknown][] = [
    ['no input', null],
    ['an approval', new Command({ resume: { c: approve } })],
    ['true', new Command({ resume: true })],
    ['text', new Command({ resume: 'approve' })],
    ['a list', new Command({ resume: [{ type: 'approve' }] })],
    ['an empty object', new Command({ resume: {} })],
    ['a map of interrupt ids', new Command({ resume: { ['0'.repeat(32)]: 'approve' } })],
  ];
  for (const [title, input] of GARBAGE) {
    it(`a stray resume with ${title} approves nothing and poisons nothing`, async () => {
      const { turnId, actionId } = await paused();
      await stray(turnId, input);
      assert.equal((await bench().deps.store.getAction(actionId))?.state, 'open');
      assert.equal((await bench().deps.store.getCall(turnId, 'c'))?.state, 'planned');
      await decideProperly(turnId, actionId);
    });
  }

  it('a doubled and a tenfold resume do neither', async () => {
    const { turnId, actionId } = await paused();
    for (let n = 0; n < 10; n += 1) await stray(turnId, new Command({ resume: approve }));
    await decideProperly(turnId, actionId);
  });

  it('any JSON as a resume value does neither (F2)', async () => {
    const { turnId, actionId } = await paused();
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue().filter((value) => value !== null),
        async (value) => {
          await stray(turnId, new Command({ resume: value }));
        },
      ),
      { numRuns: 20 },
    );
    await decideProperly(turnId, actionId);
  });

  it('a resume after the turn is over does nothing: its checkpoint is gone (H23)', async () => {
    const { turnId, actionId } = await paused();
    await decideProperly(turnId, actionId);
    await assert.rejects(stray(turnId, null));
    const late = await bench().engine.submit({ actionId, decisions: { c: approve } }, 'test');
    assert.equal(!late.ok && late.refusal.code, 'already_decided');
    const runs = await bench().deps.files.read(bench().at('runs.txt'));
    assert.equal(runs.kind === 'text' && runs.text, 'ran\n');
  });
});

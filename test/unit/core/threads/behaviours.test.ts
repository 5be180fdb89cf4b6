// Behaviours of test/hitl-behaviours.md that no other test shows, on the whole engine.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { MemorySaver } from '@langchain/langgraph-checkpoint';
import { buildGraph } from '../../../../src/core/agent/graph.ts';
import { threadSummary } from '../../../../src/core/panel/snapshot.ts';
import { Engine, type CoreDeps } from '../../../../src/core/threads/engine.ts';
import { Mode } from '../../../../src/protocol/calls.ts';
import { useBench } from '../agent/support.ts';
import type { SubmitOutcome } from '../../../../src/core/threads/deciding.ts';

const MODEL = { provider: 'played', id: 'x' };
const approve = { c: { type: 'approve' } } as const;

describe('behaviours of the runtime', () => {
  const bench = useBench();
  const engines: Engine[] = [];
  afterEach(() => {
    for (const engine of engines.splice(0)) engine.dispose();
  });

  function engineWith(changes: Partial<CoreDeps>): Engine {
    const engine = new Engine({ ...bench().deps, ...changes });
    engines.push(engine);
    return engine;
  }

  const sayCommand = (command: string): void =>
    bench().say({ calls: [{ id: 'c', name: 'run_command', args: { command } }] }, { text: 'Done' });

  it('there is no way from a proposed call to its execution but through the gate (H3, I3)', async () => {
    const reached = async (): Promise<never> => assert.fail('reached');
    const nodes = { model: reached, propose: reached, gate: reached, call: reached };
    const { edges } = await buildGraph(nodes, new MemorySaver()).getGraphAsync();
    const into = (node: string): string[] =>
      edges.filter(({ target }) => target === node).map(({ source }) => source);
    assert.deepEqual([into('call'), into('gate')], [['gate'], ['propose']]);
  });

  for (const mode of Mode.options) {
    it(`a question waits for its answer in mode ${mode}, whatever the rules say (H10, HB2)`, async () => {
      const { say, run, action, engine, settings, results } = bench();
      settings['countersign.approval.allow'] = ['shell(*)', 'edit(**)', 'read(**)'];
      say({ calls: [{ id: 'q', name: 'ask_user', args: { question: 'Which?' } }] }, { text: 'Ok' });
      const { turnId } = await run({ mode });
      const { id: actionId, kind } = await action();
      assert.equal(kind, 'ask_user');
      const outcome = await engine.submit({ actionId, answer: 'This one' }, 'test');
      assert.ok(outcome.ok, JSON.stringify(outcome));
      await outcome.done;
      assert.deepEqual(
        (await results(turnId)).map(({ text }) => text),
        ['This one'],
      );
    });
  }

  it('who is told of an action can read it and decide it at once, also at the limit (H11, H15)', async () => {
    const { engine, deps, settings } = bench();
    settings['countersign.agent.maxRunningTurns'] = 1;
    const told = Promise.withResolvers<SubmitOutcome>();
    engine.onEvent((event) => {
      if (event.type !== 'action' || event.action.state !== 'open') return;
      const { id: actionId } = event.action;
      deps.store
        .getAction(actionId)
        .then((row) => assert.deepEqual(row, event.action, 'it is written'))
        .then(() => engine.submit({ actionId, decisions: approve }, 'test'))
        .then(told.resolve, told.reject);
    });
    sayCommand('echo ran >> runs.txt');
    const { turnId } = await bench().run();
    const outcome = await told.promise;
    assert.ok(outcome.ok, JSON.stringify(outcome));
    assert.notEqual((await outcome.done).kind, 'queued');
    assert.equal((await deps.store.getTurn(turnId))?.status, 'finished');
    assert.equal(readFileSync(bench().at('runs.txt'), 'utf8'), 'ran\n');
  });

  it('a submit is answered while what it approved still runs (H43)', async () => {
    const { engine, action, run, at } = bench();
    sayCommand('while [ ! -e go ]; do sleep 0.02; done; touch over');
    const { turnId } = await run();
    const { id: actionId } = await action();
    const outcome = await engine.submit({ actionId, decisions: approve }, 'test');
    assert.ok(outcome.ok);
    assert.ok(engine.isDriving(turnId) && !existsSync(at('over')));
    await writeFile(at('go'), '');
    const end = await outcome.done;
    assert.equal(end.kind === 'ended' && end.turn.status, 'finished');
    assert.ok(existsSync(at('over')));
  });

  it('an approval that is overdue is listed nowhere as waiting, although no sweep has moved it (H64)', async () => {
    const { deps } = bench();
    const engine = engineWith({ expiresAfter: () => 50 });
    sayCommand('touch ran');
    const thread = await engine.createThread();
    const start = { threadId: thread.id, text: 'Go', model: MODEL, mode: 'default' } as const;
    const end = await (await engine.startTurn(start)).done;
    assert.ok(end.kind === 'paused');
    while (deps.clock.now() <= (end.action.expiresAt ?? 0)) await new Promise(setImmediate);
    assert.equal((await deps.store.getAction(end.action.id))?.state, 'open', 'not moved');
    assert.deepEqual(await deps.store.openActions(), []);
    assert.deepEqual(await deps.store.waiting(), []);
    const row = await deps.store.getThread(thread.id);
    assert.ok(row);
    assert.equal((await threadSummary(deps.store, row)).waiting, 0);
    const late = await engine.submit({ actionId: end.action.id, decisions: approve }, 'test');
    assert.equal(!late.ok && late.refusal.code, 'expired');
    assert.equal(existsSync(bench().at('ran')), false);
  });

  it('resumed in another window, later and in another time zone, the model is told the same (H20, H27, H48)', async () => {
    const { deps, requests } = bench();
    sayCommand('touch ran');
    await bench().run();
    const { id: actionId } = await bench().action();
    const clock = { now: () => deps.clock.now() + 40 * 86_400_000 };
    const later = engineWith({ clock, timeZone: 'Asia/Tokyo' });
    const outcome = await later.submit({ actionId, decisions: approve }, 'later');
    assert.ok(outcome.ok, JSON.stringify(outcome));
    await outcome.done;
    const [first, second] = requests;
    assert.ok(first && second);
    assert.deepEqual(
      [second.system, second.model, second.tools],
      [first.system, first.model, first.tools],
    );
  });

  it('thread, turn and action have their ids before anybody is told of them (H90, HA5)', async () => {
    const { engine, events, deps } = bench();
    sayCommand('touch ran');
    const { id: threadId } = await engine.createThread();
    const drive = await engine.startTurn({ threadId, text: 'Go', model: MODEL, mode: 'default' });
    const end = await drive.done;
    assert.ok(end.kind === 'paused');
    const told = events.flatMap((event) => ('threadId' in event ? [event.threadId] : []));
    assert.ok(told.length > 0 && told.every((id) => id === threadId));
    const outcome = await engine.submit({ actionId: end.action.id, decisions: approve }, 'test');
    assert.ok(outcome.ok, 'decided in the first turn of a new thread');
    await outcome.done;
    assert.equal((await deps.store.getTurn(drive.turn.id))?.threadId, threadId);
  });
});

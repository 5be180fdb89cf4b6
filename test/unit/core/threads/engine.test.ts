// Threads and decisions at the engine's own surface, also with two engines on one state file.
import assert from 'node:assert/strict';
import { AppError } from '../../../../src/core/base/errors.ts';
import { Engine } from '../../../../src/core/threads/engine.ts';
import { openStore } from '../../../../src/node/sqlite/openStore.ts';
import { useBench } from '../agent/support.ts';

const code = (expected: string) => (error: unknown) =>
  error instanceof AppError && error.code === expected;

describe('the engine', () => {
  const bench = useBench({ 'a.txt': 'one\n' });
  const start = { text: 'Go', model: { provider: 'played', id: 'x' }, mode: 'default' } as const;
  const sayWrite = (): void =>
    bench().say(
      { calls: [{ id: 'w', name: 'write_file', args: { path: 'w.txt', content: 'w\n' } }] },
      { text: 'Done' },
    );
  const decisions = { w: { type: 'approve' } } as const;

  /** Another window on the same state file. */
  async function secondEngine(): Promise<{ engine: Engine; close: () => void }> {
    const { deps, logger, folder } = bench();
    const { store, checkpointer } = await openStore({
      file: folder.at('state.db'),
      logger,
      clock: deps.clock,
    });
    const engine = new Engine({ ...deps, store, checkpointer });
    const close = (): void => {
      engine.dispose();
      store.dispose();
    };
    return { engine, close };
  }

  it('titles a thread by its first message, once', async () => {
    const { engine, deps, say } = bench();
    say({ text: 'a' }, { text: 'b' });
    const { id: threadId } = await engine.createThread();
    for (const text of [`  First line ${'x'.repeat(100)}\nmore`, 'Second']) {
      await (
        await engine.startTurn({ ...start, threadId, text })
      ).done;
    }
    const title = (await deps.store.getThread(threadId))?.title ?? '';
    assert.match(title, /^First line x+…$/);
    assert.equal(title.length, 60);
  });

  it('refuses a thread that does not exist, is running or waits', async () => {
    const { engine, say } = bench();
    await assert.rejects(engine.startTurn({ ...start, threadId: 't' }), code('unknown_thread'));
    const { id: threadId } = await engine.createThread();
    let goOn = (): void => undefined;
    const wait = new Promise<void>((resolve) => (goOn = resolve));
    say(async function* () {
      await wait;
      yield { type: 'text', delta: 'a' };
      yield { type: 'end', reason: 'stop' };
    });
    const drive = await engine.startTurn({ ...start, threadId });
    await assert.rejects(engine.startTurn({ ...start, threadId }), code('turn_running'));
    goOn();
    await drive.done;
    sayWrite();
    await (
      await engine.startTurn({ ...start, threadId })
    ).done;
    await assert.rejects(engine.startTurn({ ...start, threadId }), code('turn_paused'));
  });

  it('of messages sent to one thread at once one starts a turn', async () => {
    const { engine, deps } = bench();
    const { id: threadId } = await engine.createThread();
    sayWrite();
    const starts = await Promise.allSettled(
      [1, 2, 3, 4].map(() => engine.startTurn({ ...start, threadId })),
    );
    const started = starts.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    assert.equal(started.length, 1, `${started.length} turns started`);
    for (const each of starts) {
      if (each.status === 'rejected') assert.ok(code('turn_running')(each.reason));
    }
    await started[0]?.done;
    assert.equal((await deps.store.turnsOfThread(threadId)).length, 1);
    await assert.rejects(engine.startTurn({ ...start, threadId }), code('turn_paused'));
  });

  it('of decisions taken at once, by one window or two, one counts and the call runs once (H40)', async () => {
    const { engine, run, action, results, say } = bench();
    const other = await secondEngine();
    try {
      for (let round = 0; round < 5; round += 1) {
        const args = { command: `echo ${round} >> runs.txt` };
        say({ calls: [{ id: 'w', name: 'run_command', args }] }, { text: 'Done' });
        const { turnId } = await run();
        const { id: actionId } = await action();
        const outcomes = await Promise.all(
          [engine, other.engine, engine, other.engine].map((each, n) =>
            each.submit({ actionId, decisions }, `window ${n}`),
          ),
        );
        const won = outcomes.filter(({ ok }) => ok);
        assert.equal(won.length, 1);
        for (const outcome of outcomes) {
          if (outcome.ok) await outcome.done;
          else assert.equal(outcome.refusal.code, 'already_decided', outcome.refusal.message);
        }
        assert.equal((await results(turnId)).length, 1);
      }
      const runs = await bench().deps.files.read(bench().at('runs.txt'));
      assert.equal(runs.kind === 'text' && runs.text, '0\n1\n2\n3\n4\n');
    } finally {
      other.close();
    }
  });

  it('a turn that was paused in one window is decided in another, which drives it to its end', async () => {
    sayWrite();
    const { turnId } = await bench().run();
    const { id: actionId } = await bench().action();
    const other = await secondEngine();
    try {
      const outcome = await other.engine.submit({ actionId, decisions }, 'window 2');
      assert.ok(outcome.ok);
      assert.ok(other.engine.isDriving(turnId) && !bench().engine.isDriving(turnId));
      await outcome.done;
      const turn = await bench().deps.store.getTurn(turnId);
      assert.equal(turn?.status, 'finished');
    } finally {
      other.close();
    }
  });

  it('resumes from the snapshot: prompt, model and tools of the start, not of now (H20)', async () => {
    sayWrite();
    const { turnId } = await bench().run({ mode: 'default' });
    const { id: actionId } = await bench().action();
    const outcome = await bench().engine.submit({ actionId, decisions }, 'test');
    assert.ok(outcome.ok);
    await outcome.done;
    const [first, second] = bench().requests;
    assert.equal(second?.system, first?.system);
    assert.deepEqual(second?.model, first?.model);
    assert.deepEqual(second?.tools, first?.tools);
    assert.deepEqual([first?.callIndex, second?.callIndex], [0, 1]);
    assert.equal((await bench().deps.store.getTurn(turnId))?.status, 'finished');
  });

  it('a checkpoint that is gone: the decision is refused and stays open, nothing is lost (HB5)', async () => {
    sayWrite();
    const { turnId } = await bench().run();
    const { id: actionId } = await bench().action();
    const { deps, engine } = bench();
    await deps.checkpointer.deleteThread(turnId);
    const outcome = await engine.submit({ actionId, decisions }, 'test');
    if (outcome.ok) await outcome.done;
    assert.ok(!outcome.ok, 'refused before the claim');
    assert.equal((await deps.store.getAction(actionId))?.state, 'open');
  });

  it('a watcher that throws stops nothing', async () => {
    bench().engine.onEvent(() => {
      throw new Error('broken watcher');
    });
    bench().say({ text: 'Fine' });
    const { turnId } = await bench().run();
    assert.equal((await bench().deps.store.getTurn(turnId))?.status, 'finished');
    assert.ok(bench().logger.lines.some((line) => line.includes('broken watcher')));
  });
});

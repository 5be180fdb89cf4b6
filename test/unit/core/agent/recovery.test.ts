// What becomes of a turn whose window died at a named step: nothing runs twice, nobody is asked twice, everything ends.
import assert from 'node:assert/strict';
import { link, mkdir, readFile, writeFile } from 'node:fs/promises';
import type { Decisions } from '../../../../src/protocol/calls.ts';
import type { ActionRow, TurnRow } from '../../../../src/core/ports/store.ts';
import { LEASE_MS } from '../../../../src/node/sqlite/owner.ts';
import type { CrashPoint } from '../../../../src/node/cli/crashAt.ts';
import {
  openWindows,
  type SaidReply,
  type Window,
  type Windows,
  type WindowsOptions,
} from '../../../fakes/windows.ts';
import { assertWhole } from './support.ts';

const command = (id: string) => ({ id, name: 'run_command', args: { command: `echo ${id}` } });
const approve = { type: 'approve' } as const;

describe('recovery', function () {
  this.timeout(20_000);
  let windows: Windows;
  let a: Window;

  const open = async (options: WindowsOptions): Promise<void> => {
    windows = await openWindows(options);
    a = await windows.open('a');
  };
  afterEach(() => windows.dispose());

  /** Starts a turn in window `a`; resolves when it ended, paused or died. */
  const start = async (death?: Promise<void>): Promise<void> => {
    const { id } = await a.engine.createThread();
    const turn = { threadId: id, text: 'Go', model: windows.model, mode: 'default' } as const;
    const running = a.engine.startTurn(turn).then(({ done }) => done);
    await Promise.race([running, ...(death ? [death] : [])]);
  };
  /** Another window looks after what the dead one left, when that has shown no life for long enough. */
  const recover = async (name: string): Promise<Window> => {
    const window = await windows.open(name);
    windows.clock.time += LEASE_MS;
    await window.engine.recover({ drive: false });
    return window;
  };
  const turn = async (window: Window): Promise<TurnRow> => {
    const [thread] = await window.store.listThreads();
    const row = (await window.store.turnsOfThread(thread?.id ?? '')).at(-1);
    assert.ok(row);
    return row;
  };
  const action = async (window: Window): Promise<ActionRow> => {
    const [row, ...more] = await window.store.openActions();
    assert.ok(row, `nothing waits; the turn is ${(await turn(window)).status}`);
    assert.deepEqual(more, []);
    return row;
  };
  const decide = async (
    window: Window,
    decisions: Decisions,
    death?: Promise<void>,
  ): Promise<void> => {
    const { id } = await action(window);
    const deciding = window.engine.submit({ actionId: id, decisions }, window.name);
    const done = deciding.then((outcome) => {
      assert.ok(outcome.ok, JSON.stringify(outcome));
      return outcome.done;
    });
    await Promise.race([done, ...(death ? [death] : [])]);
  };
  const goOn = async (window: Window): Promise<void> => {
    const drive = await window.engine.continueTurn((await turn(window)).id);
    assert.ok(drive, `the turn is ${(await turn(window)).status}`);
    await drive.done;
  };
  const assertFinished = async (window: Window): Promise<void> => {
    const row = await turn(window);
    assert.equal(row.status, 'finished', row.message ?? '');
    assertWhole((await window.store.messagesOfTurn(row.id)).map(({ message }) => message));
  };

  describe('a turn that asks for one command', () => {
    const steps: readonly CrashPoint[] = [
      ...(['turn.created', 'reply.before', 'reply.stored', 'plan.stored'] as const),
      ...(['pause.before', 'pause.stored'] as const),
    ];
    for (const step of steps) {
      it(`that died at ${step} asks once, runs once and ends`, async () => {
        await open({ script: [{ calls: [command('c1')] }, { text: 'Done' }] });
        await start(a.dieAt(step));
        const b = await recover('b');
        if ((await turn(b)).status === 'interrupted') await goOn(b);
        await decide(b, { c1: approve });
        assert.deepEqual(windows.commands, ['echo c1']);
        await assertFinished(b);
      });
    }

    const after: readonly CrashPoint[] = ['claim.stored', 'start.before'];
    for (const step of after) {
      it(`that died at ${step} is driven on without asking again (HB4)`, async () => {
        await open({ script: [{ calls: [command('c1')] }, { text: 'Done' }] });
        await start();
        await decide(a, { c1: approve }, a.dieAt(step));
        const b = await recover('b');
        assert.deepEqual(await b.store.openActions(), []);
        await goOn(b);
        assert.deepEqual(windows.commands, ['echo c1']);
        await assertFinished(b);
      });
    }

    it('that was claimed and died is driven on by the next sweep of a window', async () => {
      await open({ script: [{ calls: [command('c1')] }, { text: 'Done' }] });
      await start();
      await decide(a, { c1: approve }, a.dieAt('claim.stored'));
      const [b, c] = [await windows.open('b'), await windows.open('c')];
      windows.clock.time += LEASE_MS;
      const drives = await Promise.all([b, c].map(({ engine }) => engine.recover({ drive: true })));
      assert.equal(drives.flat().length, 1, 'one of them drives it');
      await drives.flat()[0]?.done;
      assert.deepEqual(windows.commands, ['echo c1']);
      await assertFinished(b);
    });

    for (const step of ['settle.stored', 'result.stored', 'end.before', 'end.stored'] as const) {
      it(`that died at ${step} ends without running it again`, async () => {
        await open({ script: [{ calls: [command('c1')] }, { text: 'Done' }] });
        await start();
        await decide(a, { c1: approve }, a.dieAt(step));
        const b = await recover('b');
        if (step !== 'end.stored') await goOn(b);
        assert.deepEqual(windows.commands, ['echo c1']);
        await assertFinished(b);
      });
    }
  });

  describe('a command that was started', () => {
    const started = async (step: CrashPoint = 'settle.before'): Promise<Window> => {
      await open({ script: [{ calls: [command('c1')] }, { text: 'Done' }] });
      await start();
      await decide(a, { c1: approve }, a.dieAt(step));
      const b = await recover('b');
      assert.equal((await action(b)).kind, 'outcome_unknown');
      return b;
    };

    it('is asked about, and never runs again unasked (HW10)', async () => {
      const b = await started('start.stored');
      await b.engine.recover({ drive: true });
      assert.deepEqual(windows.commands, []);
      await decide(b, { c1: { type: 'run_again' } });
      assert.deepEqual(windows.commands, ['echo c1']);
      await assertFinished(b);
    });

    for (const answer of ['mark_done', 'skip', 'run_again'] as const) {
      it(`is not asked about again when the window dies with the answer ${answer}`, async () => {
        const b = await started();
        await decide(b, { c1: { type: answer } }, b.dieAt('claim.stored'));
        const c = await recover('c');
        assert.deepEqual(await c.store.openActions(), []);
        await goOn(c);
        assert.equal(windows.commands.length, answer === 'run_again' ? 2 : 1);
        await assertFinished(c);
      });
    }

    it('and was run again is asked about again when that dies too', async () => {
      const b = await started();
      await decide(b, { c1: { type: 'run_again' } }, b.dieAt('settle.before'));
      const c = await recover('c');
      assert.equal((await action(c)).kind, 'outcome_unknown');
      await decide(c, { c1: { type: 'skip' } });
      assert.equal(windows.commands.length, 2);
      await assertFinished(c);
    });

    it('and was edited runs again as edited', async () => {
      await open({ script: [{ calls: [command('c1')] }, { text: 'Done' }] });
      await start();
      const args = { command: 'echo edited' };
      await decide(a, { c1: { type: 'edit', args } }, a.dieAt('start.stored'));
      const b = await recover('b');
      const { requests } = await action(b);
      assert.equal(
        requests[0]?.proposal.kind === 'command' && requests[0].proposal.command,
        'echo edited',
      );
      await decide(b, { c1: { type: 'run_again' } });
      assert.deepEqual(windows.commands, ['echo edited']);
      await assertFinished(b);
      assert.match(await resultOf(b, 'c1'), /The user changed the arguments/);
    });

    it('is settled as unknown when the turn is stopped instead of answered', async () => {
      const b = await started();
      assert.equal(await b.engine.stop((await turn(b)).id), true);
      const row = await turn(b);
      assert.equal(row.status, 'cancelled');
      assert.equal((await b.store.getCall(row.id, 'c1'))?.state, 'unknown');
      assertWhole((await b.store.messagesOfTurn(row.id)).map(({ message }) => message));
    });
  });

  const resultOf = async (window: Window, callId: string): Promise<string> =>
    (await window.store.getCall((await turn(window)).id, callId))?.result ?? '';

  describe('a file edit that was started', () => {
    const edit = { id: 'e1', name: 'write_file', args: { path: 'f.txt', content: 'new\n' } };
    const died = async (
      step: CrashPoint,
      decision: Decisions = { e1: approve },
    ): Promise<Window> => {
      await open({ script: [{ calls: [edit] }, { text: 'Done' }], files: { 'f.txt': 'old\n' } });
      await start();
      await decide(a, decision, a.dieAt(step));
      return recover('b');
    };

    it('and holds the approved content is done', async () => {
      const b = await died('settle.before');
      assert.deepEqual(await b.store.openActions(), []);
      await goOn(b);
      assert.equal(await readFile(windows.at('f.txt'), 'utf8'), 'new\n');
      assert.match(await resultOf(b, 'e1'), /holds the approved content/);
      await assertFinished(b);
    });

    it('and still holds the old content is written now', async () => {
      const b = await died('start.stored');
      await goOn(b);
      assert.equal(await readFile(windows.at('f.txt'), 'utf8'), 'new\n');
      await assertFinished(b);
    });

    it('and holds something else is asked about', async () => {
      const dying = died('start.stored');
      const b = await dying;
      // It was found unwritten; now somebody else writes before it goes on.
      await writeFile(windows.at('f.txt'), 'other\n');
      await goOn(b);
      assert.equal(await readFile(windows.at('f.txt'), 'utf8'), 'other\n');
      assert.match(await resultOf(b, 'e1'), /^Not written: .* is not as it was when shown/);
      await assertFinished(b);
    });

    it('tells the model what the human had changed, wherever it died', async () => {
      for (const step of ['start.stored', 'settle.before'] as const) {
        const b = await died(step, { e1: { type: 'edit', content: 'mine\n' } });
        await goOn(b);
        assert.equal(await readFile(windows.at('f.txt'), 'utf8'), 'mine\n');
        assert.match(await resultOf(b, 'e1'), /The user changed your proposal/, step);
        await assertFinished(b);
        if (step === 'start.stored') await windows.dispose();
      }
    });
  });

  describe('a move that was under way', () => {
    const moving = { id: 'm1', name: 'move_file', args: { from: 'f.txt', to: 'd/g.txt' } };
    const there = (name: string): Promise<string | null> =>
      readFile(windows.at(name), 'utf8').catch(() => null);
    const died = async (step: CrashPoint, given?: () => Promise<unknown>): Promise<Window> => {
      await open({ script: [{ calls: [moving] }, { text: 'Done' }], files: { 'f.txt': 'old\n' } });
      await start();
      await decide(a, { m1: approve }, a.dieAt(step));
      await given?.();
      return recover('b');
    };
    const assertMoved = async (): Promise<void> =>
      assert.deepEqual([await there('f.txt'), await there('d/g.txt')], [null, 'old\n']);

    for (const step of [
      'start.before',
      'start.stored',
      'settle.before',
      'settle.stored',
    ] as const) {
      it(`is old or new at ${step}, and new in the end, without asking again`, async () => {
        const b = await died(step);
        assert.deepEqual(await b.store.openActions(), []);
        const names = [await there('f.txt'), await there('d/g.txt')];
        assert.deepEqual(names.toSorted(), [null, 'old\n'].toSorted());
        await goOn(b);
        await assertMoved();
        await assertFinished(b);
      });
    }

    it('and left the file with both names is ended by doing it again', async () => {
      const b = await died('start.stored', async () => {
        await mkdir(windows.at('d'));
        await link(windows.at('f.txt'), windows.at('d/g.txt'));
      });
      assert.deepEqual(await b.store.openActions(), []);
      await goOn(b);
      await assertMoved();
      assert.match(await resultOf(b, 'm1'), /^Moved f\.txt to d\/g\.txt\./);
      await assertFinished(b);
    });

    it('is asked about where another file has the new name, even one with the same text', async () => {
      const b = await died('start.stored', async () => {
        await mkdir(windows.at('d'));
        await writeFile(windows.at('d/g.txt'), 'old\n');
      });
      assert.equal((await action(b)).kind, 'outcome_unknown');
      await decide(b, { m1: { type: 'skip' } });
      assert.deepEqual([await there('f.txt'), await there('d/g.txt')], ['old\n', 'old\n']);
      await assertFinished(b);
    });
  });

  it('what was approved is what runs, also when the files changed after a death between plan and pause', async () => {
    const edit = {
      ...{ id: 'e1', name: 'edit_file' },
      args: { path: 'f.txt', old_string: 'b', new_string: 'B' },
    };
    await open({ script: [{ calls: [edit] }, { text: 'Done' }], files: { 'f.txt': 'a\nb\n' } });
    await start(a.dieAt('plan.stored'));
    const b = await recover('b');
    const shown = (await action(b)).requests[0]?.proposal;
    await writeFile(windows.at('f.txt'), 'a\nb\nand a third line\n');
    const { id: actionId } = await action(b);
    const outcome = await b.engine.submit({ actionId, decisions: { e1: approve } }, 'b');
    assert.equal(!outcome.ok && outcome.refusal.code, 'stale');
    const again = (await action(b)).requests[0]?.proposal;
    assert.notDeepEqual(again, shown);
    await decide(b, { e1: approve });
    const call = await b.store.getCall((await turn(b)).id, 'e1');
    assert.deepEqual(call?.proposal, again);
    assert.equal(await readFile(windows.at('f.txt'), 'utf8'), 'a\nB\nand a third line\n');
  });

  it('is done by exactly one of two windows at once', async () => {
    await open({ script: [{ calls: [command('c1')] }, { text: 'Done' }] });
    await start(a.dieAt('pause.before'));
    const all = await Promise.all(['b', 'c', 'd'].map((name) => windows.open(name)));
    windows.clock.time += LEASE_MS;
    await Promise.all(all.map(({ engine }) => engine.recover({ drive: true })));
    const [b] = all;
    assert.ok(b);
    const thread = (await b.store.listThreads())[0];
    assert.equal((await b.store.actionsOfThread(thread?.id ?? '')).length, 1);
    await decide(b, { c1: approve });
    assert.deepEqual(windows.commands, ['echo c1']);
  });

  describe('a window that comes back after its turn was taken over', () => {
    /** Window `a` waits for its model while `b` takes the turn over; then `a` gets another reply than `b` got. */
    const comeBack = async (inBetween: (b: Window) => Promise<void>): Promise<Window> => {
      const release = Promise.withResolvers<SaidReply>();
      const called = Promise.withResolvers<void>();
      await open({
        script: [{ calls: [command('c1')] }, { text: 'Done' }],
        beforeReply: async (window) => {
          if (window !== 'a') return undefined;
          called.resolve();
          return release.promise;
        },
      });
      const { id } = await a.engine.createThread();
      const drive = await a.engine.startTurn({
        ...{ threadId: id, text: 'Go', model: windows.model, mode: 'default' },
      });
      await called.promise;
      const b = await recover('b');
      const going = await b.engine.continueTurn(drive.turn.id);
      await going?.done;
      await inBetween(b);
      // No text: streamed pieces of both would collide, and hide what is to be seen.
      release.resolve({ calls: [command('other')] });
      assert.deepEqual(await drive.done, { kind: 'lost' });
      return b;
    };

    const assertOnlyB = async (b: Window): Promise<void> => {
      const { id } = await turn(b);
      const said = (await b.store.messagesOfTurn(id)).flatMap(({ message }) =>
        message.role === 'assistant' ? message.toolCalls.map((call) => call.id) : [],
      );
      assert.deepEqual(said, ['c1']);
      assert.deepEqual(
        (await b.store.callsOfTurn(id)).map(({ callId }) => callId),
        ['c1'],
      );
    };

    it('changes nothing while the turn waits', async () => {
      const b = await comeBack(async () => undefined);
      await assertOnlyB(b);
      await decide(b, { c1: approve });
      assert.deepEqual(windows.commands, ['echo c1']);
      await assertOnlyB(b);
      await assertFinished(b);
    });

    it('changes nothing once the turn has ended (H54)', async () => {
      const b = await comeBack((window) => decide(window, { c1: approve }));
      await assertOnlyB(b);
      assert.deepEqual(windows.commands, ['echo c1']);
      await assertFinished(b);
    });
  });

  it('a decision that loses between its guards to one that ends the turn is told who decided', async () => {
    await open({ script: [{ calls: [command('c1')] }, { text: 'Done' }] });
    await start();
    const b = await windows.open('b');
    const { id: actionId } = await action(a);
    const undisturbed = { ...b.store };
    b.store.getTurn = async (id) => {
      const row = await undisturbed.getTurn(id);
      Object.assign(b.store, undisturbed);
      await decide(a, { c1: approve });
      return row;
    };
    const outcome = await b.engine.submit({ actionId, decisions: { c1: approve } }, 'b');
    assert.equal(
      !outcome.ok && outcome.refusal.message,
      'This was already decided by a: approved.',
    );
    assert.deepEqual(windows.commands, ['echo c1']);
  });

  it('of a call that ran on in a window without a lease takes its outcome as known', async () => {
    await open({ script: [{ calls: [command('c1')] }, { text: 'Done' }] });
    await start();
    const released = a.holdAt('settle.before');
    const { id: actionId } = await action(a);
    const outcome = await a.engine.submit({ actionId, decisions: { c1: approve } }, 'a');
    assert.ok(outcome.ok);
    await released.reached;
    const b = await recover('b');
    assert.equal((await action(b)).kind, 'outcome_unknown');
    released.release();
    assert.deepEqual(await outcome.done, { kind: 'lost' });
    await decide(b, { c1: { type: 'run_again' } });
    assert.deepEqual(windows.commands, ['echo c1'], 'it is known by now that it ran');
    await assertFinished(b);
  });
});

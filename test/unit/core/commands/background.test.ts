// Commands in the background, on the whole engine with real processes: through the gate, read, stopped, and never alive again.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { BackgroundCommands } from '../../../../src/core/commands/background.ts';
import { nameProcess } from '../../../../src/node/commands/leftovers.ts';
import { processEntry } from '../../../../src/node/commands/procTable.ts';
import { openStore } from '../../../../src/node/sqlite/openStore.ts';
import { systemClock } from '../../../../src/node/system.ts';
import { DONE } from '../../../fakes/toolContext.ts';
import { useBench, type Bench, type Reply } from '../agent/support.ts';
import type { EngineEvent } from '../../../../src/core/agent/events.ts';
import type { CommandSpec, Effects } from '../../../../src/core/ports/workspace.ts';
import type { BackgroundRow } from '../../../../src/core/ports/commandStore.ts';

const run = (command: string, more: object = {}): Reply => ({
  calls: [{ id: 'run', name: 'run_command', args: { command, background: true, ...more } }],
});

describe('commands in the background', function () {
  this.timeout(20_000);
  const bench = useBench({ 'a.txt': 'content\n' });

  async function only(): Promise<BackgroundRow> {
    const [row] = await bench().deps.store.listBackground();
    assert.ok(row, 'no command in the background');
    return row;
  }

  /** Starts a turn, approves its one call and waits for its end; the model then says `after`. */
  async function started(
    command: string,
    options: { after?: Reply[]; args?: object } = {},
  ): Promise<{ turnId: string; threadId: string; row: BackgroundRow }> {
    bench().say(run(command, options.args), ...(options.after ?? []), { text: 'done' });
    const turn = await bench().run();
    await approve(bench());
    return { ...turn, row: await only() };
  }

  async function approve({ engine, action }: Bench): Promise<void> {
    const { id, proposalHash } = await action();
    const decisions = { run: { type: 'approve' } } as const;
    const outcome = await engine.submit({ actionId: id, proposalHash, decisions }, 'test');
    assert.ok(outcome.ok);
    await engine.idle();
  }

  /** Resolves with the row as soon as it is over. */
  async function over(id: string): Promise<BackgroundRow> {
    const now = await bench().deps.store.getBackground(id);
    if (now && now.state !== 'running') return now;
    return new Promise((resolve) => {
      const listening = bench().engine.onEvent((event: EngineEvent) => {
        if (event.type !== 'command' || event.command.id !== id) return;
        if (event.command.state === 'running') return;
        listening.dispose();
        resolve(event.command);
      });
    });
  }

  const text = async (turnId: string, at: number): Promise<string> =>
    (await bench().results(turnId))[at]?.text ?? '';

  it('waits for the human like any command, says on the card that it goes on, and nothing runs before', async () => {
    bench().say(run('echo ran > ran.txt; sleep 60'));
    await bench().run();
    const [request] = (await bench().action()).requests;
    assert.equal(request?.proposal.kind, 'command');
    assert.ok(request.proposal.kind === 'command');
    assert.deepEqual([request.proposal.background, request.proposal.timeoutMs], [true, null]);
    assert.deepEqual(await bench().deps.store.listBackground(), []);
    assert.equal((await bench().deps.files.read(bench().at('ran.txt'))).kind, 'missing');
  });

  it('the result comes with the start, the turn goes on, and the end is recorded when it comes', async () => {
    const { turnId, row } = await started(
      'echo up; while [ ! -e go ]; do sleep 0.02; done; exit 7',
    );
    assert.equal(row.state, 'running');
    assert.match(
      await text(turnId, 0),
      new RegExp(`^Started in the background with id ${row.id}\\.`),
    );
    assert.equal((await bench().deps.store.getTurn(turnId))?.status, 'finished');
    const ended = over(row.id);
    await writeFile(bench().at('go'), '');
    const { state, exitCode } = await ended;
    assert.deepEqual([state, exitCode], ['exited', 7]);
    assert.deepEqual(await bench().deps.store.backgroundOutput(row.id), { from: 0, text: 'up\n' });
    const entries = (await bench().deps.store.readLedger(null, 100)).map(({ kind }) => kind);
    assert.ok(entries.indexOf('background.ended') > entries.indexOf('outcome'));
  });

  it('one that ends at once says so with its start', async () => {
    const { turnId } = await started('echo no such port; exit 3');
    const result = (await bench().results(turnId))[0];
    assert.equal(result?.status, 'error');
    assert.match(
      result.text,
      /ended at once\. It ended with exit code 3 after .*\nno such port\n$/,
    );
  });

  it('new output is read without asking, each piece once, and waited for', async () => {
    const { threadId, row } = await started(
      'echo one; while [ ! -e go ]; do sleep 0.02; done; echo two',
    );
    const read = (more: object = {}): Reply => ({
      calls: [{ id: 'read', name: 'read_command_output', args: { id: row.id, ...more } }],
    });
    bench().say(read({ wait_ms: 20_000 }), read(), { text: 'ok' });
    const first = await bench().run({ threadId });
    assert.match(await text(first.turnId, 0), /^It is running\.\none\n$/);
    assert.match(await text(first.turnId, 1), /^It is running\.\n\[no new output\]$/);
    bench().say(read({ wait_ms: 20_000 }), read({ offset: 0 }), { text: 'ok' });
    const second = bench().run({ threadId });
    await writeFile(bench().at('go'), '');
    const { turnId } = await second;
    assert.match(await text(turnId, 0), /\ntwo\n$/);
    assert.match(await text(turnId, 1), /\none\ntwo\n$/);
    assert.deepEqual((await bench().deps.store.openActions()).length, 0);
  });

  it('the agent stops it, with all that it started', async () => {
    const { threadId, row } = await started('sleep 300 & echo $!; wait');
    const { text: printed } = await bench().engine.background!.output(row.id);
    const child = Number(printed.trim());
    assert.ok(processEntry(child));
    bench().say({ calls: [{ name: 'stop_command', args: { id: row.id } }] }, { text: 'ok' });
    const { turnId } = await bench().run({ threadId });
    assert.match(await text(turnId, 0), /^It was stopped by the agent after /);
    assert.equal(processEntry(child)?.zombie ?? true, true);
    const [entry] = (await bench().deps.store.readLedger(null, 100)).filter(
      ({ kind }) => kind === 'background.ended',
    );
    assert.match(entry?.body ?? '', /"stopAskedBy":"the agent"/);
  });

  it('the human stops it by its call, and a second stop finds nothing', async () => {
    const { turnId, row } = await started('sleep 300');
    assert.equal(await bench().engine.stopCommand({ turnId, callId: 'run' }), true);
    assert.equal((await only()).state, 'stopped');
    assert.equal(await bench().engine.stopCommand({ turnId, callId: 'run' }), false);
    assert.equal((await bench().deps.store.getBackground(row.id))?.stopAskedBy, 'the user');
  });

  it('another thread neither reads nor stops it', async () => {
    const { row } = await started('echo secret of the other thread; sleep 300');
    const args = { id: row.id };
    bench().say(
      {
        calls: [
          { name: 'read_command_output', args },
          { name: 'stop_command', args },
        ],
      },
      { text: 'ok' },
    );
    const { turnId } = await bench().run();
    for (const result of await bench().results(turnId)) {
      assert.match(result.text, /^There is no background command/);
      assert.equal(result.status, 'error');
    }
    assert.equal((await only()).state, 'running');
  });

  it('a rule may deny reading and stopping, or have them asked', async () => {
    const { threadId, row } = await started('sleep 300');
    bench().settings['countersign.approval.deny'] = ['stop_command'];
    bench().settings['countersign.approval.ask'] = ['read_command_output'];
    const args = { id: row.id };
    bench().say({
      calls: [
        { name: 'read_command_output', args },
        { name: 'stop_command', args },
      ],
    });
    const { turnId } = await bench().run({ threadId });
    const { requests } = await bench().action();
    assert.deepEqual(
      requests.map(({ proposal }) => proposal),
      [{ kind: 'running', op: 'read', id: row.id, command: 'sleep 300' }],
    );
    const [stop] = (await bench().deps.store.callsOfTurn(turnId)).slice(-1);
    assert.deepEqual([stop?.state, stop?.outcome], ['blocked', 'denied']);
  });

  it('goes with its thread', async () => {
    const { threadId } = await started('echo $$; sleep 300');
    const { id } = await only();
    const { text: printed } = await bench().engine.background!.output(id);
    const pid = Number(printed.trim());
    assert.ok(processEntry(pid));
    await bench().engine.deleteThread(threadId);
    assert.equal(processEntry(pid)?.zombie ?? true, true);
    assert.deepEqual(await bench().deps.store.listBackground(), []);
    const kinds = (await bench().deps.store.readLedger(null, 100)).map(({ kind }) => kind);
    assert.deepEqual(kinds.slice(-2), ['background.ended', 'thread.deleted']);
  });

  it('a stop that another window asks for reaches the window that runs it', async () => {
    const { row } = await started('sleep 300');
    const file = bench().folder.at('state.db');
    const { store } = await openStore({ file, logger: bench().logger, clock: systemClock });
    try {
      const ended = over(row.id);
      assert.equal(await store.askBackgroundStop(row.id, 'window 2'), true);
      assert.equal((await ended).state, 'stopped');
      assert.deepEqual(await store.abandonedBackground(), [], 'its window lives');
    } finally {
      store.dispose();
    }
  });

  it('ends with its window: the row says so, the output stays, and nothing starts it again', async () => {
    const { row } = await started('echo $$; sleep 300');
    const { text: printed } = await bench().engine.background!.output(row.id);
    bench().engine.dispose();
    const kept = await bench().deps.store.getBackground(row.id);
    assert.deepEqual([kept?.state, kept?.exitCode], ['lost', null]);
    assert.equal((await bench().deps.store.backgroundOutput(row.id)).text, printed);
    const pid = Number(printed.trim());
    for (let left = 200; left > 0 && processEntry(pid)?.zombie === false; left -= 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(processEntry(pid)?.zombie ?? true, true, 'its process is gone');
  });

  it('after a crash it is said to be over, what is certainly left of it is ended, and nothing starts it again', async function () {
    if (process.platform !== 'linux') this.skip();
    const { deps, engine, folder, events } = bench();
    const { id: threadId } = await engine.createThread();
    const left = spawn('/bin/sleep', ['300'], { detached: true, stdio: 'ignore' });
    await once(left, 'spawn');
    const died = once(left, 'exit');
    const named = nameProcess(left.pid ?? 0);
    // Of the second one only the number is somebody's.
    const rows = ['b2', 'b1'].map((id) => ({
      ...{ id, threadId, turnId: 'u', callId: 'c', command: 'x', cwd: '.', startedAt: 1 },
      process: id === 'b1' ? named : named.replace(/"\d+"\]$/, '"1"]'),
    }));
    await inAnotherProcess(folder.at('state.db'), rows);
    assert.equal((await deps.store.getBackground('b1'))?.state, 'running');
    await engine.recover({ drive: true });
    assert.deepEqual(await died, [null, 'SIGTERM']);
    for (const id of ['b1', 'b2']) {
      const row = await deps.store.getBackground(id);
      assert.deepEqual([row?.state, row?.exitCode, row?.stopAskedBy], ['lost', null, null]);
    }
    assert.deepEqual((await deps.store.backgroundOutput('b1')).text, 'said before the crash\n');
    assert.ok(events.some((event) => event.type === 'command' && event.command.state === 'lost'));
    await engine.recover({ drive: true });
    assert.deepEqual(await deps.store.runningBackground(), []);
    bench().say({ calls: [{ name: 'read_command_output', args: { id: 'b1' } }] }, { text: 'ok' });
    const { turnId } = await bench().run({ threadId });
    assert.match(
      await text(turnId, 0),
      /^It does not run any more: .* not started again\.\nsaid before the crash\n$/,
    );
  });

  it('no more than 16 at once in one window', async () => {
    const { deps, engine } = bench();
    const { id: threadId } = await engine.createThread();
    const commands = new BackgroundCommands({ ...deps, leftovers: () => 'gone' });
    const order = { spec: { command: 'x' } as CommandSpec, cwdShown: '.' };
    const begun: string[] = [];
    const effects: Effects = {
      ...deps.effects,
      runCommand: async (_spec, _onOutput, signal, onStart) => {
        begun.push('one');
        await onStart?.('[]');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return { ...DONE, cancelled: true };
      },
    };
    const starts = await Promise.all(
      Array.from({ length: 18 }, (_, index) =>
        commands.start({ threadId, turnId: 'u', callId: `c${index}` }, order, effects),
      ),
    );
    assert.equal(begun.length, 16);
    assert.equal(starts.filter(({ ok }) => ok).length, 16);
    const [refused] = starts.filter(({ ok }) => !ok);
    assert.match(refused?.ok === false ? refused.message : '', /16 commands are running/);
    await commands.stopOfThread(threadId, 'the user');
    commands.dispose();
  });

  it('one that cannot be recorded does not run', async () => {
    const { deps, engine } = bench();
    const { id: threadId } = await engine.createThread();
    const store = { ...deps.store, addBackground: () => Promise.reject(new Error('disk full')) };
    const commands = new BackgroundCommands({ ...deps, store, leftovers: () => 'gone' });
    const { path: shellPath } = { path: '/bin/bash' };
    const spec = {
      command: 'echo ran > ran.txt',
      shell: 'bash',
      shellPath,
      cwd: bench().at('.'),
    } as const;
    const order = {
      spec: { ...spec, cwd: spec.cwd.replace(/\/\.?$/, ''), env: {}, timeoutMs: null },
      cwdShown: '.',
    };
    const start = await commands.start({ threadId, turnId: 'u', callId: 'c' }, order, deps.effects);
    assert.match(start.ok ? '' : start.message, /could not be recorded: disk full/);
    assert.equal((await deps.files.read(bench().at('ran.txt'))).kind, 'missing');
    commands.dispose();
  });

  it('secrets are taken out of what it prints before anyone is told', async () => {
    bench().deps.redactor.add('a-key-of-this-program');
    const { row } = await started('echo key a-key-of-this-program; echo next');
    const { text: printed } = await bench().deps.store.backgroundOutput(row.id);
    assert.equal(printed, 'key [redacted:api-key]\nnext\n');
    const said = JSON.stringify(bench().events);
    assert.doesNotMatch(said.replaceAll(/echo key [^"]*/g, ''), /a-key-of-this-program/);
  });
});

describe('stopping one command of a turn', function () {
  this.timeout(20_000);
  const bench = useBench();

  it('ends the command and not the turn: the model is told and goes on', async () => {
    bench().settings['countersign.approval.allow'] = ['shell(sleep *)'];
    bench().say(
      { calls: [{ id: 'c', name: 'run_command', args: { command: 'sleep 300' } }] },
      { text: 'ok' },
    );
    const running = new Promise<string>((resolve) => {
      bench().engine.onEvent((event) => {
        if (event.type === 'call' && event.call.state === 'started') resolve(event.call.turnId);
      });
    });
    const turn = bench().run();
    const turnId = await running;
    assert.equal(await bench().engine.stopCommand({ turnId, callId: 'other' }), false);
    assert.equal(await bench().engine.stopCommand({ turnId, callId: 'c' }), true);
    await turn;
    const [result] = await bench().results(turnId);
    assert.match(result?.text ?? '', /^The command was cancelled by the user after /);
    assert.equal((await bench().deps.store.getTurn(turnId))?.status, 'finished');
  });
});

/** Adds the rows as a window does that is killed right afterwards. */
async function inAnotherProcess(file: string, rows: readonly object[]): Promise<void> {
  const url = (path: string): string =>
    JSON.stringify(new URL(`../../../../src/node/${path}`, import.meta.url).href);
  const script = `
    const { openStore } = await import(${url('sqlite/openStore.ts')});
    const { systemClock } = await import(${url('system.ts')});
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const { store } = await openStore({ file: ${JSON.stringify(file)}, logger, clock: systemClock });
    for (const row of ${JSON.stringify(rows)}) {
      await store.addBackground(row);
      await store.appendBackground(row.id, { from: 0, text: 'said before the crash\\n' }, 1000);
    }
    process.kill(process.pid, 'SIGKILL');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
}

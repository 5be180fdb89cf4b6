// A paused turn outlives its process; a decision is taken once, whoever takes it and however often.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { approve, reject, show, startCli, toolResults, useFlow } from './support.ts';
import type { CliLine, Entry, Flow } from './support.ts';

const append: Entry[] = [
  {
    toolCalls: [
      { id: 'cmd', name: 'run_command', args: { command: 'echo ran >> runs.txt' } },
      { id: 'file', name: 'write_file', args: { path: 'out.txt', content: 'once\n' } },
    ],
  },
  { text: 'Done: {{results}}', expect: ['Created out.txt'] },
];
const both = { decisions: { cmd: approve, file: approve } };

describe('a paused turn', function () {
  this.timeout(120_000);
  const flow = useFlow();

  it('survives kill -9 right after turn.paused, and is decided once (H12, H68)', async () => {
    const paused = await runAndKill(flow(), append);
    assert.equal(existsSync(flow().at('runs.txt')), false);
    const [pending, ...others] = await flow().read('pending');
    assert.deepEqual([pending?.actionId, others], [paused.actionId, []]);
    assert.deepEqual(pending?.requests, paused.requests, 'the same card, to the letter');
    const end = await flow().decide(paused.actionId, both);
    assert.equal(end.status, 0, show(end));
    assert.deepEqual(await flow().tree(), { 'out.txt': 'once\n', 'runs.txt': 'ran\n' });
    const again = await flow().decide(paused.actionId, both);
    assert.deepEqual([again.status, again.end.code], [4, 'already_decided']);
    assert.deepEqual((await flow().tree())['runs.txt'], 'ran\n');
  });

  it('survives kill -9 at every pause of a turn that pauses three times (H51, HC)', async () => {
    const asks: Entry[] = [1, 2, 3].map((n) => ({
      toolCalls: [{ id: `c${n}`, name: 'run_command', args: { command: `echo ${n} >> runs.txt` } }],
      ...(n > 1 ? { expect: ['Exit code 0'] } : {}),
    }));
    let paused = await runAndKill(flow(), [...asks, { text: 'Done' }]);
    for (const n of [1, 2]) {
      const file = await flow().file({ decisions: { [`c${n}`]: approve } });
      const args = await flow().decideArgs(paused.actionId ?? '', file);
      paused = await killAtPause(args);
    }
    const end = await flow().decide(paused.actionId, { decisions: { c3: approve } });
    assert.equal(end.status, 0, show(end));
    assert.deepEqual(await flow().tree(), { 'runs.txt': '1\n2\n3\n' });
  });

  it('is not touched by reading it, and two readers and a decider do not disturb each other', async () => {
    const started = await flow().run(append);
    const [end] = await Promise.all([
      flow().decide(started.end.actionId, both),
      flow().read('pending'),
      flow().read('threads'),
      flow().read('show', started.end.threadId ?? ''),
    ]);
    assert.equal(end.status, 0, show(end));
    assert.equal((await flow().tree())['runs.txt'], 'ran\n');
  });

  it('two deciders at the same time: exactly one wins, every time, and the command ran once (U10)', async () => {
    for (let round = 0; round < 4; round += 1) {
      const started = await flow().run(append);
      const runs = await Promise.all([
        flow().decide(started.end.actionId, both),
        flow().decide(started.end.actionId, both),
        flow().decide(started.end.actionId, { decisions: { cmd: reject(), file: reject() } }),
      ]);
      const winners = runs.filter((run) => run.status !== 4);
      const losers = runs.filter((run) => run.status === 4);
      assert.equal(winners.length, 1, runs.map(show).join('\n'));
      for (const loser of losers) assert.equal(loser.end.code, 'already_decided', show(loser));
      const rejected = winners[0] === runs[2];
      const expected = rejected ? {} : { 'out.txt': 'once\n', 'runs.txt': 'ran\n' };
      assert.deepEqual(await flow().tree(), expected);
      const results = toolResults(winners[0]?.lines ?? []);
      assert.deepEqual(
        results.map(({ callId }) => callId),
        ['cmd', 'file'],
      );
      await removeAll(flow());
    }
  });

  it('reject and stop ends the turn: the model is not called again (HC, HW6)', async () => {
    const started = await flow().run([append[0] ?? {}, { text: 'Not said', expect: ['never'] }]);
    const stop = { type: 'reject', reason: 'enough', stop: true };
    const end = await flow().decide(started.end.actionId, {
      decisions: { cmd: stop, file: approve },
    });
    assert.equal(end.status, 0, show(end));
    assert.deepEqual([end.end.status, end.end.code], ['cancelled', 'rejected_and_stopped']);
    assert.deepEqual(
      toolResults(end.lines).map(({ callId, text }) => [callId, text]),
      [
        ['cmd', 'Rejected by the user: enough'],
        ['file', 'Created out.txt with 1 line.'],
      ],
    );
  });

  it('pauses again: the second action is another one, the first stays decided (H51)', async () => {
    const first = await flow().run([
      { toolCalls: [{ id: 'same', name: 'run_command', args: { command: 'echo 1' } }] },
      { toolCalls: [{ id: 'same', name: 'run_command', args: { command: 'echo 2' } }] },
      { text: 'Done' },
    ]);
    const second = await flow().decide(first.end.actionId, { decisions: { same: approve } });
    assert.equal(second.status, 3, show(second));
    assert.notEqual(second.end.actionId, first.end.actionId);
    const callId = second.end.requests?.[0]?.callId ?? '';
    assert.notEqual(callId, 'same', 'an id that is used twice in a turn is made unique');
    const stale = await flow().decide(first.end.actionId, { decisions: { same: approve } });
    assert.deepEqual([stale.status, stale.end.code], [4, 'already_decided']);
    const end = await flow().decide(second.end.actionId, { decisions: { [callId]: approve } });
    assert.equal(end.status, 0, show(end));
  });
});

async function removeAll(flow: Flow): Promise<void> {
  for (const name of Object.keys(await flow.tree())) await rm(flow.at(name));
}

async function runAndKill(flow: Flow, script: readonly Entry[]): Promise<CliLine> {
  return killAtPause(await flow.runArgs(script));
}

/** Kills the process as soon as it has said that the turn is paused. */
async function killAtPause(args: readonly string[]): Promise<CliLine> {
  const child = startCli([...args, '--json']);
  assert.ok(child.stdout);
  const closed = once(child, 'close');
  for await (const line of createInterface(child.stdout)) {
    const event = JSON.parse(line) as CliLine;
    if (event.type !== 'turn.paused') continue;
    child.kill('SIGKILL');
    await closed;
    return event;
  }
  throw new Error('the turn did not pause');
}

// --no-pause: nobody can be asked. What would wait is denied with a reason, nothing hangs, and what waits already is left alone.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { approve, cli, parseLines, show, toolResults, useFlow, withEnd } from './support.ts';
import type { CliLine, CliRun, Entry, JsonRun, RunOptions } from './support.ts';

const append = { id: 'c', name: 'run_command', args: { command: 'echo ran >> runs.txt' } };
const read = { id: 'r', name: 'read_file', args: { path: 'a.txt' } };
const ask = { id: 'q', name: 'ask_user', args: { question: 'Which colour?' } };

describe('--no-pause', function () {
  this.timeout(90_000);
  const flow = useFlow({ 'a.txt': 'content of a\n' });
  const where = (): string[] => ['--state', flow().stateFile, '--workspace', flow().workspace];

  async function run(turns: readonly Entry[], options: RunOptions = {}): Promise<CliRun> {
    return cli([...(await flow().runArgs(turns, options)), '--no-pause', '--json'], options);
  }

  async function goOn(turnId: string | undefined, ...more: string[]): Promise<JsonRun> {
    return withEnd(await cli(['continue', ...where(), turnId ?? '', '--json', ...more]));
  }

  const callLine = (lines: readonly CliLine[], id: string): CliLine | undefined =>
    lines.findLast(({ type, callId }) => type === 'call' && callId === id);

  it('a call that asks is denied, a question too; the rest runs and the turn ends (H6, HB12)', async () => {
    const script = [
      { toolCalls: [append, read, ask] },
      { text: 'Left: the command.', expect: ['Not run: it needs a human', 'Not asked: '] },
    ];
    const { lines, end, status } = withEnd(await run(script));
    assert.equal(status, 0);
    assert.equal(end.type, 'turn.finished');
    assert.equal(existsSync(flow().at('runs.txt')), false);
    const denied = callLine(lines, 'c');
    assert.deepEqual([denied?.state, denied?.outcome], ['blocked', 'denied']);
    assert.match(denied?.why?.reason ?? '', /needs a human’s approval and this run cannot pause/);
    assert.deepEqual(
      toolResults(lines).map(({ callId, status: how }) => [callId, how]),
      [
        ['c', 'error'],
        ['r', 'ok'],
        ['q', 'error'],
      ],
    );
    assert.deepEqual(await flow().read('pending'), []);
    const record = await cli(['ledger', 'export', '--state', flow().stateFile]);
    assert.match(record.stdout, /this run cannot pause/);
    assert.ok(!record.stdout.includes('"verdict":"ask"'), 'nothing was asked');
  });

  it('what waits is left waiting by continue; decide takes the decision and denies what comes after (H6)', async () => {
    const script = [
      { toolCalls: [append] },
      { toolCalls: [{ ...append, id: 'c2' }] },
      { text: 'ok' },
    ];
    const paused = await flow().run(script);
    assert.equal(paused.status, 3);
    const again = await goOn(paused.end.turnId, '--no-pause');
    assert.deepEqual([again.status, again.end.actionId], [3, paused.end.actionId]);
    const file = await flow().file({ decisions: { c: approve } });
    const args = await flow().decideArgs(paused.end.actionId ?? '', file);
    const decided = withEnd(await cli([...args, '--no-pause', '--json']));
    assert.equal(decided.status, 0, show(decided));
    assert.equal(callLine(decided.lines, 'c')?.outcome, 'ok');
    assert.equal(callLine(decided.lines, 'c2')?.outcome, 'denied');
    assert.equal((await flow().tree())['runs.txt'], 'ran\n');
  });

  for (const at of ['plan.stored', 'pause.before', 'start.stored'] as const) {
    it(`a turn that died at ${at}: its call is not run by anyone, and it ends (H6)`, async () => {
      const settings = at === 'start.stored' ? { 'countersign.approval.mode': 'bypass' } : {};
      const script = [{ toolCalls: [append] }, { text: 'Done' }];
      const args = await flow().runArgs(script, { settings });
      const died = await cli([...args, '--json'], { env: { COUNTERSIGN_CRASH_AT: at } });
      assert.equal(died.status, null, show(died));
      const turnId = parseLines(died.stdout).find((line) => line.turnId !== undefined)?.turnId;
      const end = await goOn(turnId, '--no-pause');
      assert.equal(end.status, 0, show(end));
      const wanted = at === 'start.stored' ? ['unknown', 'error'] : ['blocked', 'denied'];
      const call = callLine(end.lines, 'c');
      assert.deepEqual([call?.state, call?.outcome], wanted);
      assert.equal(existsSync(flow().at('runs.txt')), false);
      assert.deepEqual(await flow().read('pending'), []);
    });
  }

  it('a turn that died headless is asked by who takes it over: it belongs to the surface (H6)', async () => {
    const script = [{ toolCalls: [append] }, { text: 'Done' }];
    const died = await run(script, { env: { COUNTERSIGN_CRASH_AT: 'reply.stored' } });
    assert.equal(died.status, null, show(died));
    const turnId = parseLines(died.stdout).find((line) => line.turnId !== undefined)?.turnId;
    const end = await goOn(turnId);
    assert.deepEqual([end.status, end.end.requests?.[0]?.callId], [3, 'c']);
  });

  it('belongs to run, decide and continue alone', async () => {
    const misplaced = await cli(['pending', '--state', flow().stateFile, '--no-pause']);
    assert.equal(misplaced.status, 2);
    assert.match(misplaced.stderr, /--no-pause does not belong to this command/);
  });

  it('no command goes on in the background of a process that ends with its turn, allowed or not', async () => {
    const args = { command: 'echo ran >> runs.txt', background: true };
    const settings = { 'countersign.approval.mode': 'bypass' };
    const script = [
      {
        toolCalls: [
          { ...append, args },
          { id: 'o', name: 'read_command_output', args: { id: 'b1' } },
        ],
      },
      {
        text: 'Left.',
        expect: ['No command can go on in the background here', 'no background commands here'],
      },
    ];
    const { lines, end, status } = withEnd(await run(script, { settings }));
    assert.deepEqual([status, end.type], [0, 'turn.finished']);
    assert.equal(existsSync(flow().at('runs.txt')), false);
    assert.equal(callLine(lines, 'c')?.outcome, 'invalid');
  });
});

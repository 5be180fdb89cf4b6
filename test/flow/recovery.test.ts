// A process that died at a named step, through the command line: `pending`, `decide` and `continue` bring the turn to its end.
import assert from 'node:assert/strict';
import type { CrashPoint } from '../../src/node/cli/crashAt.ts';
import { approve, cli, editArgs, show, useFlow, withEnd } from './support.ts';
import type { CliLine, CliRun, Entry, JsonRun, RunOptions } from './support.ts';

const append: Entry[] = [
  { toolCalls: [{ id: 'c', name: 'run_command', args: { command: 'echo ran >> runs.txt' } }] },
  { text: 'Done' },
];

describe('a turn whose process died', function () {
  this.timeout(120_000);
  const flow = useFlow();

  const dying = (at: CrashPoint): RunOptions => ({ env: { COUNTERSIGN_CRASH_AT: at } });
  const runDying = async (at: CrashPoint): Promise<CliRun> => {
    const run = await cli([...(await flow().runArgs(append)), '--json'], dying(at));
    assert.equal(run.status, null, show(run));
    return run;
  };
  const decideDying = async (action: CliLine, decision: object, at: CrashPoint): Promise<void> => {
    const file = await flow().file({ decisions: { c: decision } });
    const args = await flow().decideArgs(action.actionId ?? '', file);
    const run = await cli([...args, '--json'], dying(at));
    assert.equal(run.status, null, show(run));
  };
  const pending = async (): Promise<CliLine> => {
    const [action, ...others] = await flow().read('pending');
    assert.ok(action && others.length === 0);
    return action;
  };
  const goOn = async (turnId: string | undefined): Promise<JsonRun> => {
    const where = ['--state', flow().stateFile, '--workspace', flow().workspace];
    return withEnd(await cli(['continue', ...where, turnId ?? '', '--json']));
  };

  it('between checkpoint and pause waits again, and is decided once (HB11)', async () => {
    await runDying('pause.before');
    const end = await flow().decide((await pending()).actionId, { decisions: { c: approve } });
    assert.equal(end.status, 0, show(end));
    assert.equal((await flow().tree())['runs.txt'], 'ran\n');
  });

  it('before its first checkpoint is continued from its message', async () => {
    await runDying('turn.created');
    const [thread] = (await flow().read('threads')) as (CliLine & { id: string })[];
    const [turn] = await flow().read('show', thread?.id ?? '');
    assert.equal(turn?.status, 'interrupted');
    const paused = await goOn(turn.turnId);
    assert.equal(paused.status, 3, show(paused));
    const end = await flow().decide(paused.end.actionId, { decisions: { c: approve } });
    assert.equal(end.status, 0, show(end));
  });

  it('right after the claim is driven on by continue, without asking again (HB4)', async () => {
    const started = await flow().run(append);
    await decideDying(started.end, approve, 'claim.stored');
    assert.deepEqual(await flow().read('pending'), []);
    const end = await goOn(started.end.turnId);
    assert.equal(end.status, 0, show(end));
    assert.equal((await flow().tree())['runs.txt'], 'ran\n');
  });

  it('while a command ran asks what became of it, and runs it again only when told, as it was edited', async () => {
    const started = await flow().run(append);
    const edited = editArgs({ command: 'echo edited >> runs.txt' });
    await decideDying(started.end, edited, 'start.stored');
    const action = await pending();
    assert.equal(action.kind, 'outcome_unknown');
    assert.deepEqual(await flow().tree(), {});
    await decideDying(action, { type: 'run_again' }, 'claim.stored');
    assert.deepEqual(await flow().read('pending'), [], 'nobody is asked twice');
    const end = await goOn(started.end.turnId);
    assert.equal(end.status, 0, show(end));
    assert.equal((await flow().tree())['runs.txt'], 'edited\n');
  });

  it('while it ended is ended by continue, with the same history (H55)', async () => {
    const started = await flow().run(append);
    await decideDying(started.end, approve, 'end.before');
    const end = await goOn(started.end.turnId);
    assert.deepEqual([end.status, end.end.text], [0, 'Done'], show(end));
    assert.equal((await flow().tree())['runs.txt'], 'ran\n');
  });

  it('is refused a step that does not exist', async () => {
    const run = await cli(['pending', '--state', flow().stateFile], {
      env: { COUNTERSIGN_CRASH_AT: 'nowhere' },
    });
    assert.notEqual(run.status, 0);
    const started = await flow().run(append, { env: { COUNTERSIGN_CRASH_AT: 'end.stored:9' } });
    assert.equal(started.status, 3, show(started));
  });
});

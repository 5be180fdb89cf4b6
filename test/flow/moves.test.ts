// A file that is moved, through the command line: what is printed, and what a process that died in the middle leaves.
import assert from 'node:assert/strict';
import { link, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { CrashPoint } from '../../src/node/cli/crashAt.ts';
import { approve, cli, show, toolResults, useFlow, withEnd, type Entry } from './support.ts';

const work: Entry[] = [
  { toolCalls: [{ id: 'm', name: 'move_file', args: { from: 'a.txt', to: 'd/b.txt' } }] },
  { text: 'Done' },
];

describe('a move on the command line', function () {
  this.timeout(120_000);
  const flow = useFlow({ 'a.txt': 'text\n' });
  const moved = async (): Promise<void> =>
    assert.deepEqual(await flow().tree(), { 'd/b.txt': 'text\n' });

  it('is shown with both paths, waits, and is done once', async () => {
    const started = await flow().run(work);
    assert.equal(started.status, 3, show(started));
    const waits = await cli(['pending', '--state', flow().stateFile]);
    assert.match(waits.stdout, /m {2}move_file: a\.txt → d\/b\.txt/);
    assert.deepEqual(await flow().tree(), { 'a.txt': 'text\n' });
    const end = await flow().decide(started.end.actionId, { decisions: { m: approve } });
    assert.equal(end.status, 0, show(end));
    assert.deepEqual(
      toolResults(end.lines).map(({ text }) => text),
      ['Moved a.txt to d/b.txt.'],
    );
    await moved();
  });

  for (const point of ['start.before', 'start.stored', 'settle.before', 'settle.stored'] as const) {
    it(`whose process died at ${point} is ended, without asking again`, async () => {
      await died(point);
      const names = Object.keys(await flow().tree());
      assert.ok(names.length === 1, `old or new: ${names.join()}`);
      await goOn();
      await moved();
    });
  }

  it('that left the file with both names is ended', async () => {
    await died('start.stored');
    const at = (name: string): string => path.join(flow().workspace, name);
    await mkdir(at('d'));
    await link(at('a.txt'), at('d/b.txt'));
    await goOn();
    await moved();
  });

  let turnId: string | undefined;

  async function died(point: CrashPoint): Promise<void> {
    const started = await flow().run(work);
    turnId = started.end.turnId;
    const file = await flow().file({ decisions: { m: approve } });
    const args = await flow().decideArgs(started.end.actionId ?? '', file);
    const run = await cli([...args, '--json'], { env: { COUNTERSIGN_CRASH_AT: point } });
    assert.equal(run.status, null, show(run));
  }

  async function goOn(): Promise<void> {
    assert.deepEqual(await flow().read('pending'), [], 'nobody is asked twice');
    const where = ['--state', flow().stateFile, '--workspace', flow().workspace];
    const end = withEnd(await cli(['continue', ...where, turnId ?? '', '--json']));
    assert.equal(end.status, 0, show(end));
  }
});

// What is left of a command whose window is gone: ended only when it is certainly that command's process.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { endLeftover, nameProcess } from '../../../../src/node/commands/leftovers.ts';
import { isProcessGone, processEntry } from '../../../../src/node/commands/procTable.ts';

describe('what is left of a command', function () {
  this.timeout(10_000);
  const started: ChildProcess[] = [];
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  /** Leader of a group of its own, as commands are. */
  async function leader(): Promise<{ child: ChildProcess; pid: number }> {
    const child = spawn('/bin/sleep', ['300'], { detached: true, stdio: 'ignore' });
    started.push(child);
    await once(child, 'spawn');
    assert.ok(child.pid);
    return { child, pid: child.pid };
  }

  const parts = (name: string): unknown[] => JSON.parse(name) as unknown[];

  it('its group is ended while the leader is the process that was named', async () => {
    const { child, pid } = await leader();
    const exited = once(child, 'exit');
    assert.equal(endLeftover(nameProcess(pid)), 'ended');
    assert.deepEqual(await exited, [null, 'SIGTERM']);
    assert.equal(endLeftover(nameProcess(pid)), 'unknown', 'without a start nothing is certain');
  });

  it('another process with its id is left alone', async () => {
    const { pid } = await leader();
    const name = parts(nameProcess(pid));
    assert.equal(endLeftover(JSON.stringify(name.with(3, '1'))), 'gone');
    assert.equal(endLeftover(JSON.stringify(name.with(1, 'another boot'))), 'gone');
    assert.equal(endLeftover(JSON.stringify(name.with(0, 'another-host'))), 'unknown');
    assert.equal(isProcessGone(pid, processEntry(pid)?.startTime ?? ''), false);
  });

  it('a process that leads no group, and what is no name at all, is left alone', async () => {
    const child = spawn('/bin/sleep', ['300'], { stdio: 'ignore' });
    started.push(child);
    await once(child, 'spawn');
    assert.equal(endLeftover(nameProcess(child.pid ?? 0)), 'gone');
    assert.equal(
      isProcessGone(child.pid ?? 0, processEntry(child.pid ?? 0)?.startTime ?? ''),
      false,
    );
    for (const name of ['', '[]', '["h","b",0,"1"]', '["h","b",-5,"1"]', 'null', '{"pid":1}']) {
      assert.equal(endLeftover(name), 'unknown', name);
    }
  });
});

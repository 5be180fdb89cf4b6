// A state file that another process locks, through the command line: what the user is told, and that nothing is used up.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { loadDriver } from '../../src/node/sqlite/database.ts';
import { approve, said, show, useFlow } from './support.ts';

describe('a state file that another process holds', function () {
  this.timeout(60_000);
  const flow = useFlow();

  it('consumes no decision: it is refused with what to do, and honoured once the lock is gone', async () => {
    const call = { id: 'c1', name: 'run_command', args: { command: 'echo ran >> log.txt' } };
    const run = await flow().run([{ toolCalls: [call] }, { text: 'Done' }]);
    const { actionId } = run.end;
    const decisions = { decisions: { c1: approve } };
    const other = (await loadDriver({}))(flow().stateFile, {});
    try {
      other.exec('BEGIN IMMEDIATE');
      const locked = await flow().decide(actionId, decisions);
      assert.deepEqual([locked.status, locked.end.type], [1, 'turn.failed'], show(locked));
      assert.equal(locked.end.code, 'store_busy');
      assert.match(said(locked.end), /locked by another process\. Close other windows/);
      const [waiting] = await flow().read('pending');
      assert.equal(waiting?.actionId, actionId, 'it can be read, and still waits');
    } finally {
      other.close();
    }
    const decided = await flow().decide(actionId, decisions);
    assert.equal(decided.end.type, 'turn.finished', show(decided));
    assert.equal(await readFile(flow().at('log.txt'), 'utf8'), 'ran\n');
  });
});

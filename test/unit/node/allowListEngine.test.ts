// A workspace's allow list through the engine, in two windows on one state: let in one, it counts in both, and neither a forged
// nor a copied row counts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { openTestEngine, type TestEngine } from '../../fakes/testEngine.ts';
import type { OpenedEngine } from '../../../src/core/services.ts';

const KEY = 'ab'.repeat(32);
const calls = [{ id: 'c', name: 'run_command', args: { command: 'ls' } }];
const script = { turns: [{ toolCalls: calls }, { text: 'Done' }] };
const inWorkspace = { 'countersign.approval.allow': ['shell(ls *)'] };
const LET_IT = `const { DatabaseSync } = require('node:sqlite');
  new DatabaseSync(process.argv[1]).exec('UPDATE acknowledgement SET accepted = 1')`;

describe('a workspace’s allow list through the engine', () => {
  let here: TestEngine;
  let there: OpenedEngine;
  const opened = async (secrets: Record<string, string> = { consent: KEY }): Promise<void> => {
    here = await openTestEngine({ script, inWorkspace, secrets });
    there = await here.reopen();
  };
  afterEach(() => {
    there.dispose();
    here.dispose();
  });

  const spoken = (engine: OpenedEngine): boolean =>
    engine.problems().some((problem) => problem.includes('would allow calls'));
  const said = async (accepted: boolean): Promise<void> => {
    const shown = await here.allowList.review();
    assert.ok(shown);
    assert.equal(await here.allowList.say({ hash: shown.hash, accepted, by: 'window 1' }), true);
  };
  const ends = async (): Promise<string> => (await (await here.send('List')).done).kind;

  it('let in one window it counts in both at once, and its end is told to both', async () => {
    await opened();
    assert.ok(spoken(here) && spoken(there));
    assert.equal(await ends(), 'paused');
    const told = new Promise<void>((resolve) => {
      const watcher = there.onPolicyChange(() => {
        watcher.dispose();
        resolve();
      });
    });
    await said(true);
    await told;
    assert.ok(!spoken(here) && !spoken(there));
    assert.equal(await ends(), 'ended');
    await there.store.resetConsent();
    assert.equal(await ends(), 'paused');
  });

  it('refused, it asks and is not spoken of, in a window that is opened later neither', async () => {
    await opened();
    await said(false);
    const later = await here.reopen();
    assert.ok(!spoken(here) && !spoken(later));
    later.dispose();
    assert.equal(await ends(), 'paused');
  });

  it('a row that was changed in the file does not count (F1)', async () => {
    await opened();
    await said(false);
    // In a process of its own: closing the file in this one would drop our locks on it.
    execFileSync(process.execPath, ['-e', LET_IT, here.stateFile]);
    assert.equal(await ends(), 'paused');
    assert.ok(spoken(here));
  });

  it('without a key nothing can be let, and the user is told why', async () => {
    await opened({});
    await assert.rejects(said(true), { code: 'cannot_remember' });
    assert.equal(await ends(), 'paused');
  });
});

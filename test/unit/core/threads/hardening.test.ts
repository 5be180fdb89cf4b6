// What a review of consent found: edited arguments, turned links, other workspaces, stops from elsewhere.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { submitDecisions } from '../../../../src/core/panel/requests.ts';
import { Engine } from '../../../../src/core/threads/engine.ts';
import { openStore } from '../../../../src/node/sqlite/openStore.ts';
import { systemClock } from '../../../../src/node/system.ts';
import { openBench, type Bench } from '../agent/support.ts';
import type { Decision } from '../../../../src/protocol/calls.ts';

describe('consent under odd circumstances', () => {
  let bench: Bench;
  const others: { dispose: () => void }[] = [];

  beforeEach(async () => {
    bench = await openBench({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  });
  afterEach(async () => {
    for (const other of others.splice(0)) other.dispose();
    await bench.dispose();
  });

  const propose = async (name: string, args: unknown) => {
    bench.say({ calls: [{ id: 'c1', name, args }] }, { text: 'Done.' });
    return bench.run();
  };
  const decide = async (decision: Decision) => {
    const action = await bench.action();
    const outcome = await bench.engine.submit(
      { actionId: action.id, decisions: { c1: decision } },
      'test',
    );
    assert.ok(outcome.ok, JSON.stringify(outcome));
    return outcome.done;
  };
  /** A second process, as far as leases and the file can tell. */
  const another = async (changes: Partial<ConstructorParameters<typeof Engine>[0]> = {}) => {
    const options = { logger: bench.logger, clock: systemClock };
    const opened = await openStore({ file: bench.folder.at('state.db'), ...options });
    const engine = new Engine({ ...bench.deps, ...opened, ...changes });
    others.push(engine, opened.store);
    return { engine, store: opened.store };
  };

  for (const path of ['.vscode/tasks.json', '.env', '../outside.txt']) {
    it(`arguments edited to ${path} are confirmed natively, as they would be when shown`, async () => {
      await propose('write_file', { path: 'new.txt', content: 'x' });
      const action = await bench.action();
      const asked: string[] = [];
      const host = {
        decidedBy: 'test',
        confirm: async (_question: string, detail: string) => {
          asked.push(detail);
          return false;
        },
      };
      const deps = { engine: bench.engine, store: bench.deps.store, trusted: () => true };
      const decisions = { c1: { type: 'edit', args: { path, content: 'x' } } as const };
      const refusal = await submitDecisions(deps, host, { actionId: action.id, decisions });
      assert.equal(refusal?.code, 'not_confirmed');
      assert.equal(asked.length, 1);
      assert.equal((await bench.action()).id, action.id, 'it still waits');
      assert.equal(existsSync(bench.at(path)), false);
    });
  }

  it('a link that was turned after the approval was shown writes nothing (U11)', async () => {
    symlinkSync(bench.at('a.txt'), bench.at('l.txt'));
    const { turnId } = await propose('write_file', { path: 'l.txt', content: 'new\n' });
    bench.settings['countersign.approval.deny'] = ['edit(a.txt)'];
    rmSync(bench.at('l.txt'));
    symlinkSync(bench.at('b.txt'), bench.at('l.txt'));
    await decide({ type: 'approve' });
    assert.equal(readFileSync(bench.at('a.txt'), 'utf8'), 'a\n');
    assert.equal(readFileSync(bench.at('b.txt'), 'utf8'), 'b\n');
    const [result] = await bench.results(turnId);
    assert.match(result?.text ?? '', /leads elsewhere now/);
  });

  it('a turn is not continued in another workspace', async () => {
    const { turnId } = await propose('write_file', { path: 'new.txt', content: 'x' });
    const { engine } = await another({
      files: { ...bench.deps.files, roots: [bench.folder.at('elsewhere')] },
    });
    const turn = await bench.deps.store.getTurn(turnId);
    assert.ok(turn);
    const action = await bench.action();
    const submission = { actionId: action.id, decisions: { c1: { type: 'approve' } as const } };
    const outcome = await engine.submit(submission, 'elsewhere');
    assert.ok(!outcome.ok && outcome.refusal.code === 'snapshot_drift');
    await assert.rejects(interruptAndContinue(engine, turnId), { code: 'snapshot_drift' });
  });

  it('a decided turn of another workspace does not end the sweep, and is not driven there', async () => {
    const { turnId } = await propose('write_file', { path: 'new.txt', content: 'x' });
    const { engine, store } = await another({
      files: { ...bench.deps.files, roots: [bench.folder.at('elsewhere')] },
    });
    const { id: actionId } = await bench.action();
    const decisions = { c1: { type: 'approve' } as const };
    await store.claimAction({ actionId, decisions, decidedBy: 'test', at: Date.now() });
    await interrupt(turnId);
    assert.deepEqual(await engine.recover({ drive: true }), []);
    assert.equal((await store.getTurn(turnId))?.status, 'interrupted');
    const drives = await bench.engine.recover({ drive: true });
    await Promise.all(drives.map(({ done }) => done));
    assert.equal(readFileSync(bench.at('new.txt'), 'utf8'), 'x');
  });

  it('a stop from another process ends the turn and the command that runs (H52)', async () => {
    const { turnId } = await propose('run_command', {
      command: 'echo $$ > pid; sleep 60; touch late',
    });
    const done = decide({ type: 'approve' });
    while (!existsSync(bench.at('pid'))) await new Promise((resolve) => setTimeout(resolve, 10));
    const { engine } = await another();
    assert.equal(await engine.stop(turnId), true);
    await done;
    const pid = Number(readFileSync(bench.at('pid'), 'utf8'));
    assert.throws(() => process.kill(pid, 0), 'the command is gone');
    assert.equal((await bench.deps.store.getTurn(turnId))?.status, 'cancelled');
    assert.equal(existsSync(bench.at('late')), false);
  });

  it('a stop that meets the pause stops the turn, and says so truthfully', async () => {
    bench.say({ calls: [{ id: 'c1', name: 'write_file', args: { path: 'n', content: 'x' } }] });
    const { id: threadId } = await bench.engine.createThread();
    const model = { provider: 'played', id: 'x' };
    const start = { threadId, text: 'Do it', model, mode: 'default' } as const;
    const drive = await bench.engine.startTurn(start);
    const stopped = new Promise<boolean>((resolve, reject) => {
      bench.engine.onEvent((event) => {
        if (event.type === 'action' && event.action.state === 'open') {
          bench.engine.stop(drive.turn.id).then(resolve, reject);
        }
      });
    });
    assert.equal(await stopped, true);
    assert.equal((await bench.deps.store.getTurn(drive.turn.id))?.status, 'cancelled');
    assert.deepEqual(await bench.deps.store.openActions(), []);
  });

  async function interruptAndContinue(engine: Engine, turnId: string): Promise<void> {
    await interrupt(turnId);
    await engine.continueTurn(turnId);
  }

  /** As if the process that drove the turn had died and its lease had run out. */
  async function interrupt(turnId: string): Promise<void> {
    const { default: Database } = await import('better-sqlite3');
    const db = new Database(bench.folder.at('state.db'));
    db.prepare("UPDATE turn SET status = 'interrupted' WHERE id = ?").run(turnId);
    db.close();
  }
});

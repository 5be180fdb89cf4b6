// What a temporary thread edited unasked lies on the disk: every thread and window knows it, and nobody knows the thread.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openTestEngine, type TestEngine } from '../../fakes/testEngine.ts';

const CONTENT = 'echo plugh-xyzzy-plugh\n';
const script = {
  turns: [
    { toolCalls: [{ id: 'e', name: 'write_file', args: { path: 'x.sh', content: CONTENT } }] },
    { toolCalls: [{ id: 'c', name: 'run_command', args: { command: 'sh x.sh' } }] },
    { text: 'Done.' },
  ],
};

describe('unseen edits of temporary threads', () => {
  let engine: TestEngine;
  beforeEach(async () => {
    const user = { 'countersign.approval.allow': ['shell(sh x.sh)'] };
    engine = await openTestEngine({ files: { 'x.sh': 'true\n' }, script, user });
  });
  afterEach(() => engine.dispose());

  it('are known to other windows and after a reload, without the thread; a look in one counts for all', async () => {
    const { id } = await engine.engine.createThread({ temporary: true });
    const drive = await engine.send('Do it', id, 'acceptEdits');
    assert.equal((await drive.done).kind, 'paused');
    const real = path.join(engine.files.roots[0] ?? '', 'x.sh');
    const reloaded = await engine.reopen();
    try {
      assert.deepEqual(
        (await reloaded.store.unseenFiles()).map(({ realPath }) => realPath),
        [real],
      );
      assertNothingOf(engine, id);
      const [action] = await engine.store.openActions();
      assert.ok(action);
      const { id: actionId, proposalHash } = action;
      const decisions = { c: { type: 'approve' as const } };
      const outcome = await engine.engine.submit({ actionId, proposalHash, decisions }, 'me');
      assert.ok(outcome.ok, JSON.stringify(outcome));
      await outcome.done;
      assert.deepEqual(await reloaded.store.unseenFiles(), []);
    } finally {
      reloaded.dispose();
    }
  });
});

/** No id and no text of the thread in any file beside the workspace. */
function assertNothingOf(engine: TestEngine, threadId: string): void {
  const folder = path.dirname(engine.stateFile);
  for (const name of readdirSync(folder).filter((one) => one.startsWith('state.db'))) {
    const bytes = readFileSync(path.join(folder, name));
    assert.equal(bytes.includes('plugh'), false, name);
    assert.equal(bytes.includes(threadId), false, name);
    assert.doesNotMatch(bytes.toString('latin1'), /~[tua][\da-z]{12}/, name);
  }
}

// Temporary threads at the real engine: everything works in them as elsewhere, and no byte of them reaches the disk.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { threadSummary } from '../../../src/core/panel/snapshot.ts';
import { openTestEngine, type TestEngine } from '../../fakes/testEngine.ts';
import type { ActionRow } from '../../../src/core/ports/store.ts';
import type { Decision, Decisions } from '../../../src/protocol/calls.ts';

const MARK = 'xyzzy-plugh';
const BIG = `yes ${MARK} | head -c 200000`;
const script = {
  title: `${MARK} title`,
  turns: [
    {
      text: `${MARK} reply `.repeat(200),
      toolCalls: [
        {
          id: `${MARK}-c1`,
          name: 'write_file',
          args: { path: `${MARK}.txt`, content: `${MARK}\n` },
        },
        {
          id: 'c2',
          name: 'edit_file',
          args: { path: 'a.txt', old_string: 'base', new_string: `${MARK} new` },
        },
        { id: 'c3', name: 'run_command', args: { command: BIG } },
        { id: 'c4', name: 'read_file', args: { path: `${MARK}/none` } },
      ],
    },
    { toolCalls: [{ id: 'q', name: 'ask_user', args: { question: `${MARK}?` } }] },
    { text: `${MARK} end` },
  ],
};
const answers = (action: ActionRow, decision: (callId: string) => Decision): Decisions =>
  Object.fromEntries(action.requests.map(({ callId }) => [callId, decision(callId)]));

describe('temporary threads', () => {
  let engine: TestEngine | undefined;
  afterEach(() => {
    engine?.dispose();
    engine = undefined;
  });

  const open = async (): Promise<TestEngine> => {
    engine = await openTestEngine({ files: { 'a.txt': 'base\n' }, script });
    return engine;
  };

  const startIn = async (opened: TestEngine, text = `${MARK} say`) => {
    const { id } = await opened.engine.createThread({ temporary: true });
    return { threadId: id, drive: await opened.send(text, id) };
  };

  const paused = async (opened: TestEngine): Promise<ActionRow> => {
    const [action] = await opened.store.openActions();
    assert.ok(action);
    return action;
  };

  /** Everything on disk that is neither the script nor the workspace. */
  function assertNothingKept(opened: TestEngine): void {
    const folder = path.dirname(opened.stateFile);
    const own = readdirSync(folder).filter(
      (name) => name !== 'script.json' && name !== 'workspace',
    );
    assert.ok(own.includes('state.db'));
    for (const name of own) {
      const bytes = readFileSync(path.join(folder, name));
      for (const secret of [MARK, Buffer.from(MARK, 'utf16le')]) {
        assert.equal(bytes.includes(secret), false, `${name} holds ${secret.toString()}`);
      }
      assert.doesNotMatch(bytes.toString('latin1'), /~[tua][\da-z]{12}/, `${name} holds an id`);
    }
  }

  it('edit, command, question, drafts and pauses leave nothing in the state file, its log or beside it (H60)', async () => {
    const opened = await open();
    const { threadId, drive } = await startIn(opened);
    assert.equal((await drive.done).kind, 'paused');
    assertNothingKept(opened);
    const first = await paused(opened);
    const [request] = first.requests;
    assert.ok(request);
    const { callId, proposalHash } = request;
    const draft = { actionId: first.id, callId, proposalHash, content: `${MARK} typed` };
    assert.equal(await opened.engine.saveDraft(draft), true);
    assertNothingKept(opened);
    const decide = async (decisions: Decisions): Promise<void> => {
      const action = await paused(opened);
      const { id: actionId, proposalHash: hash } = action;
      const outcome = await opened.engine.submit({ actionId, proposalHash: hash, decisions }, MARK);
      assert.ok(outcome.ok, JSON.stringify(outcome));
      await outcome.done;
    };
    await decide(
      answers(first, (id) =>
        id === 'c2' ? { type: 'edit', content: `${MARK} mine\n` } : { type: 'approve' },
      ),
    );
    assert.equal(
      readFileSync(path.join(opened.workspace, 'a.txt'), 'utf8'),
      `${MARK} mine\n`,
      'what was approved is done',
    );
    assertNothingKept(opened);
    await decide({ q: { type: 'respond', text: `${MARK} answer` } });
    const turns = await opened.store.turnsOfThread(threadId);
    assert.deepEqual(
      turns.map(({ status }) => status),
      ['finished'],
    );
    const calls = await opened.store.callsOfTurn(drive.turn.id);
    assert.ok(calls.some(({ outputHash }) => outputHash !== null));
    assert.ok(JSON.stringify(await opened.store.messagesOfThread(threadId)).includes(MARK));
    assertNothingKept(opened);
    assert.deepEqual(await opened.store.readLedger(null, 100), []);
  });

  it('is called by its first line; the model is not asked (H61)', async () => {
    const opened = await open();
    const { threadId, drive } = await startIn(opened, 'First line\nmore');
    await drive.done;
    const thread = await opened.store.getThread(threadId);
    assert.ok(thread);
    const { title, temporary, waiting } = await threadSummary(opened.store, thread);
    assert.deepEqual(
      { title, temporary, waiting },
      { title: 'First line', temporary: true, waiting: 3 },
    );
  });

  it('stands in all lists beside the threads that are kept', async () => {
    const opened = await open();
    const kept = await opened.runToPause('kept');
    const { threadId, drive } = await startIn(opened);
    await drive.done;
    const later = await opened.runToPause('kept too');
    const { store } = opened;
    const threads = await store.listThreads();
    assert.deepEqual(
      threads.map(({ id }) => id),
      [later.threadId, threadId, kept.threadId],
    );
    const actions = await store.openActions();
    assert.deepEqual(
      actions.map((action) => action.threadId),
      [kept.threadId, threadId, later.threadId],
    );
    assert.equal((await store.waiting()).length, 3);
    assert.equal((await store.turnsInState('paused')).length, 3);
  });

  it('of another window is not seen, and after a reload there is none', async () => {
    const opened = await open();
    const { threadId, drive } = await startIn(opened);
    await drive.done;
    const action = await paused(opened);
    const reloaded = await opened.reopen();
    try {
      await reloaded.engine.recover({ drive: true });
      assert.deepEqual(await reloaded.store.openActions(), []);
      assert.deepEqual(await reloaded.store.listThreads(), []);
      assert.equal(await reloaded.store.getThread(threadId), undefined);
      assert.equal(await reloaded.store.getAction(action.id), undefined);
      const submission = { actionId: action.id, proposalHash: action.proposalHash, decisions: {} };
      const outcome = await reloaded.engine.submit(submission, 'me');
      assert.equal(outcome.ok, false);
    } finally {
      reloaded.dispose();
    }
    assertNothingKept(opened);
  });

  it('that fails leaves its words out of the log', async () => {
    const opened = await open();
    const { id } = await opened.engine.createThread({ temporary: true });
    const model = { provider: MARK, id: MARK };
    const drive = await opened.engine.startTurn({
      threadId: id,
      text: 'x',
      model,
      mode: 'default',
    });
    const end = await drive.done;
    assert.ok(end.kind === 'halted' && end.failure.message.includes(MARK), end.kind);
    assert.match(opened.logged(), /turn ~u\w+ was halted: model_not_configured/);
    assert.doesNotMatch(opened.logged(), new RegExp(MARK));
  });

  it('a command of theirs in the background is in no file, and ends with the window', async () => {
    const args = { command: `echo ${MARK}; sleep 300`, background: true };
    const turns = [{ toolCalls: [{ id: 'b', name: 'run_command', args }] }, { text: 'on' }];
    engine = await openTestEngine({ script: { turns }, files: {} });
    const { drive } = await startIn(engine);
    await drive.done;
    const action = await paused(engine);
    const decisions = { b: { type: 'approve' } } as const;
    const { id: actionId, proposalHash } = action;
    const outcome = await engine.engine.submit({ actionId, proposalHash, decisions }, 'test');
    assert.ok(outcome.ok);
    await engine.engine.idle();
    const [row] = await engine.store.listBackground();
    assert.deepEqual([row?.state, row?.threadId], ['running', action.threadId]);
    const other = await engine.reopen();
    assert.deepEqual(await other.store.listBackground(), []);
    other.dispose();
    assert.ok(row && (await engine.engine.stopCommand(row)));
    assert.equal((await engine.store.getBackground(row.id))?.state, 'stopped');
  });
});

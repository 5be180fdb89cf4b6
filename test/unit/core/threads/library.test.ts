// Names, archive and deletion of threads by the engine: what waits is stopped first, what runs is left alone, in any window.
import assert from 'node:assert/strict';
import { openTestEngine, type TestEngine } from '../../../fakes/testEngine.ts';
import { hasCode } from '../../../contract/storeSubject.ts';
import type { EngineEvent } from '../../../../src/core/agent/events.ts';
import type { OpenedEngine } from '../../../../src/core/services.ts';

const write = (name: string) => ({
  toolCalls: [{ id: `w-${name}`, name: 'write_file', args: { path: name, content: 'x\n' } }],
});

describe('the library of threads', () => {
  let engine: TestEngine;
  let other: OpenedEngine | undefined;

  beforeEach(async () => {
    const script = { turns: [write('a.txt'), { delayMs: 60_000, text: 'late' }] };
    engine = await openTestEngine({ script, files: {} });
  });
  afterEach(async () => {
    other?.dispose();
    other = undefined;
    engine.dispose();
  });

  const types = (events: readonly EngineEvent[]): string[] => events.map(({ type }) => type);

  it('a name is one visible line, and everyone is told', async () => {
    const { id } = await engine.engine.createThread();
    const events: EngineEvent[] = [];
    engine.engine.onEvent((event) => events.push(event));
    await engine.engine.renameThread(id, '  My\n\u202ename  ');
    assert.equal((await engine.store.getThread(id))?.title, 'My name');
    assert.deepEqual(types(events), ['thread']);
    await assert.rejects(engine.engine.renameThread(id, ' \u200b\n'), hasCode('empty_title'));
    await assert.rejects(engine.engine.renameThread('nobody', 'x'), hasCode('unknown_thread'));
    await assert.rejects(engine.engine.archiveThread('nobody', true), hasCode('unknown_thread'));
  });

  it('deleting a thread that waits stops it first, and nothing of it runs', async () => {
    const { id, threadId, turnId } = await engine.runToPause('write');
    const events: EngineEvent[] = [];
    engine.engine.onEvent((event) => events.push(event));
    await engine.engine.deleteThread(threadId);
    assert.ok(types(events).includes('threadDeleted'));
    assert.equal(await engine.store.getThread(threadId), undefined);
    assert.deepEqual(await engine.store.waiting(), []);
    const late = await engine.engine.submit(
      { actionId: id, decisions: { 'w-a.txt': { type: 'approve' } } },
      'test',
    );
    assert.equal(late.ok, false);
    const kinds = (await engine.store.readLedger(null, 100)).map(({ kind }) => kind);
    assert.deepEqual(kinds.slice(-3), ['outcome', 'turn.ended', 'thread.deleted']);
    assert.ok(kinds.includes('asked'));
    assert.equal(await engine.store.getTurn(turnId), undefined);
    await assert.rejects(engine.engine.deleteThread(threadId), hasCode('unknown_thread'));
  });

  it('a thread at work is not deleted, here or by another window', async () => {
    const { id, threadId } = await engine.runToPause('write');
    other = await engine.reopen();
    const decisions = { 'w-a.txt': { type: 'approve' } } as const;
    const outcome = await engine.engine.submit({ actionId: id, decisions }, 'test');
    assert.ok(outcome.ok);
    for (const { engine: window } of [engine, other])
      await assert.rejects(window.deleteThread(threadId), hasCode('thread_running'));
    assert.equal((await engine.store.turnsOfThread(threadId))[0]?.status, 'running');
    await engine.engine.stopThread(threadId);
    await other.engine.deleteThread(threadId);
    assert.equal(await engine.store.getThread(threadId), undefined);
  });

  it('a decision that another window makes at the same moment is not lost: one of the two wins', async () => {
    const { id, threadId, turnId } = await engine.runToPause('write');
    const second = await engine.reopen();
    other = second;
    const decisions = { 'w-a.txt': { type: 'approve' } } as const;
    const [decided, deleted] = await Promise.allSettled([
      second.engine.submit({ actionId: id, decisions }, 'test'),
      engine.engine.deleteThread(threadId),
    ]);
    const approved = decided.status === 'fulfilled' && decided.value.ok;
    assert.notEqual(approved, deleted.status === 'fulfilled', 'both or none');
    assert.equal((await engine.store.getTurn(turnId)) !== undefined, approved);
    await second.engine.stopThread(threadId);
  });

  it('what only waits in the queue behind a pause goes with it', async () => {
    const { threadId } = await engine.runToPause('write');
    await engine.engine.startTurn({
      ...{ threadId, text: 'next', mode: 'default', whenBusy: 'queue' },
      model: { provider: 'scripted', id: 'none' },
    });
    assert.equal((await engine.store.turnsOfThread(threadId)).length, 2);
    await engine.engine.deleteThread(threadId);
    assert.deepEqual(await engine.store.turnsOfThread(threadId), []);
  });

  it('a temporary thread is named and deleted in memory', async () => {
    const { id } = await engine.engine.createThread({ temporary: true });
    await engine.engine.renameThread(id, 'Secret plan');
    assert.equal((await engine.store.getThread(id))?.title, 'Secret plan');
    await engine.engine.deleteThread(id);
    assert.equal(await engine.store.getThread(id), undefined);
    assert.ok(
      !(await engine.store.readLedger(null, 100)).some(({ body }) => body.includes(id)),
      'its deletion is in the ledger of the file',
    );
  });
});

// An approval that expires: nothing runs, the decision comes too late, and it can be asked again, as things are then.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openTestEngine, type TestEngine } from '../../../fakes/testEngine.ts';

const EDIT = { path: 'a.txt', old_string: 'one', new_string: 'two' };
const SCRIPT = {
  turns: [
    { text: 'I edit.', toolCalls: [{ id: 'c1', name: 'edit_file', args: EDIT }] },
    { text: 'Done.' },
  ],
};

describe('expiry', () => {
  let test: TestEngine;
  const user: Record<string, unknown> = {};
  const file = (): string => readFileSync(path.join(test.workspace, 'a.txt'), 'utf8');

  beforeEach(async () => {
    user['countersign.approval.expiresAfter'] = 1 / 60_000;
    user['countersign.approval.allow'] = [];
    test = await openTestEngine({ files: { 'a.txt': 'one\n' }, script: SCRIPT, user });
  });
  afterEach(() => test.dispose());

  async function expired() {
    const paused = await test.runToPause('go');
    while (Date.now() <= (paused.expiresAt ?? 0)) await new Promise(setImmediate);
    await test.engine.recover({ drive: true });
    return paused;
  }

  it('expires exactly the action that is due, and refuses a decision that comes too late (H65, U9)', async () => {
    const action = await expired();
    assert.equal((await test.store.getAction(action.id))?.state, 'expired');
    assert.equal((await test.store.getTurn(action.turnId))?.status, 'expired');
    const late = { actionId: action.id, decisions: { c1: { type: 'approve' } as const } };
    const outcome = await test.engine.submit(late, 'test');
    assert.ok(!outcome.ok);
    assert.equal(outcome.refusal.code, 'expired');
    assert.equal(file(), 'one\n');
  });

  it('is expired on the spot by a submit that finds it due, without a sweep (H31)', async () => {
    const action = await test.runToPause('go');
    while (Date.now() <= (action.expiresAt ?? 0)) await new Promise(setImmediate);
    const late = { actionId: action.id, decisions: { c1: { type: 'approve' } as const } };
    const outcome = await test.engine.submit(late, 'test');
    assert.ok(!outcome.ok && outcome.refusal.code === 'expired');
    assert.equal((await test.store.getTurn(action.turnId))?.status, 'expired');
  });

  it('asks again with a new action that shows the file as it is now, also when a rule would allow it (H67, HB18, HW7)', async () => {
    const action = await expired();
    writeFileSync(path.join(test.workspace, 'a.txt'), 'zero\none\n');
    user['countersign.approval.expiresAfter'] = 0;
    user['countersign.approval.allow'] = ['edit(**)'];
    test.settingsChanged();
    assert.equal(await test.engine.askAgain(action.turnId), true);
    const [again, ...others] = await test.store.openActions();
    assert.ok(again && others.length === 0 && again.id !== action.id);
    assert.equal(again.expiresAt, null);
    const [request] = again.requests;
    assert.ok(request?.proposal.kind === 'edit');
    assert.equal(request.proposal.newText, 'zero\ntwo\n');
    const decision = { actionId: again.id, decisions: { c1: { type: 'approve' } as const } };
    const outcome = await test.engine.submit(decision, 'test');
    assert.ok(outcome.ok);
    const end = await outcome.done;
    assert.equal(end.kind === 'ended' && end.turn.status, 'finished');
    assert.equal(file(), 'zero\ntwo\n');
  });

  it('a command asked again is bound to its script, also when a rule would allow it (U11)', async () => {
    const args = { command: 'bash x.sh' };
    const script = {
      turns: [{ toolCalls: [{ id: 'c1', name: 'run_command', args }] }, { text: 'Done.' }],
    };
    test.dispose();
    test = await openTestEngine({ files: { 'x.sh': 'touch one\n' }, script, user });
    const action = await expired();
    user['countersign.approval.expiresAfter'] = 0;
    user['countersign.approval.allow'] = ['shell(bash x.sh)'];
    test.settingsChanged();
    assert.equal(await test.engine.askAgain(action.turnId), true);
    const [again] = await test.store.openActions();
    assert.ok(again?.requests[0]?.proposal.kind === 'command');
    assert.deepEqual(
      again.requests[0].proposal.binds?.map((bound) => bound.path),
      ['x.sh'],
    );
    writeFileSync(path.join(test.workspace, 'x.sh'), 'touch two\n');
    const decision = { actionId: again.id, decisions: { c1: { type: 'approve' } as const } };
    const outcome = await test.engine.submit(decision, 'test');
    assert.ok(!outcome.ok && outcome.refusal.code === 'stale');
  });

  it('waits for ever by default, takes no message while expired, and can be stopped (H7, H67)', async () => {
    const action = await expired();
    await assert.rejects(test.send('more', action.threadId), { code: 'turn_expired' });
    assert.equal(await test.engine.stop(action.turnId), true);
    user['countersign.approval.expiresAfter'] = 0;
    test.settingsChanged();
    const next = await test.runToPause('again');
    assert.equal(next.expiresAt, null);
  });
});

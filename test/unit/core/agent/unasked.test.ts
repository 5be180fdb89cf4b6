// A surface that cannot pause: what asks is denied with a reason, the turn goes on and ends, and others may still ask.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { AppError } from '../../../../src/core/base/errors.ts';
import { Engine } from '../../../../src/core/threads/engine.ts';
import { assertWhole, useBench } from './support.ts';
import type { CallRow } from '../../../../src/core/ports/store.ts';

const command = { id: 'c', name: 'run_command', args: { command: 'echo ran >> runs.txt' } };
const list = { id: 'r', name: 'list_directory', args: { path: '.' } };
const ask = {
  id: 'q',
  name: 'ask_user',
  args: { question: 'Which colour?' },
};

describe('a surface that cannot pause', () => {
  const bench = useBench({ 'a.txt': 'one\n' });
  const extra: Engine[] = [];
  afterEach(() => {
    for (const engine of extra.splice(0)) engine.dispose();
  });

  function headless(): Engine {
    const engine = new Engine({ ...bench().deps, canPause: () => false });
    extra.push(engine);
    return engine;
  }

  async function run(engine = headless()): Promise<{ turnId: string; end: string }> {
    const { id: threadId } = await engine.createThread();
    const model = { provider: 'played', id: 'x' };
    const start = { threadId, text: 'Do it', model, mode: 'default' } as const;
    const { turn, done } = await engine.startTurn(start);
    return { turnId: turn.id, end: (await done).kind };
  }

  async function call(turnId: string, callId: string): Promise<CallRow> {
    const row = await bench().deps.store.getCall(turnId, callId);
    assert.ok(row);
    return row;
  }

  it('denies what asks, runs the rest, tells the model why, and ends (H6, HB12)', async () => {
    bench().say({ calls: [command, list, ask] }, { text: 'Left to approve: the command.' });
    const { turnId, end } = await run();
    assert.equal(end, 'ended');
    assert.equal(existsSync(bench().at('runs.txt')), false);
    const { deps, results, requests } = bench();
    assert.deepEqual(await deps.store.openActions(), []);
    const denied = await call(turnId, 'c');
    assert.deepEqual([denied.state, denied.outcome], ['blocked', 'denied']);
    assert.equal(denied.verdict?.verdict, 'deny');
    assert.match(
      denied.verdict.reason,
      /needs a human’s approval and this run cannot pause \(it redirects /,
    );
    const [first, second, third] = await results(turnId);
    assert.match(
      first?.text ?? '',
      /^Not run: it needs a human’s approval and this run cannot pause/,
    );
    assert.equal(second?.status, 'ok');
    assert.match(third?.text ?? '', /^Not asked: .*cannot pause/);
    assert.equal((await call(turnId, 'q')).outcome, 'denied');
    assertWhole(requests.at(-1)?.messages ?? []);
  });

  it('an edit that is not made is no ground for the next one of the batch (H6)', async () => {
    bench().settings['countersign.approval.ask'] = ['delete_file'];
    bench().settings['countersign.approval.allow'] = ['edit'];
    const gone = { id: 'd', name: 'delete_file', args: { path: 'a.txt' } };
    const args = { path: 'a.txt', old_string: 'one', new_string: 'two' };
    bench().say({ calls: [gone, { id: 'e', name: 'edit_file', args }] }, { text: 'ok' });
    const { turnId } = await run();
    assert.equal((await call(turnId, 'd')).outcome, 'denied');
    assert.equal((await call(turnId, 'e')).outcome, 'ok');
  });

  it('what a window shows already stays for a human; taking the turn over asks nothing twice (H6)', async () => {
    bench().say({ calls: [command] });
    const { turnId } = await bench().run();
    const action = await bench().action();
    const engine = headless();
    await engine.recover({ drive: true });
    assert.equal(await engine.continueTurn(turnId), undefined);
    assert.deepEqual(await bench().action(), action);
    bench().say({ calls: [{ ...command, id: 'c2' }] }, { text: 'Done' });
    const decisions = { c: { type: 'approve' } } as const;
    const outcome = await engine.submit({ actionId: action.id, decisions }, 'a test');
    assert.ok(outcome.ok);
    assert.equal((await outcome.done).kind, 'ended');
    assert.equal((await call(turnId, 'c')).outcome, 'ok');
    assert.equal((await call(turnId, 'c2')).outcome, 'denied');
  });

  it('a window that takes over what a headless run left undecided asks (H6)', async () => {
    const { deps, engine } = bench();
    bench().say({ calls: [list] });
    const stopping = new Engine({ ...deps, canPause: () => false });
    extra.push(stopping);
    // The model cannot be reached for its second reply: the turn stays, and another window goes on with it.
    bench().say(async function* () {
      yield { type: 'text', delta: '' };
      throw new AppError('model_unreachable', 'gone');
    });
    const { turnId } = await run(stopping);
    const left = await deps.store.getTurn(turnId);
    assert.ok(left);
    if (left.status === 'running') await deps.store.interruptTurn(left);
    assert.equal((await deps.store.getTurn(turnId))?.status, 'interrupted');
    bench().say({ calls: [command] });
    const drive = await engine.continueTurn(turnId);
    assert.equal((await drive?.done)?.kind, 'paused');
    assert.equal((await bench().action()).turnId, turnId);
  });
});

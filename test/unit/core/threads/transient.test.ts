// A model that cannot be reached, refuses the key or breaks off has not made the turn fail: nothing is used up, and it can be
// tried again.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { AppError } from '../../../../src/core/base/errors.ts';
import type { ModelChunk } from '../../../../src/core/ports/model.ts';
import type { TurnRow } from '../../../../src/core/ports/store.ts';
import { assertWhole, useBench, type Reply } from '../agent/support.ts';

const TROUBLE = [
  'model_auth',
  'model_cut_off',
  'model_not_configured',
  'model_rate_limited',
  'model_unavailable',
  'model_unreachable',
];

function failing(code: string, said = ''): Reply {
  return async function* (): AsyncGenerator<ModelChunk> {
    if (said !== '') yield { type: 'text', delta: said };
    throw new AppError(code, `The server said ${code}.`);
  };
}

const command = { name: 'run_command', id: 'c1', args: { command: 'echo once >> ran.txt' } };

describe('trouble with the model', function () {
  this.timeout(20_000);
  const bench = useBench();

  async function turn(id: string): Promise<TurnRow> {
    const row = await bench().deps.store.getTurn(id);
    assert.ok(row);
    return row;
  }

  for (const code of TROUBLE) {
    it(`${code} after an approved call: the turn goes on from there, and the call is not run again (HB3)`, async () => {
      const { say, run, action, engine, deps, at } = bench();
      say({ calls: [command] }, failing(code, 'I was about to'));
      const { turnId } = await run();
      const { id, requests } = await action();
      assert.equal(requests.length, 1);
      const outcome = await engine.submit(
        { actionId: id, decisions: { c1: { type: 'approve' } } },
        'me',
      );
      assert.ok(outcome.ok);
      const end = await outcome.done;
      assert.ok(end.kind === 'halted', end.kind);
      const halted = await turn(turnId);
      assert.deepEqual(
        [halted.status, halted.code, halted.message],
        ['interrupted', code, `The server said ${code}.`],
      );
      assert.deepEqual(await engine.recover({ drive: true }), [], 'no sweep tries it again');
      say({ text: 'Done' });
      const drive = await engine.continueTurn(turnId);
      assert.equal((await drive?.done)?.kind, 'ended');
      assert.deepEqual(
        [(await turn(turnId)).status, (await turn(turnId)).code],
        ['finished', null],
      );
      assert.equal(readFileSync(at('ran.txt'), 'utf8'), 'once\n');
      const messages = (await deps.store.messagesOfTurn(turnId)).map(({ message }) => message);
      assertWhole(messages);
      assert.equal(messages.at(-1)?.role === 'assistant' && messages.at(-1)?.text, 'Done');
    });
  }

  it('in the first reply: it can be tried again, with the same message', async () => {
    const { say, run, engine, requests } = bench();
    say(failing('model_unreachable'));
    const { turnId } = await run();
    assert.equal((await turn(turnId)).status, 'interrupted');
    say({ text: 'Hello' });
    await (
      await engine.continueTurn(turnId)
    )?.done;
    assert.equal((await turn(turnId)).status, 'finished');
    assert.deepEqual(requests[1]?.messages, requests[0]?.messages);
  });

  it('a new message gives the turn up as failed, with its reason, and is answered', async () => {
    const { say, run, deps } = bench();
    say(failing('model_rate_limited', 'Half a'));
    const { turnId, threadId } = await run();
    say({ text: 'Hello again' });
    const next = await run({ threadId });
    const first = await turn(turnId);
    assert.deepEqual(
      [first.status, first.code, first.message],
      ['failed', 'model_rate_limited', 'The server said model_rate_limited.'],
    );
    assert.equal((await turn(next.turnId)).status, 'finished');
    const said = (await deps.store.messagesOfTurn(turnId)).map(({ message }) => message.text);
    assert.deepEqual(said, ['Do it', 'Half a']);
  });

  it('Stop gives it up as failed, too', async () => {
    const { say, run, engine } = bench();
    say(failing('model_auth'));
    const { turnId } = await run();
    assert.equal(await engine.stop(turnId), true);
    assert.deepEqual(
      [(await turn(turnId)).status, (await turn(turnId)).code],
      ['failed', 'model_auth'],
    );
  });

  it('a request that the server calls wrong fails the turn: the same would only be refused again', async () => {
    const { say, run } = bench();
    say(failing('model_rejected'));
    const { turnId } = await run();
    assert.deepEqual(
      [(await turn(turnId)).status, (await turn(turnId)).code],
      ['failed', 'model_rejected'],
    );
  });
});

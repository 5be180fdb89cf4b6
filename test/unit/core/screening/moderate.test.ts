// Moderation through the whole engine, against a real endpoint: every field a human writes, and nothing else.
import assert from 'node:assert/strict';
import { Engine } from '../../../../src/core/threads/engine.ts';
import { createModerator } from '../../../../src/node/screening/moderation.ts';
import {
  json,
  startModerationServer,
  type ModerationServer,
} from '../../../fakes/moderationServer.ts';
import { githubToken } from '../../../fakes/secrets.ts';
import { useBench } from '../agent/support.ts';
import type { Decision, Decisions } from '../../../../src/protocol/calls.ts';
import type { SubmitOutcome } from '../../../../src/core/threads/deciding.ts';

const BAD = 'a forbidden word';

describe('moderation of what a human writes', () => {
  const bench = useBench({ 'a.txt': 'one\ntwo\n' });
  let server: ModerationServer;
  let on: boolean;
  let engine: Engine;

  beforeEach(async () => {
    server = await startModerationServer();
    on = true;
    const moderator = createModerator({
      settings: () => ({ on, baseUrl: server.baseUrl, model: '' }),
      apiKey: async () => undefined,
      logger: bench().logger,
    });
    engine = new Engine({ ...bench().deps, moderator });
  });
  afterEach(async () => {
    await engine.idle();
    engine.dispose();
    await server.dispose();
  });

  const question = { id: 'q', name: 'ask_user', args: { question: 'Which?' } };
  const command = {
    id: 'c',
    name: 'run_command',
    args: { command: 'echo forbidden by the agent' },
  };
  const write = { id: 'w', name: 'write_file', args: { path: 'w.txt', content: 'forbidden\nb\n' } };

  async function paused(...calls: { id: string; name: string; args: unknown }[]): Promise<void> {
    on = false;
    bench().say({ calls }, { text: 'Done' });
    await bench().run();
    on = true;
    server.requests.splice(0);
  }
  async function submit(decisions: Decisions): Promise<SubmitOutcome> {
    const { id: actionId } = await bench().action();
    return engine.submit({ actionId, decisions }, 'test');
  }
  async function refused(decisions: Decisions, callIds: string[], why: RegExp): Promise<void> {
    const outcome = await submit(decisions);
    assert.ok(!outcome.ok, 'it was taken');
    assert.equal(outcome.refusal.code, 'screening_failed');
    assert.deepEqual(outcome.refusal.callIds, callIds);
    assert.match(outcome.refusal.message, why);
    assert.match(
      outcome.refusal.message,
      /Nothing was decided.*countersign\.screening\.moderation/,
    );
    assert.equal((await bench().action()).state, 'open', 'nothing was consumed');
  }
  async function taken(decisions: Decisions): Promise<void> {
    const outcome = await submit(decisions);
    assert.ok(outcome.ok, outcome.ok ? '' : outcome.refusal.message);
    await outcome.done;
  }
  async function send(text: string): Promise<void> {
    const { id: threadId } = await engine.createThread();
    const model = { provider: 'played', id: 'x' };
    await (
      await engine.startTurn({ threadId, text, model, mode: 'default' })
    ).done;
  }

  it('a flagged message starts no turn and reaches no model; another one does', async () => {
    await assert.rejects(send(BAD), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'screening_failed');
      assert.match(error.message, /violence, harassment\/threatening in the message/);
      return true;
    });
    assert.deepEqual(bench().requests, []);
    bench().say({ text: 'Hello' });
    await send('a nice word');
    assert.equal(bench().requests.length, 1);
    assert.deepEqual(server.texts(), [BAD, 'a nice word']);
  });

  const fields: [string, Decision, typeof command | typeof question | typeof write][] = [
    ['text of q', { type: 'respond', text: BAD }, question],
    ['text of c', { type: 'respond', text: BAD }, command],
    ['reason of c', { type: 'reject', reason: BAD }, command],
    ['args.command of c', { type: 'edit', args: { command: `echo ${BAD}` } }, command],
    ['content of w', { type: 'edit', content: `x\n${BAD}\n` }, write],
  ];
  for (const [where, decision, call] of fields) {
    it(`${where}: refused with field and categories, nothing is lost`, async () => {
      await paused(call);
      await refused({ [call.id]: decision }, [call.id], new RegExp(`violence.* in ${where}`));
      assert.equal(server.requests.length, 1);
      await taken({ [call.id]: { type: 'reject', reason: 'no' } });
    });
  }

  it('what the agent wrote is not sent, nor flagged: approve, and edits that leave it in', async () => {
    await paused(command, write);
    await taken({ c: { type: 'approve' }, w: { type: 'edit', content: 'forbidden\nmine\n' } });
    assert.deepEqual(server.texts(), ['mine']);
  });

  it('is skipped where there is no text', async () => {
    await paused(command, question);
    await taken({ c: { type: 'reject' }, q: { type: 'reject', reason: '  ' } });
    assert.deepEqual(server.requests, []);
  });

  it('off: nothing is sent', async () => {
    await paused(command);
    on = false;
    await taken({ c: { type: 'reject', reason: BAD } });
    assert.deepEqual(server.requests, []);
  });

  it('a whole batch is one request, and every flagged call is named', async () => {
    await paused(command, question, write);
    const decisions: Decisions = {
      c: { type: 'reject', reason: BAD },
      q: { type: 'respond', text: 'fine' },
      w: { type: 'respond', text: BAD },
    };
    await refused(decisions, ['c', 'w'], /reason of c; .*text of w/);
    assert.equal(server.requests.length, 1);
  });

  it('secrets are not sent to it, whatever the setting for them', async () => {
    for (const action of ['redact', 'warn']) {
      bench().settings['countersign.screening.secrets'] = action;
      bench().say({ text: 'Hello' });
      await send(`my key is ${githubToken}`);
    }
    assert.deepEqual(server.texts(), Array(2).fill('my key is [redacted:github-token]'));
  });

  it('an endpoint that fails refuses, says why and how to go on, and consumes nothing', async () => {
    await paused(command);
    const answer = { c: { type: 'reject', reason: 'because' } } as const;
    server.answer = (response) => json(response, {}, 503);
    await refused(answer, ['c'], /could not be moderated: .*status 503.*Try again/);
    server.answer = (response) => json(response, { results: [{ flagged: 'no' }] });
    await refused(answer, ['c'], /could not be moderated/);
    server.answer = undefined;
    await taken(answer);
  });

  it('categories are names, whatever the endpoint says', async () => {
    const hostile = { '[link](command:x)\n<b>': true, ['x'.repeat(100)]: true };
    server.answer = (response) =>
      json(response, { results: [{ flagged: true, categories: hostile }] });
    await paused(command);
    await refused(
      { c: { type: 'reject', reason: 'x' } },
      ['c'],
      /: something it does not name in reason of c\./,
    );
  });
});

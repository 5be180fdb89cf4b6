// A turn that waits while its settings change: the command line names what changed, and resumes it as it was when told to.
import assert from 'node:assert/strict';
import { startOpenAIServer, type FakeOpenAIServer } from '../fakes/openaiServer.ts';
import { approve, cli, show, useFlow, withEnd, type JsonRun, type RunOptions } from './support.ts';

const CALL = { id: 'w', name: 'write_file', args: { path: 'n.txt', content: 'n\n' } };

describe('drift on the command line', function () {
  this.timeout(120_000);
  const flow = useFlow();
  let first: FakeOpenAIServer;
  let second: FakeOpenAIServer;

  before(async () => {
    [first, second] = await Promise.all([startOpenAIServer(), startOpenAIServer()]);
  });
  after(() => Promise.all([first.dispose(), second.dispose()]));

  const at = (server: FakeOpenAIServer, more: RunOptions = {}): RunOptions => ({
    ...more,
    settings: { 'countersign.model.baseUrl': server.baseUrl },
    env: { COUNTERSIGN_API_KEY: 'sk-of-nobody', ...more.env },
  });
  async function paused(): Promise<JsonRun> {
    for (const server of [first, second]) server.clear();
    first.enqueue({ kind: 'completion', toolCalls: [CALL] }, { kind: 'completion', text: 'Done' });
    const started = await flow().run([], at(first, { model: 'openai:m' }));
    assert.equal(started.status, 3, show(started));
    return started;
  }

  it('decide: refused with the hash; with it in the decisions the conversation goes where it was started', async () => {
    const started = await paused();
    const told = first.requests.at(-1)?.body;
    const decisions = { w: approve };
    const refused = await flow().decide(started.end.actionId, { decisions }, at(second));
    assert.deepEqual([refused.status, refused.end.code], [4, 'snapshot_drift'], show(refused));
    const { message } = refused.end;
    assert.ok(typeof message === 'string', show(refused));
    assert.ok(message.includes(first.baseUrl) && message.includes(second.baseUrl), message);
    const { drift } = refused.end;
    assert.ok(drift);
    assert.equal((await flow().read('pending')).length, 1, 'nothing is consumed');
    const wrong = await flow().decide(started.end.actionId, { decisions, drift: 'x' }, at(second));
    assert.equal(wrong.end.code, 'snapshot_drift');
    const end = await flow().decide(started.end.actionId, { decisions, drift }, at(second));
    assert.equal(end.status, 0, show(end));
    assert.equal((await flow().tree())['n.txt'], 'n\n');
    assert.equal(second.requests.length, 0);
    assert.deepEqual(first.requests.at(-1)?.body.tools, told?.tools);
  });

  it('says for people how to resume it', async () => {
    const started = await paused();
    const file = await flow().file({ decisions: { w: approve } });
    const args = await flow().decideArgs(started.end.actionId ?? '', file, at(second));
    const { status, stdout } = await cli(args);
    assert.equal(status, 4);
    assert.match(
      stdout,
      /^Refused \(snapshot_drift\): .*\nTo resume it as it was: "drift": "[0-9a-f]{64}"/m,
    );
  });

  it('continue: a turn that died after its decision stays interrupted until --drift accepts the change', async () => {
    const started = await paused();
    const file = await flow().file({ decisions: { w: approve } });
    const args = await flow().decideArgs(started.end.actionId ?? '', file, at(first));
    const died = await cli(args, { env: { COUNTERSIGN_CRASH_AT: 'claim.stored' } });
    assert.equal(died.status, null, show(died));
    const where = ['--state', flow().stateFile, '--workspace', flow().workspace];
    const settings = await flow().file(at(second).settings ?? {});
    const goOn = async (...more: string[]): Promise<JsonRun> => {
      const turn = [started.end.turnId ?? '', '--settings', settings, '--json'];
      return withEnd(await cli(['continue', ...where, ...turn, ...more]));
    };
    const refused = await goOn();
    assert.deepEqual([refused.status, refused.end.code], [4, 'snapshot_drift'], show(refused));
    assert.equal((await flow().tree())['n.txt'], undefined);
    const end = await goOn('--drift', refused.end.drift ?? '');
    assert.equal(end.status, 0, show(end));
    assert.equal((await flow().tree())['n.txt'], 'n\n');
    assert.equal(second.requests.length, 0);
  });
});

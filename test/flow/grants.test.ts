// Approvals that are remembered, on the command line: with a key of its own, in processes that know nothing of each other.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { approve, cli, parseLines, show, useFlow } from './support.ts';
import type { CliLine, JsonRun } from './support.ts';

const KEY = 'a7'.repeat(32);
const env = { COUNTERSIGN_CONSENT_KEY: KEY };
const touch = (id: string, name = 'x.txt') => ({
  toolCalls: [{ id, name: 'run_command', args: { command: `touch ${name}` } }],
});
const inThread = { type: 'approve', remember: { scope: 'thread' } };

describe('remembered approvals on the command line', function () {
  this.timeout(60_000);
  const flow = useFlow();

  const grants = async (words: string[], options = { env }): Promise<CliLine[]> => {
    const [name = '', ...rest] = words;
    const run = await cli(
      ['grants', name, '--state', flow().stateFile, ...rest, '--json'],
      options,
    );
    assert.equal(run.status, 0, show(run));
    return parseLines(run.stdout);
  };

  async function teach(): Promise<JsonRun> {
    const asked = await flow().run([touch('c1'), { text: 'Done' }], { env });
    assert.equal(asked.status, 3, show(asked));
    const rules = ['shell(touch x.txt)'];
    const offer = { rules, scopes: ['turn', 'thread', 'workspace'] };
    assert.deepEqual(asked.end.requests?.[0]?.remember, offer);
    const done = await flow().decide(asked.end.actionId, { decisions: { c1: inThread } }, { env });
    assert.equal(done.status, 0, show(done));
    return asked;
  }

  it('the same call runs unasked in the thread until it is revoked', async () => {
    const { end } = await teach();
    const options = { env, ...(end.threadId !== undefined && { thread: end.threadId }) };
    const second = await flow().run([touch('c2'), { text: 'Done' }], options);
    assert.equal(second.status, 0, show(second));
    const call = second.lines.find(({ callId, state }) => callId === 'c2' && state === 'done');
    assert.equal(call?.why?.layer, 'grant');
    const [listed] = await grants(['list']);
    const { id = '', rule, used } = listed as unknown as { id: string; rule: string; used: number };
    assert.deepEqual([rule, used], ['shell(touch x.txt)', 1]);
    await grants(['revoke', id]);
    assert.deepEqual(await grants(['list']), []);
    const third = await flow().run([touch('c3'), { text: 'Done' }], options);
    assert.equal(third.status, 3, show(third));
    const gone = await cli(['grants', 'revoke', '--state', flow().stateFile, id], { env });
    assert.equal(gone.status, 4, show(gone));
  });

  it('counts for nobody with another key or without one, and can be forgotten without', async () => {
    const { end } = await teach();
    const thread = end.threadId ?? '';
    for (const other of [{}, { COUNTERSIGN_CONSENT_KEY: 'b8'.repeat(32) }]) {
      const run = await flow().run([touch('c2'), { text: 'Done' }], { env: other, thread });
      assert.equal(run.status, 3, show(run));
      const decided = await flow().decide(run.end.actionId, {
        decisions: { c2: { type: 'reject', stop: true } },
      });
      assert.equal(decided.status, 0, show(decided));
    }
    const [forgotten] = await grants(['reset'], { env: {} as typeof env });
    assert.deepEqual(forgotten, { type: 'consent.reset', grants: 1, acknowledgements: 0 });
  });

  it('refuses what was not offered, and consumes nothing', async () => {
    const asked = await flow().run([touch('c1'), { text: 'Done' }]);
    assert.equal(asked.end.requests?.[0]?.remember, undefined);
    const refused = await flow().decide(asked.end.actionId, { decisions: { c1: inThread } });
    assert.deepEqual([refused.status, refused.end.code], [4, 'not_allowed'], show(refused));
    const wrong = { type: 'approve', remember: { scope: 'thread', rules: ['shell(*)'] } };
    const malformed = await flow().decide(asked.end.actionId, { decisions: { c1: wrong } });
    assert.deepEqual([malformed.status, malformed.end.code], [4, 'malformed_decisions']);
    const ended = await flow().decide(asked.end.actionId, { decisions: { c1: approve } });
    assert.equal(ended.status, 0, show(ended));
  });

  it('a key that is none is an error, not a silence', async () => {
    const run = await flow().run([{ text: 'Done' }], { env: { COUNTERSIGN_CONSENT_KEY: 'short' } });
    assert.deepEqual([run.status, run.end.code], [1, 'bad_consent_key'], show(run));
  });

  it('the key is in no file, no output and no environment of a command', async function () {
    if (process.platform !== 'linux') this.skip();
    const search = `tr '\\0' '\\n' < /proc/$PPID/environ | grep -c '^PATH='; env; tr '\\0' '\\n' < /proc/$PPID/environ; true`;
    const call = { id: 'c1', name: 'run_command', args: { command: search } };
    const asked = await flow().run([{ toolCalls: [call] }, { text: 'Done' }], { env });
    const done = await flow().decide(asked.end.actionId, { decisions: { c1: approve } }, { env });
    assert.equal(done.status, 0, show(done));
    assert.match(show(done), /1/, 'the environment of the agent was read');
    assert.doesNotMatch(show(done), /CONSENT_KEY|redacted/);
    await teach();
    const folder = path.dirname(flow().stateFile);
    for (const name of await readdir(folder)) {
      assert.ok(!(await readFile(path.join(folder, name))).includes(KEY), name);
    }
    assert.ok(!show(asked).includes(KEY) && !show(done).includes(KEY));
  });
});

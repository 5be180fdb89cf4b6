// The API key of the command line: an approved command runs as the user and may read all of /proc, and must not find it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { completionEvents, startOpenAIServer } from '../fakes/openaiServer.ts';
import type { FakeOpenAIServer } from '../fakes/openaiServer.ts';
import { approve, cli, show, startCli, toolResults, useFlow, withEnd } from './support.ts';
import type { CliRun, Flow, RunOptions } from './support.ts';

const KEY = `sk-canary-${randomBytes(12).toString('hex')}`;
const TRACING = `tracing-canary-${randomBytes(12).toString('hex')}`;
/** Matches the secrets in other text than its own: what is searched with it does not hold them. */
const pattern = [KEY, TRACING]
  .map((secret) => `-e '${secret.replace('canary', 'canar[y]')}'`)
  .join(' ');
/** The environment of the agent, and what any process of this user has of the secrets in its own. */
const SEARCH = `tr '\\0' '\\n' < /proc/$PPID/environ | grep -c '^PATH='; for one in /proc/[0-9]*/environ; do tr '\\0' '\\n' 2>/dev/null < "$one" | grep -a ${pattern}; done; true`;

async function assertNowhere(flow: Flow, runs: readonly CliRun[], secret: string): Promise<void> {
  for (const run of runs) assert.ok(!show(run).includes(secret), 'in the output');
  const folder = path.dirname(flow.stateFile);
  for (const name of await readdir(folder)) {
    const bytes = await readFile(path.join(folder, name));
    assert.ok(!bytes.includes(secret), `in ${name}`);
  }
}

describe('the API key on the command line', function () {
  this.timeout(60_000);
  const flow = useFlow({ 'key.txt': `the key is ${KEY}\n` });
  let server: FakeOpenAIServer;

  before(async () => {
    server = await startOpenAIServer();
  });
  after(() => server.dispose());
  beforeEach(() => server.clear());
  const options = (env: Record<string, string> = { COUNTERSIGN_API_KEY: KEY }): RunOptions => ({
    model: 'openai:test-model',
    env,
    settings: { 'countersign.model.baseUrl': server.baseUrl },
  });
  const command = (text: string): void =>
    server.enqueue({
      kind: 'completion',
      toolCalls: [{ id: 'call_1', name: 'run_command', args: { command: text } }],
    });

  for (const name of ['COUNTERSIGN_API_KEY', 'OPENAI_API_KEY']) {
    it(`${name}: no environment of any process holds it while a command runs`, async function () {
      if (process.platform !== 'linux') this.skip();
      const env = { [name]: KEY, LANGSMITH_API_KEY: TRACING, countersign_key: 'exported' };
      command(SEARCH);
      const started = await flow().run([], options(env));
      assert.equal(started.status, 3, show(started));
      server.enqueue({ kind: 'completion', text: 'Done.' });
      const ended = await flow().decide(
        started.end.actionId,
        { decisions: { call_1: approve } },
        options(env),
      );
      assert.equal(ended.status, 0, show(ended));
      assert.equal(server.requests.at(-1)?.headers['authorization'], `Bearer ${KEY}`);
      const [result] = toolResults(ended.lines);
      assert.match(result?.text ?? '', /^1$/m, 'the environment of the agent was read');
      // Not in the redacted form either, which would mean that it was found.
      assert.doesNotMatch(result?.text ?? '', /canary|redacted/);
      for (const secret of [KEY, TRACING]) await assertNowhere(flow(), [started, ended], secret);
    });
  }

  it('is taken out of what a command prints, in the process that decides too (F4)', async () => {
    command('cat key.txt; head -c 200000 /dev/zero | tr "\\0" a; cat key.txt');
    const started = await flow().run([], options());
    server.enqueue({ kind: 'completion', text: 'Done.' });
    const decisions = { decisions: { call_1: approve } };
    const ended = await flow().decide(started.end.actionId, decisions, options());
    assert.equal(ended.status, 0, show(ended));
    assert.match(toolResults(ended.lines)[0]?.text ?? '', /the key is \[redacted:api-key\]/);
    await assertNowhere(flow(), [started, ended], KEY);
    assert.ok(!JSON.stringify(server.requests.map(({ body }) => body)).includes(KEY));
  });

  it('the process keeps its id, standard input and exit status; a signal reaches the agent', async () => {
    command('true');
    const started = await flow().run([], options());
    server.enqueue({ kind: 'completion', text: 'Done.' });
    const file = await flow().file({ decisions: { call_1: approve } });
    const args = await flow().decideArgs(started.end.actionId ?? '', file, options());
    const piped = args.map((word) => (word === file ? '-' : word));
    const input = await readFile(file, 'utf8');
    const decided = await cli([...piped, '--json'], { ...options(), input });
    assert.equal(withEnd(decided).status, 0, show(decided));

    const words = completionEvents({ text: 'Thinking' }).slice(0, 2);
    server.enqueue({ kind: 'raw', writes: words, then: 'hang' });
    const asked = server.nextRequest();
    const child = startCli([...(await flow().runArgs([], options())), '--json'], options());
    const closed = new Promise((resolve) => child.once('close', (_, signal) => resolve(signal)));
    await asked;
    const gone = server.nextDisconnect();
    child.kill('SIGKILL');
    assert.equal(await closed, 'SIGKILL');
    await gone;
  });
});

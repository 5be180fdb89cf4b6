// The command line against a real HTTP server that streams like an OpenAI-compatible endpoint, well and badly.
import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { completionEvents, startOpenAIServer } from '../fakes/openaiServer.ts';
import type { FakeOpenAIServer, FakeReply, WireMessage } from '../fakes/openaiServer.ts';
import { approve, cli, said, show, toolResults, useFlow, withEnd } from './support.ts';
import type { CliRun, Flow, JsonRun, RunOptions } from './support.ts';

const KEY = 'sk-canary-7f3a91c2e8d44b06';
const UNICODE = 'naïve 日本語 🧪 𝒳 "quoted" \\ back\ttab\nline\u2028end';

describe('the openai provider on the command line', function () {
  this.timeout(120_000);
  const printed: CliRun[] = [];
  // Whatever a test did: the key is nowhere but in the requests.
  const flow = useFlow({ 'a.txt': 'content of a\n' }, async (used) => {
    for (const run of printed) assert.ok(!show(run).includes(KEY), 'the key is in the output');
    await assertKeyNotOnDisk(used);
  });
  let server: FakeOpenAIServer;

  before(async () => {
    server = await startOpenAIServer();
  });
  after(() => server.dispose());
  beforeEach(() => {
    server.clear();
    printed.length = 0;
  });
  const withKey = (settings = {}): RunOptions => ({
    model: 'openai:test-model',
    env: { COUNTERSIGN_API_KEY: KEY },
    settings: { 'countersign.model.baseUrl': server.baseUrl, ...settings },
  });
  async function run(options: RunOptions = {}): Promise<JsonRun> {
    const done = await flow().run([], { ...withKey(), ...options });
    printed.push(done);
    return done;
  }
  async function decide(started: JsonRun, decisions: object): Promise<JsonRun> {
    const done = await flow().decide(started.end.actionId, decisions, withKey());
    printed.push(done);
    return done;
  }

  it('a 429 first, calls in fragments, unicode in the arguments, usage at the end', async () => {
    server.enqueue(
      { kind: 'status', status: 429, headers: { 'retry-after': '0' }, body: 'slow down' },
      {
        kind: 'completion',
        text: 'Schreibe 日本 🧪',
        toolCalls: [
          {
            id: 'call_1',
            name: 'write_file',
            args: { path: 'ünï/日本 🧪.txt', content: UNICODE },
          },
          { id: 'call_2', name: 'run_command', args: { command: 'env' } },
          { id: 'call_3', name: 'read_file', args: { path: 'a.txt' } },
        ],
        fragment: 2,
        bytes: 7,
        usage: { prompt_tokens: 120, completion_tokens: 34 },
      },
    );
    const before = server.requests.length;
    const started = await run();
    assert.equal(started.status, 3, show(started));
    assert.equal(server.requests.length - before, 2, 'one retry');
    const [edit] = started.end.requests ?? [];
    assert.equal(edit?.proposal.kind === 'edit' && edit.proposal.newText, UNICODE);

    server.enqueue({ kind: 'completion', text: 'Fertig ✓', fragment: 1 });
    const end = await decide(started, { decisions: { call_1: approve, call_2: approve } });
    assert.equal(end.status, 0, show(end));
    assert.equal(end.end.text, 'Fertig ✓');
    assert.equal((await flow().tree())['ünï/日本 🧪.txt'], UNICODE);
    const env = toolResults(end.lines).find(({ callId }) => callId === 'call_2')?.text ?? '';
    assert.match(env, /^PATH=/m);
    assert.doesNotMatch(env, /API_KEY/);

    const last = server.requests.at(-1);
    assert.equal(last?.headers['authorization'], `Bearer ${KEY}`);
    assert.equal(last.body.stream_options?.include_usage, true);
    assert.deepEqual(results(last.body.messages), ['call_1', 'call_2', 'call_3']);
    const asked = last.body.messages.find(({ tool_calls }) => tool_calls);
    const args = JSON.parse(asked?.tool_calls?.[0]?.function.arguments ?? '') as unknown;
    assert.deepEqual(args, { path: 'ünï/日本 🧪.txt', content: UNICODE });
    const shown = await flow().read('show', end.end.threadId ?? '');
    const usage = shown.flatMap(({ message }) =>
      message && typeof message === 'object' && message.role === 'assistant' ? [message.usage] : [],
    );
    assert.deepEqual(usage, [{ input: 120, output: 34 }, undefined]);
  });

  const always = (reply: FakeReply): FakeReply[] => [reply, reply, reply, reply];
  const status = (code: number): FakeReply => ({
    kind: 'status',
    status: code,
    headers: { 'retry-after': '0', 'content-type': 'application/json' },
    // A server that quotes the key back.
    body: ({ headers }) =>
      JSON.stringify({ error: { message: `no: ${String(headers['authorization'])}` } }),
  });
  const half = completionEvents({
    text: 'Half of it',
    toolCalls: [{ id: 'call_x', name: 'write_file', args: { path: 'x.txt', content: 'x' } }],
  }).slice(0, 9);
  const FAILURES: { title: string; replies: FakeReply[]; code: string; says: RegExp }[] = [
    { title: 'HTTP 401', replies: [status(401)], code: 'model_auth', says: /401.*Set API Key/ },
    { title: 'HTTP 404', replies: [status(404)], code: 'model_rejected', says: /404/ },
    {
      title: 'HTTP 429 without end',
      replies: always(status(429)),
      code: 'model_rate_limited',
      says: /429/,
    },
    {
      title: 'HTTP 500 without end',
      replies: always(status(500)),
      code: 'model_unavailable',
      says: /500/,
    },
    {
      title: 'a connection that breaks in the middle',
      replies: [{ kind: 'raw', writes: half, then: 'break' }],
      code: 'model_cut_off',
      says: /broke off|ended/,
    },
    {
      title: 'a reply that ends in the middle',
      replies: [{ kind: 'raw', writes: half, then: 'end' }],
      code: 'model_cut_off',
      says: /before it was complete/,
    },
    {
      title: 'an empty reply',
      replies: [{ kind: 'completion', text: '' }],
      code: 'model_empty',
      says: /empty/,
    },
    {
      title: 'a page instead of a stream',
      replies: [
        {
          kind: 'raw',
          writes: ['<html>Sign in</html>'],
          then: 'end',
          headers: { 'content-type': 'text/html' },
        },
      ],
      code: 'model_rejected',
      says: /text\/html|stream/,
    },
  ];
  for (const { title, replies, code, says } of FAILURES) {
    it(`${title}: the turn fails and says why, and the thread can be used afterwards`, async () => {
      server.enqueue(...replies);
      const failed = await run({ prompt: 'first' });
      assert.deepEqual([failed.status, failed.end.code], [1, code], show(failed));
      assert.match(said(failed.end), says);
      server.clear();
      server.enqueue({ kind: 'completion', text: 'Here again' });
      const thread = failed.end.threadId ?? '';
      const next = await run({ thread, prompt: 'second' });
      assert.equal(next.status, 0, show(next));
      const texts = server.requests.at(-1)?.body.messages.map(({ content }) => content);
      assert.ok(texts?.includes('first') && texts.includes('second'), JSON.stringify(texts));
    });
  }

  it('a turn that fails after its calls were done: each has its one result in the next request', async () => {
    server.enqueue(
      {
        kind: 'completion',
        toolCalls: [
          { id: 'call_1', name: 'read_file', args: { path: 'a.txt' } },
          { id: 'call_2', name: 'list_directory', args: { path: '.' } },
        ],
      },
      status(401),
    );
    const failed = await run();
    assert.deepEqual([failed.status, failed.end.code], [1, 'model_auth'], show(failed));
    server.enqueue({ kind: 'completion', text: 'Here again' });
    const next = await run({ thread: failed.end.threadId ?? '' });
    assert.equal(next.status, 0, show(next));
    assert.deepEqual(results(server.requests.at(-1)?.body.messages), ['call_1', 'call_2']);
  });

  it('refused connection: says where and what to do', async () => {
    const closed = await startOpenAIServer();
    const { baseUrl, port } = closed;
    await closed.dispose();
    const failed = await run(withKey({ 'countersign.model.baseUrl': baseUrl }));
    assert.deepEqual([failed.status, failed.end.code], [1, 'model_unreachable'], show(failed));
    assert.match(said(failed.end), new RegExp(`127\\.0\\.0\\.1:${port}`));
  });

  it('malformed arguments and unknown tools get error results, the good call of the batch is asked for', async () => {
    const calls = [
      { id: 'call_1', name: 'write_file', args: '{"path": "x.txt", "content": ' },
      { id: 'call_2', name: 'format_disk', args: { now: true } },
      { id: 'call_3', name: 'write_file', args: { file: 'x.txt' } },
      { id: 'call_4', name: 'write_file', args: '[1]' },
      { id: 'call_5', name: 'write_file', args: { path: 'good.txt', content: 'good\n' } },
      { id: 'call_5', name: 'read_file', args: { path: 'a.txt' } },
    ];
    server.enqueue({ kind: 'completion', toolCalls: calls });
    const started = await run();
    assert.equal(started.status, 3, show(started));
    assert.deepEqual(
      started.end.requests?.map(({ callId }) => callId),
      ['call_5'],
    );
    server.enqueue({ kind: 'completion', text: 'Done' });
    const end = await decide(started, { decisions: { call_5: approve } });
    assert.equal(end.status, 0, show(end));
    const told = toolResults(end.lines);
    assert.deepEqual(
      told.map(({ status: how }) => how),
      ['error', 'error', 'error', 'error', 'ok', 'ok'],
    );
    assert.match(told[0]?.text ?? '', /write_file.*not valid JSON/);
    assert.match(told[1]?.text ?? '', /no tool named "format_disk"/);
    assert.match(told[2]?.text ?? '', /path is missing/);
    assert.match(told[3]?.text ?? '', /must be a JSON object/);
    const sent = server.requests.at(-1)?.body.messages;
    assert.equal(results(sent).length, 6);
    assert.equal(new Set(results(sent)).size, 6, 'each call has an id of its own');
    assert.deepEqual(Object.keys(await flow().tree()), ['a.txt', 'good.txt']);
  });

  it('a batch of nothing but malformed calls does not pause: the model hears of it at once', async () => {
    server.enqueue(
      { kind: 'completion', toolCalls: [{ id: 'call_1', name: 'nope', args: '{' }] },
      { kind: 'completion', text: 'Sorry' },
    );
    const end = await run();
    assert.equal(end.status, 0, show(end));
    assert.deepEqual(results(server.requests.at(-1)?.body.messages), ['call_1']);
  });

  it('a reply that stops at the length limit is kept and says so', async () => {
    server.enqueue({ kind: 'completion', text: 'And then', finishReason: 'length' });
    const end = await run();
    assert.deepEqual([end.status, end.end.code], [0, 'model_length'], show(end));
    assert.equal(end.end.text, 'And then');
  });

  it('a base URL that holds a key is refused without being quoted', async () => {
    const url = `http://user:${KEY}@127.0.0.1:1/v1`;
    const args = await flow().runArgs([], { model: 'openai:m' });
    const file = flow().beside('url-settings.json');
    await writeFile(file, JSON.stringify({ 'countersign.model.baseUrl': url }));
    const failed = withEnd(await cli([...args, '--settings', file, '--json']));
    await rm(file);
    printed.push(failed);
    assert.deepEqual([failed.status, failed.end.code], [1, 'model_not_configured']);
  });
});

/** The calls that have a result, in order; the server has checked that each call has exactly one. */
function results(messages: readonly WireMessage[] | undefined): string[] {
  return (messages ?? []).flatMap(({ role, tool_call_id }) =>
    role === 'tool' && tool_call_id !== undefined ? [tool_call_id] : [],
  );
}

/** Every byte of every file beside and in the workspace: state, its log, scripts, settings. */
async function assertKeyNotOnDisk(flow: Flow): Promise<void> {
  const names = await readdir(flow.beside('.'), { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  assert.ok(files.some(({ name }) => name === 'state.db'));
  for (const { parentPath, name } of files) {
    const bytes = await readFile(path.join(parentPath, name));
    assert.equal(bytes.indexOf(KEY), -1, `the key is in ${name}`);
  }
}

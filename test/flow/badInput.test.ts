// Bad input on the command line: each gets an error that says what, where and what to do, and nothing is lost.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { approve, cli, said, show, toolResults, useFlow, withEnd } from './support.ts';
import type { CliRun, Entry, Flow, JsonRun } from './support.ts';

const hello: Entry[] = [{ text: 'Hello' }];
const ask: Entry[] = [
  { toolCalls: [{ id: 'w', name: 'write_file', args: { path: 'w.txt', content: 'w\n' } }] },
  { text: 'Written' },
];

describe('usage errors', function () {
  this.timeout(60_000);
  const flow = useFlow();
  const USAGE: [string, (flow: Flow) => string[], RegExp][] = [
    ['no command', () => [], /Usage:/],
    ['an unknown command', () => ['rum'], /no command “rum”/],
    ['a command named like a member of every object', () => ['constructor'], /“constructor”/],
    ['half a command', () => ['policy'], /no command “policy”/],
    ['an unknown option', ({ stateFile }) => ['pending', '--state', stateFile, '--all'], /--all/],
    [
      'an option of another command',
      ({ stateFile, workspace }) => ['pending', '--state', stateFile, '--workspace', workspace],
      /--workspace does not belong/,
    ],
    ['a missing option', () => ['pending'], /--state is missing/],
    ['an option without its value', () => ['pending', '--state'], /--state/],
    ['an empty option', () => ['pending', '--state', ''], /--state is missing/],
    ['no prompt', (used) => run(used, []), /exactly one PROMPT/],
    ['an empty prompt', (used) => run(used, [' \n']), /exactly one PROMPT/],
    ['two prompts', (used) => run(used, ['fix', 'it']), /exactly one PROMPT; put it in quotes/],
    ['a model without a provider', (used) => run(used, ['hi'], 'gpt-5'), /"gpt-5".*provider:name/],
    ['decide without an action', (used) => decide(used, []), /exactly one ACTION_ID/],
    ['decide with two actions', (used) => decide(used, ['a1', 'a2']), /exactly one ACTION_ID/],
    ['show without a thread', ({ stateFile }) => ['show', '--state', stateFile], /THREAD_ID/],
  ];
  const run = (
    { workspace, stateFile }: Flow,
    words: string[],
    model = 'scripted:demo',
  ): string[] => [
    ...['run', '--workspace', workspace, '--state', stateFile, '--model', model],
    ...words,
  ];
  const decide = ({ workspace, stateFile }: Flow, words: string[]): string[] => [
    ...['decide', '--workspace', workspace, '--state', stateFile, '--decisions', '-'],
    ...words,
  ];

  for (const [title, args, says] of USAGE) {
    it(`${title}: exit 2, the reason and the usage on stderr, nothing on stdout, no state`, async () => {
      const done = await cli(args(flow()));
      assert.equal(done.status, 2, show(done));
      assert.match(title === 'no command' ? done.stdout : done.stderr, says);
      if (title !== 'no command') {
        assert.match(done.stderr, /Usage: node dist\/cli\.js COMMAND/);
        assert.equal(done.stdout, '');
      }
      assert.equal(existsSync(flow().stateFile), false);
    });
  }

  it('--help prints the usage and succeeds', async () => {
    const done = await cli(['--help']);
    assert.equal(done.status, 0);
    assert.match(done.stdout, /decide +--state FILE/);
  });
});

describe('bad scripts, models and folders', function () {
  this.timeout(60_000);
  const flow = useFlow({ 'a.txt': 'a\n' });
  const SCRIPTS: [string, string | object, RegExp][] = [
    ['not JSON', '{"turns": [', /not valid JSON/],
    ['empty', '', /not valid JSON/],
    ['an array', [], /the whole file/],
    ['without turns', {}, /turns/],
    ['with an unknown field', { turns: [{ txt: 'x' }] }, /turns\[0\]/],
    [
      'with arguments that are text',
      { turns: [{ toolCalls: [{ name: 'x', args: 'y' }] }] },
      /args/,
    ],
    ['without an entry', { turns: [] }, /run out/],
  ];
  for (const [title, content, says] of SCRIPTS) {
    it(`a script that is ${title}: the turn fails, the file is named, the thread can be used`, async () => {
      const file = await flow().file(content);
      const failed = await flow().run([], { model: `scripted:${file}` });
      assert.equal(failed.status, 1, show(failed));
      assert.match(failed.end.code ?? '', /^script_(invalid|mismatch)$/);
      assert.match(said(failed.end), says);
      assert.ok(said(failed.end).includes(file));
      const next = await flow().run(hello, { thread: failed.end.threadId ?? '' });
      assert.equal(next.status, 0, show(next));
    });
  }

  it('a script that is missing or a folder', async () => {
    for (const file of [flow().beside('none.json'), flow().workspace]) {
      const failed = await flow().run([], { model: `scripted:${file}` });
      assert.deepEqual([failed.status, failed.end.code], [1, 'script_invalid'], show(failed));
      assert.ok(said(failed.end).includes(file));
    }
  });

  it('a provider that does not exist: says which there are', async () => {
    const failed = await flow().run([], { model: 'acme:big' });
    assert.deepEqual([failed.status, failed.end.code], [1, 'model_not_configured']);
    assert.match(said(failed.end), /“acme”.*scripted.*openai/);
  });

  it('a workspace that is missing, or a file: nothing starts and no state is made', async () => {
    for (const name of ['nowhere', 'workspace/a.txt']) {
      const dir = flow().beside(name);
      const args = (await flow().runArgs(hello)).map((arg) =>
        arg === flow().workspace ? dir : arg,
      );
      const failed = withEnd(await cli([...args, '--json']));
      assert.deepEqual([failed.status, failed.end.code], [1, 'no_workspace'], show(failed));
      assert.ok(said(failed.end).includes(dir));
      assert.equal(existsSync(flow().stateFile), false);
    }
  });

  it('reading commands make no state file', async () => {
    for (const words of [['pending'], ['threads'], ['show', 't1']]) {
      const [command = '', ...rest] = words;
      const failed = await cli([command, '--state', flow().stateFile, ...rest, '--json']);
      assert.equal(failed.status, 1);
      assert.match(failed.stdout, /no_state/);
      assert.equal(existsSync(flow().stateFile), false);
    }
  });
});

describe('bad state files', function () {
  this.timeout(60_000);
  const flow = useFlow();
  const everyCommand = async (): Promise<CliRun[]> => {
    const state = ['--state', flow().stateFile];
    const file = await flow().file({ decisions: {} });
    return Promise.all([
      cli([...(await flow().runArgs(hello)), '--json']),
      cli(['pending', ...state, '--json']),
      cli(['threads', ...state, '--json']),
      cli(['show', ...state, 't1', '--json']),
      cli([...(await flow().decideArgs('a1', file)), '--json']),
    ]);
  };

  it('from the future: refused by every command, untouched to the byte', async () => {
    const started = await flow().run(ask);
    const db = new DatabaseSync(flow().stateFile);
    db.exec('PRAGMA user_version = 9999');
    db.close();
    const before = await readFile(flow().stateFile);
    for (const done of await everyCommand()) {
      assert.equal(done.status, 1, show(done));
      assert.match(done.stdout, /store_newer.*Update Countersign/);
    }
    assert.deepEqual(await readFile(flow().stateFile), before);
    const restored = new DatabaseSync(flow().stateFile);
    const { user_version: known } = new DatabaseSync(await currentState(flow()))
      .prepare('PRAGMA user_version')
      .get() as { user_version: number };
    restored.exec(`PRAGMA user_version = ${known}`);
    restored.close();
    const end = await flow().decide(started.end.actionId, { decisions: { w: approve } });
    assert.equal(end.status, 0, show(end));
  });

  it('of another program: refused, untouched to the byte', async () => {
    const db = new DatabaseSync(flow().stateFile);
    db.exec('CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES (1)');
    db.close();
    const before = await readFile(flow().stateFile);
    for (const done of await everyCommand()) {
      assert.equal(done.status, 1, show(done));
      assert.match(done.stdout, /store_foreign/);
    }
    assert.deepEqual(await readFile(flow().stateFile), before);
  });

  it('a folder, or below a file: an error that names it', async () => {
    await mkdir(flow().stateFile);
    const folder = withEnd(await cli([...(await flow().runArgs(hello)), '--json']));
    assert.equal(folder.status, 1, show(folder));
    assert.ok(said(folder.end).includes(flow().stateFile));
    const below = path.join(await flow().file('text'), 'state.db');
    const args = (await flow().runArgs(hello)).map((arg) =>
      arg === flow().stateFile ? below : arg,
    );
    const done = withEnd(await cli([...args, '--json']));
    assert.equal(done.status, 1, show(done));
    assert.ok(said(done.end).includes(below));
    assert.notEqual(done.end.code, 'internal');
  });

  const damage: [string, () => Promise<Buffer>][] = [
    ['no database at all', async () => Buffer.from('rubbish\n'.repeat(3000))],
    [
      'a database with pages overwritten',
      async () => {
        await flow().run(hello);
        const bytes = await readFile(flow().stateFile);
        return bytes.fill(0x5a, 4096, 3 * 4096);
      },
    ],
    [
      'a database cut off',
      async () => {
        await flow().run(hello);
        return (await readFile(flow().stateFile)).subarray(0, 5000);
      },
    ],
  ];
  for (const [title, make] of damage) {
    it(`${title}: moved aside, not deleted, the user is told, and work goes on`, async () => {
      const bytes = await make();
      await writeFile(flow().stateFile, bytes);
      const done = await flow().run(hello);
      assert.equal(done.status, 0, show(done));
      const warning = done.lines.find(({ type }) => type === 'warning');
      assert.ok(warning, show(done));
      const folder = path.dirname(flow().stateFile);
      const aside = (await readdir(folder)).find((name) => /corrupt/.test(name));
      assert.ok(aside && said(warning).includes(aside), said(warning));
      assert.deepEqual(await readFile(path.join(folder, aside)), bytes);
    });

    it(`${title}, and only read: the user is told just the same`, async () => {
      await writeFile(flow().stateFile, await make());
      const done = await cli(['pending', '--state', flow().stateFile]);
      assert.match(done.stdout, /Warning: .*(moved|kept)/, show(done));
      const again = await cli(['pending', '--state', flow().stateFile, '--json']);
      assert.deepEqual([again.status, again.stdout], [0, ''], show(again));
    });
  }
});

/** A state file as this version makes it. */
async function currentState(flow: Flow): Promise<string> {
  const file = flow.beside('state/other.db');
  const args = await flow.runArgs(hello);
  await cli(args.map((arg) => (arg === flow.stateFile ? file : arg)));
  return file;
}

describe('files that are no text, too large or elsewhere', function () {
  this.timeout(60_000);
  const huge = `${'x'.repeat(99)}\n`.repeat(40_000);
  const binary = Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3, 0, 255]);
  const latin1 = Uint8Array.from([0x63, 0x61, 0x66, 0xe9, 0x0a]);
  const flow = useFlow({
    'binary.bin': binary,
    'latin1.txt': latin1,
    'huge.txt': huge,
    'folder/inside.txt': 'inside\n',
  });
  const tools = (name: string): NonNullable<Entry['toolCalls']> => [
    { id: 'read', name: 'read_file', args: { path: name } },
    { id: 'edit', name: 'edit_file', args: { path: name, old_string: 'x', new_string: 'y' } },
    { id: 'write', name: 'write_file', args: { path: name, content: 'text\n' } },
  ];
  const told = (done: JsonRun): Record<string, string> =>
    Object.fromEntries(toolResults(done.lines).map(({ callId, text }) => [callId, text]));

  for (const [name, says] of [
    ['binary.bin', /binary/i],
    ['latin1.txt', /UTF-8/],
    ['folder', /folder|directory/i],
  ] as const) {
    it(`${name}: no call waits, each result says what it is, and the turn goes on`, async () => {
      const done = await flow().run([{ toolCalls: tools(name) }, { text: 'I see' }]);
      assert.equal(done.status, 0, show(done));
      const results = told(done);
      for (const id of ['read', 'edit', 'write']) assert.match(results[id] ?? '', says, id);
      assert.deepEqual(new Uint8Array(await readFile(flow().at('binary.bin'))), binary);
      assert.deepEqual(new Uint8Array(await readFile(flow().at('latin1.txt'))), latin1);
    });
  }

  it('huge.txt: described, not dumped; an edit of it is refused', async () => {
    const done = await flow().run([{ toolCalls: tools('huge.txt') }, { text: 'I see' }]);
    assert.equal(done.status, 0, show(done).slice(0, 2000));
    for (const text of Object.values(told(done))) assert.ok(text.length < 300_000, 'not dumped');
    assert.match(told(done)['edit'] ?? '', /large|limit/i);
    assert.equal(await readFile(flow().at('huge.txt'), 'utf8'), huge);
  });

  it('paths outside the workspace wait and say so, links included', async () => {
    await writeFile(flow().beside('secret.txt'), 'outside\n');
    await symlink(flow().beside('.'), flow().at('link'));
    const paths = ['../secret.txt', flow().beside('secret.txt'), 'link/secret.txt'];
    const toolCalls = paths.flatMap((name, index) => [
      { id: `r${index}`, name: 'read_file', args: { path: name } },
      { id: `w${index}`, name: 'write_file', args: { path: name, content: `${index}\n` } },
    ]);
    const settings = { 'countersign.approval.mode': 'acceptEdits' };
    const done = await flow().run([{ toolCalls }, { text: 'Done' }], { settings });
    assert.equal(done.status, 3, show(done));
    assert.deepEqual(
      done.end.requests?.map(({ callId }) => callId),
      ['r0', 'w0', 'r1', 'w1', 'r2', 'w2'],
    );
    for (const { proposal } of done.end.requests ?? []) {
      assert.ok('outside' in proposal && proposal.outside, JSON.stringify(proposal));
    }
    assert.equal(await readFile(flow().beside('secret.txt'), 'utf8'), 'outside\n');
  });

  it('a path with a NUL byte, or far too long: an error result', async () => {
    const toolCalls = ['a\u0000b', 'x/'.repeat(4000)].flatMap((name) => [
      { name: 'read_file', args: { path: name } },
      { name: 'write_file', args: { path: name, content: '' } },
    ]);
    const done = await flow().run([{ toolCalls }, { text: 'I see' }]);
    assert.equal(done.status, 0, show(done).slice(0, 3000));
    for (const { status, text } of toolResults(done.lines)) {
      assert.equal(status, 'error');
      assert.doesNotMatch(text, /undefined|Error:/);
    }
  });
});

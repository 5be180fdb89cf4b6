// The sample workspace and the demo script, run for real: the bug is there, the demo's own edit fixes it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseScript, type Script } from '../../../../src/node/models/script.ts';

const media = path.resolve(import.meta.dirname, '../../../../media');

async function demo(): Promise<Script> {
  return parseScript(await readFile(path.join(media, 'demo/demo.json'), 'utf8'), 'demo.json');
}

function callsOf(script: Script): { name: string; args?: Record<string, unknown> | undefined }[] {
  return script.turns.flatMap((turn) => turn.toolCalls ?? []);
}

async function demoEdit(): Promise<{ path: string; oldText: string; newText: string }> {
  const edit = callsOf(await demo()).find(({ name }) => name === 'edit_file');
  assert.ok(edit?.args);
  const { path: file, old_string: oldText, new_string: newText } = edit.args;
  return { path: String(file), oldText: String(oldText), newText: String(newText) };
}

function runTests(folder: string): { status: number | null; output: string } {
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const run = spawnSync(process.execPath, ['run.mjs', '--test', 'test/price.test.ts'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status: run.status, output: run.stdout + run.stderr };
}

describe('sample workspace and demo script', function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-sample-'));
    await cp(path.join(media, 'sample'), folder, { recursive: true });
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  it('fails exactly one test as it is', () => {
    const { status, output } = runTests(folder);
    assert.equal(status, 1);
    assert.match(output, /pass 3\n.*fail 1\n/);
    assert.match(output, /96 !== 95/);
  });

  it('passes with the edit that the demo proposes', async () => {
    const edit = await demoEdit();
    const file = path.join(folder, edit.path);
    const before = await readFile(file, 'utf8');
    assert.equal(before.split(edit.oldText).length, 2, 'old_string must match exactly once');
    await writeFile(
      file,
      before.replace(edit.oldText, () => edit.newText),
    );
    const { status, output } = runTests(folder);
    assert.equal(status, 0, output);
    assert.match(output, /pass 4\n.*fail 0\n/);
  });

  it('has npm test run what was run here', async () => {
    const text = await readFile(path.join(folder, 'package.json'), 'utf8');
    const manifest = JSON.parse(text) as {
      scripts: Record<string, string>;
      dependencies?: unknown;
    };
    assert.equal(manifest.scripts['test'], 'node run.mjs --test test/price.test.ts');
    assert.equal(manifest.dependencies, undefined);
  });

  it('reads, asks, proposes the edit and npm test in one batch, and ends with what was decided', async () => {
    const script = await demo();
    const names = script.turns.map((turn) => (turn.toolCalls ?? []).map(({ name }) => name));
    assert.deepEqual(names, [
      ['list_directory', 'read_file', 'search_text'],
      ['ask_user'],
      ['edit_file', 'run_command'],
      [],
    ]);
    const command = callsOf(script).find(({ name }) => name === 'run_command');
    assert.deepEqual(command?.args, { command: 'npm test' });
    assert.match(script.turns[3]?.text ?? '', /\{\{results\}\}/);
  });

  it('expects what the file it read holds', async () => {
    const [, second] = (await demo()).turns;
    const source = await readFile(path.join(folder, 'src/price.ts'), 'utf8');
    for (const expected of second?.expect ?? assert.fail()) assert.ok(source.includes(expected));
  });
});

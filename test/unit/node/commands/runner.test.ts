import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { createCommandRunner } from '../../../../src/node/commands/runner.ts';
import { startHeld } from '../../../../src/node/commands/heldShell.ts';
import { processEntry } from '../../../../src/node/commands/procTable.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { CANARIES } from './environment.test.ts';
import type { CommandOutcome, CommandSpec } from '../../../../src/core/ports/workspace.ts';

interface Options {
  signal?: AbortSignal;
  onOutput?: (chunk: string) => void;
  spec?: Partial<CommandSpec>;
}

describe('the command runner', function () {
  this.timeout(20_000);
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder({ 'a.txt': 'content\n' });
  });
  afterEach(() => folder.dispose());

  function run(command: string, options: Options = {}): Promise<CommandOutcome> {
    const runner = createCommandRunner({ roots: [folder.path], shownChars: 1000, keptChars: 5000 });
    const spec: CommandSpec = {
      command,
      shell: 'bash',
      shellPath: '/bin/bash',
      cwd: folder.path,
      env: {},
      timeoutMs: 15_000,
      ...options.spec,
    };
    const signal = options.signal ?? new AbortController().signal;
    return runner(spec, options.onOutput ?? (() => undefined), signal);
  }

  it('gives exit code, both streams and the duration', async () => {
    const chunks: string[] = [];
    const ended = await run('cat a.txt; echo oops >&2; exit 3', {
      onOutput: (chunk) => chunks.push(chunk),
    });
    assert.equal(ended.exitCode, 3);
    assert.deepEqual(ended.output.split('\n').sort(), ['', 'content', 'oops']);
    assert.equal(chunks.join(''), ended.output);
    assert.deepEqual(
      [ended.signal, ended.timedOut, ended.cancelled, ended.startError, ended.fullOutput],
      [null, false, false, null, null],
    );
    assert.ok(ended.durationMs >= 0 && ended.durationMs < 15_000);
  });

  it('passes the command as it is, in a shell that reads no start-up file', async () => {
    const ended = await run(`printf '%s|' "$0" '$x' "a b" \\"; shopt -q login_shell || echo no`);
    assert.equal(ended.output, '/bin/bash|$x|a b|"|no\n');
  });

  it('has nothing to type into', async () => {
    assert.equal((await run('cat; read x || echo closed')).output, 'closed\n');
  });

  it('gives the command none of 40 canary variables, and what was approved', async () => {
    for (const name of CANARIES) process.env[name] = 'canary-value';
    try {
      const ended = await run('env; set', { spec: { env: { APPROVED: 'yes' } } });
      assert.doesNotMatch(ended.fullOutput ?? ended.output, /canary-value/);
      const env = await run('env', { spec: { env: { APPROVED: 'yes' } } });
      assert.match(env.output, /^APPROVED=yes$/m);
      assert.match(env.output, /^TERM=dumb$/m);
    } finally {
      for (const name of CANARIES) delete process.env[name];
    }
  });

  it('keeps characters whole that arrive in pieces', async () => {
    const ended = await run(
      `printf '\\xe2\\x82'; sleep 0.05; printf '\\xac'; printf '\\xf0\\x9f\\x98' >&2; sleep 0.05; printf '\\x80' >&2`,
    );
    assert.ok(ended.output.includes('€') && ended.output.includes('😀'), ended.output);
    assert.ok(!ended.output.includes('\uFFFD'));
  });

  it('shortens a long output and keeps the whole of it, up to its limit', async () => {
    const ended = await run('for i in {1..500}; do echo "line $i"; done');
    assert.match(ended.output, /^line 1\n[^]*\n\[… \d+ characters left out …\]\n[^]*line 500\n$/);
    assert.ok(ended.output.length < 1100);
    assert.equal(ended.fullOutput?.split('\n').length, 501);
    const huge = await run('yes | head -c 50000000');
    assert.equal(huge.exitCode, 0);
    assert.ok((huge.fullOutput?.length ?? 0) < 5100);
  });

  it('stops the whole tree at the time-out', async () => {
    const pids: string[] = [];
    const ended = await run('sleep 300 & echo $!; setsid sleep 300 & echo $!; sleep 300', {
      spec: { timeoutMs: 400 },
      onOutput: (chunk) => pids.push(...chunk.trim().split('\n')),
    });
    assert.equal(ended.timedOut, true);
    assert.equal(ended.cancelled, false);
    assert.ok(ended.durationMs < 5000);
    assert.equal(pids.length, 2);
    for (const pid of pids) await gone(Number(pid));
  });

  it('stops the whole tree on abort, also one that ignores the polite signal', async () => {
    const controller = new AbortController();
    let pid = 0;
    const ended = await run(`trap '' TERM; sleep 300 & echo $!; wait; sleep 300`, {
      signal: controller.signal,
      onOutput: (chunk) => {
        pid = Number(chunk);
        controller.abort();
      },
    });
    assert.equal(ended.cancelled, true);
    assert.equal(ended.timedOut, false);
    await gone(pid);
  });

  it('does not start once aborted', async () => {
    const ended = await run('touch made', { signal: AbortSignal.abort() });
    assert.deepEqual([ended.cancelled, ended.exitCode, ended.startError], [true, null, null]);
    assert.equal((await run('ls')).output, 'a.txt\n');
  });

  it('does not wait for what is left running, and stops it', async () => {
    const ended = await run('sleep 300 & echo $!');
    assert.equal(ended.exitCode, 0);
    assert.ok(ended.durationMs < 10_000);
    assert.match(ended.output, /Processes it left running were stopped/);
    await gone(Number(ended.output.split('\n')[0]));
    const silent = await run('sleep 300 >/dev/null 2>&1 & echo $!');
    await gone(Number(silent.output.split('\n')[0]));
  });

  it('waits for output that comes just after the shell', async () => {
    assert.equal((await run('echo late > >(sleep 0.1; cat)')).output, 'late\n');
    assert.equal((await run('echo quiet')).output, 'quiet\n');
  });

  it('names the signal that ended it', async () => {
    const ended = await run('kill -SEGV $$');
    assert.deepEqual([ended.exitCode, ended.signal], [null, 'SIGSEGV']);
  });

  it('says why it could not be started', async () => {
    const start = async (spec: Partial<CommandSpec>) =>
      (await run('ls', { spec })).startError ?? '';
    await symlink(folder.path, `${folder.path}-link`);
    try {
      assert.match(await start({ shellPath: '/none/bash' }), /\/none\/bash: it does not exist/);
      assert.match(await start({ cwd: folder.at('none') }), /cannot be used: it does not exist/);
      assert.match(await start({ cwd: folder.at('a.txt') }), /is not a folder/);
      assert.match(await start({ cwd: `${folder.path}-link` }), /leads elsewhere/);
      assert.notEqual(await start({ command: 'a\0b' }), '');
      assert.notEqual(await start({ command: `: ${'x'.repeat(200_000)}` }), '');
    } finally {
      await rm(`${folder.path}-link`);
    }
  });

  it('holds the shell until it is released, and lets nothing happen when nobody does', async () => {
    const spec = {
      ...{
        command: 'echo ran >> held.txt; { : <&3; } 2>/dev/null || echo closed',
        shell: 'bash' as const,
      },
      ...{ shellPath: '/bin/bash', cwd: folder.path, env: {}, timeoutMs: 1000 },
    };
    const held = async (release: boolean): Promise<{ code: number | null; output: string }> => {
      const shell = startHeld(spec, { PATH: process.env['PATH'] ?? '' });
      let output = '';
      shell.child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      if (release) shell.release();
      // What the system does for a dead process.
      else shell.child.stdio[3]?.destroy();
      return new Promise((resolve) => {
        shell.child.once('close', (code) => resolve({ code, output }));
      });
    };
    assert.deepEqual(await held(false), { code: 1, output: '' });
    assert.equal(existsSync(folder.at('held.txt')), false);
    assert.deepEqual(await held(true), { code: 0, output: 'closed\n' });
    assert.equal(existsSync(folder.at('held.txt')), true);
  });

  for (const [how, end] of [
    ['ends', 'process.exit(0)'],
    ['is killed outright', "process.kill(process.pid, 'SIGKILL')"],
  ] as const) {
    it(`takes its commands along when this process ${how}`, async () => {
      const output = await commandOf(end);
      assert.match(output, /^\d+\n$/);
      await gone(Number(output));
    });
  }

  /** What a command of another process printed before that process met its end. */
  async function commandOf(end: string): Promise<string> {
    const script = `
      const { createCommandRunner } = await import(${JSON.stringify(
        new URL('../../../../src/node/commands/runner.ts', import.meta.url).href,
      )});
      const spec = { command: 'sleep 300 & echo $!; sleep 300', shell: 'bash', shellPath: '/bin/bash',
        cwd: ${JSON.stringify(folder.path)}, env: {}, timeoutMs: 100000 };
      createCommandRunner({ roots: [] })(spec, (chunk) => {
        process.stdout.write(chunk, () => ${end});
      }, new AbortController().signal);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    await new Promise((resolve) => child.once('exit', resolve));
    return output;
  }
});

/** Resolves when the process has ended; a dead one that nobody waits for counts. Fails by the test's time-out. */
async function gone(pid: number): Promise<void> {
  assert.ok(pid > 1);
  while (processEntry(pid)?.zombie === false) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

// Whole turns with real git in repositories that bring programs along: nothing of theirs runs unasked. The canary of each
// repository is shown to be alive first: plain git does start it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gitEnvironment } from '../../../../src/protocol/gitEnvironment.ts';
import { createCommandRunner } from '../../../../src/node/commands/runner.ts';
import type { CommandProposal } from '../../../../src/protocol/calls.ts';
import { useBench, type Bench } from '../../core/agent/support.ts';
import { gitIn } from './support.ts';

/** Approves what waits; resolves with what the model is told. */
async function approve(bench: Bench): Promise<string> {
  const action = await bench.action();
  const decisions = { c1: { type: 'approve' } } as const;
  const outcome = await bench.engine.submit({ actionId: action.id, decisions }, 'test');
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.refusal.message);
  await outcome.done;
  return (await bench.results(action.turnId)).map(({ text }) => text).join('\n');
}

describe('git in a repository that brings programs along', function () {
  this.timeout(30_000);
  const bench = useBench({ 'a.txt': 'one\n', '.gitattributes': '*.txt filter=x diff=x merge=x\n' });
  const at = (name: string): string => bench().at(name);
  const git = (...words: string[]): string => gitIn(at('.'), ...words);
  const canary = (): string => bench().folder.at('pwned');
  const fired = (): boolean => existsSync(canary());
  const touch = (rest = ''): string => `touch ${canary()};${rest}`;

  beforeEach(async () => {
    bench().settings['countersign.approval.allow'] = ['shell(git *)'];
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-qm', 'one');
    await writeFile(at('a.txt'), 'two\n');
    git('commit', '-qam', 'two');
    // Of the same length, so that git has to look into it.
    await writeFile(at('a.txt'), 'six\n');
  });

  const executable = async (file: string, body: string): Promise<void> => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\n${body}\n`);
    await chmod(file, 0o755);
  };

  /** Lets the agent call it; the proposal if it waits, else the result. */
  async function call(
    command: string,
  ): Promise<{ waits: boolean; proposal: CommandProposal; text: string }> {
    bench().say(
      { calls: [{ id: 'c1', name: 'run_command', args: { command } }] },
      { text: 'Done' },
    );
    const { turnId } = await bench().run();
    const [row] = await bench().deps.store.callsOfTurn(turnId);
    assert.ok(row?.proposal?.kind === 'command');
    const [result] = await bench().results(turnId);
    const waits = (await bench().deps.store.openActions()).length > 0;
    return { waits, proposal: row.proposal, text: result?.text ?? '' };
  }

  /** What git runs by itself: key, value, and a command that does it. */
  const PLANTED: readonly (readonly [string, string, readonly string[]])[] = [
    ['filter.x.clean', 'cat', ['status', 'diff']],
    ['core.fsmonitor', 'false', ['status', 'diff']],
    ['diff.external', 'true', ['diff', 'show --ext-diff']],
    ['diff.x.command', 'true', ['diff']],
    ['diff.x.textconv', 'cat', ['diff', 'show', 'log -p']],
    // A pager needs a terminal; which one git would take is compared below.
    ['core.pager', 'cat', []],
    ['pager.log', 'cat', []],
  ];
  for (const [key, rest, commands] of PLANTED) {
    it(`asks for each reading command under a planted ${key}, and runs nothing (A6)`, async () => {
      git('config', key, touch(rest));
      for (const command of ['git status', 'git diff', 'git log -p -1', 'git show HEAD']) {
        const { waits, text } = await call(command);
        assert.ok(waits, `${command}: ${text}`);
        const action = await bench().action();
        assert.match(action.requests[0]?.why.reason ?? '', /git configuration/);
        const decisions = { c1: { type: 'reject' } } as const;
        const outcome = await bench().engine.submit({ actionId: action.id, decisions }, 'test');
        if (outcome.ok) await outcome.done;
        assert.equal(fired(), false, command);
      }
      for (const command of commands) {
        try {
          git(...command.split(' '));
        } catch {
          // What it started may well have failed.
        }
        assert.ok(fired(), `plain git ${command} starts it`);
        await rm(canary());
      }
    });
  }

  it('asks in a repository whose submodule brings a program along (A6)', async () => {
    await mkdir(at('lib'));
    gitIn(at('lib'), 'init', '-q');
    await writeFile(at('lib/b.txt'), 'b\n');
    await writeFile(at('lib/.gitattributes'), '*.txt filter=x\n');
    gitIn(at('lib'), 'add', '.');
    gitIn(at('lib'), 'commit', '-qm', 'b');
    git('add', '.');
    await writeFile(at('lib/b.txt'), 'c\n');
    gitIn(at('lib'), 'config', 'filter.x.clean', touch('cat'));
    assert.ok((await call('git status')).waits);
    assert.equal(fired(), false);
    git('status');
    assert.ok(fired(), 'plain git status starts it');
  });

  it('runs in an ordinary repository, and says on the proposal what git is told (A6)', async () => {
    git('config', 'user.name', 'A');
    git('remote', 'add', 'origin', 'https://example.org/a.git');
    for (const command of [
      'git status --short',
      'git diff',
      'git log --oneline',
      'git show HEAD',
    ]) {
      const { waits, text, proposal } = await call(command);
      assert.equal(waits, false, text);
      assert.doesNotMatch(text, /fatal/);
      assert.deepEqual(proposal.env, gitEnvironment(true, false));
    }
    assert.deepEqual(
      (await call('git version && echo')).proposal.env,
      gitEnvironment(false, false),
    );
  });

  it('starts no hook unasked; an approved commit runs the repository’s own (A6)', async () => {
    await executable(at('.git/hooks/pre-commit'), touch());
    await executable(at('.git/hooks/post-index-change'), touch());
    const { waits, text } = await call('git commit -q -a -m three');
    assert.equal(waits, false, text);
    assert.equal(fired(), false);
    assert.equal(git('log', '-1', '--format=%s').trim(), 'three');
    assert.equal((await call('git status')).waits, false);
    assert.equal(fired(), false);
    bench().settings['countersign.approval.allow'] = [];
    await writeFile(at('a.txt'), 'four\n');
    const asked = await call('git commit -q -a -m four');
    assert.ok(asked.waits);
    assert.deepEqual(asked.proposal.env, gitEnvironment(false, false));
    await approve(bench());
    assert.ok(fired(), 'its hook ran');
    assert.equal(git('log', '-1', '--format=%s').trim(), 'four');
  });

  it('with what it is told, git starts neither monitor, hooks nor pager, and uses no bare folder (A6, A13)', async () => {
    const run = createCommandRunner({ roots: [at('.')] });
    const end = new AbortController().signal;
    const runs = async (command: string, env: Record<string, string>, cwd = at('.')) => {
      const shell = { shell: 'bash', shellPath: '/bin/bash', timeoutMs: 20_000 } as const;
      return run({ ...shell, command, cwd, env }, () => undefined, end);
    };
    git('config', 'core.fsmonitor', touch('false'));
    git('config', 'core.hooksPath', at('evil'));
    await executable(at('evil/post-index-change'), touch());
    await executable(at('evil/pre-commit'), touch());
    git('config', 'core.pager', touch('cat'));
    git('config', 'core.editor', touch('true'));
    git('config', 'core.askPass', touch('true'));
    await mkdir(at('bare'));
    gitIn(at('bare'), 'init', '-q', '--bare');
    gitIn(at('bare'), 'config', 'core.bare', 'false');
    gitIn(at('bare'), 'config', 'core.worktree', at('.'));
    gitIn(at('bare'), 'config', 'core.fsmonitor', touch('false'));
    for (const [name, plain, safe] of [
      ['GIT_PAGER', touch('cat'), 'cat'],
      ['GIT_EDITOR', touch('true'), ':'],
    ] as const) {
      const told = gitEnvironment(true, false);
      assert.equal((await runs(`git var ${name}`, {})).output.trim(), plain);
      assert.equal((await runs(`git var ${name}`, told)).output.trim(), safe);
    }
    const commands = [
      ['git status', '.'],
      ['git commit --amend', '.'],
      ['git status', 'bare'],
    ] as const;
    for (const [command, cwd] of commands) {
      const safe = await runs(command, gitEnvironment(true, false), at(cwd));
      assert.equal(fired(), false, `${command} in ${cwd}: ${safe.output}`);
      if (cwd === 'bare') assert.match(safe.output, /safe\.bareRepository/);
      await runs(command, {}, at(cwd));
      assert.ok(fired(), `plain ${command} in ${cwd} starts it`);
      await rm(canary());
    }
  });

  it('asks in a folder that is a bare repository, by cd or by cwd (A13)', async () => {
    await mkdir(at('sub'));
    gitIn(at('sub'), 'init', '-q', '--bare');
    assert.ok((await call('cd sub && git status')).waits);
  });
});

describe('the program that is shown is the one that runs', function () {
  this.timeout(30_000);
  const bench = useBench({
    git: '#!/bin/sh\ntouch planted\n',
    'bin/frob': '#!/bin/sh\ntouch planted\n',
  });
  const at = (name: string): string => bench().at(name);
  const outside = (name: string): string => bench().folder.at(name);
  const before = process.env['PATH'] ?? '';

  const program = async (name: string, says: string): Promise<void> => {
    await mkdir(path.dirname(outside(name)), { recursive: true });
    await writeFile(outside(name), `#!/bin/sh\necho ${says}\n`);
    await chmod(outside(name), 0o755);
  };

  beforeEach(async () => {
    await chmod(at('git'), 0o755);
    await chmod(at('bin/frob'), 0o755);
    await mkdir(outside('first'));
    await program('second/frob', 'second');
    await symlink(at('bin'), outside('linked'));
    // Relative, empty, inside, and leading inside: none of them counts.
    const tricks = ['.', '', 'bin', at('.'), at('bin'), outside('linked')];
    process.env['PATH'] = [...tricks, outside('first'), outside('second'), before].join(':');
    bench().settings['countersign.approval.allow'] = ['shell(git *)'];
  });
  afterEach(() => {
    process.env['PATH'] = before;
  });

  async function wait(command: string): Promise<string | undefined> {
    bench().say(
      { calls: [{ id: 'c1', name: 'run_command', args: { command } }] },
      { text: 'Done' },
    );
    await bench().run();
    const proposal = (await bench().action()).requests[0]?.proposal;
    assert.ok(proposal?.kind === 'command');
    return proposal.parts[0]?.program;
  }

  it('is never one of the workspace, whatever PATH says (A12, I5)', async () => {
    gitIn(at('.'), 'init', '-q');
    bench().say(
      { calls: [{ id: 'c1', name: 'run_command', args: { command: 'git status' } }] },
      { text: 'ok' },
    );
    const { turnId } = await bench().run();
    const [result] = await bench().results(turnId);
    assert.match(result?.text ?? '', /No commits yet/);
    assert.equal(await wait('frob'), outside('second/frob'));
    assert.match(await approve(bench()), /second/);
    assert.equal(existsSync(at('planted')), false);
  });

  it('asks for a git that is found only through a link into the workspace (A12)', async () => {
    await symlink(at('git'), outside('first/git'));
    assert.equal(await wait('git status'), undefined);
    assert.match((await bench().action()).requests[0]?.why.reason ?? '', /outside the workspace/);
  });

  it('does not run when another one would be found than was shown (A12, I5)', async () => {
    assert.equal(await wait('frob'), outside('second/frob'));
    await program('first/frob', 'first');
    const text = await approve(bench());
    assert.match(text, /its program was .*second\/frob .* is .*first\/frob now/);
    assert.doesNotMatch(text, /^first/m);
    await rm(outside('first/frob'));
    assert.equal(await wait('frob x'), outside('second/frob'));
    await rm(outside('second/frob'));
    assert.match(await approve(bench()), /Not run/);
  });
});

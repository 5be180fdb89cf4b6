import assert from 'node:assert/strict';
import { runCommand } from '../../../../src/core/tools/runCommand.ts';
import { createMemoryFiles } from '../../../fakes/memoryFiles.ts';
import {
  describeOk,
  DONE,
  refusal,
  runTool,
  splitOnBlanks,
  toolWorld,
} from '../../../fakes/toolContext.ts';
import type { BackgroundOrder, Commands } from '../../../../src/core/ports/commands.ts';
import type { CommandOutcome } from '../../../../src/core/ports/workspace.ts';

const files = () => createMemoryFiles({ 'src/run.sh': '#', 'src/a.ts': '' });

const ROW = {
  ...{ threadId: 't1', turnId: 'u1', callId: 'c1', command: 'npm start', cwd: '.' },
  ...{ exitCode: null, signal: null, stopAskedBy: null, startedAt: 0, endedAt: null },
  ...{ length: 0, readTo: 0 },
};

describe('run_command', () => {
  it('proposes command, shell, folder, time-out and the program of each part', async () => {
    const world = toolWorld(files());
    const described = await describeOk(runCommand, { command: 'npm test && frob x' }, world);
    assert.deepEqual(described, {
      ok: true,
      proposal: {
        kind: 'command',
        command: 'npm test && frob x',
        shell: 'bash',
        shellPath: '/bin/bash',
        cwd: '/ws',
        cwdShown: '.',
        env: {},
        timeoutMs: 120_000,
        parts: [
          { text: 'npm test', program: '/usr/bin/npm', verdict: 'ask', reason: '' },
          { text: 'frob x', verdict: 'ask', reason: '' },
        ],
      },
      subject: {
        group: 'shell',
        tool: 'run_command',
        shell: 'bash',
        cwd: await world.files.resolve('.'),
        parse: splitOnBlanks('npm test && frob x'),
        operands: [
          { ...(await world.files.resolve('test')), input: 'test' },
          { ...(await world.files.resolve('x')), input: 'x' },
        ],
      },
    });
    assert.deepEqual(world.commands, []);
  });

  it('resolves the paths a command names, for rules that read', async () => {
    const world = toolWorld(files());
    const { subject } = await describeOk(
      runCommand,
      { command: 'cat src/run.sh', cwd: '.' },
      world,
    );
    assert.ok(subject.group === 'shell');
    assert.deepEqual(subject.operands, [await world.files.resolve('src/run.sh')]);
  });

  const programs: [string, string | undefined][] = [
    ['./run.sh a', '/ws/src/run.sh'],
    ['./none.sh', undefined],
    ['cd .. && ./run.sh', undefined],
    ['$X y', undefined],
    ['n* y', undefined],
  ];
  for (const [command, program] of programs) {
    it(`names ${program ?? 'no program'} for ${command}`, async () => {
      const world = toolWorld(files());
      const { proposal } = await describeOk(runCommand, { command, cwd: 'src' }, world);
      assert.ok(proposal.kind === 'command');
      assert.equal(proposal.parts.at(-1)?.program, program);
      assert.equal(proposal.cwdShown, 'src');
    });
  }

  it('names no program for what the shell does itself', async () => {
    const shells = {
      defaultShell: () => ({ shell: 'bash' as const, path: '/bin/bash' }),
      which: (name: string) => `/bin/${name}`,
    };
    const world = toolWorld(files(), { shells });
    const { proposal } = await describeOk(runCommand, { command: 'echo a && ls' }, world);
    assert.ok(proposal.kind === 'command');
    assert.deepEqual(
      proposal.parts.map((part) => part.program),
      [undefined, '/bin/ls'],
    );
  });

  it('refuses a folder that is missing, a file, or outside', async () => {
    const world = toolWorld(files());
    const at = (cwd: string) => refusal(runCommand, { command: 'ls', cwd }, world);
    assert.match(await at('none'), /does not exist/);
    assert.match(await at('src/a.ts'), /is not a folder/);
    assert.match(await at('..'), /outside the workspace/);
    assert.match(await at('/'), /outside the workspace/);
  });

  it('refuses without a workspace or a shell, and says so', async () => {
    const none = toolWorld(createMemoryFiles({}, []));
    assert.match(await refusal(runCommand, { command: 'ls' }, none), /No workspace folder/);
    const shells = {
      defaultShell: () => ({ error: 'bash was not found.' }),
      which: () => undefined,
    };
    const bare = toolWorld(files(), { shells });
    assert.match(await refusal(runCommand, { command: 'ls' }, bare), /bash was not found/);
  });

  it('takes no empty command, NUL or over-long time-out', () => {
    const ok = (args: object) => runCommand.schema.safeParse(args).success;
    assert.equal(ok({ command: 'ls', timeout_ms: 600_000 }), true);
    assert.equal(ok({ command: ' \n' }), false);
    assert.equal(ok({ command: 'ls\0' }), false);
    assert.equal(ok({ command: 'ls', timeout_ms: 600_001 }), false);
    assert.equal(ok({ command: 'ls', timeout_ms: 0 }), false);
    assert.equal(ok({ command: 'ls', background: 'yes' }), false);
  });

  it('goes on in the background only where it can, and by the words of its proposal', async () => {
    const world = toolWorld(files());
    const args = { command: 'npm start', background: true };
    assert.match(await refusal(runCommand, args, world), /this process ends with the turn/);
    const started: BackgroundOrder[] = [];
    const row = { ...ROW, id: 'b1', state: 'running' } as const;
    const commands: Commands = {
      find: async () => row,
      start: async (_at, order) => {
        started.push(order);
        return { ok: true, row, output: { from: 0, text: '' } };
      },
      read: async () => undefined,
      readTo: async () => undefined,
      stop: async () => true,
    };
    const able = {
      ...world,
      describeContext: { ...world.describeContext, commands },
      performContext: { ...world.performContext, commands },
    };
    const { proposal } = await describeOk(runCommand, args, able);
    assert.ok(proposal.kind === 'command');
    assert.deepEqual([proposal.background, proposal.timeoutMs], [true, null]);
    const limited = await describeOk(runCommand, { ...args, timeout_ms: 5000 }, able);
    assert.equal(limited.proposal.kind === 'command' && limited.proposal.timeoutMs, 5000);
    const done = await runCommand.perform(proposal, { command: 'rm' }, able.performContext);
    assert.equal(done.outcome, 'ok');
    assert.match(done.text, /^Started in the background with id b1\. Read what it prints with/);
    const [{ spec }] = started as [BackgroundOrder];
    assert.deepEqual([spec.command, spec.timeoutMs, spec.endless], ['npm start', null, true]);
    assert.deepEqual(world.commands, [], 'nothing else ran');
    const late = await runCommand.perform(proposal, args, world.performContext);
    assert.match(late.text, /^Not run: No command can go on/);
  });

  it('runs exactly the proposal, streaming', async () => {
    const world = toolWorld(files());
    const { proposal } = await describeOk(runCommand, { command: 'ls', timeout_ms: 5 }, world);
    const done = await runCommand.perform(proposal, { command: 'rm' }, world.performContext);
    assert.deepEqual(world.commands, [
      { command: 'ls', shell: 'bash', shellPath: '/bin/bash', cwd: '/ws', env: {}, timeoutMs: 5 },
    ]);
    assert.deepEqual(world.output, ['fine\n']);
    assert.deepEqual(done, { outcome: 'ok', text: 'Exit code 0 after 12 ms.\nfine\n' });
  });

  const endings: [string, Partial<CommandOutcome>, string, string][] = [
    ['a failure', { exitCode: 2, durationMs: 2345 }, 'error', 'Exit code 2 after 2.3 s.\nfine\n'],
    ['silence', { output: '' }, 'ok', 'Exit code 0 after 12 ms.\n[no output]'],
    [
      'a signal',
      { exitCode: null, signal: 'SIGSEGV' },
      'error',
      'The command was ended by signal SIGSEGV after 12 ms.\nfine\n',
    ],
    [
      'a time-out',
      { exitCode: null, signal: 'SIGTERM', timedOut: true },
      'error',
      'The command timed out after 120.0 s and was stopped.\nfine\n',
    ],
    [
      'a cancellation',
      { exitCode: null, cancelled: true },
      'cancelled',
      'The command was cancelled by the user after 12 ms.\nfine\n',
    ],
    [
      'a failed start',
      { exitCode: null, startError: '/bin/bash: it does not exist' },
      'error',
      'The command could not be started: /bin/bash: it does not exist',
    ],
  ];
  for (const [name, part, outcome, text] of endings) {
    it(`tells of ${name}`, async () => {
      const world = toolWorld(files());
      world.answers.command = { ...DONE, ...part };
      const result = await runTool(runCommand, { command: 'ls' }, world);
      assert.deepEqual([result.outcome, result.text], [outcome, text]);
      assert.equal('fullOutput' in result, false);
    });
  }

  it('keeps the whole of a shortened output apart', async () => {
    const world = toolWorld(files());
    world.answers.command = { ...DONE, fullOutput: 'all of it' };
    assert.equal((await runTool(runCommand, { command: 'ls' }, world)).fullOutput, 'all of it');
  });
});

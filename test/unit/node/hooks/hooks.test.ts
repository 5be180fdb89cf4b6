// Hooks of a real workspace on a real machine: acknowledged, run by bash, answered, changed behind the user's back.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rgPath } from '@vscode/ripgrep';
import { createWorkspaceHooks } from '../../../../src/node/hooks/workspaceHooks.ts';
import { createRedactor } from '../../../../src/core/agent/redactor.ts';
import { createCommandRunner } from '../../../../src/node/commands/runner.ts';
import { processEntry } from '../../../../src/node/commands/procTable.ts';
import { createShells } from '../../../../src/node/commands/shells.ts';
import { createSecretScanner } from '../../../../src/node/screening/secretlint.ts';
import { systemClock, systemTexts } from '../../../../src/node/system.ts';
import { recordingLogger } from '../../../fakes/recordingLogger.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { githubToken } from '../../../fakes/secrets.ts';
import type { HookJudgement } from '../../../../src/core/hooks/types.ts';
import type { Acknowledgement } from '../../../../src/core/ports/consentStore.ts';
import type { Hooks } from '../../../../src/core/ports/hooks.ts';
import type { JsonObject } from '../../../../src/protocol/calls.ts';

const FILE = '.github/hooks/guard.json';
const SCRIPT = '.github/hooks/guard.sh';

describe('hooks of a workspace', function () {
  this.timeout(20_000);
  let folder: TemporaryFolder;
  let said: Acknowledgement[];
  let trusted: boolean;
  let hooks: Hooks;

  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(path.dirname(folder.at(name)), { recursive: true });
    await writeFile(folder.at(name), text);
  };
  const hookFile = (...entries: JsonObject[]): Promise<void> =>
    write(FILE, JSON.stringify({ hooks: { PreToolUse: entries } }));
  const script = (text: string): Promise<void> => write(SCRIPT, text);
  const acknowledge = async (accepted = true): Promise<void> => {
    for (const { subject, hash } of (await hooks.review()).hooks) {
      assert.equal(await hooks.answer({ subject, hash, accepted, by: 'test' }), 'kept');
    }
  };
  const judge = (
    tool = 'run_command',
    args: JsonObject = { command: 'npm test' },
    signal = new AbortController().signal,
  ): Promise<HookJudgement | null> =>
    hooks.judge({ threadId: 't', callId: 'c', tool, args, mode: 'default' }, signal);
  const ran = (): boolean => existsSync(folder.at('ran'));

  beforeEach(async () => {
    folder = await temporaryFolder({ 'a.txt': 'one\n' });
    said = [];
    trusted = true;
    const roots = [folder.path];
    const ports = {
      effects: {
        runCommand: createCommandRunner({ roots }),
        writeFile: () => assert.fail('a hook writes nothing through us'),
        moveFile: () => assert.fail('a hook moves nothing through us'),
      },
      ...{ shells: createShells({ roots, env: process.env }), texts: systemTexts },
      ...{ clock: systemClock, logger: recordingLogger(), redactor: createRedactor() },
      secretScanner: createSecretScanner(),
    };
    const settings = {
      read: () => ({ user: {}, workspace: {}, trusted }),
      onChange: () => ({ dispose: () => undefined }),
    };
    const consent = {
      acknowledgements: async () => said,
      acknowledge: async (one: Acknowledgement) => {
        said = [...said.filter(({ subject }) => subject !== one.subject), one];
      },
    };
    const unused = () => assert.fail('not of hooks');
    hooks = createWorkspaceHooks(
      { roots, assets: { wasmDir: '', demoScript: '', rgPath }, settings },
      ports,
      {
        ...consent,
        ...{ rememberable: unused, listGrants: unused, addGrants: unused, revokeGrant: unused },
        ...{ useGrant: unused, resetConsent: unused, changeGrant: unused },
      } as never,
    );
  });
  afterEach(() => folder.dispose());

  it('never seen: nothing runs, nothing changes', async () => {
    await hookFile({ type: 'command', command: 'touch ran; exit 2' });
    assert.equal(await judge(), null);
    assert.deepEqual(
      (await hooks.review()).hooks.map(({ state }) => state),
      ['new'],
    );
    assert.equal(ran(), false);
  });

  it('refused: nothing runs, nothing changes; and a refusal counts for the same hook elsewhere in the file', async () => {
    await hookFile({ type: 'command', command: 'touch ran; exit 2' });
    await acknowledge(false);
    await hookFile(
      { type: 'command', command: 'true' },
      { type: 'command', command: 'touch ran; exit 2' },
    );
    await acknowledgeOne('true');
    assert.equal((await judge())?.decision, 'none');
    assert.equal(ran(), false);
  });
  const acknowledgeOne = async (command: string): Promise<void> => {
    const hook = (await hooks.review()).hooks.find(({ facts }) => facts.command === command);
    assert.ok(hook);
    const { subject, hash } = hook;
    await hooks.answer({ subject, hash, accepted: true, by: 'test' });
  };

  it('before trust nothing is read, listed or run (I13)', async () => {
    await hookFile({ type: 'command', command: 'touch ran; exit 2' });
    await acknowledge();
    trusted = false;
    assert.equal(await judge(), null);
    assert.deepEqual(await hooks.review(), { hooks: [], problems: [], unsupported: [] });
    const [one] = said;
    assert.equal(await hooks.answer({ ...one!, accepted: true, by: 'x' }), 'changed');
    assert.equal(ran(), false);
  });

  it('accepted: it hears of the call in its folder, with its environment and ours, and nothing else', async () => {
    const command = `cat > told.json; env > env.txt; pwd > pwd.txt`;
    await mkdir(folder.at('sub'));
    await hookFile({ type: 'command', command, cwd: 'sub', env: { MARK: 'a b' } });
    await acknowledge();
    process.env['COUNTERSIGN_TEST_CANARY'] = 'canary';
    try {
      assert.equal(
        (await judge('edit_file', { path: 'a.txt', old_string: 'x', new_string: 'y' }))?.decision,
        'none',
      );
    } finally {
      delete process.env['COUNTERSIGN_TEST_CANARY'];
    }
    const told: unknown = JSON.parse(readFileSync(folder.at('sub/told.json'), 'utf8'));
    assert.deepEqual(
      { ...Object(told), timestamp: 0 },
      {
        ...{
          hook_event_name: 'PreToolUse',
          hookEventName: 'PreToolUse',
          session_id: 't',
          sessionId: 't',
        },
        ...{ transcript_path: '', timestamp: 0, cwd: folder.path, permission_mode: 'default' },
        tool_name: 'replace_string_in_file',
        tool_input: { filePath: folder.at('a.txt'), oldString: 'x', newString: 'y' },
        tool_use_id: 'c',
        countersign: {
          tool: 'edit_file',
          args: { path: 'a.txt', old_string: 'x', new_string: 'y' },
        },
      },
    );
    assert.equal(readFileSync(folder.at('sub/pwd.txt'), 'utf8').trim(), folder.at('sub'));
    const env = readFileSync(folder.at('sub/env.txt'), 'utf8');
    assert.match(env, /^MARK=a b$/m);
    assert.match(env, new RegExp(`^CLAUDE_PROJECT_DIR=${folder.path}$`, 'm'));
    assert.doesNotMatch(env, /CANARY/);
  });

  it('one that guards files against edits guards both places of a move', async () => {
    const guard = `path=$(sed -n 's/.*"file_path":"\\([^"]*\\)".*/\\1/p'); case "$path" in */secret/*|"") exit 2;; esac`;
    const hook = { matcher: 'Edit|Write', hooks: [{ type: 'command', command: guard }] };
    await write('.claude/settings.json', JSON.stringify({ hooks: { PreToolUse: [hook] } }));
    await acknowledge();
    const moved = async (from: string, to: string): Promise<string | undefined> =>
      (await judge('move_file', { from, to }))?.decision;
    assert.equal(await moved('a.txt', 'secret/a.txt'), 'deny');
    assert.equal(await moved('secret/a.txt', 'a.txt'), 'deny');
    assert.equal(await moved('a.txt', 'b.txt'), 'none');
  });

  it('one that is written for moves hears of each once, with both places', async () => {
    const command = 'cat >> told.json';
    const hook = { matcher: 'move_file', hooks: [{ type: 'command', command }] };
    await write('.claude/settings.json', JSON.stringify({ hooks: { PreToolUse: [hook] } }));
    await acknowledge();
    await judge('move_file', { from: 'a.txt', to: 'x/../b.txt' });
    const input = JSON.stringify({ from: folder.at('a.txt'), to: folder.at('b.txt') });
    const told = readFileSync(folder.at('told.json'), 'utf8');
    assert.equal(told.split(`"tool_input":${input}`).length, 2, told);
  });

  it('Claude Code’s and Copilot’s hooks hear of it in their own words', async () => {
    const entry = { type: 'command', command: 'cat > claude.json' };
    const claude = { hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [entry] }] } };
    await write('.claude/settings.json', JSON.stringify(claude));
    const copilot = {
      version: 1,
      hooks: { preToolUse: [{ type: 'command', bash: 'cat > copilot.json' }] },
    };
    await write(FILE, JSON.stringify(copilot));
    await acknowledge();
    await judge();
    const read = (
      name: string,
    ): { tool_name: string; tool_input: unknown; toolName: string; toolArgs: string } =>
      JSON.parse(readFileSync(folder.at(name), 'utf8')) as never;
    assert.equal(read('claude.json').tool_name, 'Bash');
    assert.deepEqual(read('claude.json').tool_input, { command: 'npm test' });
    assert.equal(read('copilot.json').toolName, 'bash');
    assert.equal(read('copilot.json').toolArgs, '{"command":"npm test"}');
  });

  const ENDS: [string, string, HookJudgement['decision'], RegExp][] = [
    [
      'denies by exit code 2',
      'echo "no tests today" >&2; exit 2',
      'deny',
      /guard\.json PreToolUse\[0\] denies it: no tests today$/,
    ],
    ['denies by JSON', `echo '{"decision":"block","reason":"x"}'`, 'deny', /denies it: x/],
    ['allows by JSON', `echo '{"permissionDecision":"allow"}'`, 'allow', /allows it/],
    ['fails', 'exit 1', 'ask', /asks: it ended with code 1/],
    ['is missing', './not-there.sh', 'ask', /code 127/],
    ['prints rubbish', 'echo fine', 'ask', /not JSON/],
    ['kills itself', 'kill -9 $$', 'ask', /SIGKILL/],
    [
      'floods',
      `yes '{"permissionDecision":"allow"}' | head -c 3000000`,
      'ask',
      /too much|not JSON/,
    ],
    ['reads nothing and is silent', 'true', 'none', /^$/],
    ['closes its input', 'exec <&-; exit 2', 'deny', /./],
    ['shouts on the other stream', `echo '{"permissionDecision":"allow"}' >&2`, 'none', /^$/],
  ];
  for (const [name, command, decision, reason] of ENDS) {
    it(`a hook that ${name}: ${decision}`, async () => {
      await hookFile({ type: 'command', command });
      await acknowledge();
      const judged = await judge('run_command', { command: 'x'.repeat(300_000) });
      assert.equal(judged?.decision, decision);
      assert.match(judged.reason, reason);
    });
  }

  it('a hook that hangs is ended with all it started, and asks', async () => {
    await hookFile({ type: 'command', command: 'sleep 60 & echo $! > pid; wait', timeout: 0.4 });
    await acknowledge();
    const judged = await judge();
    assert.equal(judged?.decision, 'ask');
    assert.match(judged.reason, /did not end in time/);
    const pid = Number(readFileSync(folder.at('pid'), 'utf8'));
    // Killed; its new parent may take a moment to notice. The test's time limit ends what never comes.
    while (processEntry(pid)?.zombie === false)
      await new Promise((resolve) => setImmediate(resolve));
  });

  it('stopping the turn ends them', async () => {
    await hookFile({ type: 'command', command: 'touch ran; sleep 60' });
    await acknowledge();
    const stop = new AbortController();
    const judging = judge('run_command', { command: 'x' }, stop.signal);
    while (!ran()) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await judging;
  });

  it('the strictest of several counts, in the order of the files; the first that said so gives the reason', async () => {
    const entry = (command: string): JsonObject => ({ type: 'command', command });
    await hookFile(
      entry(`sleep 0.2; echo '{"decision":"approve"}'`),
      entry(`echo '{"decision":"block","reason":"first"}'`),
      entry(`echo '{"decision":"block","reason":"second"}'`),
      entry('exit 1'),
    );
    await acknowledge();
    const judged = await judge();
    assert.equal(judged?.decision, 'deny');
    assert.match(judged.reason, /first/);
  });

  it('only those that match are asked', async () => {
    await hookFile({ type: 'command', command: 'touch ran; exit 2', matcher: 'Edit|Write' });
    await acknowledge();
    assert.equal(await judge(), null);
    assert.equal(ran(), false);
    assert.equal((await judge('write_file', { path: 'b', content: '' }))?.decision, 'deny');
  });

  const CHANGES: [string, () => Promise<void>][] = [
    [
      'the command',
      () => hookFile({ type: 'command', command: 'bash .github/hooks/guard.sh; true' }),
    ],
    ['the script', () => script('exit 0')],
    [
      'the environment',
      () => hookFile({ type: 'command', command: 'bash .github/hooks/guard.sh', env: { A: '1' } }),
    ],
    [
      'the time',
      () => hookFile({ type: 'command', command: 'bash .github/hooks/guard.sh', timeout: 1 }),
    ],
    [
      'the folder',
      () => hookFile({ type: 'command', command: 'bash .github/hooks/guard.sh', cwd: '.github' }),
    ],
    [
      'the matcher, so that it matches nothing',
      () =>
        hookFile({ type: 'command', command: 'bash .github/hooks/guard.sh', matcher: 'Nothing' }),
    ],
    [
      'the matcher, to one that is broken',
      () => hookFile({ type: 'command', command: 'bash .github/hooks/guard.sh', matcher: '(' }),
    ],
    [
      'a field that is not known',
      () => hookFile({ type: 'command', command: 'bash .github/hooks/guard.sh', if: 'x' }),
    ],
    ['the file, to one that is broken', () => write(FILE, '{')],
    [
      'the file, to a link',
      async () => {
        await write('elsewhere.json', readFileSync(folder.at(FILE), 'utf8'));
        await rm(folder.at(FILE));
        await symlink(folder.at('elsewhere.json'), folder.at(FILE));
      },
    ],
    ['the file, to one that is too large', () => write(FILE, ' '.repeat(300_000))],
    [
      'the folder, to a link',
      async () => {
        await rm(folder.at('.github'), { recursive: true });
        await mkdir(folder.at('other/hooks'), { recursive: true });
        await symlink(folder.at('other'), folder.at('.github'));
      },
    ],
    [
      'the script, to a folder’s link outside',
      async () => {
        await rm(folder.at(SCRIPT));
        await symlink('/bin/true', folder.at(SCRIPT));
      },
    ],
  ];
  for (const [what, change] of CHANGES) {
    it(`after a change of ${what} it does not run, and the calls it was for ask until it is looked at`, async () => {
      await script('touch ran; exit 2');
      await hookFile({ type: 'command', command: 'bash .github/hooks/guard.sh' });
      await acknowledge();
      assert.equal((await judge())?.decision, 'deny');
      await rm(folder.at('ran'));
      await change();
      const judged = await judge();
      assert.equal(judged?.decision, 'ask');
      assert.match(judged.reason, /Review Hooks/);
      assert.equal(ran(), false);
      const [now] = (await hooks.review()).hooks;
      if (now) assert.equal(now.state, 'changed');
    });
  }

  it('a change of one does not silence the denial of another', async () => {
    await hookFile({ type: 'command', command: 'exit 2' });
    await write(
      '.github/hooks/other.json',
      JSON.stringify({ hooks: { PreToolUse: [{ command: 'true' }] } }),
    );
    await acknowledge();
    await write('.github/hooks/other.json', '{');
    assert.equal((await judge())?.decision, 'deny');
  });

  it('one that only moved in its file is the same one', async () => {
    await hookFile({ type: 'command', command: 'exit 2' });
    await acknowledge();
    await hookFile({ type: 'command', command: 'true' }, { type: 'command', command: 'exit 2' });
    const { hooks: now } = await hooks.review();
    assert.deepEqual(
      now.map(({ state }) => state),
      ['new', 'accepted'],
    );
    assert.equal((await judge())?.decision, 'deny');
  });

  it('exactly what was shown is acknowledged: what changed meanwhile is not', async () => {
    await script('exit 0');
    await hookFile({ type: 'command', command: 'bash .github/hooks/guard.sh' });
    const [shown] = (await hooks.review()).hooks;
    await script('touch ran');
    const { subject, hash } = shown!;
    assert.equal(await hooks.answer({ subject, hash, accepted: true, by: 'x' }), 'changed');
    assert.deepEqual(said, []);
  });

  it('binds the files that the command names, however it names them', async () => {
    await script('true');
    await write('tools/my check.sh', 'true');
    await write('lib.py', '');
    for (const name of ['d1', 'd2', 'd3', 'd4', 'd5']) await mkdir(folder.at(name));
    const commands = [
      'bash .github/hooks/guard.sh',
      './.github/hooks/guard.sh --x',
      '"$CLAUDE_PROJECT_DIR"/.github/hooks/guard.sh',
      '"$CLAUDE_PROJECT_DIR/.github/hooks/guard.sh"',
      '${CLAUDE_PROJECT_DIR}/.github/hooks/guard.sh',
      'cd .github/hooks && ./guard.sh',
      'cd .github && cd hooks && ./guard.sh',
      'ls d1 d2 d3 d4 d5; cd .github/hooks; ./guard.sh',
      'cd "$(git rev-parse --show-toplevel)" && sh .github/hooks/guard.sh',
      'node --import=./.github/hooks/guard.sh x',
      '$PWD/.github/hooks/guard.sh',
    ];
    await hookFile(...commands.map((command) => ({ type: 'command', command })));
    for (const { facts } of (await hooks.review()).hooks) {
      assert.deepEqual(
        facts.files.map((file) => file.path),
        [folder.at(SCRIPT)],
        facts.command,
      );
    }
    await hookFile(
      { type: 'command', command: `sh "tools/my check.sh"` },
      { type: 'command', command: 'sh tools/my\\ check.sh' },
      { type: 'command', command: 'python3 -c "import lib"', env: { PYTHONSTARTUP: 'lib.py' } },
    );
    const named = (await hooks.review()).hooks.map(({ facts }) =>
      facts.files.map((file) => file.path),
    );
    assert.deepEqual(named, [
      [folder.at('tools/my check.sh')],
      [folder.at('tools/my check.sh')],
      [folder.at('lib.py')],
    ]);
  });

  it('what cannot be watched is not offered: a folder outside, a script without end', async () => {
    await write('big.sh', ' '.repeat(6_000_000));
    const folders = Array.from({ length: 50 }, (_, at) => `d${String(at)}`);
    for (const name of folders) await mkdir(folder.at(name));
    await hookFile(
      { type: 'command', command: 'true', cwd: '..' },
      { type: 'command', command: 'true', cwd: 'gone' },
      { type: 'command', command: 'sh big.sh' },
      { type: 'command', command: `ls ${folders.join(' ')}` },
    );
    const { hooks: offered, problems } = await hooks.review();
    assert.deepEqual(offered, []);
    assert.match(
      problems.map(({ message }) => message).join('\n'),
      /outside.*\n.*does not exist\n.*cannot be watched.*\n.*too many folders/,
    );
  });

  it('says which events it never runs', async () => {
    await write(
      FILE,
      JSON.stringify({ hooks: { Stop: [{ command: 'x' }], sessionStart: [{ bash: 'y' }] } }),
    );
    const { unsupported } = await hooks.review();
    assert.deepEqual(unsupported, [
      { name: `${FILE} Stop`, count: 1 },
      { name: `${FILE} sessionStart`, count: 1 },
    ]);
  });

  it('new arguments come back by our own names; what came back as it was sent is as the model wrote it', async () => {
    const rewrite = `node -e 'let t="";process.stdin.on("data",d=>t+=d).on("end",()=>{const i=JSON.parse(t).tool_input;i.new_string="Z";console.log(JSON.stringify({hookSpecificOutput:{updatedInput:i}}))})'`;
    const file = { hooks: { PreToolUse: [{ hooks: [{ type: 'command', command: rewrite }] }] } };
    await write('.claude/settings.json', JSON.stringify(file));
    await acknowledge();
    const judged = await judge('edit_file', { path: './a.txt', old_string: 'x', new_string: 'y' });
    assert.deepEqual(judged?.rewritten, {
      args: { path: './a.txt', old_string: 'x', new_string: 'Z' },
      by: '.claude/settings.json PreToolUse[0].hooks[0]',
    });
    assert.equal(judged.decision, 'none');
  });

  it('what one hook writes, the others hear, and may forbid; an allow of what was before does not count', async () => {
    const rewrite = `echo '{"hookSpecificOutput":{"updatedInput":{"command":"rm -r x"}}}'`;
    const guard = `grep -q 'rm -r' && exit 2; exit 0`;
    const approve = `grep -q 'npm test' && echo '{"decision":"approve"}'; exit 0`;
    await hookFile({ command: guard }, { command: rewrite });
    await acknowledge();
    assert.equal((await judge())?.decision, 'deny');
    await hookFile({ command: approve }, { command: rewrite });
    await acknowledge();
    const judged = await judge();
    assert.deepEqual(judged?.rewritten?.args, { command: 'rm -r x' });
    assert.equal(judged?.decision, 'none');
  });

  it('secrets in what a hook says do not go on', async () => {
    const output = {
      hookSpecificOutput: {
        permissionDecision: 'deny',
        permissionDecisionReason: `with ${githubToken}`,
        additionalContext: `c ${githubToken}`,
      },
    };
    await write('say.json', JSON.stringify(output));
    await hookFile({ command: 'cat say.json' });
    await acknowledge();
    const judged = await judge();
    assert.equal(judged?.decision, 'deny');
    assert.doesNotMatch(JSON.stringify(judged), new RegExp(githubToken));
    assert.equal(judged.context.length, 1);
  });

  it('acknowledgements that cannot be read ask', async () => {
    await hookFile({ command: 'true' });
    await acknowledge();
    Object.defineProperty(said, 'filter', {
      value: () => {
        throw new Error('store');
      },
    });
    assert.equal((await judge())?.decision, 'ask');
  });

  it('a script that may not be executed asks', async () => {
    await script('#!/bin/bash\nexit 0\n');
    await chmod(folder.at(SCRIPT), 0o644);
    await hookFile({ command: './.github/hooks/guard.sh' });
    await acknowledge();
    assert.equal((await judge())?.decision, 'ask');
  });
});

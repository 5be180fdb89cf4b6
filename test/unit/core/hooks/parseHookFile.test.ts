import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseHookFile } from '../../../../src/core/hooks/parseHookFile.ts';
import type { HookEntry, ParsedHookFile } from '../../../../src/core/hooks/types.ts';

type Platform = 'windows' | 'linux' | 'osx';

const parse = (value: unknown, platform: Platform = 'linux'): ParsedHookFile =>
  parseHookFile(typeof value === 'string' ? value : JSON.stringify(value), {
    file: '.github/hooks/a.json',
    dialect: 'vscode',
    platform,
  });

const only = (value: unknown, platform?: Platform): HookEntry => {
  const { entries, problems } = parse(value, platform);
  assert.deepEqual(problems, []);
  assert.equal(entries.length, 1);
  return entries[0]!;
};

const pre = (...hooks: unknown[]): unknown => ({ hooks: { PreToolUse: hooks } });

describe('parseHookFile', () => {
  it('reads the form of Claude Code: groups with a matcher', () => {
    const hook = { type: 'command', command: 'check.sh', timeout: 5 };
    const entry = only(pre({ matcher: 'Bash|Edit', hooks: [hook] }));
    assert.deepEqual(entry, {
      file: '.github/hooks/a.json',
      place: 'PreToolUse[0].hooks[0]',
      event: 'PreToolUse',
      matcher: 'Bash|Edit',
      command: 'check.sh',
      shell: 'bash',
      dialect: 'vscode',
      cwd: null,
      env: {},
      timeoutSeconds: 5,
    });
  });

  it('reads the form of VS Code: the command of the platform, folder, environment', () => {
    const hook = {
      ...{ type: 'command', command: 'any', windows: 'win', linux: 'lin', osx: 'mac' },
      ...{ cwd: 'tools', env: { A: 'b' } },
    };
    const entry = only(pre(hook));
    assert.deepEqual([entry.command, entry.cwd, entry.env], ['lin', 'tools', { A: 'b' }]);
    assert.equal(entry.timeoutSeconds, 30);
    assert.equal(only(pre(hook), 'osx').command, 'mac');
    const windows = only(pre(hook), 'windows');
    assert.deepEqual([windows.command, windows.shell], ['win', 'powershell']);
  });

  it('reads the form of Copilot', () => {
    const hook = { type: 'command', bash: 'b', powershell: 'p', timeoutSec: 7, comment: 'why' };
    const file = { version: 1, hooks: { preToolUse: [hook] } };
    const entry = only(file);
    assert.deepEqual(
      [entry.command, entry.timeoutSeconds, entry.dialect, entry.event, entry.place],
      ['b', 7, 'copilot', 'preToolUse', 'preToolUse[0]'],
    );
    assert.equal(only(file, 'windows').command, 'p');
  });

  it('caps the time, and counts what it never runs', () => {
    assert.equal(only(pre({ command: 'x', timeout: 5000 })).timeoutSeconds, 120);
    const { unsupported, entries } = parse({ hooks: { SessionStart: [{}, {}], Stop: [] } });
    assert.deepEqual(entries, []);
    assert.deepEqual(unsupported, [
      { event: 'SessionStart', count: 2 },
      { event: 'Stop', count: 0 },
    ]);
  });

  it('finds no hooks where there are none, or all are disabled', () => {
    const nothing = { entries: [], problems: [], unsupported: [] };
    assert.deepEqual(parse({ permissions: {} }), nothing);
    assert.deepEqual(parse({ ...Object(pre({ command: 'x' })), disableAllHooks: true }), nothing);
  });

  const BROKEN: [string, unknown, RegExp][] = [
    ['no JSON', '{', /not JSON/],
    ['a comment', '{ // no\n}', /not JSON/],
    ['a list', [], /not a JSON object/],
    ['hooks that are no object', { hooks: [] }, /not an object of events/],
    ['an event that is no list', { hooks: { PreToolUse: {} } }, /not a list/],
    ['a key twice', '{"hooks":{"PreToolUse":[]},"hooks":{}}', /hooks/],
    ['too many', pre(...Array.from({ length: 101 }, () => ({ command: 'x' }))), /more than 100/],
  ];
  for (const [name, value, message] of BROKEN) {
    it(`tells that a file is broken: ${name}`, () => {
      const { entries, problems } = parse(value);
      assert.deepEqual(entries, []);
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.place, null);
      assert.match(problems[0].message, message);
    });
  }

  const UNSOUND: [string, unknown, RegExp][] = [
    ['another type', { type: 'prompt', prompt: 'x' }, /type "prompt"/],
    ['a field that narrows it', { command: 'x', if: 'Bash(git *)' }, /does not know: "if"/],
    ['one that runs later', { command: 'x', async: true }, /does not know: "async"/],
    ['no command', { type: 'command' }, /no command for this platform/],
    ['an empty command', { command: ' ' }, /empty/],
    ['a command for another platform', { windows: 'x' }, /no command for this platform/],
    ['a time that is none', { command: 'x', timeout: 0 }, /timeout/],
    ['a time of words', { command: 'x', timeout: '5' }, /timeout/],
    ['an environment of numbers', { command: 'x', env: { A: 1 } }, /env\.A/],
    ['a name that is none', { command: 'x', env: { 'A=B': 'c' } }, /env/],
    ['a command too long to be looked at', { command: 'x'.repeat(4001) }, /command/],
    ['a matcher that is no expression', { command: 'x', matcher: '[' }, /not a regular expression/],
    ['a matcher that runs away', { command: 'x', matcher: '(a+)+$' }, /repeats a group/],
    ['a group with two matchers', { matcher: 'A', hooks: [{ command: 'x', matcher: 'B' }] }, /two/],
    ['a group with an unknown field', { unless: 'A', hooks: [{ command: 'x' }] }, /"unless"/],
    ['no object', 'x', /not an object/],
    ['null', null, /not an object/],
  ];
  for (const [name, hook, message] of UNSOUND) {
    it(`tells what is wrong with one hook and reads the next: ${name}`, () => {
      const { entries, problems } = parse(pre(hook, { command: 'good' }));
      assert.deepEqual(
        entries.map(({ command, place }) => [command, place]),
        [['good', 'PreToolUse[1]']],
      );
      assert.equal(problems.length, 1);
      assert.match(problems[0]?.place ?? '', /^PreToolUse\[0\]/);
      assert.match(problems[0]?.message ?? '', message);
    });
  }

  it('never throws, whatever it is given (500 files)', function () {
    this.timeout(20_000);
    const key = fc.constantFrom(
      'type',
      'command',
      'matcher',
      'hooks',
      'timeout',
      'env',
      'cwd',
      'if',
    );
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('command', '*', 'Bash', 3, null));
    const entry = fc.oneof(fc.jsonValue(), fc.dictionary(key, value));
    const file = fc.oneof(
      fc.string(),
      fc.jsonValue().map((any) => JSON.stringify(any)),
      fc
        .record({ hooks: fc.record({ PreToolUse: fc.array(entry), preToolUse: fc.array(entry) }) })
        .map((any) => JSON.stringify(any)),
    );
    fc.assert(
      fc.property(file, (text) => {
        const { entries, problems } = parse(text);
        for (const { command, timeoutSeconds } of entries) {
          assert.ok(command.trim() !== '' && command.length <= 4000);
          assert.ok(timeoutSeconds > 0 && timeoutSeconds <= 120);
        }
        for (const { message } of problems) assert.notEqual(message, '');
      }),
      { numRuns: 500 },
    );
  });
});

// Whether a command would run other programs than its card showed.
import assert from 'node:assert/strict';
import { programDrift } from '../../../../src/core/agent/programDrift.ts';
import type { CommandProposal } from '../../../../src/protocol/calls.ts';

type Parts = readonly (readonly [text: string, program?: string])[];

function command(parts: Parts): CommandProposal {
  return {
    kind: 'command',
    command: parts.map(([text]) => text).join(' && '),
    ...{ shell: 'bash', shellPath: '/bin/bash', cwd: '/ws', cwdShown: '.', env: {}, timeoutMs: 1 },
    parts: parts.map(([text, program]) => ({
      ...{ text, verdict: 'ask', reason: '' },
      ...(program !== undefined && { program }),
    })),
  };
}

const drift = (before: Parts, after: Parts) => programDrift(command(before), command(after));

describe('programDrift', () => {
  it('says nothing where nothing changed, and of what is no command', () => {
    const parts: Parts = [['git status', '/usr/bin/git'], ['echo a'], ['none x']];
    assert.equal(drift(parts, parts), undefined);
    assert.equal(programDrift(null, command(parts)), undefined);
    const read = { kind: 'read', target: 'a', realPath: '/ws/a', outside: false } as const;
    assert.equal(programDrift(read, command(parts)), undefined);
  });

  const git = 'git status';
  for (const [what, before, after] of [
    ['another one', [[git, '/usr/bin/git']], [[git, '/opt/git']]],
    ['one that is gone', [[git, '/usr/bin/git']], [[git]]],
    ['one that came', [[git]], [[git, '/usr/bin/git']]],
    ['one behind a variable', [['CI=1 git x']], [['CI=1 git x', '/usr/bin/git']]],
    [
      'a later part',
      [
        ['a', '/a'],
        [git, '/b'],
      ],
      [
        ['a', '/a'],
        [git, '/c'],
      ],
    ],
    ['a script that moved', [['./x', '/ws/x']], [['./x', '/ws/y']]],
  ] as const satisfies readonly (readonly [string, Parts, Parts])[]) {
    it(`finds ${what} (A12)`, () =>
      assert.match(drift(before, after) ?? '', /^Not run: .*Propose it again\.$/));
  }

  it('lets a program come to exist whose path was spelled out', () => {
    assert.equal(drift([['./a.out x']], [['./a.out x', '/ws/a.out']]), undefined);
    assert.equal(drift([['CI=1 ./a.out']], [['CI=1 ./a.out', '/ws/a.out']]), undefined);
  });

  it('refuses a line that is read in another way, and leaves edited ones to their own proposal', () => {
    const one = command([['a', '/a']]);
    assert.match(programDrift(one, { ...one, parts: [] }) ?? '', /read in another way/);
    assert.equal(programDrift(one, command([['b', '/b']])), undefined);
  });

  it('shows no hidden characters of a path', () => {
    const text = drift([['a', '/a']], [['a', '/\u202eb']]) ?? '';
    assert.doesNotMatch(text, /\u202e/);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileMatcher } from '../../../../src/core/hooks/matcher.ts';
import { aliasFor, matcherNames, toOurs, toTheirs } from '../../../../src/core/hooks/toolNames.ts';
import { allTools } from '../../../../src/core/tools/registry.ts';

const hits = (matcher: string | null, tool: string): boolean => {
  const compiled = compileMatcher(matcher);
  assert.ok(compiled.ok, matcher ?? 'null');
  return matcherNames(tool).some((name) => compiled.matches(name));
};

describe('compileMatcher', () => {
  const TABLE: [string | null, string, boolean][] = [
    [null, 'run_command', true],
    ['', 'run_command', true],
    ['*', 'edit_file', true],
    ['Bash', 'run_command', true],
    ['bash', 'run_command', true],
    ['run_in_terminal', 'run_command', true],
    ['run_command', 'run_command', true],
    ['Bash', 'edit_file', false],
    ['Bas', 'run_command', false],
    ['Edit|Write', 'edit_file', true],
    ['Edit, Write', 'write_file', true],
    ['Edit|Write', 'delete_file', true],
    ['Write', 'edit_file', false],
    ['^Bash$', 'run_command', true],
    ['Ba.*', 'run_command', true],
    ['mcp__.*', 'run_command', false],
    ['create_file', 'write_file', true],
    ['Read', 'read_file', true],
    ['toString', 'run_command', false],
  ];
  for (const [matcher, tool, expected] of TABLE) {
    it(`${JSON.stringify(matcher)} ${expected ? 'covers' : 'does not cover'} ${tool}`, () => {
      assert.equal(hits(matcher, tool), expected);
    });
  }

  it('refuses what cannot be read, or could take for ever', () => {
    const bad = ['[', '(a+)+', '(a|aa)*b', '(?=a)', '(?<n>a)', '(a)\\1', '.*.*.*.*', '|', ','];
    for (const matcher of [...bad, 'x'.repeat(513)]) {
      assert.equal(compileMatcher(matcher).ok, false, matcher);
    }
  });

  it('never throws, and whatever it takes ends soon (2,000 patterns)', () => {
    const piece = fc.constantFrom(
      'a',
      '.',
      '*',
      '+',
      '?',
      '(',
      ')',
      '|',
      '[',
      ']',
      '{2,}',
      '\\',
      '^',
      '$',
      'Bash',
    );
    const name = `${'a'.repeat(60)}!`;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 50 }), (pieces) => {
        const compiled = compileMatcher(pieces.join(''));
        const start = performance.now();
        if (compiled.ok) compiled.matches(name);
        assert.ok(performance.now() - start < 500, pieces.join(''));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('names of tools', () => {
  it('lead back to our own arguments for every tool and dialect', () => {
    for (const { name } of allTools) {
      for (const dialect of ['claude', 'vscode', 'copilot'] as const) {
        const alias = aliasFor(name, dialect, () => false);
        const args = { path: 'a', content: 'b', old_string: 'c', command: 'd', pattern: 'e' };
        assert.deepEqual(toOurs(alias, toTheirs(alias, args)), args, `${name} ${dialect}`);
      }
    }
  });

  it('are those of the dialect that the matcher asks for', () => {
    assert.equal(aliasFor('run_command', 'vscode', (name) => name === 'Bash').name, 'Bash');
    assert.equal(aliasFor('run_command', 'vscode', () => true).name, 'run_in_terminal');
    assert.equal(aliasFor('constructor', 'claude', () => true).name, 'constructor');
  });

  it('two names of one argument are none', () => {
    const alias = aliasFor('edit_file', 'claude', () => true);
    assert.equal(toOurs(alias, { path: 'a', file_path: 'b' }), undefined);
  });
});

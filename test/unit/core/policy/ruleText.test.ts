// The text of one rule: what each mistake is called, and at which characters it stands.
import assert from 'node:assert/strict';
import { readRuleText } from '../../../../src/core/policy/ruleText.ts';
import { compileGlob } from '../../../../src/node/globs.ts';
import type { VerdictKind } from '../../../../src/protocol/calls.ts';

/** The characters that the first problem points at, and what it says. */
function wrong(text: string, kind: VerdictKind = 'deny'): [string, RegExpMatchArray | string] {
  const [problem] = readRuleText(text, kind, compileGlob).problems;
  assert.ok(problem, `${text} has no problem`);
  return [text.slice(problem.from, problem.to), problem.message];
}

function covers(rule: string, path: string, kind: VerdictKind): boolean {
  const { matcher } = readRuleText(rule, kind, compileGlob);
  assert.ok(matcher?.glob, rule);
  return matcher.glob(path);
}

describe('the text of a rule', () => {
  const cases: [string, string, RegExp, VerdictKind?][] = [
    ['shell(ls', '(ls', /brackets/],
    ['shell)ls', ')', /brackets/],
    [' shell(ls) x', ' x', /brackets/],
    ['shell(a (b)', '(a (b)', /brackets/],
    ['  ', '  ', /empty/],
    ['edit()', '()', /empty/],
    ['Bash(ls)', 'Bash', /did you mean “shell”/],
    [' Read', 'Read', /did you mean “read”/],
    ['eidt(src/**)', 'eidt', /did you mean “edit”/],
    ['shel(ls)', 'shel', /did you mean “shell”/],
    ['MultiEdit(a)', 'MultiEdit', /did you mean “edit”/],
    ['WebFetch(x)', 'WebFetch', /did you mean “fetch”/],
    ['mcp__git__log', 'mcp__git__log', /mcp\(server\/tool\)/],
    ['nonsense(x)', 'nonsense', /known are read/],
    ['(ls)', '(', /no tool/],
    ['ask_user(x)', '(x)', /no pattern/],
    ['edit( src/../x )', '..', /workspace root/],
    ['edit(..\\x)', '..', /workspace root/],
    ['edit(~/x)', '~', /expanded/],
    ['edit($HOME/x)', '$HOME', /expanded/],
    ['edit(%APPDATA%\\x)', '%APPDATA%', /expanded/],
    ['edit(/etc/**)', '/', /leading slash/, 'allow'],
    ['edit(C:\\x)', 'C:\\', /outside the workspace/, 'allow'],
    ['edit(src\\a)', '\\', /Write \//, 'allow'],
    ['edit(src/)', '/', /end the pattern with/, 'allow'],
    ['edit(src/*.{ts,js})', '{ts,js}', /Braces/],
    ['edit(!src/**)', '!', /deny or ask/],
    ['edit(src/**.ts)', '**.', /whole name/],
    ['shell(ls && pwd)', '&&', /one command/],
    ['shell(ls | wc)', '|', /one command/],
    ['shell(ls > out)', '>', /Redirections/],
    ['shell(git commit -m "x")', '"x"', /literally/],
  ];
  for (const [text, part, message, kind] of cases) {
    it(`${text}: points at ${JSON.stringify(part)}`, () => {
      const [found, said] = wrong(text, kind);
      assert.equal(found, part);
      assert.match(String(said), message);
    });
  }

  it('has nothing to say about good rules', () => {
    for (const text of [
      'shell(git push *)',
      'shell(npm run test:*)',
      'edit(src/**/*.ts)',
      'edit(app/[id]/page.tsx)',
      'read',
      'delete_file(build/**)',
      'mcp(files/read_*)',
      'task(reviewer)',
      'skill(pdf)',
      'fetch(https://example.com/*)',
      'shell(echo $(date))',
    ]) {
      assert.deepEqual(readRuleText(text, 'allow', compileGlob).problems, [], text);
    }
  });

  it('reads a stricter rule as it was meant, where an allow is refused', () => {
    assert.ok(covers('edit(src\\**)', 'src/a', 'deny'));
    assert.ok(covers('edit(src/)', 'src/a/b', 'deny'));
    assert.ok(covers('edit(src/)', 'src', 'ask'));
    assert.ok(covers('edit(/src/**)', 'src/a', 'deny'));
    assert.ok(covers('edit(/etc/**)', '/etc/passwd', 'deny'));
    assert.ok(covers('edit(./src/a)', 'src/a', 'allow'));
    assert.ok(!covers('edit(src/a)', 'SRC/a', 'allow'));
    assert.ok(covers('edit(src/a)', 'SRC/a', 'deny'));
    assert.ok(!covers('edit(caf\u00e9)', 'cafe\u0301', 'allow'));
    assert.ok(covers('edit(caf\u00e9)', 'cafe\u0301', 'deny'));
  });

  it('matches names of servers, agents and skills; a stricter rule takes any case, and a server for its tools', () => {
    assert.ok(covers('mcp(files/*)', 'files/read', 'allow'));
    assert.ok(!covers('mcp(files)', 'files/read', 'allow'));
    assert.ok(covers('mcp(files)', 'Files/read', 'deny'));
    assert.ok(!covers('skill(pdf)', 'PDF', 'allow'));
  });
});

// Command lines: what is allowed, what asks although a rule matches, and what deny sees through.
import assert from 'node:assert/strict';
import { decide } from '../../../../src/core/policy/decide.ts';
import type { PolicySubject } from '../../../../src/core/policy/types.ts';
import { decideCommand, file, rulesOf, shellSubject } from './support.ts';

const ALLOW = [
  'npm test',
  'npm run *',
  'git status',
  'git status *',
  'git diff *',
  'git log *',
  'git show *',
  'ls *',
  'cat *',
  'head *',
  'grep *',
  'rg *',
  'find *',
  'wc *',
  'sort *',
  'uniq *',
  'echo *',
  'printf *',
  'sed *',
  'tool *',
].map((p) => `shell(${p})`);
const RULES = rulesOf({
  allow: ALLOW,
  ask: ['shell(git commit *)'],
  deny: ['shell(rm *)', 'shell(git push *)', 'shell(curl *)'],
});

const ALLOWED = [
  'npm test',
  '  npm   test ',
  "npm test # don't worry",
  'npm run lint:fix',
  'git status',
  'git diff --stat HEAD~1',
  "git log --format='%h %s' -5",
  "git show 'HEAD@{1}'",
  'git diff -- src/a.ts',
  'ls -la src',
  'ls dir\\ with\\ space',
  'cat ./src/../README.md',
  "grep -E '^(import|export)' src/a.ts",
  "grep '`' README.md",
  'head -20 a',
  "find . -name '*.ts'",
  'echo "a\\"; rm -rf b; echo \\"c"',
  "echo 'rm -rf /'",
  'npm run build >/dev/null 2>&1',
  'git status &> /dev/null',
  'npm test < /dev/null',
  "sed -n '1,20p' src/a.ts",
  "rg -n '\\$\\{x\\}' src",
  'echo a；b',
  'env ls',
  'ls; ls',
  'ls && ls',
  'ls | cat',
  'ls &',
  'cat <<< x',
  '{ ls; }',
  '(ls)',
  'if ls; then ls; fi',
];

const ASKED = [
  'ls $HOME',
  'echo $(ls)',
  'echo `ls`',
  'ls ~',
  'ls *.ts',
  "ls $'a'",
  'A=1 ls',
  'ls > x',
  'ls >> x',
  'ls 2>x',

  'ls <(ls)',

  './ls',
  '/bin/ls',
  'LS',
  'ls\u00a0x',
  'ls \u200b',
  'ls\r',
  'g\u0456t status',
  'cat .env',
  'cat src/.env',
  'cat ../x',
  'cat /etc/passwd',
  'git show HEAD:.env',
  'git log --output=x',
  'git diff --ext-diff',
  'git -c a=b status',
  'git diff --no-index a b',
  'rg --pre x y',
  'rg --files /etc',
  "rg -g '.*' x",
  'find . -delete',
  "find . '-exec' x \\;",
  'sort -o a b',
  'sort --outp=a b',
  'uniq a b',
  'printf -v x y',
  "sed -i 's/a/b/' x",
  "sed '1e x' y",
  "sed 's/a/b/w x' y",
  'grep -f /etc/passwd x',
  'grep -r x .',
  'npm run x -- --y',
  'npm run x --prefix /e',
  'tool -x',
  'tool src/a.ts',
  'tool a=b',
  "tool '$(x)'",
  'tool .git/config',
  'tool package.json',
  'npm',
  'toString',
  '',
];

const DENIED = [
  'rm x',
  '/bin/rm x',
  "'r'm x",
  'r\\m x',
  "$'\\x72m' x",
  'r\\\nm x',
  '> /dev/null rm x',
  'A=1 rm x',
  'env A=1 rm x',
  'timeout -s KILL 5 nice -n 3 rm x',
  'command -p rm x',
  'nohup setsid rm x',
  'xargs -0 rm',
  'sudo -u a rm x',
  'busybox rm x',
  "sh -c 'rm x'",
  "bash -lc 'ls; rm x'",
  'eval "rm x"',
  'find . -exec rm {} +',
  "find . -exec sh -c 'rm x' \\;",
  'ls; rm x',
  'ls | rm x',
  'if rm x; then :; fi',
  'f() { rm x; }',
  'echo $(rm x)',
  'echo "`rm x`"',
  'cat <<EOF\n$(rm x)\nEOF',
  'a=$(rm x)',
  'echo $((a[$(rm x)]))',
  'rm "$x"',
  'rm *',
  'rm x )',
  'if rm x',
  'git -C a push',
  "git 'pu'sh origin",
  '! rm x',
  'time rm x',
  "echo hi # it's\nrm x",
  `${'ls;'.repeat(3000)}rm x`,
  `env ${'A=1 '.repeat(300)}rm x`,
  `${"echo 'x';".repeat(20000)} rm x`,
];

describe('decide on commands', () => {
  for (const command of ALLOWED) {
    it(`allows ${JSON.stringify(command)}`, async () => {
      const decided = await decideCommand(command, RULES);
      assert.equal(decided.verdict, 'allow', decided.reason);
      assert.ok(decided.rule);
    });
  }
  for (const command of ASKED) {
    it(`asks for ${JSON.stringify(command)}`, async () => {
      const decided = await decideCommand(command, RULES);
      assert.equal(decided.verdict, 'ask', decided.reason);
    });
  }
  for (const command of DENIED) {
    it(`denies ${JSON.stringify(command.slice(0, 60))}`, async () => {
      for (const mode of ['default', 'bypass', 'acceptEdits'] as const) {
        assert.equal((await decideCommand(command, RULES, { mode })).verdict, 'deny');
      }
    });
  }

  it('keeps deny > ask > allow, and ask sees through wrappers too', async () => {
    const rules = rulesOf({
      allow: ['shell(git *)', 'shell(git commit -m *)'],
      ask: ['shell(git commit *)'],
      deny: ['shell(git commit --amend *)'],
    });
    assert.equal((await decideCommand('git commit -m x', rules)).verdict, 'ask');
    assert.equal((await decideCommand('git commit --amend', rules)).verdict, 'deny');
    const decided = await decideCommand('env -i git commit -m x', rules);
    assert.equal(decided.rule, 'shell(git commit *)');
  });

  it('never lets a wildcard allow wrappers and interpreters, nor a rule without the program (I6)', async () => {
    const rules = rulesOf({
      allow: ['shell(xargs *)', 'shell(bash *)', 'shell(python *)', 'shell(tar *)', 'shell(*)'],
    });
    for (const command of ['xargs ls', 'bash x.sh', 'python x.py', 'tar xf a', 'unknown x']) {
      assert.equal((await decideCommand(command, rules)).verdict, 'ask', command);
    }
  });

  it('matches words, not prefixes, and takes dots literally', async () => {
    const rules = rulesOf({
      allow: ['shell(git status)', 'shell(npm run build.prod)', 'shell(go t*t ./...)'],
    });
    const verdicts = await Promise.all(
      [
        'git status',
        'git statusx',
        'git status -s',
        'npm run buildXprod',
        'go test ./...',
        'go t ./...',
      ].map(async (command) => (await decideCommand(command, rules)).verdict),
    );
    assert.deepEqual(verdicts, ['allow', 'ask', 'ask', 'ask', 'allow', 'ask']);
  });

  it('asks for an operand that is a link out of the workspace or to a secret', async () => {
    for (const target of ['/etc/passwd', '.env', '.git/config']) {
      assert.equal((await decideCommand('cat a', RULES, { links: { a: target } })).verdict, 'ask');
    }
    assert.equal((await decideCommand('cat a', RULES, { links: { a: 'b' } })).verdict, 'allow');
  });

  it('gives each part its own verdict and the reason of the whole (HW2)', async () => {
    const decided = await decideCommand('npm test && curl x', RULES);
    assert.equal(decided.verdict, 'deny');
    assert.match(decided.reason, /rule `shell\(curl \*\)` in user settings denies it: curl x/);
    assert.deepEqual(
      decided.parts.map((part) => part.verdict),
      ['allow', 'deny'],
    );
    const both = await decideCommand('npm test && npm test', RULES);
    assert.equal(both.verdict, 'allow');
    assert.deepEqual(
      both.parts.map((part) => part.verdict),
      ['allow', 'allow'],
    );
  });

  it('follows the mode where no rule speaks (H4)', async () => {
    const verdicts = await Promise.all(
      (['plan', 'default', 'acceptEdits', 'dontAsk', 'bypass'] as const).map(async (mode) => [
        (await decideCommand('make x', rulesOf({}), { mode })).verdict,
        (await decideCommand('npm test', RULES, { mode })).verdict,
        (await decideCommand('make x && make y', rulesOf({}), { mode })).verdict,
      ]),
    );
    assert.deepEqual(verdicts, [
      ['deny', 'deny', 'deny'],
      ['ask', 'allow', 'ask'],
      ['ask', 'allow', 'ask'],
      ['deny', 'allow', 'deny'],
      ['allow', 'allow', 'allow'],
    ]);
    for (const command of [
      'cat .env',
      'echo x > package.json',
      'touch .git/x',
      'echo "',
      '> package.json',
      '{ ls; } > package.json',
      '(ls; ls) >> .git/x',
    ]) {
      assert.equal(
        (await decideCommand(command, rulesOf({}), { mode: 'bypass' })).verdict,
        'ask',
        command,
      );
    }
    assert.equal(
      (await decideCommand('make x', rulesOf({}))).reason,
      'mode default: no rule allows shell(make x)',
    );
  });

  it('asks for git below the root and for anything inside a protected folder', async () => {
    const rules = rulesOf({ allow: ['shell(git status)', 'shell(ls)'] });
    const verdict = async (command: string, cwd: string) => {
      const subject = await shellSubject(command);
      const at = { ...subject, cwd: file(cwd, { isDirectory: true }) } as PolicySubject;
      return decide(at, rules, { mode: 'default' }).verdict;
    };
    assert.equal(await verdict('git status', ''), 'allow');
    assert.equal(await verdict('git status', 'sub'), 'ask');
    assert.equal(await verdict('ls', 'sub'), 'allow');
    assert.equal(await verdict('ls', '.git/hooks'), 'ask');
    assert.equal(await verdict('ls', '/tmp'), 'ask');
  });

  it('folds case and aliases for PowerShell and cmd', async () => {
    const rules = rulesOf({
      allow: [
        'shell(Get-ChildItem *)',
        'shell(Select-String *)',
        'shell(dir *)',
        'shell(git status)',
      ],
      deny: ['shell(Remove-Item *)', 'shell(del *)'],
    });
    const cases: [string, 'powershell' | 'cmd', string][] = [
      ['get-childitem src', 'powershell', 'allow'],
      ['git status > $null', 'powershell', 'allow'],
      ['git status; git status', 'powershell', 'allow'],
      ['Get-ChildItem {calc}', 'powershell', 'ask'],
      ['Get-ChildItem Env:', 'powershell', 'ask'],
      ['Get-ChildItem -Path /etc', 'powershell', 'ask'],
      ['Select-String -Pattern x /etc/passwd', 'powershell', 'ask'],
      ['ri x', 'powershell', 'deny'],
      ['R`emove-Item x', 'powershell', 'deny'],
      ['if (REMOVE-ITEM x) {}', 'powershell', 'deny'],
      ['git status -- ‘a’; rm x', 'powershell', 'deny'],
      ["pwsh -c 'Remove-Item x'", 'powershell', 'deny'],
      ['dir', 'cmd', 'allow'],
      ['DIR /B src', 'cmd', 'allow'],
      ['dir %x%', 'cmd', 'ask'],
      ['dir & d^el x', 'cmd', 'deny'],
      ['"DEL" x', 'cmd', 'deny'],
      ['cmd /c erase x', 'cmd', 'deny'],
      ['del/s x', 'cmd', 'deny'],
    ];
    for (const [command, shell, verdict] of cases) {
      assert.equal((await decideCommand(command, rules, { shell })).verdict, verdict, command);
    }
  });
});

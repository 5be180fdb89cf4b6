// Commands that would run what the user has not seen: tables of hostile and ordinary ones, and what holds for all.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide } from '../../../../src/core/policy/decide.ts';
import { LANGUAGE_PROGRAMS } from '../../../../src/core/policy/languagePrograms.ts';
import { wouldRun } from '../../../../src/core/policy/projectCode.ts';
import { kindOfFile } from '../../../../src/core/policy/projectFiles.ts';
import { PROJECT_PROGRAMS } from '../../../../src/core/policy/projectPrograms.ts';
import { suspendUnseen } from '../../../../src/core/policy/unseen.ts';
import { withHook } from '../../../../src/core/hooks/withHook.ts';
import { rulesOf, shellSubject } from './support.ts';
import type { Decided, PolicySubject, RuleSet } from '../../../../src/core/policy/types.ts';
import type { ShellName } from '../../../../src/core/ports/shell.ts';
import type { Mode } from '../../../../src/protocol/calls.ts';

/** POLICY_RUNS raises it. */
const RUNS = Number(process.env['POLICY_RUNS'] ?? 1500);

/** What is unseen, and a line that would run it; every line is allowed by an exact rule. */
const HOSTILE: readonly [unseen: string, line: string, shell?: ShellName][] = [
  ['package.json', 'npm test'],
  ['package.json', 'npm run build'],
  ['package.json', 'npm ci'],
  ['package.json', 'npx tsc --noEmit'],
  ['src/x.ts', 'npm test'],
  ['scripts/tool.py', 'npm run lint'],
  ['Packages/A/PACKAGE.JSON', 'pnpm install'],
  ['.npmrc', 'yarn build'],
  ['.yarn/releases/yarn.cjs', 'yarn list'.replace('list', 'test')],
  ['node_modules/eslint/lib/api.js', 'npx eslint .'],
  ['eslint.config.js', 'npx eslint .'],
  ['eslint.config.mjs', 'eslint src'],
  ['.eslintrc.json', 'npx --no-install eslint src'],
  ['tools/eslint-rules/no-foo.js', 'eslint src'],
  ['prettier.config.mjs', 'npx prettier --check .'],
  ['p/plug.mjs', 'prettier --plugin=./p/plug.mjs src'],
  ['src/x.ts', 'npx vitest run'],
  ['src/x.ts', 'npx some-unknown-tool'],
  ['src/x.ts', 'bunx tsx src/y.ts'],
  ['jest.config.ts', 'npx jest'],
  ['vite.config.ts', 'vite build'],
  ['src/x.mjs', 'node src/y.mjs'],
  ['src/x.mjs', 'node --import ./src/x.mjs y.mjs'],
  ['notes.txt', 'node notes.txt'],
  ['README.md', 'sh README.md'],
  ['README.md', 'bash ./docs/../README.md'],
  ['data/x.json', 'node data/x.json'],
  ['build.sh', './build.sh'],
  ['gradlew', './gradlew test'],
  ['build.gradle.kts', './gradlew test'],
  ['src/main/java/A.java', './mvnw -q test'],
  ['gradle/wrapper/gradle-wrapper.properties', './gradlew build'],
  ['lib/x', './run'],
  ['Makefile', 'make'],
  ['makefile', 'make -j4 test'],
  ['src/a.c', 'make'],
  ['justfile', 'just build'],
  ['Taskfile.yml', 'task build'],
  ['conftest.py', 'pytest -q'],
  ['tests/test_a.py', 'python3 -m pytest'],
  ['tests/test_notes.txt', 'pytest -q'],
  ['setup.py', 'pip install -e .'],
  ['pkg/util.py', 'python3.12 main.py'],
  ['tox.ini', 'tox'],
  ['pyproject.toml', 'uv run pytest'],
  ['build.rs', 'cargo check'],
  ['src/lib.rs', 'cargo test'],
  ['x_test.go', 'go test ./...'],
  ['gen.go', 'go generate ./...'],
  ['go.mod', 'go build ./...'],
  ['Gemfile', 'bundle exec rspec'],
  ['lib/a.rb', 'rake test'],
  ['composer.json', 'composer test'],
  ['src/A.php', 'phpunit'],
  ['phpstan.neon', 'phpstan analyse'],
  ['App.csproj', 'dotnet build'],
  ['Tests/A.cs', 'dotnet test'],
  ['Dockerfile', 'docker build .'],
  ['compose.yml', 'docker compose up'],
  ['.husky/pre-commit', 'git commit -m x'],
  ['.husky/pre-push', 'git push'],
  ['.pre-commit-config.yaml', 'git commit --amend'],
  ['package.json', 'git -C . commit -m x'],
  ['hooks/check', 'pre-commit run'],
  ['src/x.ts', 'cd src && npm test'],
  ['src/x.ts', 'git status && npm test'],
  ['src/x.ts', 'timeout 60 npm test'],
  ['src/x.ts', 'env CI=1 npm test'],
  ['src/x.ts', 'nice npm test'],
  ['script.sh', 'unknown-tool script.sh'],
  ['script.xyz', 'unknown-tool --file=script.xyz'],
  ['code.xyz', 'make'],
  ['package.json', 'npm test', 'powershell'],
  ['gradlew.bat', '.\\gradlew.bat test', 'powershell'],
  ['gradlew.bat', 'gradlew test', 'cmd'],
  ['scripts/x.py', 'node --run test'],
  ['scripts/x.py', 'deno task test'],
  ['gen.py', 'go generate ./...'],
  ['scripts/x.js', 'composer test'],
  ['scripts/x.sh', 'pdm run lint'],
  ['lib/a.rb', 'bundle exec rspec'],
  ['tests/test_a.py', 'uv run pytest -q'],
  ['eslint.config.js', './node_modules/.bin/eslint .'],
  ['src/x.ts', 'node .'],
  ['src/x.ts', 'npm t'],
  ['src/x.ts', 'npm --silent test'],
  ['src/x.ts', 'npm test > /dev/null'],
  ['src/x.ts', '(cd src && npm test)'],
  ['src/x.ts', 'if true; then npm test; fi'],
  ['src/x.ts', 'npx -p tsx tsx src/y.ts'],
  ['a.sh', 'xargs sh a.sh'],
  ['a.sh', 'find . -name x -exec sh a.sh {} +'],
  ['a.sh', '. ./a.sh'],
  ['a.sh', 'source a.sh'],
  ['package.json', 'npm.cmd test', 'cmd'],
];

/** Nothing here runs what is unseen. */
const ORDINARY: readonly [unseen: string, line: string, shell?: ShellName][] = [
  ['README.md', 'npm test'],
  ['docs/guide.md', 'npm run build'],
  ['CHANGELOG.md', 'make'],
  ['LICENSE', 'cargo test'],
  ['src/style.css', 'npm test'],
  ['src/style.scss', 'npx jest'],
  ['assets/logo.svg', './gradlew test'],
  ['docs/a.png', 'go test ./...'],
  ['.gitignore', 'npm test'],
  ['.editorconfig', 'npx eslint .'],
  ['test/fixtures/a.json', 'npm test'],
  ['locales/de.yml', 'rake test'],
  ['notes.txt', 'pytest -q'],
  ['tests/test_notes.txt', 'npx vitest run'],
  ['src/x.ts', 'git status'],
  ['package.json', 'git diff'],
  ['package.json', 'git add package.json'],
  ['package.json', 'cat package.json'],
  ['Makefile', 'head -20 Makefile'],
  ['build.sh', 'ls -l build.sh'],
  ['build.sh', 'grep -n x build.sh'],
  ['src/x.ts', 'wc -l src/x.ts'],
  ['package.json', 'npm ls'],
  ['package.json', 'npm view left-pad'],
  ['src/x.ts', 'npx tsc --noEmit'],
  ['src/x.ts', 'tsc --noEmit'],
  ['src/x.ts', 'eslint src/x.ts'],
  ['src/x.ts', 'npx prettier --check src/x.ts'],
  ['src/x.ts', 'git commit -m x'],
  ['src/x.js', 'node --check src/x.js'],
  ['src/x.py', 'ruff check .'],
  ['src/x.py', 'mypy src'],
  ['a.py', 'python -m py_compile a.py'],
  ['main.go', 'go build ./...'],
  ['main.go', 'go vet ./...'],
  ['src/lib.rs', 'cargo fmt --check'],
  ['lib/a.rb', 'rubocop'],
  ['src/x.ts', 'cargo test'],
  ['src/lib.rs', 'npx vitest run'],
  ['src/x.ts', 'docker ps'],
  ['src/x.ts', 'echo npm test'],
  ['src/x.ts', 'rm src/x.ts'],
  ['src/x.ts', 'which node'],
  ['src/x.ts', 'uv run pytest'],
  ['src/x.ts', 'bundle exec rspec'],
  ['src/x.py', 'uvx ruff check .'],
  ['README.md', 'npm test', 'powershell'],
  ['src/x.ts', 'git status', 'cmd'],
];

const withUnseen = async (
  line: string,
  unseen: readonly string[],
  shell: ShellName = 'bash',
): Promise<PolicySubject> => {
  const subject = await shellSubject(line, shell);
  assert.ok(subject.group === 'shell');
  return { ...subject, unseen: unseen.map((path) => ({ path, real: `/ws/${path}`, hash: 'h' })) };
};

/** The allow that a rule would give, so that only the suspension is looked at. */
const allowed = (subject: PolicySubject, layer: Decided['layer'] = 'user'): Decided => ({
  verdict: 'allow',
  layer,
  reason: 'a rule allows it',
  parts:
    subject.group === 'shell'
      ? subject.parse.commands.map(({ raw }) => ({ text: raw, verdict: 'allow', reason: 'rule' }))
      : [],
});

describe('commands that would run what the user has not seen', () => {
  it('lose their allow: the table of hostile ones (B5)', async () => {
    const missed: string[] = [];
    for (const [path, line, shell] of HOSTILE) {
      const subject = await withUnseen(line, [path, 'README.txt'], shell);
      const decided = suspendUnseen(allowed(subject), subject, 'default');
      if (decided.verdict !== 'ask' || !decided.reason.includes(path))
        missed.push(`${line}: ${path}`);
    }
    assert.deepEqual(missed, []);
  });

  it('keep it where nothing of it would run: the table of ordinary ones (B5)', async () => {
    const asked: string[] = [];
    for (const [path, line, shell] of ORDINARY) {
      const subject = await withUnseen(line, [path], shell);
      if (suspendUnseen(allowed(subject), subject, 'default').verdict !== 'allow')
        asked.push(`${line}: ${path}`);
    }
    assert.deepEqual(asked, []);
  });

  it('are asked about by decide(), part by part, with the first names and how many more', async () => {
    const rules = rulesOf({ allow: ['shell(npm test)', 'shell(git status)'] });
    const subject = await withUnseen('git status && npm test', [
      'package.json',
      'a.ts',
      'b\u202e.ts',
      'c.md',
    ]);
    const decided = decide(subject, rules, { mode: 'default' });
    assert.equal(decided.verdict, 'ask');
    assert.equal(decided.layer, 'built-in');
    assert.match(decided.reason, /: package\.json, a\.ts \(\+1\)$/);
    assert.deepEqual(
      decided.parts.map(({ verdict }) => verdict),
      ['allow', 'ask'],
    );
  });

  it('are denied where nobody is asked, run in bypass and with approvals off, and a deny or ask stays what it is', async () => {
    const subject = await withUnseen('npm test', ['a.ts']);
    const rules = rulesOf({ allow: ['shell(npm test)'] });
    const verdictOf = (mode: Mode, more: Partial<RuleSet> = {}): string =>
      decide(subject, { ...rules, ...more }, { mode }).verdict;
    assert.equal(verdictOf('default'), 'ask');
    assert.equal(verdictOf('acceptEdits'), 'ask');
    assert.equal(verdictOf('dontAsk'), 'deny');
    assert.equal(verdictOf('plan'), 'deny');
    assert.equal(verdictOf('bypass'), 'allow');
    assert.equal(verdictOf('bypass', { noBypass: true }), 'ask');
    assert.equal(verdictOf('default', { approvalsOff: true }), 'allow');
    const denied = rulesOf({ allow: ['shell(npm test)'], deny: ['shell(npm *)'] });
    assert.equal(decide(subject, denied, { mode: 'bypass' }).verdict, 'deny');
  });

  it('are not run by a hook’s or a grant’s word either', async () => {
    const subject = await withUnseen('npm test', ['a.ts']);
    const none = rulesOf({});
    const decided = decide(subject, none, { mode: 'default' });
    const hooked = withHook(
      decided,
      { decision: 'allow', reason: 'hook' },
      { subject, rules: none },
    );
    assert.equal(hooked.verdict, 'allow');
    assert.equal(suspendUnseen(hooked, subject, 'default').verdict, 'ask');
    assert.equal(suspendUnseen(allowed(subject, 'grant'), subject, 'default').verdict, 'ask');
  });

  it('an operand through a link names the file it leads to', async () => {
    const subject = await shellSubject('sh run', 'bash', { links: { run: 'notes.md' } });
    assert.ok(subject.group === 'shell');
    const unseen = [{ path: 'notes.md', real: '/ws/notes.md', hash: null }];
    const full = { ...subject, unseen };
    assert.equal(suspendUnseen(allowed(full), full, 'default').verdict, 'ask');
  });

  it('a glob names the files that it stands for', async () => {
    const lines = ['mocha tests/*.md', 'node --test tests/*', 'cd tests && node --test ./*.md'];
    for (const line of lines) {
      const files = ['tests/x.md', 'tests/y.md'];
      const subject = await shellSubject(line, 'bash', { files, folders: ['tests'] });
      assert.ok(subject.group === 'shell');
      const named = {
        ...subject,
        unseen: [{ path: 'tests/y.md', real: '/ws/tests/y.md', hash: null }],
      };
      assert.equal(suspendUnseen(allowed(named), named, 'default').verdict, 'ask', line);
      const other = {
        ...subject,
        unseen: [{ path: 'docs/y.md', real: '/ws/docs/y.md', hash: null }],
      };
      assert.equal(suspendUnseen(allowed(other), other, 'default').verdict, 'allow', line);
    }
  });

  it('never loosens, and an unseen file of a kind that the program runs always suspends (B5)', async () => {
    const lines = [...HOSTILE, ...ORDINARY];
    const subjects = await Promise.all(lines.map(([, line, shell]) => withUnseen(line, [], shell)));
    const paths = [...new Set(lines.map(([path]) => path))];
    const verdicts = { allow: 0, ask: 1, deny: 2 };
    fc.assert(
      fc.property(
        fc.constantFrom(...subjects),
        fc.subarray(paths, { maxLength: 4 }),
        fc.subarray(paths, { maxLength: 4 }),
        fc.record({
          mode: fc.constantFrom<Mode>('default', 'acceptEdits', 'dontAsk', 'plan'),
          layer: fc.constantFrom<Decided['layer']>(
            'user',
            'workspace',
            'grant',
            'hook',
            'mode',
            'built-in',
          ),
          verdict: fc.constantFrom<Decided['verdict']>('allow', 'ask', 'deny'),
        }),
        (subject, some, more, { mode, layer, verdict }) => {
          const of = (list: readonly string[]): PolicySubject => ({
            ...subject,
            ...{ unseen: list.map((path) => ({ path, real: `/ws/${path}`, hash: null })) },
          });
          const before = { ...allowed(subject, layer), verdict };
          const fewer = suspendUnseen(before, of(some), mode);
          const all = suspendUnseen(before, of([...some, ...more]), mode);
          assert.ok(verdicts[fewer.verdict] >= verdicts[verdict]);
          assert.ok(
            verdicts[all.verdict] >= verdicts[fewer.verdict],
            'more unseen files never loosen',
          );
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('every program of the tables that runs a kind is suspended by a file of that kind', async () => {
    const missed: string[] = [];
    for (const { names, runs, hands } of [...PROJECT_PROGRAMS, ...LANGUAGE_PROGRAMS]) {
      if (runs === 'nothing' || hands === true) continue;
      const path = ['package.json', 'x.zzz', 'x.py', 'x.cs'].find((one) =>
        wouldRun(runs, kindOfFile(one)),
      );
      assert.ok(path !== undefined);
      for (const name of names) {
        const subject = await withUnseen(name, [path]);
        // Words of the shell's own grammar are no program here.
        if (subject.group !== 'shell' || subject.parse.commands.length === 0) continue;
        if (suspendUnseen(allowed(subject), subject, 'default').verdict !== 'ask')
          missed.push(name);
      }
    }
    assert.deepEqual(missed, []);
  });

  it('every entry has a reason, and no name stands in two of them', () => {
    const all = [...PROJECT_PROGRAMS, ...LANGUAGE_PROGRAMS];
    for (const { why } of all) assert.notEqual(why, '');
    const names = all.flatMap((entry) => entry.names);
    const twice = names.filter((name, at) => names.indexOf(name) !== at);
    assert.deepEqual([...new Set(twice)], []);
  });
});

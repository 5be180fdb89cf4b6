// An allow for git does not cover the programs that a repository's configuration brings along.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide } from '../../../../src/core/policy/decide.ts';
import { gitFactsFor, holdsGit } from '../../../../src/core/policy/gitGuard.ts';
import type { Decided, RuleSet } from '../../../../src/core/policy/types.ts';
import type { GitFacts } from '../../../../src/core/ports/git.ts';
import type { ShellName } from '../../../../src/core/ports/shell.ts';
import type { Mode } from '../../../../src/protocol/calls.ts';
import {
  ALWAYS_HOSTILE,
  factsOf,
  NETWORK_HOSTILE,
  ORDINARY,
  WORK_HOSTILE,
} from '../git/support.ts';
import { parser, ROOT, rulesOf, shellSubject } from './support.ts';

const GIT = rulesOf({ allow: ['shell(git *)', 'shell(npm test)'] });
const STRICTNESS = { allow: 0, ask: 1, deny: 2 };

async function verdict(
  command: string,
  git: GitFacts | undefined,
  options: { rules?: RuleSet; mode?: Mode; shell?: ShellName } = {},
): Promise<Decided> {
  const { git: _none, ...subject } = {
    git: undefined,
    ...(await shellSubject(command, options.shell)),
  };
  assert.ok(subject.group === 'shell');
  const told = git === undefined ? subject : { ...subject, git };
  return decide(told, options.rules ?? GIT, { mode: options.mode ?? 'default' });
}

describe('git and what the repository configures', () => {
  for (const command of [
    'git status',
    'git diff HEAD~1',
    'git log -3 --oneline',
    'git show HEAD',
  ]) {
    it(`asks for ${command} with each hostile entry, and names it (A6)`, async () => {
      assert.equal((await verdict(command, factsOf({}))).verdict, 'allow');
      for (const [name, value] of ALWAYS_HOSTILE) {
        const decided = await verdict(command, factsOf({ [name]: value }));
        assert.equal(decided.verdict, 'ask', name);
        assert.equal(decided.layer, 'built-in', name);
        assert.match(decided.reason, /git configuration/);
        assert.ok(decided.reason.includes(value), decided.reason);
        assert.equal(decided.parts[0]?.verdict, 'ask');
      }
    });

    it(`does not ask for ${command} for what it does not use, or ordinary entries (A6)`, async () => {
      for (const [name, value] of [...WORK_HOSTILE, ...NETWORK_HOSTILE, ...ORDINARY]) {
        const { verdict: got, reason } = await verdict(command, factsOf({ [name]: value }));
        assert.equal(got, 'allow', `${name}: ${reason}`);
      }
    });
  }

  it('asks where git does more than read: husky for a commit, another remote for a fetch (A6)', async () => {
    const husky = factsOf({ 'core.hooksPath': '.husky/_' });
    assert.equal((await verdict('git status', husky)).verdict, 'allow');
    assert.equal((await verdict('git commit -m x', husky)).verdict, 'ask');
    assert.equal((await verdict('git add a.ts', husky)).verdict, 'allow');
    assert.equal((await verdict('git fetch origin', husky)).verdict, 'allow');
    const key = factsOf({ 'core.sshCommand': 'ssh -i ~/.ssh/work' });
    assert.equal((await verdict('git commit -m x', key)).verdict, 'allow');
    for (const [name, value] of NETWORK_HOSTILE) {
      const decided = await verdict('git fetch origin', factsOf({ [name]: value }));
      assert.equal(decided.verdict, 'ask', name);
    }
    assert.equal((await verdict('git fetch origin', factsOf({}))).verdict, 'allow');
  });

  it('asks for the part with git, and for git behind wrappers; other parts keep their verdict', async () => {
    const evil = factsOf({ 'filter.x.clean': 'touch pwned' });
    const line = await verdict('npm test && git status', evil);
    assert.deepEqual(
      line.parts.map((part) => part.verdict),
      ['allow', 'ask'],
    );
    assert.equal(line.verdict, 'ask');
    for (const command of ['timeout 5 git status', 'time git status']) {
      assert.equal((await verdict(command, factsOf({}))).verdict, 'allow', command);
      assert.equal((await verdict(command, evil)).verdict, 'ask', command);
    }
    assert.equal((await verdict('npm test', evil)).verdict, 'allow');
    const shells = [
      ['powershell', 'git status'],
      ['cmd', 'git.exe status'],
    ] as const;
    for (const [shell, command] of shells) {
      const rules = rulesOf({ allow: [`shell(${command})`] });
      assert.equal((await verdict(command, factsOf({}), { shell, rules })).verdict, 'allow', shell);
      assert.equal((await verdict(command, evil, { shell, rules })).verdict, 'ask', shell);
    }
  });

  it('asks when it was not looked at, or could not be read', async () => {
    assert.equal((await verdict('git status', undefined)).verdict, 'ask');
    const problems = ['git’s index cannot be read'];
    const decided = await verdict('git status', { settings: [], problems });
    assert.deepEqual([decided.verdict, decided.reason], ['ask', 'git’s index cannot be read']);
  });

  it('holds in every mode, and a deny stays a deny', async () => {
    const evil = factsOf({ 'core.pager': './x' });
    const of = async (mode: Mode) => (await verdict('git status', evil, { mode })).verdict;
    assert.equal(await of('bypass'), 'ask');
    assert.equal(await of('acceptEdits'), 'ask');
    assert.equal(await of('dontAsk'), 'deny');
    const bare = await verdict('git status', evil, { mode: 'bypass', rules: rulesOf({}) });
    assert.equal(bare.verdict, 'ask');
    const rules = rulesOf({ allow: ['shell(git *)'], deny: ['shell(git status)'] });
    assert.equal((await verdict('git status', evil, { rules })).verdict, 'deny');
  });

  it('is never overridden by the line itself (A6)', async () => {
    for (const command of [
      'GIT_CONFIG_COUNT=0 git status',
      'GIT_PAGER=./x git log',
      'env GIT_OPTIONAL_LOCKS=1 git status',
      'git -c core.fsmonitor=./x status',
      'git --config-env=core.pager=X log',
      'git --git-dir=x status',
      'git -C sub status',
      'cd sub && git status',
    ]) {
      assert.equal((await verdict(command, factsOf({}))).verdict, 'ask', command);
    }
  });

  it('shows what is in a value, never as it is', async () => {
    const decided = await verdict('git status', factsOf({ 'core.pager': 'a\u202e\n\u001b[31m' }));
    assert.doesNotMatch(decided.reason, /[\u202e\n\u001b]/);
    const long = await verdict('git status', factsOf({ 'core.pager': 'x'.repeat(9_000) }));
    assert.ok(long.reason.length < 300);
  });

  it('more configuration never loosens (property)', async () => {
    const entry = fc.oneof(
      fc.constantFrom(...ALWAYS_HOSTILE, ...WORK_HOSTILE, ...NETWORK_HOSTILE, ...ORDINARY),
      fc.tuple(fc.string(), fc.string()).map(([a, b]) => [`core.${a}`, b] as const),
    );
    const commands = ['git status', 'git commit -m x', 'git fetch origin', 'git st', 'npm test'];
    const facts = (entries: readonly (readonly [string, string | null])[]) => ({
      settings: entries.flatMap(([name, value]) => factsOf({ [name]: value }).settings),
      problems: [],
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...commands),
        fc.array(entry, { maxLength: 5 }),
        fc.array(entry, { maxLength: 5 }),
        async (command, some, more) => {
          const few = await verdict(command, facts(some));
          const many = await verdict(command, facts([...some, ...more]));
          assert.ok(STRICTNESS[many.verdict] >= STRICTNESS[few.verdict]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('gitFactsFor', () => {
  it('reads each folder that git may run in, once, and nothing for other lines', async () => {
    const asked: string[] = [];
    const repositories = {
      factsOf: async (folder: string) => {
        asked.push(folder);
        return factsOf({ 'user.name': folder });
      },
    };
    const of = async (command: string) => {
      const parse = await parser.parse(command, 'bash');
      return {
        holds: holdsGit(parse, 'bash'),
        facts: await gitFactsFor(parse, { cwd: ROOT, shell: 'bash' }, repositories),
      };
    };
    assert.deepEqual(await of('npm test'), { holds: false, facts: { settings: [], problems: [] } });
    assert.deepEqual(asked, []);
    const { holds, facts } = await of('git status && git log && cd sub && git-lfs ls-files');
    assert.equal(holds, true);
    assert.deepEqual(asked, ['/ws', '/ws/sub']);
    assert.equal(facts.settings.length, 2);
  });
});

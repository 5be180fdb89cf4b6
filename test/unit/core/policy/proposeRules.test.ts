// What may be remembered of a call, and that a grant covers exactly this and turns no deny or ask of a rule around.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide } from '../../../../src/core/policy/decide.ts';
import {
  exactMatcher,
  mayCover,
  reaches,
  ruleOfGrant,
  saidOf,
} from '../../../../src/core/policy/grantRules.ts';
import { proposeRules } from '../../../../src/core/policy/proposeRules.ts';
import type { PolicySubject, Rule, RuleSet } from '../../../../src/core/policy/types.ts';
import type { GrantRow } from '../../../../src/core/ports/consentStore.ts';
import type { ShellName } from '../../../../src/core/ports/shell.ts';
import type { Mode } from '../../../../src/protocol/calls.ts';
import { file, rulesOf, shellSubject } from './support.ts';

const NONE = rulesOf({});
const DEFAULT = { mode: 'default' } as const;

const grantOf = (rule: string, more: Partial<GrantRow> = {}): GrantRow => ({
  ...{ id: 'g1', scope: 'thread', rule, threadId: 't1', turnId: 'u1', callId: 'c1', by: 'w' },
  ...{ folder: null, createdAt: 0, expiresAt: null, uses: null, used: 0, lastUsedAt: null },
  ...more,
});

const withGrants = (rules: RuleSet, texts: readonly string[]): RuleSet => {
  const added = texts.map((text) => ruleOfGrant(grantOf(text)));
  return {
    ...rules,
    rules: [...rules.rules, ...added.filter((rule): rule is Rule => rule !== null)],
  };
};

async function offered(
  command: string,
  {
    rules = NONE,
    mode = 'default',
    shell = 'bash',
  }: { rules?: RuleSet; mode?: Mode; shell?: ShellName } = {},
): Promise<readonly string[] | null> {
  return proposeRules(await shellSubject(command, shell), rules, { mode });
}

const edit = (
  path: string,
  op: 'edit' | 'delete' | 'rename' = 'edit',
  tool = 'edit_file',
): PolicySubject => ({
  ...{ group: 'edit', tool, op },
  paths: op === 'rename' ? [file(path), file('to.ts')] : [file(path)],
});

describe('what may be remembered', () => {
  const COMMANDS: Readonly<Record<string, readonly string[]>> = {
    'npm test': ['shell(npm test)'],
    'npm run build -- --mode=x': ['shell(npm run build -- --mode=x)'],
    'npm test 2>&1': ['shell(npm test)'],
    'make && npm test': ['shell(make)', 'shell(npm test)'],
    'make; make; make': ['shell(make)'],
    "git commit -m 'fix'": ['shell(git commit -m fix)'],
    './gradlew build': ['shell(./gradlew build)'],
    'for i in 1 2; do make; done': ['shell(make)'],
    'rm -rf build': ['shell(rm -rf build)'],
    'uv run pytest -q': ['shell(uv run pytest -q)'],
    'npm run node': ['shell(npm run node)'],
  };
  for (const [command, rules] of Object.entries(COMMANDS)) {
    it(`${command}: the exact words of each part that asks`, async () => {
      assert.deepEqual(await offered(command), rules);
    });
  }

  it('nothing of the parts that are allowed already', async () => {
    const rules = rulesOf({ allow: ['shell(make *)', 'shell(git status)'] });
    assert.deepEqual(await offered('make all && npm test', { rules }), ['shell(npm test)']);
  });

  const NEVER: readonly string[] = [
    'python3 -c 1',
    'python3.12 build.py',
    '/usr/bin/python build.py',
    'node x.js',
    'bash x.sh',
    'sh -c "make"',
    'sudo make',
    'env make',
    'timeout 5 make',
    'xargs rm',
    'nohup make',
    'npx tsc',
    'npm exec tsc',
    'uv run python x.py',
    'poetry run python3.12 -m x',
    'pipenv run sh x.sh',
    'docker compose exec web /bin/bash x.sh',
    'dotenv -- node x.js',
    'cross-env A=1 node x.js',
    'yarn node x.js',
    'pnpm dlx x',
    'docker run alpine',
    'git -c alias.x=!make x',
    'find . -exec rm {} +',
    'ssh host make',
    'eval make',
    'source x',
    'export A=b',
    'A=b make',
    'CI=1 make',
    'make "a b"',
    "make ''",
    'make "*"',
    'make *',
    'make "(x)"',
    'make "$HOME"',
    'make $(id)',
    'make `id`',
    'make "a\\b"',
    'make > out.txt',
    'make < in.txt',
    'echo x | make',
    'cat x | patch -p1',
    'cd sub && make',
    'make "\u202e"',
    'make "a\u00a0b"',
    'make; python3 x.py',
    'make "',
    '',
    Array.from({ length: 11 }, (_, n) => `make a${String(n)}`).join(' && '),
  ];
  for (const command of NEVER) {
    it(`never: ${JSON.stringify(command)}`, async () => {
      assert.equal(await offered(command), null);
    });
  }

  it('nothing that a rule denies or asks about, at any part', async () => {
    for (const rules of [
      rulesOf({ ask: ['shell(make *)'] }),
      rulesOf({ deny: ['shell(make *)'] }),
    ]) {
      assert.equal(await offered('make', { rules }), null);
      assert.equal(await offered('npm test && make all', { rules }), null);
    }
    assert.equal(await offered('make', { rules: rulesOf({ deny: ['shell(make'] }) }), null);
    assert.equal(await offered('make', { mode: 'plan' }), null);
  });

  it('nothing in another folder than the root of the workspace', async () => {
    const subject = await shellSubject('make');
    assert.ok(subject.group === 'shell');
    const below = { ...subject, cwd: file('sub', { isDirectory: true }) };
    assert.equal(proposeRules(below, NONE, DEFAULT), null);
    assert.equal(decide(below, withGrants(NONE, ['shell(make)']), DEFAULT).verdict, 'ask');
  });

  it('a file by its exact path and the very tool', () => {
    assert.deepEqual(proposeRules(edit('src/a b.ts'), NONE, DEFAULT), ['edit_file(src/a b.ts)']);
    const removed = edit('src/a.ts', 'delete', 'delete_file');
    assert.deepEqual(proposeRules(removed, NONE, DEFAULT), ['delete_file(src/a.ts)']);
    const rules = withGrants(NONE, ['edit_file(src/a.ts)']);
    assert.equal(decide(edit('src/a.ts'), rules, DEFAULT).verdict, 'allow');
    assert.equal(decide(removed, rules, DEFAULT).verdict, 'ask');
    const secret: PolicySubject = { group: 'read', tool: 'read_file', path: file('.env') };
    assert.equal(proposeRules(secret, NONE, DEFAULT), null, 'a protected file');
    assert.equal(proposeRules(edit('.github/workflows/ci.yml'), NONE, DEFAULT), null);
  });

  it('no path that a pattern cannot say, no move, nothing outside, no link, nothing forbidden', () => {
    for (const path of [
      'a*.ts',
      'a?.ts',
      'a(1).ts',
      ' a.ts',
      'a.ts ',
      'a\u202e.ts',
      '/etc/hosts',
      '.git/config',
    ]) {
      assert.equal(proposeRules(edit(path), NONE, DEFAULT), null, path);
    }
    assert.equal(proposeRules(edit('a.ts', 'rename', 'move_file'), NONE, DEFAULT), null);
    const link = {
      group: 'edit',
      tool: 'edit_file',
      op: 'edit',
      paths: [file('a', { target: '/etc/x' })],
    };
    assert.equal(proposeRules(link as PolicySubject, NONE, DEFAULT), null);
  });

  it('no question, no server, no agent', () => {
    assert.equal(proposeRules({ group: 'none', tool: 'ask_user' }, NONE, DEFAULT), null);
    for (const group of ['fetch', 'mcp', 'task', 'skill'] as const) {
      assert.equal(proposeRules({ group, tool: 'x', target: 'y' }, NONE, DEFAULT), null);
    }
  });
});

describe('a grant as a rule', () => {
  it('counts only when it is exact (I12)', () => {
    const inexact = [
      'shell',
      'shell(*)',
      'shell(npm *)',
      'shell(npm t*t)',
      'edit(**)',
      'edit(src/*)',
    ];
    for (const text of [
      ...inexact,
      'edit',
      'read',
      'edit(a?)',
      'nonsense(x)',
      'shell(',
      '',
      'shell( )',
    ]) {
      assert.equal(exactMatcher(text), null, text);
    }
    assert.ok(exactMatcher('shell(npm test)'));
    assert.ok(exactMatcher('edit_file(src/a.ts)'));
  });

  it('reaches its turn, its thread, or all; until its end', () => {
    const at = { threadId: 't1', turnId: 'u1', now: 100 };
    const cases: [Partial<GrantRow>, typeof at, boolean][] = [
      [{ scope: 'turn' }, at, true],
      [{ scope: 'turn' }, { ...at, turnId: 'u2' }, false],
      [{ scope: 'turn' }, { ...at, threadId: 't2' }, false],
      [{ scope: 'thread' }, { ...at, turnId: 'u2' }, true],
      [{ scope: 'thread' }, { ...at, threadId: 't2' }, false],
      [{ scope: 'workspace' }, { ...at, threadId: 't2' }, true],
      [{ scope: 'always' }, { ...at, threadId: 't2' }, true],
      [{ scope: 'always', expiresAt: 101 }, at, true],
      [{ scope: 'always', expiresAt: 100 }, at, false],
    ];
    for (const [grant, reach, expected] of cases) {
      assert.equal(
        reaches(grantOf('shell(x)', grant), reach),
        expected,
        JSON.stringify([grant, reach]),
      );
    }
  });

  it('says on the why line what was remembered, how far and until when', async () => {
    const end = Date.UTC(2026, 0, 2, 3, 4);
    assert.equal(
      saidOf(grantOf('', { scope: 'workspace', expiresAt: end, uses: 5 })),
      'remembered for this workspace until 2026-01-02T03:04Z, for 5 calls',
    );
    const decided = decide(
      await shellSubject('npm test'),
      withGrants(NONE, ['shell(npm test)']),
      DEFAULT,
    );
    assert.equal(decided.layer, 'grant');
    assert.equal(decided.reason, 'rule `shell(npm test)` remembered for this thread allows it');
    const both = withGrants(rulesOf({ allow: ['shell(make)'] }), ['shell(npm test)']);
    assert.equal(decide(await shellSubject('make && npm test'), both, DEFAULT).layer, 'grant');
  });

  it('covers no wrapper, no input, no variable, no other folder around its words', async () => {
    const rules = withGrants(NONE, ['shell(npm test)', 'shell(sort)', 'shell(ls)']);
    const others = [
      'timeout 5 npm test',
      'env npm test',
      'CI=1 npm test',
      'cd sub && npm test',
      'echo x | sort',
      'sort < x',
      'npm  test x',
      'npm TEST',
      'npm',
    ];
    for (const command of others) {
      assert.equal(decide(await shellSubject(command), rules, DEFAULT).verdict, 'ask', command);
    }
    const shout = await shellSubject('NPM TEST', 'powershell');
    assert.equal(decide(shout, rules, DEFAULT).verdict, 'ask');
  });
});

const word = fc.oneof(
  fc.constantFrom(
    'npm',
    'test',
    'make',
    'git',
    'push',
    'rm',
    '-rf',
    'a',
    'b/c.ts',
    '--x=1',
    'python',
    '*',
    '.',
    '..',
    'run',
  ),
  fc.stringMatching(/^[a-z0-9./=_-]{1,6}$/),
  fc.string({ maxLength: 5 }),
);
const line = fc
  .array(fc.array(word, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.map((words) => words.join(' ')).join(' && '));
const RULES = [
  'shell(npm *)',
  'shell(make)',
  'shell(git push *)',
  'shell(rm *)',
  'shell(* test)',
  'shell(a *)',
];
const rule = fc.constantFrom(...RULES);

describe('properties of grants', function () {
  this.timeout(60_000);
  const runs = { numRuns: 600 };

  it('an offer allows its call and no other one, in bash', async () => {
    let offers = 0;
    await fc.assert(
      fc.asyncProperty(line, line, async (command, other) => {
        const subject = await shellSubject(command);
        const texts = proposeRules(subject, NONE, DEFAULT);
        if (texts === null) return;
        offers += 1;
        assert.equal(decide(subject, NONE, DEFAULT).verdict, 'ask');
        const granted = withGrants(NONE, texts);
        assert.equal(decide(subject, granted, DEFAULT).verdict, 'allow');
        const different = await shellSubject(other);
        assert.ok(different.group === 'shell');
        if (decide(different, granted, DEFAULT).verdict !== 'allow') return;
        if (decide(different, NONE, DEFAULT).verdict === 'allow') return;
        // Then every part is one that was remembered, word for word, or needs no rule.
        const exact = different.parse.commands.map(
          ({ words }) => `shell(${words.map(({ text }) => text).join(' ')})`,
        );
        assert.ok(
          exact.every((text) => texts.includes(text) || text.startsWith('shell(cd ')),
          `${other} by ${texts.join()}`,
        );
      }),
      runs,
    );
    assert.ok(offers > 20, `only ${String(offers)} offers: the test says little`);
  });

  it('a grant never loosens a deny or an ask of a rule, and never tightens', async () => {
    await fc.assert(
      fc.asyncProperty(
        line,
        rule,
        fc.array(line, { maxLength: 3 }),
        async (command, text, others) => {
          const subject = await shellSubject(command);
          const texts = [`shell(${command})`, ...others.map((other) => `shell(${other})`)];
          for (const [kind, rules] of [
            ['deny', rulesOf({ deny: [text] })],
            ['ask', rulesOf({ ask: [text] })],
          ] as const) {
            const before = decide(subject, rules, DEFAULT);
            const after = decide(subject, withGrants(rules, texts), DEFAULT);
            if (before.rule === text) assert.equal(after.verdict, kind);
            if (before.verdict === 'deny') assert.equal(after.verdict, 'deny');
            if (before.verdict === 'allow') assert.equal(after.verdict, 'allow');
            assert.equal(
              before.rule === text && proposeRules(subject, rules, DEFAULT) !== null,
              false,
            );
          }
        },
      ),
      runs,
    );
  });

  it('an offer for a file allows this path alone', () => {
    const path = fc.array(
      fc.oneof(fc.stringMatching(/^[a-zA-Z.*?()[\] -]{1,5}$/), fc.string({ maxLength: 4 })),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(path, path, (names, others) => {
        const [own, other] = [names.join('/'), others.join('/')];
        const texts = proposeRules(edit(own), NONE, DEFAULT);
        if (texts === null || own === other) return;
        assert.equal(decide(edit(own), withGrants(NONE, texts), DEFAULT).verdict, 'allow');
        assert.notEqual(
          decide(edit(other), withGrants(NONE, texts), DEFAULT).verdict,
          'allow',
          `${other} by ${texts.join()}`,
        );
      }),
      { numRuns: 3000 },
    );
  });

  it('are total: whatever a row says', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.oneof(fc.integer(), fc.double(), fc.constant(null)),
        (text, end) => {
          const found = ruleOfGrant(grantOf(text, { expiresAt: end }));
          if (found) assert.ok(typeof mayCover(found, edit('a.ts')) === 'boolean');
        },
      ),
      { numRuns: 3000 },
    );
  });
});

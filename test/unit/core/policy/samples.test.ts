// Rules that carry their own tests and their own end: what counts when, and what is reported where.
import assert from 'node:assert/strict';
import { decide } from '../../../../src/core/policy/decide.ts';
import { checkShellSamples } from '../../../../src/core/policy/ruleSamples.ts';
import { parseRules, type RawLists } from '../../../../src/core/policy/rules.ts';
import type { RuleSet } from '../../../../src/core/policy/types.ts';
import { compileGlob } from '../../../../src/node/globs.ts';
import { decideCommand, file, parser, rulesOf } from './support.ts';

const NOW = Date.parse('2030-06-01T12:00:00Z');
const at = (user: RawLists, now = NOW): RuleSet =>
  parseRules({ user, workspace: null, now }, compileGlob);
const edit = (path: string, rules: RuleSet): string =>
  decide({ group: 'edit', tool: 'edit_file', op: 'edit', paths: [file(path)] }, rules, {
    mode: 'default',
  }).verdict;

describe('samples of rules', () => {
  it('of paths are checked when the list is read', () => {
    const good = rulesOf({
      allow: [
        {
          rule: 'edit(src/**)',
          match: ['src/a.ts', './src/b/c.ts'],
          notMatch: ['lib/a', 'src/.env', 'src/../x'],
        },
      ],
    });
    assert.deepEqual(good.problems, []);
    assert.equal(edit('src/a.ts', good), 'allow');
    const bad = rulesOf({ allow: [{ rule: 'edit(src/**)', match: ['src/a.ts', 'lib/a.ts'] }] });
    assert.deepEqual(bad.problems[0]?.at, [0, 'match', 1]);
    assert.match(bad.problems[0]?.message ?? '', /does not cover.*no rule allows/);
    assert.equal(edit('src/a.ts', bad), 'ask');
  });

  it('that a protected file or the plan of the rule forbids say so', () => {
    const [problem] = rulesOf({ allow: [{ rule: 'edit(**)', match: ['package.json'] }] }).problems;
    assert.match(problem?.message ?? '', /package manifest/);
    const [covered] = rulesOf({ deny: [{ rule: 'read(**)', notMatch: ['a'] }] }).problems;
    assert.match(covered?.message ?? '', /must not/);
    assert.deepEqual(covered?.at, [0, 'notMatch', 0]);
  });

  it('of a broken deny leave it in force and stop every allow', () => {
    const rules = rulesOf({
      allow: ['edit(**)'],
      deny: [{ rule: 'edit(secret/**)', match: ['public/a'] }],
    });
    assert.equal(edit('secret/a', rules), 'deny');
    assert.equal(edit('src/a', rules), 'ask');
  });

  it('of commands need the parser: until then an allow does not count, a deny does', async () => {
    const lists = {
      allow: [
        { rule: 'shell(git log *)', match: ['git log -3'], notMatch: ['git log; id', 'git push'] },
      ],
      deny: [{ rule: 'shell(rm *)', match: ['env rm -rf x', 'ls && rm x'], notMatch: ['echo rm'] }],
    };
    const unchecked = rulesOf(lists);
    assert.equal((await decideCommand('git log -3', unchecked)).verdict, 'ask');
    assert.equal((await decideCommand('rm x', unchecked)).verdict, 'deny');
    const checked = await checkShellSamples(unchecked, parser, 'bash');
    assert.deepEqual(checked.problems, []);
    assert.equal((await decideCommand('git log -3', checked)).verdict, 'allow');
    assert.equal((await decideCommand('rm x', checked)).verdict, 'deny');
    assert.equal(checked.unchecked, undefined);
  });

  it('of commands that fail are problems at their place', async () => {
    const lists = {
      allow: [{ rule: 'shell(git log *)', match: ['git log -3 --output=x'] }],
      ask: [{ rule: 'shell(git push *)', match: ['git pull'] }],
    };
    const checked = await checkShellSamples(rulesOf(lists), parser, 'bash');
    assert.deepEqual(
      checked.problems.map(({ key, at: place }) => [key, place]),
      [
        ['countersign.approval.ask', [0, 'match', 0]],
        ['countersign.approval.allow', [0, 'match', 0]],
      ],
    );
    assert.equal(checked.blocksAllow, true);
    assert.equal((await decideCommand('git log -3', checked)).verdict, 'ask');
  });

  it('of other groups are matched by name', () => {
    const lists = {
      allow: [{ rule: 'mcp(files/*)', match: ['files/read'], notMatch: ['git/log'] }],
    };
    assert.deepEqual(rulesOf(lists).problems, []);
    assert.equal(rulesOf({ allow: [{ rule: 'ask_user', match: ['x'] }] }).problems.length, 1);
  });
});

describe('rules that end', () => {
  const until = (expires: unknown): { rule: string; expires: unknown } => ({
    rule: 'edit(src/**)',
    expires,
  });

  it('allow until then, and are reported afterwards', () => {
    for (const expires of ['2030-06-02', '2030-06-01T12:00:01Z', '2030-06-01T14:30:00+02:00']) {
      const rules = at({ allow: [until(expires)] });
      assert.deepEqual(rules.problems, [], JSON.stringify(expires));
      assert.equal(edit('src/a', rules), 'allow');
      assert.equal(rules.validUntil, Date.parse(expires));
      assert.equal(edit('src/a', at({ allow: [until(expires)] }, rules.validUntil)), 'ask');
    }
    const [over] = at({ allow: [until('2030-06-01')] }).problems;
    assert.equal(over?.severity, 'information');
    assert.match(over?.message ?? '', /Expired since 2030-06-01T00:00Z/);
    assert.equal(at({ allow: [until('2030-06-01')] }).blocksAllow, false);
  });

  it('allow nothing without a clock', () => {
    const { now: _now, ...layers } = { now: 0, user: { allow: [until('2999-01-01')] } };
    assert.equal(edit('src/a', parseRules({ ...layers, workspace: null }, compileGlob)), 'ask');
  });

  it('deny and ask for good: time alone never allows anything', () => {
    for (const kind of ['deny', 'ask'] as const) {
      const rules = at({ allow: ['edit(**)'], [kind]: [until('2000-01-01')] });
      assert.equal(edit('src/a', rules), kind);
      assert.equal(edit('lib/a', rules), 'allow');
      assert.equal(rules.problems[0]?.severity, 'warning');
    }
  });

  it('with an end that is no moment are refused', () => {
    const wrong = ['30d', 'P30D', '2030-02-30', '2030-06-02T12:00', '2030-13-01', 1, null, {}, ''];
    for (const expires of wrong) {
      const rules = at({ allow: [until(expires)] });
      assert.deepEqual(rules.problems[0]?.at, [0, 'expires'], JSON.stringify(expires));
      assert.equal(rules.problems[0]?.severity, 'error');
      assert.equal(edit('src/a', rules), 'ask');
      assert.equal(at({ deny: [until(expires)] }).blocksAllow, true);
    }
  });
});

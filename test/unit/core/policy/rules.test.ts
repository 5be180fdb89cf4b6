// Reading rule lists: what counts, what is a problem, and what a problem blocks.
import assert from 'node:assert/strict';
import { decide } from '../../../../src/core/policy/decide.ts';
import { describeProblem } from '../../../../src/core/policy/rules.ts';
import { decideCommand, file, rulesOf } from './support.ts';

describe('parseRules', () => {
  it('reads tools, groups and patterns, with their place', () => {
    const { rules, problems } = rulesOf({
      allow: [
        'shell(git status *)',
        'read',
        'edit(src/**)',
        { rule: 'mcp(files/*)', comment: 'ok' },
      ],
      deny: ['run_command(rm *)'],
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      rules.map((rule) => [rule.text, rule.kind, rule.layer, rule.place.key, rule.place.index]),
      [
        ['run_command(rm *)', 'deny', 'user', 'countersign.approval.deny', 0],
        ['shell(git status *)', 'allow', 'user', 'countersign.approval.allow', 0],
        ['read', 'allow', 'user', 'countersign.approval.allow', 1],
        ['edit(src/**)', 'allow', 'user', 'countersign.approval.allow', 2],
        ['mcp(files/*)', 'allow', 'user', 'countersign.approval.allow', 3],
      ],
    );
  });

  const broken: [string, unknown][] = [
    ['unbalanced', 'shell(ls *'],
    ['closed twice', 'shell(ls *))'],
    ['unknown name', 'shel(ls)'],
    ['prototype name', 'toString'],
    ['prototype name with pattern', '__proto__(x)'],
    ['constructor', 'constructor(x)'],
    ['empty', ''],
    ['empty pattern', 'shell( )'],
    ['climbs', 'edit(../x)'],
    ['number', 7],
    ['null', null],
    ['nested array', ['shell(ls)']],
    ['unknown key', { rule: 'shell(dir)', also: 1 }],
    ['unknown key beside a broken rule', { rule: 'shell(', also: 1 }],
    ['comment that is no text', { rule: 'shell(dir)', comment: 1 }],
    ['samples that are no list', { rule: 'shell(dir)', match: 'dir' }],
    ['a sample that is no text', { rule: 'edit(a)', match: ['a', 1] }],
    ['a failing sample', { rule: 'edit(a)', match: ['a', 'b'] }],
    ['a home folder', 'edit(~/x)'],
    ['a variable', 'read($HOME/.ssh/**)'],
    ['pattern where none fits', 'ask_user(x)'],
    ['too many wildcards', `edit(${'*a'.repeat(100)})`],
  ];
  for (const [what, entry] of broken) {
    it(`reports ${what}, and a broken deny stops every allow (HB15)`, async () => {
      const asAllow = rulesOf({ allow: ['shell(ls)', entry] });
      assert.ok(asAllow.problems.length >= 1);
      assert.equal(asAllow.blocksAllow, false);
      assert.equal((await decideCommand('ls', asAllow)).verdict, 'allow');
      for (const kind of ['deny', 'ask'] as const) {
        const rules = rulesOf({ allow: ['shell(ls)'], [kind]: [entry] });
        assert.equal(rules.blocksAllow, true);
        const decided = await decideCommand('ls', rules);
        assert.equal(decided.verdict, 'ask');
        assert.match(decided.reason, /broken/);
        assert.equal((await decideCommand('ls', rules, { mode: 'bypass' })).verdict, 'ask');
        const read = decide({ group: 'read', tool: 'read_file', path: file('a.ts') }, rules, {
          mode: 'default',
        });
        assert.equal(read.verdict, 'ask');
      }
    });
  }

  it('says where a problem is and what it causes', () => {
    const [problem] = rulesOf({ deny: ['shell(ls'] }).problems;
    assert.ok(problem);
    const text = describeProblem(problem);
    assert.match(text, /countersign\.approval\.deny\[0\] \(shell\(ls\) in user settings/);
    assert.match(text, /nothing is allowed automatically/);
  });

  it('reports a list that is no array', () => {
    for (const value of ['shell(ls)', 1, { 0: 'shell(ls)' }, true]) {
      const rules = rulesOf({ deny: value });
      assert.equal(rules.problems[0]?.index, -1);
      assert.equal(rules.blocksAllow, true);
    }
  });
});

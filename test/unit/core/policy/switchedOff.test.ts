// What stands above the rules: approvals switched off, and mode bypass without an end ahead.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide } from '../../../../src/core/policy/decide.ts';
import { rulesOfSettings } from '../../../../src/core/policy/layers.ts';
import { compileGlob } from '../../../../src/node/globs.ts';
import { decideCommand, file, rulesOf, shellSubject } from './support.ts';
import type { PolicySubject, RuleSet } from '../../../../src/core/policy/types.ts';
import type { Mode } from '../../../../src/protocol/calls.ts';

const MODES = ['plan', 'default', 'acceptEdits', 'dontAsk', 'bypass'] as const;
const OFF = 'countersign.approval.enabled';
const END = '2030-01-01T00:00:00Z';
const read = (
  user: Record<string, unknown>,
  more: { workspace?: Record<string, unknown>; oneRun?: boolean; now?: number } = {},
): RuleSet => {
  const { workspace = {}, oneRun = false, now } = more;
  return rulesOfSettings({ user, workspace, trusted: true, oneRun }, compileGlob, now);
};
const edit = (path: string): PolicySubject => ({
  group: 'edit',
  tool: 'write_file',
  op: 'edit',
  paths: [file(path)],
});
const question: PolicySubject = { group: 'none', tool: 'ask_user' };

describe('approvals switched off', () => {
  const off = { ...rulesOf({ ask: ['edit'], deny: ['shell(rm *)'] }), approvalsOff: true };

  it('what would ask is allowed, and the why line says so and why it would have asked (H2)', async () => {
    for (const subject of [edit('a.txt'), edit('.vscode/settings.json'), edit('/etc/hosts')]) {
      const decided = decide(subject, off, { mode: 'default' });
      assert.equal(decided.verdict, 'allow');
      assert.match(decided.reason, /^approvals are switched off: ./);
      assert.deepEqual(
        [decided.layer, decided.rule, decided.place],
        ['user', undefined, undefined],
      );
    }
    const line = await decideCommand('touch a && eval "$X"', off);
    assert.equal(line.verdict, 'allow');
    assert.ok(line.parts.length > 0 && line.parts.every(({ verdict }) => verdict === 'allow'));
  });

  it('a denial is no question: rules, forbidden files and modes deny as before (H2)', async () => {
    const denied = await decideCommand('cd x; sudo rm -rf .', off);
    const forbidden = decide(edit('.git/config'), off, { mode: 'bypass' });
    const planned = decide(edit('a.txt'), off, { mode: 'plan' });
    for (const { verdict, reason } of [denied, forbidden, planned]) {
      assert.equal(verdict, 'deny');
      assert.match(reason, /^approvals are switched off, a denial holds: /);
    }
    assert.equal(denied.rule, 'shell(rm *)');
  });

  it('a question waits for its answer (H2)', () => {
    for (const mode of MODES) assert.equal(decide(question, off, { mode }).verdict, 'ask');
  });

  it('does not count while a deny or ask cannot be read: what it would deny is not known (H2)', () => {
    const broken = { ...rulesOf({ deny: ['shell('] }), approvalsOff: true };
    assert.equal(decide(edit('a.txt'), broken, { mode: 'default' }).verdict, 'ask');
  });

  it('is read from the user’s own settings only, and only as false (H2)', () => {
    assert.equal(read({ [OFF]: false }).approvalsOff, true);
    for (const value of [true, 0, null, 'false', '', [], {}]) {
      assert.equal(read({ [OFF]: value }).approvalsOff, undefined);
    }
    assert.equal(read({}, { workspace: { [OFF]: false } }).approvalsOff, undefined);
    assert.equal(read({ [OFF]: true }, { workspace: { [OFF]: false } }).approvalsOff, undefined);
  });

  it('changes asks into allows and nothing else, for any call and mode (H2)', async () => {
    const lists = [{ deny: ['edit(a/**)'] }, { ask: ['shell'] }, { allow: ['edit'] }, {}];
    const lines = ['ls', 'rm x', '`', 'git push', 'cat .env'];
    const subjects = await Promise.all(lines.map((line) => shellSubject(line)));
    subjects.push(...['a/b', 'b', '.env', '.git/hooks/x', '/etc/x'].map(edit), question);
    fc.assert(
      fc.property(
        fc.constantFrom(...lists),
        fc.constantFrom(...subjects),
        fc.constantFrom<Mode>(...MODES),
        (list, subject, mode) => {
          const rules = rulesOf(list);
          const on = decide(subject, rules, { mode }).verdict;
          const now = decide(subject, { ...rules, approvalsOff: true }, { mode }).verdict;
          assert.equal(now, on === 'ask' && subject !== question ? 'allow' : on);
        },
      ),
    );
  });
});

describe('mode bypass', () => {
  const now = Date.parse(END) - 1;
  const asked = {
    'countersign.approval.mode': 'bypass',
    'countersign.approval.bypassUntil': END,
    'countersign.approval.deny': ['edit(no/**)'],
    'countersign.approval.ask': ['edit(ask/**)'],
  };
  const verdict = (path: string, rules: RuleSet): string =>
    decide(edit(path), rules, { mode: 'bypass' }).verdict;

  it('allows what no rule names until its end, also to a turn that was started in it (H2)', () => {
    const before = read(asked, { now });
    assert.equal(before.validUntil, Date.parse(END));
    assert.equal(verdict('a.txt', before), 'allow');
    const over = decide(edit('a.txt'), read(asked, { now: Date.parse(END) }), { mode: 'bypass' });
    assert.deepEqual([over.verdict, over.layer], ['ask', 'mode']);
    assert.match(over.reason, /mode default/);
  });

  it('deny, ask and protected files hold in it (H2)', () => {
    const before = read(asked, { now });
    const paths = ['no/a', 'ask/a', '.vscode/settings.json', '.git/config', '/etc/hosts'];
    assert.deepEqual(
      paths.map((path) => verdict(path, before)),
      ['deny', 'ask', 'ask', 'deny', 'ask'],
    );
  });

  it('is over for its turns when the user takes it back, or never said it (H2)', () => {
    for (const user of [{}, { ...asked, 'countersign.approval.mode': 'default' }]) {
      assert.equal(verdict('a.txt', read(user, { now, workspace: asked })), 'ask');
    }
  });

  it('a run without an editor needs no end, and a turn of it is in bypass without being told again (H2)', () => {
    assert.equal(verdict('a.txt', read({}, { oneRun: true, now })), 'allow');
    const ended = { 'countersign.approval.bypassUntil': '2020-01-01T00:00:00Z' };
    assert.equal(verdict('a.txt', read(ended, { oneRun: true, now })), 'ask');
  });
});

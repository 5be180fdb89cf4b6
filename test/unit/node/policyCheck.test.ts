// One answer for each line, whatever is in it; links and other assumed files stand in as the case says.
import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { checkPolicyLine } from '../../../src/node/policyCheck.ts';
import { parser, rulesOf } from '../core/policy/support.ts';

describe('checkPolicyLine', () => {
  let workspace = '';
  before(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'policy-check-'));
    await mkdir(join(workspace, 'src'));
    await writeFile(join(workspace, '.env'), 'A=1');
    await symlink('../.env', join(workspace, 'src', 'link'));
    await symlink('/etc', join(workspace, 'out'));
  });
  after(() => rm(workspace, { recursive: true, force: true }));

  const check = (value: unknown, rules = rulesOf({})) =>
    checkPolicyLine(typeof value === 'string' ? value : JSON.stringify(value), 1, {
      workspace,
      parser,
      rules,
    });
  const edit = (path: string, more: object = {}) =>
    check({
      id: 'x',
      op: 'edit',
      path,
      root: '/no-such-root',
      rules: { allow: ['edit(**)'] },
      ...more,
    });
  const cat = (cmd: string, more: object = {}) =>
    check({ id: 'x', shell: 'bash', cmd, rules: { allow: ['shell(cat *)'] }, ...more });

  it('answers with id, verdict, rule, reason and where the rule stands', async () => {
    assert.deepEqual(await edit('src/a.ts'), {
      id: 'x',
      verdict: 'allow',
      rule: 'edit(**)',
      reason: 'rule `edit(**)` in user settings allows it',
      layer: 'user',
      place: 'countersign.approval.allow[0]',
      parse: null,
      parts: [],
    });
    assert.equal((await cat('cat src/a.ts')).verdict, 'allow');
    assert.equal(
      (await check({ id: 7, shell: 'bash', cmd: 'ls' }, rulesOf({ allow: ['shell(ls)'] }))).verdict,
      'allow',
    );
  });

  it('resolves against the workspace when the root is not on this machine', async () => {
    assert.equal((await edit('src/link')).verdict, 'ask');
    assert.equal((await edit('out/passwd')).verdict, 'ask');
    assert.equal((await edit('/no-such-root/src/../src/a.ts')).verdict, 'allow');
    assert.equal((await edit('../x')).verdict, 'ask');
    assert.equal((await edit('//etc/passwd')).verdict, 'ask');
    assert.equal((await cat('cat src/link')).verdict, 'ask');
    assert.equal((await cat('cat out/passwd')).verdict, 'ask');
  });

  it('stands in the files a case assumes, and does not guess at what it does not know', async () => {
    const root = '/no-such-root';
    const link = (target: string) => ({ setup: { symlinks: [[`${root}/src/a`, target]] } });
    assert.equal((await edit('src/a', link(`${root}/lib/b`))).verdict, 'allow');
    assert.equal((await edit('src/a', link('/etc/passwd'))).verdict, 'ask');
    assert.equal((await edit('src/a', link('../.git/config'))).verdict, 'deny');
    assert.equal((await edit('src/a/x', link('a'))).verdict, 'ask');
    assert.equal((await edit('src/p', { setup: { fifo: [`${root}/src/p`] } })).verdict, 'ask');
    assert.equal(
      (await edit('src/p', { setup: { hardlinks: [[`${root}/src/p`, `${root}/q`]] } })).verdict,
      'ask',
    );
    assert.equal((await edit('src/p', { setup: { edited_by_agent: ['x'] } })).verdict, 'ask');
  });

  it('judges git by the configuration that a case assumes, else by that of the folder (A6)', async () => {
    const git = async (cmd: string, git_config?: unknown, more: object = {}) => {
      const setup = git_config === undefined ? {} : { setup: { git_config } };
      const rules = { allow: ['shell(git *)'] };
      return (await check({ id: 'x', shell: 'bash', cmd, rules, ...setup, ...more })).verdict;
    };
    assert.equal(await git('git status'), 'allow');
    assert.equal(await git('git status', {}), 'allow');
    assert.equal(await git('git status', { 'user.name': 'A', 'core.bare': false }), 'allow');
    assert.equal(await git('git status', { 'diff.external': 'touch pwned;true' }), 'ask');
    assert.equal(await git('git diff', { 'filter.x.clean': ['cat', 'touch pwned'] }), 'ask');
    assert.equal(await git('git commit -m x', { 'core.hooksPath': '.husky' }), 'ask');
    assert.equal(await git('git status', 'core.pager=x'), 'ask');
    const rules = { deny: ['shell(git *)'] };
    assert.equal(await git('git status', { 'core.pager': 'x' }, { rules }), 'deny');
    const elsewhere = { root: '/no-such-root' };
    await mkdir(join(workspace, '.git'));
    await writeFile(join(workspace, '.git', 'HEAD'), 'ref: refs/heads/main\n');
    await writeFile(join(workspace, '.git', 'config'), '[core]\n\tfsmonitor = touch pwned\n');
    assert.equal(await git('git status'), 'ask');
    assert.equal(await git('git status', undefined, elsewhere), 'ask');
    assert.equal(await git('git status', {}), 'allow');
    await rm(join(workspace, '.git'), { recursive: true });
  });

  it('takes backslashes and drives as Windows does, there only', async () => {
    assert.equal((await edit('src\\a.ts', { platform: 'win32' })).verdict, 'allow');
    assert.equal((await edit('src\\a.ts')).verdict, 'ask');
    assert.equal((await edit('.git\\config', { platform: 'win32' })).verdict, 'deny');
    assert.equal((await edit('D:\\x', { platform: 'win32' })).verdict, 'ask');
    assert.equal((await edit('src\\..\\..\\x', { platform: 'win32' })).verdict, 'ask');
  });

  it('judges both ends of a rename', async () => {
    const rename = (path: string) => edit(path, { op: 'rename' });
    assert.equal((await rename('a.ts -> b.ts')).verdict, 'allow');
    assert.equal((await rename('.env -> b.ts')).verdict, 'ask');
    assert.equal((await rename('a.ts -> .git/x')).verdict, 'deny');
  });

  it('asks with a reason for lines that are no case', async () => {
    for (const line of [
      '',
      '{',
      'null',
      '7',
      '[]',
      '{}',
      '{"id":"a"}',
      '{"id":"a","shell":"fish","cmd":"ls"}',
      '{"id":"a","op":"edit"}',
      '{"id":{},"shell":"bash","cmd":"ls"}',
      '{"id":"a","shell":"bash","cmd":7}',
      '{"id":"a","shell":"bash","cmd":"ls","rules":7}',
    ]) {
      const answer = await check(line);
      assert.equal(answer.verdict, 'ask');
      assert.match(answer.reason, /^line 1 is not/);
      assert.equal(answer.id, line.startsWith('{"id":"a"') ? 'a' : null);
    }
  });

  it('names a broken rule in the reason', async () => {
    const answer = await check({ id: 1, shell: 'bash', cmd: 'ls', rules: { allow: ['shell(ls'] } });
    assert.match(answer.reason, /countersign\.approval\.allow\[0\]/);
  });

  it('never throws and never allows what it cannot read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (line) => {
        assert.equal((await check(line)).verdict, 'ask');
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (path) => {
        assert.ok(['allow', 'ask', 'deny'].includes((await edit(path)).verdict));
      }),
    );
  });
});

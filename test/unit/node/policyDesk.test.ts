// The policy desk: diagnostics of settings files, the place of a rule, and tested calls, on real files.
import assert from 'node:assert/strict';
import { link, symlink } from 'node:fs/promises';
import { createPolicyDesk } from '../../../src/node/policyDesk.ts';
import { WASM_DIR } from '../core/policy/support.ts';
import { temporaryFolder, type TemporaryFolder } from '../../fakes/temporaryFolder.ts';
import type { PolicyDesk, TestedCall } from '../../../src/core/policy/desk.ts';
import type { Mode } from '../../../src/protocol/calls.ts';

describe('the policy desk', () => {
  let folder: TemporaryFolder;
  let desk: PolicyDesk;
  before(async () => {
    folder = await temporaryFolder({ 'ws/src/a.ts': 'a', 'ws/.env': 's', 'ws/b.ts': '', out: 'x' });
    await symlink('../.env', folder.at('ws/src/link'));
    await link(folder.at('out'), folder.at('ws/hard'));
    desk = createPolicyDesk({ wasmDir: WASM_DIR, roots: [folder.at('ws')] });
  });
  after(() => folder.dispose());

  const file = (text: string) => ({ text, layer: 'user' as const, nested: false });
  const user = {
    'countersign.approval.allow': ['shell(git log *)', 'edit(**)', 'read(**)'],
    'countersign.approval.deny': ['shell(rm *)'],
  };
  const test = (call: string, mode: Mode = 'default'): Promise<TestedCall> =>
    desk.test(call, { settings: { user, workspace: {}, trusted: true }, mode });

  it('points at what is wrong in each list, samples of commands included', async () => {
    const text = `{
      "countersign.approval.allow": ["Bash(ls)", { "rule": "shell(ls *)", "match": ["ls; id"] }],
      "countersign.approval.ask": "shell(x)",
      "countersign.approval.deny": [{ "rule": "edit(a/**)", "expires": "2000-01-01" }]
    }`;
    const found = await desk.diagnose(file(text));
    assert.deepEqual(
      found.map(({ from, to, severity }) => [text.slice(from, to), severity]),
      [
        ['"2000-01-01"', 'warning'],
        ['"shell(x)"', 'error'],
        ['Bash', 'error'],
        ['"ls; id"', 'error'],
      ],
    );
    assert.match(found[1]?.message ?? '', /array of rules.*nothing is allowed automatically/);
    assert.match(found[2]?.message ?? '', /did you mean “shell”.*The rule is ignored/);
  });

  it('lets a workspace’s rule allow only what was acknowledged, and names it where it would (H5)', async () => {
    const workspace = { 'countersign.approval.allow': ['shell(git log *)'] };
    const settings = { user: {}, workspace, trusted: true };
    const acknowledged = (list: string): boolean => list === '"shell(git log *)"';
    const [asks, allows] = await Promise.all([
      desk.test('git log -3', { settings, mode: 'default' }),
      desk.test('git log -3', { settings, mode: 'default', acknowledged }),
    ]);
    assert.equal(asks.verdict, 'ask');
    assert.match(asks.report, /`shell\(git log \*\)` of the workspace would allow it/);
    assert.equal(asks.rule, null);
    assert.equal(allows.verdict, 'allow');
    assert.equal(allows.rule?.layer, 'workspace');
  });

  it('has nothing to say of good lists, nor of half a file', async () => {
    assert.deepEqual(await desk.diagnose(file(JSON.stringify(user))), []);
    for (const text of ['', '{', '{"countersign.approval.deny": [', 'null']) {
      await desk.diagnose(file(text));
    }
  });

  it('finds a rule by its text, as text or as object', () => {
    const text = '{"countersign.approval.deny": ["shell(a)", {"rule": "shell(b)"}]}';
    const at = desk.locate(file(text), { key: 'countersign.approval.deny', text: 'shell(b)' });
    assert.ok(at);
    assert.equal(text.slice(at.from, at.to), '{"rule": "shell(b)"}');
    const missing = { key: 'countersign.approval.allow', text: 'shell(b)' };
    assert.equal(desk.locate(file(text), missing), null);
  });

  it('tests a command line: parse, each part, the rule and its place', async () => {
    const { verdict, report, rule } = await test('git log -3 && env rm -rf x');
    assert.equal(verdict, 'deny');
    assert.deepEqual(rule, {
      key: 'countersign.approval.deny',
      text: 'shell(rm *)',
      layer: 'user',
    });
    assert.match(report, /Verdict {3}DENY/);
    assert.match(report, /countersign\.approval\.deny\[0\] in user settings/);
    assert.match(report, /1 {2}ALLOW {2}git log -3/);
    assert.match(report, /2 {2}DENY {3}env rm -rf x/);
    assert.match(report, /words: ‹git› ‹log› ‹-3›/);
  });

  it('tests paths by where they lead on this disk', async () => {
    assert.equal((await test('edit src/a.ts')).verdict, 'allow');
    assert.equal((await test('edit src/a.ts', 'plan')).verdict, 'deny');
    const link = await test('read src/link');
    assert.equal(link.verdict, 'ask');
    assert.match(link.report, /\.env \(a file\)[^]*protected: environment file, a secret/);
    assert.match((await test('read hard')).report, /2 hard links/);
    assert.equal((await test('delete .git')).verdict, 'deny');
    assert.equal((await test('rename .env -> src/e.txt')).verdict, 'ask');
    assert.equal((await test('rename b.ts -> c.ts')).verdict, 'allow');
    assert.match((await test('edit /etc/passwd')).report, /outside the workspace/);
  });

  it('takes `$ ` for a command, and shows every character', async () => {
    assert.match((await test('$ read x')).report, /a command of/);
    assert.match((await test('echo \u202etxt')).report, /\\u\{202E\}/);
    assert.equal((await test('echo \u202etxt')).report.includes('\u202e'), false);
  });
});

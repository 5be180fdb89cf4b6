// Reads and edits: modes, precedence, protected names in every spelling, links, odd names.
import assert from 'node:assert/strict';
import { decide } from '../../../../src/core/policy/decide.ts';
import { protectionsOf } from '../../../../src/core/policy/protectedFiles.ts';
import type { RawLists } from '../../../../src/core/policy/rules.ts';
import type { ResolvedPath } from '../../../../src/core/ports/workspace.ts';
import type { Mode } from '../../../../src/protocol/calls.ts';
import { file, rulesOf } from './support.ts';

function edit(path: ResolvedPath, lists: RawLists, mode: Mode = 'default') {
  return decide({ group: 'edit', tool: 'edit_file', op: 'edit', paths: [path] }, rulesOf(lists), {
    mode,
  });
}
function read(path: ResolvedPath, lists: RawLists = {}, mode: Mode = 'default') {
  return decide({ group: 'read', tool: 'read_file', path }, rulesOf(lists), { mode });
}
const ALL = { allow: ['read(**)', 'edit(**)'] };

describe('decide on paths', () => {
  const allowed = [
    'src/a.ts',
    'src/..a.ts',
    '.env.example',
    'src/git/config.ts',
    'tsconfig.json',
    '.editorconfig',
    '.prettierrc.json',
    'src/package.json.ts',
    '.gitignore',
    'README.md',
    'src/secrets.ts',
    'build/out.js',
    'docs/env.md',
    'id_rsa.pub',
  ];
  for (const path of allowed) {
    it(`allows ${path} under edit(**)`, () => assert.equal(edit(file(path), ALL).verdict, 'allow'));
  }

  const denied = [
    '.git/config',
    '.GIT/hooks/x',
    'a/b/.git/HEAD',
    '.git',
    '.countersign/policy.json',
    '.Git./config',
    '.g\u200cit/config',
    '.git::$INDEX_ALLOCATION/config',
    '.git /x',
    '.gıt/../.git/x',
    '.git\\config',
    '/home/u/.countersign/x',
  ];
  for (const path of denied) {
    it(`denies ${JSON.stringify(path)} whatever the rules say`, () => {
      for (const mode of ['default', 'bypass', 'acceptEdits', 'dontAsk'] as const) {
        assert.equal(
          edit(file(path), { allow: ['edit(**)', `edit(${path})`] }, mode).verdict,
          'deny',
        );
      }
    });
  }

  const asked = [
    '.vscode/settings.json',
    'src/.vscode/tasks.json',
    'package.json',
    'PACKAGE.JSON',
    'packag\u200be.json',
    'package.json.',
    '.vſcode/x',
    'CLAUDE.md',
    'agents.MD',
    '.mcp.json',
    '.github/workflows/ci.yml',
    '.husky/pre-commit',
    'Makefile',
    'BUILD',
    'vite.config.ts',
    'eslint.config.js',
    'conftest.py',
    '.envrc',
    '.npmrc',
    'x.git/hooks/post-update',
    '.env',
    '.ENV.production',
    'config/.env.local',
    '.aws/credentials',
    'certs/server.pem',
    'terraform.tfstate',
    'service-account.json',
    '/etc/passwd',
    '/ws2/a.ts',
    'src/\u202esj.exe',
    'src/a.ts ',
    'src/a.',
    'src/COM1',
    'lpt9.txt',
    'src/COM¹',
    'a.ts::$DATA',
    'PROGRA~1/x',
    'src/‥/x',
    'src\\x',
    'D:\\x',
    '~/x',
    '$HOME/x',
    '%APPDATA%/x',
    'a\u0000b',
    'src/\u00a0x',
    '',
  ];
  for (const path of asked) {
    it(`asks for ${JSON.stringify(path)} under edit(**), in bypass and acceptEdits too`, () => {
      for (const mode of ['default', 'acceptEdits', 'bypass'] as const) {
        assert.equal(edit(file(path), ALL, mode).verdict, 'ask');
      }
    });
  }

  it('lets a rule name a protected file exactly, and nothing less', () => {
    assert.equal(edit(file('package.json'), { allow: ['edit(package.json)'] }).verdict, 'allow');
    assert.equal(edit(file('package.json'), { allow: ['edit(packag?.json)'] }).verdict, 'ask');
    assert.equal(edit(file('sub/package.json'), { allow: ['edit(package.json)'] }).verdict, 'ask');
    assert.equal(read(file('.env'), { allow: ['read(.env)'] }).verdict, 'allow');
    assert.equal(read(file('.env'), { allow: ['read(**)'] }).verdict, 'ask');
    assert.match(edit(file('package.json'), ALL).reason, /protected file \(package manifest\)/);
  });

  it('judges a link by where it leads, and by its own name (I9)', () => {
    const inside = file('src/a.ts', { target: 'src/b.ts' });
    assert.equal(edit(inside, { allow: ['edit(src/**)'] }).verdict, 'allow');
    assert.equal(
      edit(file('src/a.ts', { target: 'lib/a.ts' }), { allow: ['edit(src/**)'] }).verdict,
      'ask',
    );
    assert.equal(edit(file('src/a.ts', { target: '/tmp/x' }), ALL).verdict, 'ask');
    assert.equal(edit(file('src/a.ts', { target: '.git/config' }), ALL).verdict, 'deny');
    assert.equal(
      edit(file('x', { target: '.env' }), { allow: ['edit(x)', 'edit(.env)'] }).verdict,
      'ask',
    );
    assert.equal(edit(file('.vscode/x', { target: 'src/x' }), ALL).verdict, 'ask');
    for (const pattern of ['src/**', 'lib/**']) {
      const decided = edit(file('src/a', { target: 'lib/a' }), {
        allow: ['edit(**)'],
        deny: [`edit(${pattern})`],
      });
      assert.equal(decided.verdict, 'deny');
    }
  });

  it('asks for hard links, folders and special files', () => {
    assert.equal(edit(file('a.ts', { links: 2 }), ALL).verdict, 'ask');
    assert.equal(edit(file('src', { isDirectory: true }), ALL).verdict, 'ask');
    assert.equal(edit(file('pipe', { special: true }), ALL).verdict, 'ask');
    assert.equal(read(file('a.ts', { links: 2 }), ALL).verdict, 'ask');
    const installed = file('node_modules/x/index.js', { links: 2 });
    assert.equal(read(installed, ALL).verdict, 'allow');
  });

  it('keeps deny > ask > allow > mode, whatever the order or case', () => {
    const lists = { allow: ['edit(src/a.ts)'], ask: ['edit(src/**)'], deny: ['edit(**/*.ts)'] };
    assert.equal(edit(file('src/a.ts'), lists).verdict, 'deny');
    assert.equal(edit(file('src/a.js'), lists).verdict, 'ask');
    assert.equal(edit(file('SRC/A.TS'), lists).verdict, 'deny');
    assert.equal(edit(file('SRC/a.js'), { allow: ['edit(src/**)'] }).verdict, 'ask');
    assert.equal(edit(file('a\nb.ts'), { deny: ['edit(**)'] }).verdict, 'deny');
  });

  it('denies listing a folder whose whole content is denied', () => {
    assert.equal(
      read(file('keys', { isDirectory: true }), { deny: ['read(keys/**)'] }).verdict,
      'deny',
    );
  });

  it('follows the mode where no rule speaks (H4)', () => {
    const path = file('src/a.ts');
    const verdicts = (['plan', 'default', 'acceptEdits', 'dontAsk', 'bypass'] as const).map(
      (mode) => [read(path, {}, mode).verdict, edit(path, {}, mode).verdict],
    );
    assert.deepEqual(verdicts, [
      ['allow', 'deny'],
      ['allow', 'ask'],
      ['allow', 'allow'],
      ['allow', 'deny'],
      ['allow', 'allow'],
    ]);
    assert.equal(edit(path, ALL, 'plan').verdict, 'deny');
    assert.equal(edit(path, ALL, 'dontAsk').verdict, 'allow');
    assert.equal(edit(file('package.json'), {}, 'dontAsk').verdict, 'deny');
    assert.equal(read(file('.env')).verdict, 'ask');
    assert.equal(read(file('/etc/passwd')).verdict, 'ask');
    assert.equal(read(file('package.json')).verdict, 'allow');
    assert.equal(read(file('.git/config')).verdict, 'ask');
    assert.match(edit(path, {}).reason, /^mode default: no rule allows edit\(src\/a\.ts\)$/);
  });

  it('takes the strictest of several paths, and asks without any', () => {
    const move = (from: string, to: string) =>
      decide(
        { group: 'edit', tool: 'move_file', op: 'rename', paths: [file(from), file(to)] },
        rulesOf(ALL),
        { mode: 'default' },
      );
    assert.equal(move('a.ts', 'b.ts').verdict, 'allow');
    assert.equal(move('.env', 'b.ts').verdict, 'ask');
    assert.equal(move('a.ts', '.git/x').verdict, 'deny');
    const none = decide({ group: 'edit', tool: 'x', op: 'edit', paths: [] }, rulesOf(ALL), {
      mode: 'bypass',
    });
    assert.equal(none.verdict, 'ask');
  });

  it('judges the source of a move as a read, and a removed folder by what may be in it', () => {
    const remove = (path: ResolvedPath, lists: RawLists, op: 'delete' | 'rename' = 'delete') => {
      const paths = op === 'delete' ? [path] : [path, file('b.ts')];
      return decide({ group: 'edit', tool: 'x', op, paths }, rulesOf(lists), { mode: 'bypass' });
    };
    const notes = { allow: ['edit(**)'], deny: ['read(notes/**)'] };
    assert.equal(remove(file('notes/a.md'), notes).verdict, 'allow');
    assert.equal(remove(file('notes/a.md'), notes, 'rename').verdict, 'deny');
    const inside = { allow: ['edit(**)'], deny: ['edit(a/*/c.txt)'] };
    assert.equal(remove(file('A', { isDirectory: true }), inside).verdict, 'deny');
    assert.equal(remove(file('a/b', { isDirectory: true }), inside, 'rename').verdict, 'deny');
    assert.equal(remove(file('b', { isDirectory: true }), inside).verdict, 'ask');
    const anywhere = { allow: ['edit(**)'], deny: ['edit(**/*.pem)'] };
    assert.equal(remove(file('src', { isDirectory: true }), anywhere).verdict, 'ask');
    assert.equal(remove(file('src', { exists: false }), anywhere).verdict, 'ask');
    assert.equal(remove(file('src/a.ts', { exists: false }), anywhere).verdict, 'allow');
  });

  it('names the tier of a protected file', () => {
    assert.equal(protectionsOf('.npmrc')[0]?.tier, 'secret');
    assert.equal(protectionsOf('a/.git/b')[0]?.tier, 'forbidden');
    assert.deepEqual(protectionsOf('src/a.ts'), []);
  });
});

// Path globs: only `*`, `?` and `**` are special.
import assert from 'node:assert/strict';
import { compileGlob } from '../../../src/node/globs.ts';

describe('compileGlob', () => {
  const cases: [string, string, boolean][] = [
    ['src/**', 'src/a.ts', true],
    ['src/**', 'src/.x/y', true],
    ['src/**', 'src', false],
    ['src/**', 'srcx/a', false],
    ['src/a.ts', 'src/aXts', false],
    ['**/.env', '.env', true],
    ['**/.env', 'a/b/.env', true],
    ['**', 'x/.y', true],
    ['*.ts', 'a/b.ts', false],
    ['*', '.a', true],
    ['s?c/x', 'src/x', true],
    ['?', '/', false],
    ['src/*', 'src/a/b', false],
    ['src/**/x', 'src/x', true],
    ['src/**/x', 'src/a/b/x', true],
    ['a[bc]', 'ab', false],
    ['a[bc]', 'a[bc]', true],
    ['{a,b}', 'a', false],
    ['{a,b}', '{a,b}', true],
    ['!a', 'b', false],
    ['!a', '!a', true],
    ['+(a)', 'a', false],
    ['@(a|b)', 'a', false],
    ['a+b', 'aab', false],
    ['a\\b', 'a\\b', true],
    ['#a', '#a', true],
    ['a $b^', 'a $b^', true],
    ['**', 'a\nb', true],
    ['src/*', 'src/a\nb', true],
    ['caf\u00e9', 'cafe\u0301', false],
    ['a/**/b/**/c', 'a/x/b/b/y/z/c', true],
    ['a/**/b/**/c', 'a/x/y/c', false],
    ['*a*b', 'xaxbxb', true],
    ['*a*b', 'xbxa', false],
    ['a**b', 'a/b', false],
    ['a**b', 'axxb', true],
    ['?', '\u{1F9FE}', true],
    ['src//a', 'src/a', false],
    ['/src/a', 'src/a', false],
  ];
  for (const [glob, path, expected] of cases) {
    it(`${glob} ${expected ? 'matches' : 'does not match'} ${JSON.stringify(path)}`, () => {
      assert.equal(compileGlob(glob, { nocase: false })(path), expected);
    });
  }
  it('folds case only when asked', () => {
    assert.equal(compileGlob('SRC/**', { nocase: true })('src/a'), true);
    assert.equal(compileGlob('SRC/**', { nocase: false })('src/a'), false);
    assert.equal(compileGlob('caf\u00e9', { nocase: true })('CAFE\u0301'), true);
    assert.equal(compileGlob('src//a', { nocase: true })('src/a'), true);
    assert.equal(compileGlob('/etc/**', { nocase: true })('/etc/passwd'), true);
    assert.equal(compileGlob('/etc/**', { nocase: true })('etc/passwd'), false);
  });
  it('throws on an empty or excessive glob', () => {
    assert.throws(() => compileGlob('', { nocase: false }));
    assert.throws(() => compileGlob('*a'.repeat(100), { nocase: false }));
  });
  it('comes to an end at once, whatever the glob and the path', () => {
    const started = performance.now();
    for (const glob of [
      '*\\\\\\\\',
      '.*\\\\\\\\',
      '*a'.repeat(30),
      '**/'.repeat(30) + 'x',
      '?*'.repeat(30),
    ]) {
      for (const path of ['a'.repeat(4000), 'a/'.repeat(2000), '\\'.repeat(4000)]) {
        for (const nocase of [false, true]) compileGlob(glob, { nocase })(path);
      }
    }
    assert.ok(performance.now() - started < 5000);
  });
});

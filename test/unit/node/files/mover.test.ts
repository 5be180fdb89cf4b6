// Moving one file on a real disk: over nothing, to nowhere else, and what a move that was cut off comes to.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chmod, link, lstat, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { rm, writeFile } from 'node:fs/promises';
import { createFileMover } from '../../../../src/node/files/mover.ts';
import { systemTexts } from '../../../../src/node/system.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../fakes/temporaryFolder.ts';
import type { EditorBuffers, WriteOutcome } from '../../../../src/core/ports/workspace.ts';

describe('the file mover', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder({ a: 'old\n', 'out/there': 'theirs\n' });
  });
  afterEach(() => folder.dispose());

  const move = (
    from: string,
    to: string,
    more: { base?: string; buffers?: EditorBuffers } = {},
  ): Promise<WriteOutcome> => {
    const baseHash = systemTexts.sha256(more.base ?? 'old\n');
    const { buffers } = more;
    const mover = createFileMover({ texts: systemTexts, buffers });
    return mover({ realPath: folder.at(from), toReal: folder.at(to), baseHash });
  };
  const content = (name: string): Promise<string> => readFile(folder.at(name), 'utf8');
  const names = async (): Promise<string[]> =>
    (await readdir(folder.path, { recursive: true })).sort();

  it('gives the file its new name, makes the folders, and keeps mode and file', async () => {
    await chmod(folder.at('a'), 0o751);
    const before = await stat(folder.at('a'));
    assert.deepEqual(await move('a', 'x/y/b.ts'), { kind: 'written' });
    const after = await stat(folder.at('x/y/b.ts'));
    assert.deepEqual([after.ino, after.mode, after.nlink], [before.ino, before.mode, 1]);
    assert.deepEqual(await names(), ['out', 'out/there', 'x', 'x/y', 'x/y/b.ts']);
  });

  it('replaces nothing: no file, no folder, no link, no dangling link', async () => {
    await symlink('out/there', folder.at('link'));
    await symlink('nowhere', folder.at('dangling'));
    for (const to of ['out/there', 'out', 'link', 'dangling']) {
      const moved = await move('a', to);
      assert.equal(moved.kind, 'stale', to);
      assert.ok(moved.kind === 'stale' && /exists by now/.test(moved.message));
    }
    assert.equal(await content('out/there'), 'theirs\n');
    assert.equal(await content('a'), 'old\n');
    assert.ok((await lstat(folder.at('dangling'))).isSymbolicLink());
  });

  it('moves nothing whose content is not the base, that is gone, a link, or behind one', async () => {
    await symlink('a', folder.at('link'));
    await symlink('out', folder.at('dlink'));
    assert.equal((await move('a', 'b', { base: 'other\n' })).kind, 'stale');
    assert.equal((await move('gone', 'b')).kind, 'stale');
    assert.equal((await move('link', 'b')).kind, 'failed');
    assert.equal((await move('dlink/there', 'b', { base: 'theirs\n' })).kind, 'failed');
    assert.equal((await move('a', 'dlink/b')).kind, 'failed');
    assert.equal((await move('a', 'dlink/sub/b')).kind, 'failed');
    assert.deepEqual(await names(), ['a', 'dlink', 'dlink/there', 'link', 'out', 'out/there']);
  });

  it('leaves no folder behind when it fails', async () => {
    const moved = await move('a', 'out/there/x/b');
    assert.equal(moved.kind, 'failed');
    await chmod(folder.at('out'), 0o555);
    const root = process.getuid?.() === 0;
    const denied = await move('a', 'out/new/b');
    await chmod(folder.at('out'), 0o755);
    assert.equal(denied.kind, root ? 'written' : 'failed');
    if (!root) assert.deepEqual(await names(), ['a', 'out', 'out/there']);
  });

  it('leaves a file alone that has unsaved changes in an editor', async () => {
    const buffers: EditorBuffers = {
      dirtyText: (file) => (file === folder.at('a') ? 'old\n' : undefined),
      replaceText: () => assert.fail('nothing is written'),
    };
    const moved = await move('a', 'b', { buffers });
    assert.ok(moved.kind === 'stale' && /unsaved changes/.test(moved.message));
    assert.equal(await content('a'), 'old\n');
  });

  it('ends a move that was cut off between the two names, and no other', async () => {
    await link(folder.at('a'), folder.at('b'));
    assert.deepEqual(await move('a', 'b'), { kind: 'written' });
    assert.equal(await content('b'), 'old\n');
    assert.equal((await stat(folder.at('b'))).nlink, 1);
    await writeFile(folder.at('a'), 'old\n');
    assert.equal((await move('a', 'b')).kind, 'stale', 'the same text is not the same file');
    assert.equal(await content('a'), 'old\n');
  });

  it('takes a name in other letters for another name where names are told apart', async () => {
    assert.deepEqual(await move('a', 'A'), { kind: 'written' });
    assert.deepEqual(await names(), ['A', 'out', 'out/there']);
    await writeFile(folder.at('a'), 'mine\n');
    assert.equal((await move('A', 'a')).kind, 'stale');
    assert.equal(await content('a'), 'mine\n');
  });

  it('whatever is there, no text of any file is lost, and the file is at one of both names', async () => {
    const name = fc.constantFrom('a', 'b', 'd/a', 'd/b', 'd');
    const step = fc.record({ from: name, to: name, linked: fc.boolean() });
    const run = async (steps: { from: string; to: string; linked: boolean }[]): Promise<void> => {
      await rm(folder.at('p'), { recursive: true, force: true });
      await mkdir(folder.at('p/d'), { recursive: true });
      await writeFile(folder.at('p/a'), 'A');
      await writeFile(folder.at('p/d/b'), 'B');
      const texts = async (): Promise<string[]> => {
        const found: string[] = [];
        for (const file of await readdir(folder.at('p'), { recursive: true })) {
          const entry = await lstat(folder.at(`p/${file}`));
          if (entry.isFile()) found.push(await content(`p/${file}`));
        }
        return [...new Set(found)].sort();
      };
      for (const { from, to, linked } of steps) {
        const base = await content(`p/${from}`).catch(() => 'none');
        // As a process leaves it that died in the middle.
        if (linked) await link(folder.at(`p/${from}`), folder.at(`p/${to}`)).catch(() => undefined);
        const moved = await move(`p/${from}`, `p/${to}`, { base });
        assert.deepEqual(await texts(), ['A', 'B']);
        const [old, now] = await Promise.all(
          [content(`p/${from}`), content(`p/${to}`)].map(orNull),
        );
        if (moved.kind === 'written') assert.deepEqual([old, now], [null, base]);
        else if (base !== 'none' && from !== to) assert.equal(old, base);
      }
    };
    const orNull = (read: Promise<string>): Promise<string | null> => read.catch(() => null);
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 6 }), run), { numRuns: 60 });
  });
});

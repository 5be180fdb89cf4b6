import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { link, mkdir, realpath, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { relativeInside, resolvePath, type Root } from '../../../../src/node/files/resolvePath.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../fakes/temporaryFolder.ts';
import type { ResolvedPath } from '../../../../src/core/ports/workspace.ts';

describe('resolvePath', () => {
  let folder: TemporaryFolder;
  let roots: Root[];
  const resolve = (input: string): Promise<ResolvedPath> => resolvePath(input, roots);

  beforeEach(async () => {
    folder = await temporaryFolder({
      'ws/src/a.ts': 'a',
      'ws2/b.ts': 'b',
      'out/secret': 's',
      'other/name/c.ts': 'c',
    });
    roots = [{ lexical: folder.at('ws'), real: folder.at('ws') }];
    await symlink(folder.at('out'), folder.at('ws/link'));
    await symlink('../out/secret', folder.at('ws/file'));
    await symlink('src/a.ts', folder.at('ws/inner'));
    await symlink(folder.at('out/new'), folder.at('ws/dangling'));
    await symlink('dangling', folder.at('ws/dangling2'));
    await symlink('loop', folder.at('ws/loop'));
    await symlink(folder.at('ws'), folder.at('back'));
  });
  afterEach(() => folder.dispose());

  it('marks what is neither file nor folder', async () => {
    execFileSync('mkfifo', [folder.at('ws/fifo')]);
    assert.equal((await resolve('fifo')).special, true);
    for (const plain of ['src/a.ts', 'src', 'missing']) {
      assert.equal((await resolve(plain)).special, undefined);
    }
  });

  it('follows links, at the end and on the way', async () => {
    for (const input of ['link/secret', 'file']) {
      const found = await resolve(input);
      assert.equal(found.real, folder.at('out/secret'));
      assert.equal(found.relReal, null);
      assert.equal(found.relLexical, input);
    }
    assert.equal((await resolve('inner')).relReal, 'src/a.ts');
    assert.equal((await resolve('link/deep/new.ts')).relReal, null);
  });

  it('follows links that lead to nothing yet', async () => {
    for (const input of ['dangling', 'dangling2', 'dangling/below/x']) {
      const found = await resolve(input);
      assert.equal(found.relReal, null, input);
      assert.equal(found.exists, false);
      assert.ok(found.real.startsWith(folder.at('out/new')));
    }
  });

  it('counts what cannot be resolved as outside', async () => {
    for (const input of ['loop', 'loop/x', 'a\0b', 'x'.repeat(300)]) {
      const found = await resolve(input);
      assert.equal(found.relReal, null, input.slice(0, 20));
      assert.equal(found.exists, false);
    }
  });

  it('finds a way back inside', async () => {
    const found = await resolve(folder.at('back/src/a.ts'));
    assert.equal(found.relReal, 'src/a.ts');
    assert.equal(found.relLexical, null);
  });

  it('takes `..` before links are followed, and uses the result only', async () => {
    const found = await resolve('link/../src/a.ts');
    assert.equal(found.real, folder.at('ws/src/a.ts'));
  });

  it('counts hard links of files', async () => {
    await link(folder.at('out/secret'), folder.at('ws/hard'));
    assert.equal((await resolve('hard')).links, 2);
    assert.equal((await resolve('src')).links, 1);
  });

  it('knows a root that was opened through a link by both names', async () => {
    roots = [{ lexical: folder.at('back'), real: folder.at('ws') }];
    const found = await resolve(folder.at('back/src/a.ts'));
    assert.equal(found.relLexical, 'src/a.ts');
    assert.equal(found.relReal, 'src/a.ts');
  });

  it('finds other roots by name, unless the first has such an entry', async () => {
    const other = folder.at('other/name');
    roots.push({ lexical: other, real: other });
    const found = await resolve('name/c.ts');
    assert.equal(found.real, folder.at('other/name/c.ts'));
    assert.equal(found.relReal, 'c.ts');
    await mkdir(folder.at('ws/name'));
    assert.equal((await resolve('name/c.ts')).real, folder.at('ws/name/c.ts'));
    await rm(folder.at('ws/name'), { recursive: true });
    assert.equal((await resolve('name/../../x')).relReal, null);
  });

  it('without a root puts everything outside', async () => {
    roots = [];
    assert.equal((await resolve('a')).relReal, null);
    assert.equal((await resolve(folder.at('ws'))).relReal, null);
  });

  it('never says inside of anything that is outside (property)', async () => {
    const segment = fc.constantFrom(
      ...[
        '..',
        '.',
        'src',
        'a.ts',
        'link',
        'file',
        'inner',
        'dangling',
        'loop',
        'new',
        'ws',
        'ws2',
      ],
      ...['out', 'back', 'secret', '', '..a', 'x\0y'],
    );
    const segments = fc.array(segment, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(segments, fc.constantFrom('', folder.path, '/'), async (parts, start) => {
        const found = await resolve(start === '' ? parts.join('/') : path.join(start, ...parts));
        if (found.relReal === null) return;
        // Checked by other means than the code's own: the kernel's view of the deepest existing ancestor.
        let existing = found.real;
        let real: string | undefined;
        while (real === undefined) {
          real = await realpath(existing).catch(() => undefined);
          if (real === undefined) existing = path.dirname(existing);
        }
        const root = folder.at('ws');
        const inside = real === root || real.startsWith(root + path.sep);
        assert.ok(inside, `${found.input} is ${real}`);
        assert.equal(real, existing);
      }),
      { numRuns: 500 },
    );
  }).timeout(20_000);
});

describe('relativeInside', () => {
  it('compares by segments', () => {
    assert.equal(relativeInside('/ws', '/ws'), '');
    assert.equal(relativeInside('/ws', '/ws/a/b'), 'a/b');
    assert.equal(relativeInside('/ws', '/ws/..a'), '..a');
    assert.equal(relativeInside('/ws', '/ws2'), null);
    assert.equal(relativeInside('/ws', '/'), null);
    assert.equal(relativeInside('/', '/x'), 'x');
  });
});

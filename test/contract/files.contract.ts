// What every Files adapter must do. Run by files.test.ts on the real one and on the fake.
import assert from 'node:assert/strict';
import type { Files } from '../../src/core/ports/workspace.ts';

export interface FilesFixture {
  files: Files;
  /** Absolute path of something in the first root. */
  at: (relative: string) => string;
  dispose: () => Promise<void>;
}

const TREE = {
  'src/a.ts': 'export const a = 1;\nexport const b = 2;\n',
  'src/deep/b.test.ts': 'test(a);\n',
  'README.md': '# Title\r\nconst in prose\r\n',
  '..odd.txt': 'odd\n',
  empty: '',
};

/** `make` gets a tree of relative paths and texts. */
export function filesContract(
  name: string,
  make: (tree: Record<string, string>) => Promise<FilesFixture>,
): void {
  describe(`Files contract: ${name}`, () => {
    let fixture: FilesFixture;
    const signal = new AbortController().signal;
    beforeEach(async () => {
      fixture = await make(TREE);
    });
    afterEach(() => fixture.dispose());

    describe('resolve', () => {
      it('gives the forms of a relative path', async () => {
        const { files, at } = fixture;
        assert.deepEqual(await files.resolve('src/./x/../a.ts'), {
          input: 'src/./x/../a.ts',
          lexical: at('src/a.ts'),
          real: at('src/a.ts'),
          relLexical: 'src/a.ts',
          relReal: 'src/a.ts',
          exists: true,
          isDirectory: false,
          links: 1,
        });
      });

      it('takes absolute paths, folders and the root itself', async () => {
        const { files, at } = fixture;
        assert.equal((await files.resolve(at('src'))).isDirectory, true);
        const root = await files.resolve('.');
        assert.equal(root.relReal, '');
        assert.equal(root.isDirectory, true);
      });

      it('keeps what does not exist yet inside', async () => {
        const resolved = await fixture.files.resolve('new/deep/file.ts');
        assert.equal(resolved.relReal, 'new/deep/file.ts');
        assert.equal(resolved.exists, false);
      });

      for (const input of ['..', '../x', 'src/../../x', '/etc/passwd', '/']) {
        it(`says that ${input} is outside`, async () => {
          const resolved = await fixture.files.resolve(input);
          assert.equal(resolved.relReal, null);
          assert.equal(resolved.relLexical, null);
        });
      }

      it('does not take a sibling with the same beginning for the root', async () => {
        const { files, at } = fixture;
        assert.equal((await files.resolve(`${at('.')}2/x`)).relReal, null);
      });

      it('does not take a name that begins with two dots for the way up', async () => {
        assert.equal((await fixture.files.resolve('..odd.txt')).relReal, '..odd.txt');
      });

      it('expands nothing', async () => {
        for (const input of ['~/x', '$HOME/x', '%TEMP%/x']) {
          assert.equal((await fixture.files.resolve(input)).relReal, input);
        }
      });

      it('takes a NUL for outside and for nothing that exists', async () => {
        const resolved = await fixture.files.resolve('src/a.ts\0.png');
        assert.equal(resolved.relReal, null);
        assert.equal(resolved.exists, false);
      });
    });

    describe('read', () => {
      it('gives the text with its hash', async () => {
        const { files, at } = fixture;
        assert.deepEqual(await files.read(at('..odd.txt')), {
          kind: 'text',
          text: 'odd\n',
          hash: '80a3ef2f5539b0a6b5ee045e2a1de83bfb38550da54aa4d60dc1b9526b4b0805',
          encoding: 'utf8',
          dirty: false,
        });
      });

      it('tells files, folders and nothing apart', async () => {
        const { files, at } = fixture;
        assert.equal((await files.read(at('empty'))).kind, 'text');
        assert.deepEqual(await files.read(at('src')), { kind: 'directory' });
        assert.deepEqual(await files.read(at('none')), { kind: 'missing' });
        assert.deepEqual(await files.read(at('empty/below')), { kind: 'missing' });
      });
    });

    describe('list', () => {
      it('lists one level, and more when asked', async () => {
        const { files, at } = fixture;
        assert.deepEqual(await files.list(at('src'), 1), {
          entries: [
            { path: 'a.ts', kind: 'file', size: 40 },
            { path: 'deep', kind: 'directory', size: 0 },
          ],
          truncated: false,
        });
        const deep = await files.list(at('.'), 3);
        assert.ok('entries' in deep);
        assert.deepEqual(
          deep.entries.map((entry) => entry.path),
          ['..odd.txt', 'README.md', 'empty', 'src', 'src/a.ts', 'src/deep', 'src/deep/b.test.ts'],
        );
      });

      it('names what is no folder', async () => {
        const { files, at } = fixture;
        assert.deepEqual(await files.list(at('empty'), 1), { error: 'it is a file, not a folder' });
        assert.deepEqual(await files.list(at('none'), 1), { error: 'it does not exist' });
      });
    });

    describe('find', () => {
      const find = async (glob: string, limit = 10, below = '.'): Promise<unknown> =>
        fixture.files.find(fixture.at(below), glob, { limit, signal });

      it('matches file names without a slash, paths with one', async () => {
        const both = { paths: ['src/a.ts', 'src/deep/b.test.ts'], truncated: false };
        assert.deepEqual(await find('*.ts'), both);
        assert.deepEqual(await find('src/**/*.ts'), both);
        assert.deepEqual(await find('src/*.ts'), { paths: ['src/a.ts'], truncated: false });
        assert.deepEqual(await find('*.{md,txt}'), {
          paths: ['..odd.txt', 'README.md'],
          truncated: false,
        });
      });

      it('takes paths below the searched folder and names them from the root', async () => {
        assert.deepEqual(await find('deep/*', 10, 'src'), {
          paths: ['src/deep/b.test.ts'],
          truncated: false,
        });
      });

      it('stops at the limit', async () => {
        assert.deepEqual(await find('*.ts', 1), { paths: ['src/a.ts'], truncated: true });
        assert.deepEqual(await find('*.ts', 2), {
          paths: ['src/a.ts', 'src/deep/b.test.ts'],
          truncated: false,
        });
      });

      it('names what cannot be searched', async () => {
        assert.deepEqual(await find('*', 10, 'none'), { error: 'it does not exist' });
        assert.deepEqual(await find('*', 10, 'empty'), { error: 'it is a file, not a folder' });
      });
    });

    describe('search', () => {
      const base = { isRegex: false, caseSensitive: false, glob: null, maxResults: 10 };
      const search = async (query: object, below = '.'): Promise<unknown> =>
        fixture.files.search(fixture.at(below), { ...base, pattern: '', ...query }, signal);

      it('finds plain text in any case, line by line', async () => {
        assert.deepEqual(await search({ pattern: 'CONST' }), {
          matches: [
            { path: 'README.md', line: 2, text: 'const in prose' },
            { path: 'src/a.ts', line: 1, text: 'export const a = 1;' },
            { path: 'src/a.ts', line: 2, text: 'export const b = 2;' },
          ],
          truncated: false,
        });
      });

      it('tells case apart when asked', async () => {
        const query = { pattern: 'title', caseSensitive: true };
        assert.deepEqual(await search(query), { matches: [], truncated: false });
      });

      it('takes plain text plainly and regular expressions as such', async () => {
        const b = { path: 'src/a.ts', line: 2, text: 'export const b = 2;' };
        assert.deepEqual(await search({ pattern: 'b = .' }), { matches: [], truncated: false });
        assert.deepEqual(await search({ pattern: 'b = \\d', isRegex: true }), {
          matches: [b],
          truncated: false,
        });
      });

      it('keeps to the glob, the limit and the named file', async () => {
        const one = { path: 'src/a.ts', line: 1, text: 'export const a = 1;' };
        assert.deepEqual(await search({ pattern: 'const', glob: '*.ts', maxResults: 1 }), {
          matches: [one],
          truncated: true,
        });
        assert.deepEqual(await search({ pattern: 'a = 1' }, 'src/a.ts'), {
          matches: [one],
          truncated: false,
        });
      });

      it('reports a regular expression that does not compile', async () => {
        const found = await search({ pattern: '(', isRegex: true });
        assert.ok(typeof found === 'object' && found !== null && 'error' in found);
      });

      it('throws an AbortError when aborted, and nothing else', async () => {
        const query = { ...base, pattern: 'a' };
        const aborted = AbortSignal.abort();
        await assert.rejects(
          fixture.files.search(fixture.at('.'), query, aborted),
          (error: Error) => error.name === 'AbortError',
        );
      });
    });
  });
}

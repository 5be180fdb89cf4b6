import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { rgPath } from '@vscode/ripgrep';
import { createLocalFiles } from '../../../../src/node/files/localFiles.ts';
import { systemTexts } from '../../../../src/node/system.ts';
import { pathFilter } from '../../../../src/node/files/ripgrep.ts';
import { readText } from '../../../../src/node/files/readText.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../fakes/temporaryFolder.ts';
import type { EditorBuffers, Files, SearchQuery } from '../../../../src/core/ports/workspace.ts';

const signal = new AbortController().signal;

describe('local files', () => {
  let folder: TemporaryFolder;
  let files: Files;

  async function open(tree: Record<string, string | Uint8Array>, buffers?: EditorBuffers) {
    folder = await temporaryFolder(tree);
    files = createLocalFiles({
      roots: [folder.path],
      rgPath,
      texts: systemTexts,
      buffers,
      maxBytes: 1000,
    });
  }
  afterEach(() => folder.dispose());

  describe('read', () => {
    it('tells what is no UTF-8 text', async () => {
      await open({
        bom: '\uFEFFa',
        nul: 'a\0b',
        latin: Buffer.from([0x61, 0xe9, 0x62]),
        utf16: Buffer.from('\uFEFFab', 'utf16le'),
        big: 'x'.repeat(1001),
        full: 'x'.repeat(1000),
      });
      const read = (name: string) => files.read(folder.at(name));
      assert.deepEqual(await read('bom'), {
        kind: 'text',
        text: 'a',
        hash: systemTexts.sha256('a'),
        encoding: 'utf8bom',
        dirty: false,
      });
      assert.deepEqual(await read('nul'), { kind: 'binary', size: 3 });
      assert.deepEqual(await read('latin'), { kind: 'notUtf8', size: 3 });
      assert.deepEqual(await read('utf16'), { kind: 'notUtf8', size: 6 });
      assert.deepEqual(await read('big'), { kind: 'tooLarge', size: 1001, limit: 1000 });
      assert.equal((await read('full')).kind, 'text');
    });

    it('goes through no link and waits for no pipe', async () => {
      await open({ a: 'secret', 'd/a': 'x' });
      await symlink('a', folder.at('link'));
      await symlink('d', folder.at('dlink'));
      execFileSync('mkfifo', [folder.at('fifo')]);
      for (const name of ['link', 'dlink/a', 'fifo']) {
        assert.equal((await files.read(folder.at(name))).kind, 'failed', name);
      }
    });

    it('prefers an unsaved buffer', async () => {
      await open(
        { a: '\uFEFFdisk' },
        {
          dirtyText: (file) => (file.endsWith('/a') || file.endsWith('/new') ? 'typed' : undefined),
          replaceText: async () => true,
        },
      );
      const hash = systemTexts.sha256('typed');
      const typed = { kind: 'text', text: 'typed', hash, dirty: true };
      assert.deepEqual(await files.read(folder.at('a')), { ...typed, encoding: 'utf8bom' });
      assert.deepEqual(await files.read(folder.at('new')), { ...typed, encoding: 'utf8' });
    });
  });

  describe('list', () => {
    it('does not enter .git, node_modules or links', async () => {
      await open({ '.git/config': '', 'node_modules/x/y': '', 'src/a': '12' });
      await symlink('src', folder.at('link'));
      assert.deepEqual(await files.list(folder.path, 5), {
        entries: [
          { path: '.git', kind: 'directory', size: 0 },
          { path: 'link', kind: 'link', size: 0 },
          { path: 'node_modules', kind: 'directory', size: 0 },
          { path: 'src', kind: 'directory', size: 0 },
          { path: 'src/a', kind: 'file', size: 2 },
        ],
        truncated: false,
      });
    });

    it('stops at a thousand entries, the upper levels first', async () => {
      const many = Object.fromEntries(Array.from({ length: 1100 }, (_, i) => [`a/${i}`, '']));
      await open({ ...many, z: '' });
      const listed = await files.list(folder.path, 2);
      assert.ok('entries' in listed && listed.truncated);
      assert.equal(listed.entries.length, 1000);
      assert.equal(listed.entries.at(-1)?.path, 'z');
    });
  });

  describe('find and search', () => {
    const query = (pattern: string, more: Partial<SearchQuery> = {}): SearchQuery => {
      return { pattern, isRegex: false, caseSensitive: false, glob: null, maxResults: 50, ...more };
    };
    const search = async (pattern: string, more: Partial<SearchQuery> = {}, below = '.') => {
      const found = await files.search(folder.at(below), query(pattern, more), signal);
      return 'error' in found ? found.error : found.matches.map((match) => match.path);
    };
    const find = async (glob: string) => {
      const found = await files.find(folder.path, glob, { limit: 50, signal });
      return 'error' in found ? found.error : found.paths;
    };

    it('respect .gitignore, whatever the glob is', async () => {
      await open({
        '.gitignore': 'build/\n*.log\n',
        'build/x.js': 'word',
        'a.log': 'word',
        'src/x.js': 'word',
        '.github/ci.yml': 'word',
        '.git/hooks/x.js': 'word',
      });
      assert.deepEqual(await find('*.js'), ['src/x.js']);
      assert.deepEqual(await find('*.log'), []);
      assert.deepEqual(await search('word'), ['.github/ci.yml', 'src/x.js']);
      assert.deepEqual(await search('word', { glob: '*.log' }), []);
      assert.deepEqual(await search('word', { glob: 'src/**' }), ['src/x.js']);
    });

    it('leave out secrets unless the file itself is named', async () => {
      await open({
        '.env': 'TOKEN=1',
        'sub/.env.local': 'TOKEN=1',
        'keys/id_rsa': 'TOKEN=1',
        'server.PEM': 'TOKEN=1',
        '.ssh/x': 'TOKEN=1',
        'src/a.ts': 'TOKEN=1',
        '.env.example': 'TOKEN=',
      });
      assert.deepEqual(await search('TOKEN'), ['.env.example', 'src/a.ts']);
      assert.deepEqual(await search('TOKEN', { glob: '.env' }), []);
      assert.deepEqual(await search('TOKEN', {}, '.env'), ['.env']);
    });

    it('take patterns that look like options for patterns', async () => {
      await open({ a: '--pre=./evil.sh\n-f/etc/passwd\n', '--files-with-matches': 'x' });
      assert.deepEqual(await search('--pre=./evil.sh'), ['a']);
      assert.deepEqual(await search('-f/etc/passwd'), ['a']);
      assert.deepEqual(await search('x', {}, '--files-with-matches'), ['--files-with-matches']);
      assert.deepEqual(await find('--files*'), ['--files-with-matches']);
    });

    it('read no configuration from outside', async () => {
      await open({ a: 'word', rc: '--files-without-match\n' });
      process.env['RIPGREP_CONFIG_PATH'] = folder.at('rc');
      try {
        assert.deepEqual(await search('word'), ['a']);
      } finally {
        delete process.env['RIPGREP_CONFIG_PATH'];
      }
    });

    it('follow no links', async () => {
      await open({ 'ws/a': 'word', 'out/b': 'word' });
      files = createLocalFiles({ roots: [folder.at('ws')], rgPath, texts: systemTexts });
      await symlink('../out', folder.at('ws/link'));
      await symlink('../out/b', folder.at('ws/b'));
      assert.deepEqual(await search('word', {}, 'ws'), ['a']);
      assert.match(String(await search('word', {}, 'ws/link')), /link/);
    });

    it('shorten long lines around the match', async () => {
      await open({ a: `${'é'.repeat(300)}needle${'😀'.repeat(50)}` });
      const found = await files.search(folder.path, query('needle'), signal);
      assert.ok('matches' in found);
      const text = found.matches[0]?.text ?? '';
      assert.ok(text.includes('needle') && text.isWellFormed() && text.length <= 402);
    });

    it('name files so that resolve leads back to them, in other roots too', async () => {
      await open({ 'one/a.ts': 'word', 'two/b.ts': 'word' });
      const roots = [folder.at('one'), folder.at('two')];
      files = createLocalFiles({ roots, rgPath, texts: systemTexts });
      for (const name of ['one/a.ts', 'two/b.ts']) {
        const found = await files.find(folder.at(name.slice(0, 3)), '*.ts', { limit: 5, signal });
        assert.ok('paths' in found);
        assert.equal((await files.resolve(found.paths[0] ?? '')).real, folder.at(name));
      }
    });

    it('say what is wrong', async () => {
      await open({ a: 'x' });
      assert.match(String(await search('(', { isRegex: true })), /regex parse error/);
      files = createLocalFiles({ roots: [folder.path], rgPath: '/none/rg', texts: systemTexts });
      assert.match(String(await search('x')), /ripgrep \(\/none\/rg\) could not be started/);
      assert.match(String(await find('*')), /could not be started/);
    });

    it('stop when aborted', async () => {
      await open({ a: 'x' });
      await mkdir(folder.at('d'));
      const controller = new AbortController();
      const searching = files.search(folder.path, query('x'), controller.signal);
      controller.abort();
      await assert.rejects(searching, { name: 'AbortError' });
    });
  });

  it('keeps a missing workspace folder as it is', async () => {
    await open({});
    files = createLocalFiles({ roots: [folder.at('gone')], rgPath, texts: systemTexts });
    assert.deepEqual(files.roots, [folder.at('gone')]);
    assert.equal((await files.resolve('a')).exists, false);
    assert.deepEqual(await files.list(folder.at('gone'), 1), { error: 'it does not exist' });
  });
});

describe('a file pattern of the model', () => {
  it('with any number of backslashes comes to an end', () => {
    for (let count = 0; count < 9; count += 1) pathFilter(`*${'\\'.repeat(count)}`)('a');
  });
});

describe('a file under a folder that is swapped for a link all the time', () => {
  it('is read, or an error; never what the link leads to', async () => {
    const folder = await temporaryFolder({ 'real/f': 'public', 'out/f': 'secret' });
    const swap = `const { renameSync, symlinkSync } = require('node:fs');
      const at = (name) => ${JSON.stringify(folder.path)} + '/' + name;
      symlinkSync('out', at('link'));
      for (;;) for (const [from, to] of [['real', 'kept'], ['link', 'real'], ['real', 'link'], ['kept', 'real']])
        renameSync(at(from), at(to));`;
    const swapper = new Worker(swap, { eval: true });
    const seen = new Set<string>();
    const end = Date.now() + 10_000;
    for (let reads = 0; reads < 2000 || (!seen.has('public') && Date.now() < end); reads += 1) {
      const read = await readText(folder.at('real/f'), { texts: systemTexts });
      seen.add(read.kind === 'text' ? read.text : read.kind);
    }
    await swapper.terminate();
    await folder.dispose();
    assert.ok(seen.has('public') && seen.size > 1, [...seen].join());
    assert.ok(!seen.has('secret'));
  }).timeout(30_000);
});

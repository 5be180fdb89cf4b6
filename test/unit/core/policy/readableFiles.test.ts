// A search of a folder must not show what a rule keeps from being read.
import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { rgPath } from '@vscode/ripgrep';
import { readableFiles } from '../../../../src/core/policy/readableFiles.ts';
import { createLocalFiles } from '../../../../src/node/files/localFiles.ts';
import { systemTexts } from '../../../../src/node/system.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../fakes/temporaryFolder.ts';
import type { RawLists } from '../../../../src/core/policy/rules.ts';
import { rulesOf } from './support.ts';

describe('a search under rules', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await temporaryFolder({
      'src/a.ts': 'word',
      'private/b.md': 'word',
      'Notes/c.md': 'word',
      'deep/private/d.md': 'word',
    });
    await symlink('private', folder.at('link'));
  });
  after(() => folder.dispose());

  async function found(lists: RawLists, where = '.'): Promise<string[]> {
    const local = createLocalFiles({ roots: [folder.path], rgPath, texts: systemTexts });
    const files = readableFiles(local, { rules: () => rulesOf(lists) });
    const query = {
      pattern: 'word',
      isRegex: false,
      caseSensitive: true,
      glob: null,
      maxResults: 9,
    };
    const { real } = await files.resolve(where);
    const result = await files.search(real, query, new AbortController().signal);
    assert.ok('matches' in result);
    return result.matches.map(({ path }) => path);
  }

  it('leaves out what deny and ask cover, in any case', async () => {
    assert.deepEqual(await found({}), [
      'Notes/c.md',
      'deep/private/d.md',
      'private/b.md',
      'src/a.ts',
    ]);
    const lists = { deny: ['read(private/**)'], ask: ['read(notes/**)'], allow: ['read(**)'] };
    assert.deepEqual(await found(lists), ['deep/private/d.md', 'src/a.ts']);
    assert.deepEqual(await found({ deny: ['read(**/private/*)'] }, 'deep'), []);
    assert.deepEqual(await found({ deny: ['read_file(private/**)'] }, 'private'), []);
  });

  it('searches a file that was named itself: its path has been judged', async () => {
    assert.deepEqual(await found({ ask: ['read(private/**)'] }, 'private/b.md'), ['private/b.md']);
  });
});

// Which repository a folder belongs to and what it configures, found without git, against what git itself finds.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, realpath, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createGitRepositories } from '../../../../src/node/git/repositories.ts';
import { gitlinksOf } from '../../../../src/node/git/gitIndex.ts';
import { printed } from '../../core/git/support.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { gitIn } from './support.ts';

describe('createGitRepositories', function () {
  // Dozens of processes of git's own.
  this.timeout(30_000);
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder({ 'w/src/a.ts': 'a\n' });
  });
  afterEach(() => folder.dispose());

  const facts = (relative: string) => createGitRepositories().factsOf(folder.at(relative));
  const entries = async (relative: string) => {
    const { settings, problems } = await facts(relative);
    assert.deepEqual(problems, []);
    return new Map(settings.map(printed));
  };
  const git = (relative: string, ...words: string[]) => gitIn(folder.at(relative), ...words);
  const problem = async (relative: string) => (await facts(relative)).problems[0] ?? 'none';
  /** As little as git takes for a repository. */
  const plant = async (relative: string, config = '') => {
    for (const name of ['objects', 'refs']) {
      await mkdir(folder.at(`${relative}/${name}`), { recursive: true });
    }
    await writeFile(folder.at(`${relative}/HEAD`), 'ref: refs/heads/main\n');
    await writeFile(folder.at(`${relative}/config`), config);
  };

  it('finds nothing where there is no repository', async () => {
    assert.deepEqual(await facts('w'), { settings: [], problems: [] });
  });

  it('reads what git reads, from the folder, below it and beside it', async () => {
    git('w', 'init', '-q');
    git('w', 'config', 'filter.x.clean', 'cat');
    git('w', 'config', 'user.name', 'A "B"; C');
    const listed = git('w', 'config', '--local', '--list', '-z').split('\0').slice(0, -1);
    const theirs = listed.map((line): [string, string] => {
      const at = line.indexOf('\n');
      return [line.slice(0, at), line.slice(at + 1)];
    });
    assert.deepEqual([...(await entries('w'))], theirs);
    assert.deepEqual(await entries('w/src'), await entries('w'));
    assert.equal((await entries('w')).get('filter.x.clean'), 'cat');
  });

  it('reads the worktree’s own part, and that of the repository it belongs to (A6)', async () => {
    git('w', 'init', '-q');
    git('w', 'add', '.');
    git('w', 'commit', '-qm', 'x');
    git('w', 'worktree', 'add', '-q', folder.at('wt'));
    git('w', 'config', 'extensions.worktreeConfig', 'true');
    git('w', 'config', 'diff.external', 'shared');
    git('wt', 'config', '--worktree', 'core.pager', 'own');
    const seen = await entries('wt/src');
    assert.deepEqual([seen.get('diff.external'), seen.get('core.pager')], ['shared', 'own']);
    assert.equal((await entries('w')).get('core.pager'), undefined);
  });

  for (const version of ['2', '3', '4']) {
    it(`reads submodules, which git status runs itself in, index version ${version} (A6)`, async () => {
      git('w', 'init', '-q');
      git('w', 'config', 'index.version', version);
      await mkdir(folder.at('w/lib/inner'), { recursive: true });
      git('w/lib/inner', 'init', '-q');
      await writeFile(folder.at('w/lib/inner/f'), 'x');
      git('w/lib/inner', 'add', 'f');
      git('w/lib/inner', 'commit', '-qm', 'x');
      git('w', 'add', '.');
      if (version === '3') git('w', 'add', '-N', '.');
      git('w/lib/inner', 'config', 'filter.x.clean', 'inner');
      assert.equal((await entries('w')).get('filter.x.clean'), 'inner');
      // Absorbed, its folder has a file `.git` and its configuration names the work tree, which is no hazard.
      git('w', 'config', '-f', '.gitmodules', 'submodule.x.path', 'lib/inner');
      git('w', 'submodule', 'absorbgitdirs');
      const absorbed = await entries('w');
      assert.equal(absorbed.get('filter.x.clean'), 'inner');
      assert.equal(absorbed.has('core.worktree'), false);
      git('w/lib/inner', 'config', 'core.worktree', '/');
      assert.equal((await entries('w')).get('core.worktree'), '/');
    });
  }

  it('reads the index of a repository with sha256, and finds no links in a plain one', async () => {
    git('w', 'init', '-q', '--object-format=sha256');
    for (let i = 0; i < 30; i += 1) await writeFile(folder.at(`w/f${String(i)}`), 'x');
    git('w', 'add', '.');
    assert.deepEqual((await facts('w')).problems, []);
  });

  it('asks for a shared index, whose entries lie elsewhere', async () => {
    git('w', 'init', '-q');
    git('w', 'add', '.');
    git('w', 'update-index', '--split-index');
    assert.match(await problem('w'), /index cannot be read/);
  });

  it('asks for a bare repository in the folder or above it, before a repository further up (A13)', async () => {
    git('w', 'init', '-q');
    await plant('w/sub', '[core]\nfsmonitor = touch pwned\n');
    assert.match(await problem('w/sub'), /itself for a repository/);
    assert.match(await problem('w/sub/refs'), /for a repository/);
    assert.equal(await problem('w'), 'none');
    await rm(folder.at('w/sub/objects'), { recursive: true });
    assert.equal(await problem('w/sub'), 'none');
    await writeFile(folder.at('w/sub/commondir'), '../.git');
    assert.match(await problem('w/sub'), /itself for a repository/);
  });

  it('follows a file .git as git does, and a link', async () => {
    await plant('real', '[core]\npager = evil\n');
    await writeFile(folder.at('w/.git'), 'gitdir: ../real\n');
    assert.equal((await entries('w/src')).get('core.pager'), 'evil');
    await rm(folder.at('w/.git'));
    await symlink(folder.at('real'), folder.at('w/.git'));
    assert.equal((await entries('w')).get('core.pager'), 'evil');
  });

  for (const [what, make] of [
    ['a .git that is a link to nothing', () => symlink('nowhere', folder.at('w/.git'))],
    ['a file .git that says something else', () => writeFile(folder.at('w/.git'), 'x')],
    ['an empty folder .git', () => mkdir(folder.at('w/.git'))],
    ['a configuration that is none', () => plant('w/.git', '[core\n')],
    [
      'a configuration of a megabyte',
      async () => {
        await plant('w/.git');
        await truncate(folder.at('w/.git/config'), 1024 * 1024);
      },
    ],
    [
      'a configuration that is a folder',
      async () => {
        await plant('w/.git');
        await rm(folder.at('w/.git/config'));
        await mkdir(folder.at('w/.git/config'));
      },
    ],
    [
      'a configuration that is a FIFO, without waiting for it',
      async () => {
        await plant('w/.git');
        await rm(folder.at('w/.git/config'));
        execFileSync('mkfifo', [folder.at('w/.git/config')]);
      },
    ],
    [
      'an index that is none',
      async () => {
        await plant('w/.git');
        await writeFile(folder.at('w/.git/index'), 'DIRCxxxxxxxxxxxxxxx');
      },
    ],
  ] as const) {
    it(`asks for ${what}`, async () => {
      await make();
      assert.notEqual(await problem('w'), 'none');
    });
  }

  it('looks anew each time', async () => {
    await plant('w/.git');
    assert.deepEqual(await facts('w'), { settings: [], problems: [] });
    await writeFile(folder.at('w/.git/config'), '[alias]\nst = status\n');
    assert.equal((await entries('w')).get('alias.st'), 'status');
    await rename(folder.at('w/.git'), folder.at('w/git'));
    assert.equal((await facts('w')).settings.length, 0);
    assert.equal(await realpath(folder.path), folder.path);
  });
});

describe('gitlinksOf', () => {
  it('is total: any bytes, cut anywhere', () => {
    const entry = Buffer.alloc(72);
    entry.writeUInt32BE(0o160000, 24);
    entry.write('lib/x', 62);
    const header = Buffer.from('DIRC\0\0\0\x02\0\0\0\x01', 'latin1');
    const whole = Buffer.concat([header, entry, Buffer.alloc(20)]);
    assert.deepEqual(gitlinksOf(whole), ['lib/x']);
    for (let at = 0; at < whole.length; at += 1) {
      assert.equal(gitlinksOf(whole.subarray(0, at)), null, String(at));
    }
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = 0xff;
      gitlinksOf(damaged);
    }
  });
});

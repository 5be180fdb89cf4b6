import assert from 'node:assert/strict';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { createShells } from '../../../../src/node/commands/shells.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../fakes/temporaryFolder.ts';

describe('createShells', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder({
      'ws/bin/git': '#',
      'one/tool': '#',
      'two/tool': '#',
      'two/data': '',
    });
    for (const program of ['ws/bin/git', 'two/tool']) await chmod(folder.at(program), 0o755);
    await mkdir(folder.at('two/dir'));
    await symlink(folder.at('ws/bin/git'), folder.at('two/linked'));
  });
  afterEach(() => folder.dispose());

  const shells = () =>
    createShells({
      roots: [folder.at('ws')],
      env: { PATH: [folder.at('ws/bin'), folder.at('one'), folder.at('two')].join(':') },
      platform: 'linux',
    });

  it('finds the first program that can be run', () => {
    assert.equal(shells().which('tool'), folder.at('two/tool'));
    assert.equal(shells().which(folder.at('two/tool')), folder.at('two/tool'));
  });

  it('finds nothing else', () => {
    for (const name of [
      'git',
      'data',
      'dir',
      'none',
      '',
      'a\0b',
      './tool',
      '../two/tool',
      'linked',
    ]) {
      assert.equal(shells().which(name), undefined, name);
    }
    assert.equal(shells().which(folder.at('ws/bin/git')), undefined);
    assert.equal(shells().which(folder.at('two/linked')), undefined);
  });

  it('has bash at a fixed place, whatever PATH says (I5)', () => {
    const found = shells().defaultShell();
    assert.ok('path' in found);
    assert.equal(found.shell, 'bash');
    assert.match(found.path, /^\/(?:usr\/|usr\/local\/)?bin\/bash$/);
  });

  it('says what is missing on Windows', () => {
    const env = { SystemRoot: folder.path, PATH: '' };
    const found = createShells({ roots: [], env, platform: 'win32' }).defaultShell();
    assert.ok('error' in found && /PowerShell was not found/.test(found.error));
  });
});

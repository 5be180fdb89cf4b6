import assert from 'node:assert/strict';
import { settingsFileOf } from '../../../src/vscode/settingsFiles.ts';

describe('settingsFileOf', () => {
  const of = (path: string, scheme = 'file'): unknown => settingsFileOf({ scheme, path });

  it('knows the settings files of VS Code by their place', () => {
    const user = { layer: 'user', nested: false };
    assert.deepEqual(of('/home/u/.config/Code/User/settings.json', 'vscode-userdata'), user);
    assert.deepEqual(of('/home/u/.config/Code/User/profiles/-1a/settings.json'), user);
    assert.deepEqual(
      of('/home/u/.vscode-server/data/Machine/settings.json', 'vscode-remote'),
      user,
    );
    assert.deepEqual(of('/ws/.vscode/settings.json'), { layer: 'workspace', nested: false });
    assert.deepEqual(of('/ws/x.code-workspace'), { layer: 'workspace', nested: true });
  });

  it('and nothing else', () => {
    for (const path of [
      '/ws/settings.json',
      '/ws/.vscode/tasks.json',
      '/ws/.vscode/settings.json.bak',
      '/ws/User/x/settings.json',
    ]) {
      assert.equal(of(path), null, path);
    }
    assert.equal(of('/ws/.vscode/settings.json', 'git'), null);
  });
});

import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { commandEnvironment, searchPath } from '../../../../src/node/commands/environment.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

/** Names under which secrets, hooks and remote controls travel in environments. */
export const CANARIES = [
  ...['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'COUNTERSIGN_API_KEY', 'LANGSMITH_API_KEY'],
  ...['LANGCHAIN_API_KEY', 'LANGCHAIN_TRACING_V2', 'GITHUB_TOKEN', 'GH_TOKEN', 'GITLAB_TOKEN'],
  ...['NPM_TOKEN', 'NODE_AUTH_TOKEN', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  ...['AWS_SESSION_TOKEN', 'AZURE_CLIENT_SECRET', 'GOOGLE_APPLICATION_CREDENTIALS'],
  ...[
    'DATABASE_URL',
    'PGPASSWORD',
    'MYSQL_PWD',
    'SSH_AUTH_SOCK',
    'SSH_AGENT_PID',
    'GPG_AGENT_INFO',
  ],
  ...['GIT_ASKPASS', 'SSH_ASKPASS', 'VSCODE_GIT_IPC_HANDLE', 'VSCODE_IPC_HOOK', 'VSCODE_PID'],
  ...['ELECTRON_RUN_AS_NODE', 'NODE_OPTIONS', 'NODE_PATH', 'LD_PRELOAD', 'LD_LIBRARY_PATH'],
  ...['DYLD_INSERT_LIBRARIES', 'BASH_ENV', 'ENV', 'PROMPT_COMMAND', 'SHELLOPTS', 'PYTHONSTARTUP'],
  ...['HTTP_PROXY', 'https_proxy', 'DOCKER_HOST', 'KUBECONFIG', 'BASH_FUNC_ls%%', 'LC_SECRET'],
];

describe('commandEnvironment', () => {
  it('hands on nothing that is not on the list (I8)', () => {
    assert.ok(CANARIES.length >= 40);
    const parent = {
      ...Object.fromEntries(CANARIES.map((name) => [name, 'canary'])),
      HOME: '/home/u',
      LC_ALL: 'C.UTF-8',
      TERM: 'xterm-256color',
      PATH: '/usr/bin:/bin',
    };
    assert.deepEqual(commandEnvironment({ parent, roots: [], platform: 'linux' }), {
      HOME: '/home/u',
      LC_ALL: 'C.UTF-8',
      TERM: 'dumb',
      PATH: '/usr/bin:/bin',
    });
  });

  it('takes Windows names in any case, and keeps programs of the current folder out', () => {
    const parent = { Path: 'C:\\Windows', SYSTEMROOT: 'C:\\Windows', GITHUB_TOKEN: 'canary' };
    assert.deepEqual(commandEnvironment({ parent, roots: [], platform: 'win32' }), {
      PATH: 'C:\\Windows',
      SystemRoot: 'C:\\Windows',
      TERM: 'dumb',
      NoDefaultCurrentDirectoryInExePath: '1',
    });
  });

  it('has a PATH even where the parent has none', () => {
    assert.equal(commandEnvironment({ parent: {}, roots: [], platform: 'linux' })['PATH'], '');
  });
});

describe('searchPath', () => {
  it('drops relative entries and those that are or lead inside the workspace', async () => {
    const folder = await temporaryFolder({ 'ws/bin/x': '', 'ws2/bin/x': '', 'bin/x': '' });
    try {
      await mkdir(folder.at('links'));
      await symlink(folder.at('ws/bin'), folder.at('links/planted'));
      await symlink(folder.at('ws'), folder.at('back'));
      const entries = [
        folder.at('bin'),
        folder.at('ws/bin'),
        folder.at('ws/none/yet'),
        folder.at('links/planted'),
        folder.at('back/bin'),
        folder.at('ws2/bin'),
        'relative/bin',
        '.',
        '',
        `${folder.at('bin')}/../ws/bin`,
      ];
      const options = { parent: { PATH: entries.join(':') }, platform: 'linux' as const };
      const kept = [folder.at('bin'), folder.at('ws2/bin')];
      assert.deepEqual(searchPath({ ...options, roots: [folder.at('ws')] }), kept);
      assert.deepEqual(searchPath({ ...options, roots: [folder.at('back')] }), kept);
    } finally {
      await folder.dispose();
    }
  });
});

// A hostile repository in the real workbench, in Restricted Mode and then trusted: nothing of it runs, connects or widens, and
// what it tried is said.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startOpenAIServer, type FakeOpenAIServer } from '../fakes/openaiServer.ts';
import { startHost, type Host } from '../host/host.mjs';
import { ROOT } from '../host/paths.mjs';
import { openWorkbench, type Workbench } from '../host/workbench.ts';
import { BIDI_NAME, hostileRepo, type HostileRepo } from './support/hostileRepo.ts';
import { call, type ScriptedCall } from './support/script.ts';
import { until } from './support/until.ts';
import { newThread, pictureOnFailure } from './support/session.ts';
import { watchSpawns, type Spawned } from './support/spawned.ts';
import { chatOf } from './support/surface.ts';

const LONG_MS = 240_000;
const WOULD_ALLOW = 'would allow calls';
const IN_VAIN = 'does not count: a workspace can only make approvals stricter';

/** What VS Code's own extension host starts in any window: its search for files, and its look at the machine's ports. */
function ofVscode(what: string): boolean {
  const search = what.startsWith(path.join(ROOT, '.host', 'vscode') + path.sep);
  return search || /^\/bin\/sh -c (?:ls -l \/proc\/\[0-9\]|ps -F -A -l \| grep root$)/.test(what);
}

describe('a hostile repository', () => {
  let repo: HostileRepo;
  let untouched: Record<string, string>;
  let server: FakeOpenAIServer;
  let spawned: Spawned;
  let host: Host;
  let bench: Workbench;

  before(async () => {
    repo = await hostileRepo();
    untouched = repo.tree();
    server = await startOpenAIServer();
    spawned = watchSpawns();
    host = await startHost({
      ...spawned.host,
      workspace: repo.workspaceFile,
      trust: true,
      settings: {
        'countersign.model.provider': 'openai',
        'countersign.model.id': 'my-model',
        'countersign.model.baseUrl': server.baseUrl,
        'countersign.thread.titles': 'firstLine',
        // What other parts of VS Code would run for a trusted folder is not what is tested.
        'git.enabled': false,
        'task.allowAutomaticTasks': 'off',
        'chat.mcp.access': 'none',
      },
    });
  });
  afterEach(() => {
    assert.deepEqual(repo.ran(), [], 'no command of the repository ran');
    assert.equal(repo.connections(), 0, 'no address of the repository was asked');
    assert.deepEqual(repo.tree(), untouched, 'no file was made or changed');
  });
  after(async () => {
    if (bench) await bench.close();
    await host.stop();
    await server.dispose();
    await repo.dispose();
    spawned.dispose();
  });
  pictureOnFailure(() => (bench ? { bench } : undefined));

  const chat = () => chatOf(bench.page);

  async function openChat(url = host.url): Promise<void> {
    if (bench) await bench.close();
    bench = await openWorkbench(host, { url });
    await bench.runCommand('View: Show Countersign');
    const composer = chat().testId('composer-input');
    // This server sometimes never tells its extensions of a workspace's folders; the notice says what a user does then.
    const untold = bench.notification('has not told yet which folders');
    await until('the chat, in a window that knows its folders', async () => {
      if ((await untold.count()) > 0) await bench.reload();
      return (await composer.count()) > 0;
    });
  }

  /** The page on a folder instead. */
  function folderUrl(folder: string): string {
    const url = new URL(host.url);
    url.searchParams.delete('workspace');
    url.searchParams.set('folder', folder);
    return url.href;
  }

  /** What the window's extension host has started by the time that the chat has refused to work. */
  async function refusedWhileRestricted(): Promise<string[]> {
    await chat().send('Look around');
    await chat().frame.locator('[data-code=untrusted_workspace]').waitFor();
    const pid = (await host.extensionHostPids()).at(-1);
    assert.ok(pid);
    return (await spawned.of(pid)).filter((what) => !ofVscode(what));
  }

  async function trust(): Promise<void> {
    await bench.runCommand('Workspaces: Manage Workspace Trust');
    await bench.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await bench.page.getByText('You Trust This', { exact: false }).first().waitFor();
    // It lies over the workbench.
    await bench.runCommand('View: Close All Editors');
  }

  async function reportOf(typed: string): Promise<string> {
    await bench.runCommand('Countersign: Test a Call against Policy…');
    await bench.quickPick.enter(typed);
    await bench.page.locator('.tab.active').filter({ hasText: 'Policy Test' }).waitFor();
    const text = await bench.editorText();
    await bench.runCommand('View: Close All Editors');
    return text;
  }

  /** Nothing of what the settings want is so, and both notices stand there once. */
  async function nothingWidened(): Promise<void> {
    for (const text of [WOULD_ALLOW, IN_VAIN]) {
      await chat().testId('problem').filter({ hasText: text }).waitFor();
      assert.equal(await chat().testId('problem').filter({ hasText: text }).count(), 1, text);
    }
    assert.equal(await chat().testId('mode').inputValue(), 'default');
    await chat().testId('model').getByText('my-model').waitFor();
    const bar = bench.page.locator('.statusbar-item');
    assert.equal(await bar.filter({ hasText: /Approvals off|bypass/i }).count(), 0);
  }

  /** Sends a message to the user's own model, which asks for these calls. */
  async function proposes(...toolCalls: ScriptedCall[]): Promise<void> {
    const asked = server.requests.length;
    server.enqueue({
      kind: 'completion',
      toolCalls: toolCalls.map(({ id, name, args }) => ({ id, name, args })),
    });
    await newThread(bench);
    await chat().send('Do it');
    await chat().turn('paused');
    assert.equal(server.requests.length, asked + 1);
    assert.equal(server.requests.at(-1)?.body.model, 'my-model');
  }

  async function stop(): Promise<void> {
    await chat().testId('stop').click();
    await chat().turn('cancelled');
  }

  it('has traps that work: git alone runs into them', async () => {
    const other = await hostileRepo();
    try {
      await promisify(execFile)('git', ['-C', other.path, 'status']).catch(() => undefined);
      assert.ok(other.ran().includes('git-fsmonitor'), other.ran().join());
    } finally {
      await other.dispose();
    }
  });

  it('in Restricted Mode starts nothing, counts for nothing and is not read (I13, I14, F1)', async () => {
    const empty = mkdtempSync(path.join(tmpdir(), 'countersign-empty-'));
    try {
      await openChat(folderUrl(empty));
      assert.deepEqual(await refusedWhileRestricted(), []);
      await openChat();
      assert.deepEqual(await refusedWhileRestricted(), []);
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
    assert.equal(await chat().testId('problem').filter({ hasText: WOULD_ALLOW }).count(), 0);
    await bench.screenshot('hostile-restricted');
    const report = await reportOf('ls src');
    assert.match(report, /Verdict {3}ASK/);
    assert.doesNotMatch(report, /would allow it/);
    await bench.runCommand('Countersign: Review Workspace Allow List…');
    await bench.notification('its allow list does not count').waitFor();
  }).timeout(LONG_MS);

  it('trusted, says once what it tried and what waits, and widens nothing; its deny counts (I14, F6)', async () => {
    await trust();
    await nothingWidened();
    await bench.screenshot('hostile-trusted');
    assert.match(await reportOf('ls src'), /Verdict {3}ASK[^]*would allow it, but you have not/);
    assert.match(await reportOf('npm publish now'), /Verdict {3}DENY/);
  }).timeout(LONG_MS);

  it('trusted, its calls are denied, ask or are allowed as anywhere else (I4, I14, F5)', async () => {
    await proposes(
      call('g', 'run_command', { command: 'git status' }),
      call('b', 'write_file', { path: BIDI_NAME, content: 'total: 2\n' }),
      call('e', 'read_file', { path: '.env' }),
      call('u', 'read_file', { path: 'src/users.txt' }),
      call('r', 'read_file', { path: 'src/price.ts' }),
      call('c', 'write_file', { path: '.git/config', content: '' }),
      call('l', 'write_file', { path: 'src/settings.ini', content: '' }),
      call('m', 'write_file', { path: '.claude/settings.json', content: '{}' }),
    );
    for (const id of ['g', 'b', 'e', 'u']) await chat().card(id, '[data-state=waiting]').waitFor();
    for (const id of ['c', 'l']) await chat().line(id, '[data-outcome=denied]').waitFor();
    assert.equal(await chat().card('r').count(), 0);
    await chat().card('m').getByText('Protected file:').waitFor();
    const card = chat().card('b');
    assert.match(await card.innerText(), /U\+202E/);
    await card.scrollIntoViewIfNeeded();
    await bench.screenshot('hostile-card');
    await stop();
  }).timeout(LONG_MS);

  it('its allow list is shown rule by rule in a native dialog; refused, it is not spoken of again', async () => {
    const dialog = bench.page.locator('.monaco-dialog-box');
    await bench.runCommand('Countersign: Review Workspace Allow List…');
    await dialog.waitFor();
    assert.match(
      await dialog.innerText(),
      /"shell\(\*\)"[^]*"shell\(ls \*\)"[^]*"rule":"shell\(rm \*\)"/,
    );
    await bench.screenshot('hostile-review');
    await dialog.locator('.dialog-buttons').getByText('Keep Asking', { exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await chat().testId('problem').filter({ hasText: WOULD_ALLOW }).waitFor({ state: 'detached' });
    await proposes(call('s', 'run_command', { command: 'ls src' }));
    server.enqueue({ kind: 'completion', text: 'Listed.' });
    await chat().decide('s', 'approve');
    await chat().turn('finished');
    await chat().line('s', '[data-outcome=ok]').waitFor();
    const pid = (await host.extensionHostPids()).at(-1) ?? 0;
    const started = await spawned.of(pid);
    assert.ok(
      started.some((what) => what.includes('ls src')),
      'what is approved is started, and seen',
    );
  }).timeout(LONG_MS);

  it('opened as a folder, it gets no further (I13, I14)', async () => {
    await openChat(folderUrl(repo.path));
    await refusedWhileRestricted();
    await trust();
    await nothingWidened();
    await proposes(call('f', 'run_command', { command: 'ls src' }));
    await stop();
  }).timeout(LONG_MS);
});

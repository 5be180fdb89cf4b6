// The inbox and the commands around it in a real extension host: what is listed, that it follows, and that nothing decides.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionServices } from './support.ts';
import { removeScript, waiting } from './waiting.ts';
import { COMMANDS } from '../../src/vscode/ids.ts';
import { threadLink } from '../../src/vscode/deepLinkText.ts';
import type { InboxState } from '../../src/vscode/inbox/inbox.ts';
import type { Services } from '../../src/vscode/services.ts';

/** 50 ms is the budget on a machine that does nothing else; this one is for any. */
const MOST_MS = 250;

const command = (id: string, text: string): object => ({
  id,
  name: 'run_command',
  args: { command: text },
});

/** Resolves once the inbox is as it should be. */
function inboxIs({ inbox }: Services, good: (state: InboxState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!good(inbox.state)) return;
      watcher.dispose();
      resolve();
    };
    const watcher = inbox.onChange(look);
    look();
  });
}

describe('the inbox in the extension host', () => {
  after(removeScript);

  it('lists what waits of every thread and forgets what was stopped', async () => {
    const services = await extensionServices();
    const opened = await services.engine();
    const one = await waiting(opened, command('i1', 'echo one'), command('i2', 'echo two'));
    const two = await waiting(opened, command('i3', 'echo three'));
    const own = ({ rows }: InboxState): string[] =>
      rows
        .filter(({ threadId }) => threadId === one.threadId || threadId === two.threadId)
        .map(({ label }) => label);
    await inboxIs(services, (state) => own(state).length === 3);
    assert.deepEqual(own(services.inbox.state), ['Run echo one', 'Run echo two', 'Run echo three']);
    await opened.engine.deleteThread(one.threadId);
    await inboxIs(services, (state) => own(state).length === 1);
    await opened.engine.stopThread(two.threadId);
    await inboxIs(services, (state) => own(state).length === 0);
  });

  it('next pending shows the thread of the card and decides nothing', async () => {
    const services = await extensionServices();
    const opened = await services.engine();
    const { id, threadId } = await waiting(opened, command('n1', 'echo next'));
    await inboxIs(services, ({ rows }) => rows.some(({ actionId }) => actionId === id));
    services.session.update({ threadId: null });
    services.session.cardFocused(null);
    const seen = new Set<string | null>();
    for (const _ of services.inbox.state.rows) {
      await vscode.commands.executeCommand(COMMANDS.nextPending);
      seen.add(services.session.state.threadId);
    }
    assert.ok(seen.has(threadId), 'the thread was never shown');
    assert.equal((await opened.store.getAction(id))?.state, 'open');
    await opened.engine.stopThread(threadId);
  });

  it('approve and reject of the palette do nothing without a card that has the focus, whatever they are given (U15)', async () => {
    const services = await extensionServices();
    const opened = await services.engine();
    const { id, threadId } = await waiting(opened, command('p1', 'echo never'));
    services.session.cardFocused(null);
    const wishes: unknown[] = [];
    const watcher = services.session.onWish((wish) => wishes.push(wish));
    for (const name of [COMMANDS.approveFocused, COMMANDS.rejectFocused]) {
      await vscode.commands.executeCommand(name);
      await vscode.commands.executeCommand(name, id, { actionId: id, callId: 'p1' });
    }
    for (const name of [COMMANDS.openPending, COMMANDS.openPendingPanel, COMMANDS.openThread])
      await vscode.commands.executeCommand(name, { row: { actionId: 'x' }, entry: { id: 7 } });
    watcher.dispose();
    assert.deepEqual(wishes, []);
    assert.equal((await opened.store.getAction(id))?.state, 'open');
    await opened.engine.stopThread(threadId);
  });

  it('a thread that was deleted is shown no longer', async () => {
    const services = await extensionServices();
    const opened = await services.engine();
    const { id } = await opened.engine.createThread();
    services.session.update({ threadId: id });
    const left = new Promise<void>((resolve) => {
      const watcher = services.session.onChange(({ threadId }) => {
        if (threadId !== null) return;
        watcher.dispose();
        resolve();
      });
    });
    await opened.engine.deleteThread(id);
    await left;
  });

  it('copies a link to the thread, and archives by command', async () => {
    const services = await extensionServices();
    const opened = await services.engine();
    const { id } = await opened.engine.createThread();
    const row = { entry: { id } };
    await vscode.commands.executeCommand(COMMANDS.copyThreadLink, row);
    assert.equal(await vscode.env.clipboard.readText(), threadLink(vscode.env.uriScheme, id));
    await vscode.commands.executeCommand(COMMANDS.archiveThread, row);
    const archived = await opened.store.threadsAtRest({ archived: true, limit: 10 });
    assert.ok(archived.some((entry) => entry.id === id));
    await opened.engine.deleteThread(id);
  });

  it('lists and searches 1,000 threads without holding up the extension host', async function () {
    this.timeout(120_000);
    const services = await extensionServices();
    const opened = await services.engine();
    const ids: string[] = [];
    for (let at = 0; at < 1000; at += 1) {
      ids.push((await opened.engine.createThread({ temporary: true })).id);
    }
    await services.inbox.settled();
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const wanted = ids[0] ?? '';
    await opened.engine.renameThread(wanted, 'Among a thousand');
    const [hit] = await opened.store.searchThreads({ text: 'among a THOUSAND', limit: 5 });
    await opened.store.threadsUnderWay();
    await opened.store.threadsAtRest({ archived: false, limit: 201 });
    clearInterval(timer);
    process.stdout.write(`      longest block ${longest.toFixed(1)} ms\n`);
    assert.equal(hit?.threadId, wanted);
    for (const id of ids) await opened.engine.deleteThread(id);
    assert.ok(longest <= MOST_MS, `${longest} ms`);
  });
});

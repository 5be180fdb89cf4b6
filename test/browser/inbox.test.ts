// The inbox in a real VS Code: what waits in every thread, the way from card to card, threads named, archived, deleted and exported,
// a notification that only shows, and how all of it looks.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { resizeSideBar } from './support/looks.ts';
import { call } from './support/script.ts';
import { newThread, pictureOnFailure, startSession, type Session } from './support/session.ts';
import { until } from './support/until.ts';

const NARROW = 232;
const USUAL = 320;
const LONG_MS = 240_000;

describe('inbox', () => {
  let session: Session;

  before(async () => {
    const settings = { 'countersign.notify.whenWaiting': 'always' };
    session = await startSession({
      host: { settings },
      workbench: { colorTheme: 'Dark 2026', viewport: { width: 1200, height: 1100 } },
    });
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  const pane = (name: string): Locator =>
    session.bench.page.locator('.part.sidebar .pane').filter({
      has: session.bench.page.locator('.pane-header', { hasText: name }),
    });
  const row = (name: string, text: string): Locator =>
    pane(name).locator('.monaco-list-row').filter({ hasText: text }).first();

  async function open(name: string): Promise<void> {
    const header = pane(name).locator('.pane-header').first();
    if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
    await pane(name).locator('.pane-header[aria-expanded=true]').waitFor();
  }

  /** Leaves its place to the others. */
  async function close(name: string): Promise<void> {
    const header = pane(name).locator('.pane-header').first();
    if ((await header.getAttribute('aria-expanded')) === 'true') await header.click();
  }

  /** A new thread that waits with these calls. */
  async function waits(text: string, ...calls: ReturnType<typeof call>[]): Promise<void> {
    const { chat, script } = session;
    script.says({ text: 'This is what I would do.', toolCalls: calls }, { text: 'Done.' });
    await session.fresh();
    await chat.send(text);
    await chat.card(calls[0]?.id).first().waitFor();
  }

  async function chord(arrow: 'ArrowDown' | 'ArrowUp'): Promise<void> {
    await session.bench.page.keyboard.press('ControlOrMeta+k');
    await session.bench.page.keyboard.press(`Alt+${arrow}`);
  }

  const focusedCard = (): Promise<string | null> =>
    session.chat.frame
      .locator('body')
      .evaluate(
        () => document.activeElement?.closest('.card')?.getAttribute('data-call-id') ?? null,
      );

  it('empty lists say what they are for', async () => {
    const { bench } = session;
    await newThread(bench);
    await open('Approvals');
    await open('Threads');
    await pane('Approvals').getByText('Nothing waits for you.').waitFor();
    await pane('Threads').getByText('No threads in this workspace yet.').waitFor();
    await bench.screenshot('inbox-dark-empty');
  });

  it('lists every call of every thread, says so once, and goes from card to card', async () => {
    const { bench, chat } = session;
    await waits(
      'First thread',
      call('e1', 'edit_file', {
        path: 'src/round.ts',
        old_string: 'Math.floor(cents + 0.5)',
        new_string: 'Math.round(cents)',
      }),
      call('w1', 'write_file', { path: 'package.json', content: '{ "name": "x" }\n' }),
    );
    await waits(
      'Second thread',
      call('r1', 'run_command', { command: 'npm test && git push origin main' }),
    );
    await waits(
      'Third $(bug) [x](command:workbench.action.quit)',
      call('w2', 'write_file', { path: '$(bug)\u202e [x](command:y).md', content: 'x\n' }),
    );
    const notice = bench.notification('Create $(bug)');
    await notice.waitFor();
    assert.equal(
      await notice.locator('a[href], .codicon-bug').count(),
      0,
      'markup in a notification',
    );
    assert.deepEqual(await notice.getByRole('button', { name: /approve/i }).all(), []);
    await bench.screenshot('inbox-dark-notification');
    await close('Threads');
    await row('Approvals', 'Edit src/round.ts').waitFor();
    await row('Approvals', 'protected file').waitFor();
    await row('Approvals', '2 commands').waitFor();
    const foreign = row('Approvals', 'Create $(bug)\\u{202E} [x](command:y).md');
    await foreign.waitFor();
    assert.equal(await foreign.locator('.label-name a, .label-name .codicon').count(), 0);
    const badge = bench.page.locator('.activitybar .badge-content', { hasText: '4' });
    await badge.first().waitFor();
    await resizeSideBar(bench.page, USUAL);
    await bench.screenshot('inbox-dark-waiting');

    await bench.runCommand('Countersign: Next Pending');
    await until('the first card has the focus', async () => (await focusedCard()) === 'e1');
    await bench.screenshot('inbox-dark-next');
    for (const next of ['w1', 'r1', 'w2', 'e1']) {
      await chord('ArrowDown');
      await until(`${next} has the focus`, async () => (await focusedCard()) === next);
      assert.equal(await chat.card(next).getAttribute('data-armed'), 'false', 'focus armed it');
    }
    await chord('ArrowUp');
    await until('w2 has the focus', async () => (await focusedCard()) === 'w2');
    await row('Approvals', '2 commands').click();
    await until('r1 has the focus', async () => (await focusedCard()) === 'r1');
    assert.equal(session.folder.tree()['package.json']?.includes('"x"'), false);
  }).timeout(LONG_MS);

  it('Approve of the palette asks natively, with what would run; Reject opens the form on the card', async () => {
    const { bench, chat } = session;
    await close('Approvals');
    await chat.armed('r1');
    await chat.card('r1').focus();
    await bench.runCommand('Countersign: Approve');
    const dialog = bench.page.locator('.monaco-dialog-box');
    await dialog.getByText('npm test && git push origin main').waitFor();
    await bench.screenshot('inbox-dark-native');
    await dialog.getByRole('button', { name: 'Look Again' }).click();
    await chat.card('r1').getByText('Not approved: you did not confirm.').waitFor();
    assert.ok(await chat.card('r1', '[data-state=error]').isVisible());
    await chat.card('r1').focus();
    await bench.runCommand('Countersign: Reject');
    await chat.card('r1').getByTestId('reason-input').waitFor();
    await chat.card('r1').getByTestId('cancel').click();
  }).timeout(LONG_MS);

  it('threads are renamed, archived, found, exported and deleted', async () => {
    const { bench, chat, folder } = session;
    await open('Approvals');
    const menu = async (thread: string, entry: string): Promise<void> => {
      await row('Threads', thread).click({ button: 'right' });
      const open = bench.page.locator('.monaco-menu');
      const item = open.locator('.action-menu-item', { hasText: entry });
      await item.waitFor();
      // A press that comes with the menu is taken for the one that opened it.
      await until('a press in the menu that counts', async () => {
        await item.click({ timeout: 1000 }).catch(() => undefined);
        return (await open.count()) === 0;
      });
    };
    // The dialog proposes a name a moment after it opened, in place of what was typed by then.
    const proposed = (name: string) =>
      until(`the dialog proposes ${name}`, async () =>
        (await bench.quickPick.input.inputValue()).endsWith(name),
      );
    await chat.decide('r1', 'reject');
    await chat.turn('finished');
    await open('Threads');
    await row('Threads', 'Second thread').waitFor();
    await bench.screenshot('inbox-dark-threads');
    await menu('Second thread', 'Rename Thread…');
    await bench.quickPick.enter('Ship it');
    await row('Threads', 'Ship it').waitFor();
    await menu('Ship it', 'Export Thread…');
    const file = path.join(folder.path, 'Ship-it.md');
    await proposed('Ship-it.md');
    await bench.screenshot('inbox-dark-save');
    await bench.quickPick.enter(file);
    await until('the export is written', () => Promise.resolve(existsSync(file)));
    const text = readFileSync(file, 'utf8');
    assert.match(text, /^# Ship it\n/);
    assert.match(text, /> Second thread/);
    assert.match(text, /- Rejected by window/);
    await menu('Ship it', 'Archive Thread');
    await row('Threads', 'Archived').waitFor();
    await row('Threads', 'Ship it').waitFor({ state: 'detached' });
    await bench.runCommand('Countersign: Find Thread…');
    await bench.quickPick.input.fill('SECOND THR');
    const hit = bench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Ship it' });
    await hit.waitFor();
    await bench.screenshot('inbox-dark-find');
    await hit.click();
    await chat.frame.getByText('Second thread').first().waitFor();
    await menu('Third', 'Delete Thread…');
    const dialog = bench.page.locator('.monaco-dialog-box');
    await dialog.getByText('It waits for your decision').waitFor();
    await bench.screenshot('inbox-dark-delete');
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await row('Threads', 'Third').waitFor();
    await menu('Third', 'Delete Thread…');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await row('Threads', 'Third').waitFor({ state: 'detached' });
    await row('Approvals', 'Create $(bug)').waitFor({ state: 'detached' });
    await bench.runCommand('Countersign: Export Ledger…');
    const ledger = path.join(folder.path, 'record.jsonl');
    await proposed('ledger.jsonl');
    await bench.quickPick.enter(ledger);
    await until('the ledger is written', () => Promise.resolve(existsSync(ledger)));
    const kinds = readFileSync(ledger, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    assert.ok(kinds.includes('decision') && kinds.at(-1) === 'thread.deleted', kinds.join());
  }).timeout(LONG_MS);

  for (const [theme, kind] of [
    ['Light 2026', 'vs'],
    ['Default High Contrast', 'hc-black'],
  ] as const) {
    it(`${theme}: usual and narrow`, async () => {
      const { bench, host } = session;
      host.setSettings({ 'workbench.colorTheme': theme });
      await bench.reload();
      await bench.page.locator(`.monaco-workbench.${kind}`).waitFor();
      await open('Approvals');
      await open('Threads');
      await row('Approvals', 'protected file').waitFor();
      await row('Threads', 'First thread').waitFor();
      await resizeSideBar(bench.page, USUAL);
      await bench.screenshot(`inbox-${kind}`);
      await resizeSideBar(bench.page, NARROW);
      await bench.screenshot(`inbox-${kind}-narrow`);
    }).timeout(LONG_MS);
  }
});

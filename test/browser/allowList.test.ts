// A workspace's allow list in the real workbench: it counts once exactly this list is let, and no longer than it stays so.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { call } from './support/script.ts';
import { newThread, pictureOnFailure, startSession, type Session } from './support/session.ts';
import type { Surface } from './support/surface.ts';
import { until } from './support/until.ts';

const REVIEW = 'Countersign: Review Workspace Allow List…';
const LONG_MS = 240_000;

describe('the allow list of a workspace', () => {
  let session: Session;
  before(async () => {
    session = await startSession();
    holds(['shell(ls *)', 'shell(pwd\u200b)']);
    await session.bench.runCommand('View: Show Countersign');
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  function holds(list: readonly unknown[]): void {
    const file = session.folder.at('.vscode/settings.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ 'countersign.approval.allow': list }));
  }

  const dialog = (): Locator => session.bench.page.locator('.monaco-dialog-box');
  const problem = (chat: Surface, text: string): Locator =>
    chat.testId('problem').filter({ hasText: text });

  async function press(name: string): Promise<void> {
    await dialog().locator('.dialog-buttons').getByText(name, { exact: true }).click();
  }

  /** How `ls src` ends when the agent wants it. */
  async function listing(chat: Surface): Promise<'asked' | 'ran'> {
    const { bench, script } = session;
    script.says({ toolCalls: [call('s', 'run_command', { command: 'ls src' })] }, { text: 'Ok.' });
    await newThread(bench);
    await chat.send('List it');
    const ended = chat.frame.locator(
      '[data-testid=chat]:is([data-state=paused],[data-state=finished])',
    );
    await ended.waitFor();
    if ((await ended.getAttribute('data-state')) === 'finished') return 'ran';
    await chat.testId('stop').click();
    await chat.turn('cancelled');
    return 'asked';
  }

  it('is spoken of once, asks until it is let, and counts at once (I12, I14)', async () => {
    const { bench, chat } = session;
    await problem(chat, 'brings 2 rules').waitFor();
    assert.equal(await listing(chat), 'asked');
    await bench.runCommand(REVIEW);
    assert.match(await dialog().innerText(), /"shell\(ls \*\)"[^]*"shell\(pwd\\u\{200B\}\)"/);
    await press('Let These 2 Rules Allow Calls');
    await problem(chat, 'brings 2 rules').waitFor({ state: 'detached' });
    assert.equal(await listing(chat), 'ran');
  }).timeout(LONG_MS);

  it('falls back to asking when it changes, and a review shows what is new and gone', async () => {
    const { bench, chat } = session;
    holds(['shell(ls *)', 'shell(rm *)']);
    await problem(chat, 'not the ones that you looked at').waitFor();
    assert.equal(await listing(chat), 'asked');
    await bench.runCommand(REVIEW);
    assert.match(await dialog().innerText(), /\+ "shell\(rm \*\)"[^]*- "shell\(pwd\\u\{200B\}\)"/);
    await bench.screenshot('allow-list-review');
    await bench.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await problem(chat, 'not the ones that you looked at').waitFor();
  }).timeout(LONG_MS);

  it('a list that changes under the dialog is not acknowledged but shown anew', async () => {
    const { bench, chat } = session;
    await bench.runCommand(REVIEW);
    await dialog().waitFor();
    holds(['shell(ls *)', 'shell(mv *)', 'shell(rm *)']);
    await problem(chat, 'brings 3 rules').waitFor();
    await press('Let These 2 Rules Allow Calls');
    await bench.notification('The list changed while you looked at it').waitFor();
    await dialog().filter({ hasText: 'Let 3 rules of this workspace' }).waitFor();
    await press('Keep Asking');
    await problem(chat, 'brings 3 rules').waitFor({ state: 'detached' });
    assert.equal(await listing(chat), 'asked');
  }).timeout(LONG_MS);

  it('a long list is read in the editor; its title bar decides', async () => {
    const { bench, chat } = session;
    holds(Array.from({ length: 30 }, (_, index) => `shell(ls src${index === 0 ? '' : index} *)`));
    await problem(chat, 'brings 30 rules').waitFor();
    await bench.runCommand(REVIEW);
    await bench.page.locator('.tab.active').filter({ hasText: 'Workspace Allow List' }).waitFor();
    await until('the list', async () => /"shell\(ls src29 \*\)"/.test(await bench.editorText()));
    assert.equal(await dialog().count(), 0);
    const decide = '.editor-actions a.action-label[aria-label^="Decide on These Rules"]';
    await bench.page.locator(decide).click();
    await press('Let These 30 Rules Allow Calls');
    await problem(chat, 'brings 30 rules').waitFor({ state: 'detached' });
    assert.equal(await listing(chat), 'ran');
  }).timeout(LONG_MS);
});

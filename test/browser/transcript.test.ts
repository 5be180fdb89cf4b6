// The chat's transcript in a real workbench: code that is inserted, addresses that ask first, thinking, asking again, and a
// long conversation that comes page by page.
import assert from 'node:assert/strict';
import { call } from './support/script.ts';
import { until } from './support/until.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

describe('transcript', () => {
  let session: Session;

  before(async () => {
    session = await startSession();
    await session.fresh();
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  it('inserts code at the cursor, as an edit that undo takes back; without an editor it says so', async () => {
    const { bench, chat, script } = session;
    script.says({ text: 'Use this:\n\n```ts\nconst half = 0.5;\n```', reasoning: 'Half will do.' });
    await chat.send('Half?');
    await chat.turn('finished');
    await chat.testId('code-insert').click();
    await chat.testId('chat-error').getByText('There is no editor to insert into').waitFor();
    await bench.runCommand('Go to File...');
    await bench.quickPick.choose('round.ts');
    const editor = bench.page.locator('.editor-instance .view-lines');
    await editor.waitFor();
    await chat.testId('code-insert').click();
    await editor.getByText('const half = 0.5;').waitFor();
    await chat.testId('chat-error').waitFor({ state: 'detached' });
    await editor.click();
    await bench.page.keyboard.press('Control+z');
    await editor.getByText('const half = 0.5;').waitFor({ state: 'detached' });
  });

  it('keeps what the model thinks closed, after a reload too', async () => {
    const { bench, chat } = session;
    await bench.reload();
    const thinking = chat.testId('reasoning');
    await thinking.waitFor();
    assert.equal(await thinking.locator('p').isVisible(), false);
    await thinking.locator('summary').click();
    assert.equal(await thinking.locator('p').innerText(), 'Half will do.');
  });

  it('asks natively before an address is opened, and shows all of it', async () => {
    const { bench, chat, script } = session;
    await session.fresh();
    script.says({ text: 'See [the docs](https://docs.example/a?b=c).' });
    await chat.send('Where?');
    await chat.testId('md-link').click();
    const dialog = bench.page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /https:\/\/docs\.example\/a\?b=c/);
    await dialog.getByText('Don’t Open', { exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  it('asks again after a failed turn, as a turn of its own', async () => {
    const { chat, script } = session;
    await session.fresh();
    script.says({ text: 'never', expect: ['something else'] });
    await chat.send('Go');
    await chat.turn('failed');
    script.says({ text: 'Now it works.' });
    await chat.testId('retry').click();
    await chat.testId('item-assistant').getByText('Now it works.').waitFor();
    const [first = '', second = ''] = await chat.testId('item-user').allInnerTexts();
    assert.match(first, /^Go\s[^]*Tried again later/);
    assert.match(second, /^Another try of a message[^]*\sGo$/m);
    assert.equal(await chat.testId('retry').count(), 0);
  });

  it('a long conversation comes page by page; its start is reached, its DOM stays small', async () => {
    const { bench, chat, script } = session;
    await session.fresh();
    const steps = Array.from({ length: 130 }, (_, n) => ({
      text: `Step ${n}.`,
      toolCalls: [call(`r${n}`, 'list_directory', { path: '.' })],
    }));
    script.says(...steps, { text: 'That was all.' });
    await chat.send('Look at everything');
    await chat.testId('item-assistant').getByText('That was all.').waitFor({ timeout: 60_000 });
    await bench.reload();
    await chat.testId('item-assistant').getByText('That was all.').waitFor();
    // The key counts from when the window knows that the keyboard is in the chat.
    await until('the field to find something', async () => {
      await chat.testId('composer-input').click();
      await bench.page.keyboard.press('Control+f');
      return (await chat.testId('find-input').count()) > 0;
    });
    await chat.testId('find-input').fill('step 3.');
    await chat.testId('item-assistant').getByText('Step 3.', { exact: true }).waitFor();
    await chat.testId('find-count').getByText('1 of 1 entries').waitFor();
    await bench.screenshot('find-dark');
    await chat.testId('find-input').press('Escape');
    await chat.testId('find-bar').waitFor({ state: 'detached' });
    await bench.reload();
    await chat.testId('item-assistant').getByText('That was all.').waitFor();
    const feed = chat.testId('transcript');
    const up = async (): Promise<void> => feed.evaluate((element) => void (element.scrollTop = 0));
    const first = chat.testId('item-user').getByText('Look at everything');
    assert.equal(await first.count(), 0, 'not in the page yet');
    for (let n = 0; n < 40 && (await first.count()) === 0; n += 1) {
      await up();
      await first.waitFor({ timeout: 500 }).catch(() => undefined);
    }
    await first.waitFor();
    assert.ok((await chat.frame.locator('cs-item').count()) < 200);
  }).timeout(120_000);
});

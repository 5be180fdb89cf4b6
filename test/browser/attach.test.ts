// Attachments in a real VS Code: a file by @, the selection of an editor, what asks first, and what the model gets.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

describe('attachments', () => {
  let session: Session;

  before(async () => {
    session = await startSession();
    await session.bench.runCommand('View: Show Countersign');
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  const chips = async (): Promise<string[]> =>
    (await session.chat.testId('attachment').allInnerTexts()).map((text) =>
      text.replaceAll(/\s+/g, ''),
    );

  it('a file by @ and the selected lines go with the message, and stay what they were', async () => {
    const { bench, chat, folder, script } = session;
    script.says({
      text: 'I see both',
      expect: ['file="package.json"', 'file="README.md" lines 1 to 3>'],
    });
    const field = chat.testId('composer-input');
    await field.click();
    await field.pressSequentially('Compare @package');
    const offered = chat.testId('mention').filter({ hasText: 'package.json' }).first();
    await offered.waitFor();
    await bench.screenshot('attach-files-offered');
    await field.press('Tab');
    assert.deepEqual(await chips(), ['package.json']);
    await bench.runCommand('Go to File...');
    await bench.quickPick.choose('README.md');
    await bench.page.locator('.tab.active').filter({ hasText: 'README.md' }).waitFor();
    const lines = bench.page.locator('.editor-instance .view-lines').first();
    await lines.click();
    await bench.page.keyboard.press('Control+Home');
    await bench.page.keyboard.press('Shift+ArrowDown');
    await bench.page.keyboard.press('Shift+ArrowDown');
    await bench.page.keyboard.press('Shift+End');
    await bench.runCommand('Countersign: Add Selection to Chat');
    await chat.testId('attachment').nth(1).waitFor();
    assert.deepEqual(await chips(), ['package.json', 'README.md:1–3']);
    assert.equal(await field.inputValue(), 'Compare @package.json ');
    await field.press('Enter');
    await chat.turn('finished');
    await chat.testId('item-assistant').getByText('I see both').waitFor();
    const sent = await chat.testId('sent-attachment').allInnerTexts();
    assert.deepEqual(
      sent.map((text) => text.replaceAll(/\s+/g, '')),
      ['package.json', 'README.md:1–3'],
    );
    await chat.testId('context-meter').click();
    await chat.testId('context-details').waitFor();
    await bench.screenshot('attach-sent');
    const was = folder.tree()['package.json'];
    assert.ok(was);
    writeFileSync(path.join(folder.path, 'package.json'), '{ "name": "another" }\n');
    const [word] = /"name": "[^"]+"/.exec(was) ?? [];
    assert.ok(word);
    script.says({ text: 'As it was', expect: [word] });
    await chat.testId('edit-resend').click();
    await field.press('Enter');
    await chat.testId('item-assistant').getByText('As it was').waitFor();
  });

  it('a file that is denied is not sent, and it is said; the message is there again', async () => {
    const { bench, chat, folder, script } = session;
    writeFileSync(path.join(folder.path, '.env'), 'PASSWORD=hunter2\n');
    script.says({ text: 'Never' });
    await bench.runCommand('Countersign: New Thread');
    await chat.turn('idle');
    await bench.runCommand('Go to File...');
    await bench.quickPick.choose('.env');
    await bench.page.locator('.tab.active').filter({ hasText: '.env' }).waitFor();
    await bench.runCommand('Countersign: Add File to Chat');
    await chat.testId('attachment').first().waitFor();
    const field = chat.testId('composer-input');
    await field.fill('What is in it?');
    await field.press('Enter');
    const dialog = bench.page.locator('.monaco-dialog-box');
    await dialog.getByText('Send what these files hold to the model?').waitFor();
    assert.match(await dialog.innerText(), /\.env: may hold secrets/);
    await bench.screenshot('attach-asks');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await chat.frame.locator('[data-testid=chat-error][data-code=not_confirmed]').waitFor();
    assert.equal(await field.inputValue(), 'What is in it?');
    assert.deepEqual(await chips(), ['.env']);
    assert.equal(await chat.testId('item-user').count(), 0);
  });
});

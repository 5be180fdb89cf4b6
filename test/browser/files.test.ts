// Edits as files, in the real workbench: a batch of several reviewed in one editor, a file that is moved, and one whose edit
// clashes with what the user changed since.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { call } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

describe('files', () => {
  let session: Session;

  before(async () => {
    session = await startSession();
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  it('all files of a batch are reviewed in one editor', async () => {
    const { bench, chat, script } = session;
    await session.fresh();
    script.says(
      {
        toolCalls: [
          call('w1', 'write_file', { path: 'src/round.ts', content: 'one\n' }),
          call('w2', 'write_file', { path: 'src/new.ts', content: 'two\n' }),
          call('m1', 'move_file', { from: 'src/price.ts', to: 'src/money/price.ts' }),
        ],
      },
      { text: 'Done' },
    );
    await chat.send('Change several files');
    await chat.armed('w1');
    await bench.screenshot('files-batch');
    await chat.testId('review-files').click();
    await bench.page.waitForTimeout(6000);
    await bench.screenshot('files-multi-diff');
    console.log(await bench.page.locator('.multiDiffEditor, .multi-diff-root, .editor-instance').first().innerText().catch((e: unknown) => String(e)));
    const right = bench.page.locator('.editor.modified .view-lines').first();
    await right.click();
    await bench.page.keyboard.press('Control+End');
    await bench.page.keyboard.type('// mine');
    await bench.page.waitForTimeout(3000);
    await bench.screenshot('files-multi-diff-typed');
  });

  it('a clash is resolved in the merge editor', async () => {
    const { bench, chat, folder, script } = session;
    await session.fresh();
    script.says(
      { toolCalls: [call('w1', 'write_file', { path: 'src/round.ts', content: folder.read('src/round.ts').replace(/\n/, '\n// agent\n') })] },
      { text: 'Done' },
    );
    await chat.send('Replace it');
    await chat.armed('w1');
    writeFileSync(folder.at('src/round.ts'), folder.read('src/round.ts').replace(/\n/, '\n// mine\n'));
    await chat.press('w1', 'approve');
    await chat.testId('card-changed').waitFor();
    await bench.screenshot('files-conflict-card');
    await chat.testId('resolve').click();
    await bench.page.waitForTimeout(6000);
    await bench.screenshot('files-merge');
    assert.ok(folder);
  });
});

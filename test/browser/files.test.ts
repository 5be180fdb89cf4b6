// Edits as files, in the real workbench: a batch of several reviewed in one editor with a file that is moved, and one whose
// edit clashes with what the user changed since.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { call } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

describe('files', () => {
  let session: Session;

  before(async () => {
    session = await startSession();
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  const tab = (name: string) =>
    session.bench.page.locator('.tabs-container .tab').filter({ hasText: name });

  it('all files of a batch are reviewed in one editor, where typing counts; a move keeps the text', async () => {
    const { bench, chat, folder, script } = session;
    await session.fresh();
    const price = folder.read('src/price.ts');
    script.says(
      {
        toolCalls: [
          call('w1', 'write_file', { path: 'src/round.ts', content: 'one\n' }),
          call('w2', 'write_file', { path: 'src/deep/new.ts', content: 'two\n' }),
          call('m1', 'move_file', { from: 'src/price.ts', to: 'src/money/price.ts' }),
        ],
      },
      { text: 'Done', expect: ['+// mine', 'Moved src/price.ts to src/money/price.ts.'] },
    );
    await chat.send('Change several files');
    await chat.armed('w1');
    await chat.testId('review-files').click();
    const rights = bench.page.locator('.editor.modified .view-lines');
    await rights.nth(1).getByText('two').waitFor();
    await rights.first().click();
    await bench.page.keyboard.press('Control+End');
    await bench.page.keyboard.type('// mine');
    await chat.card('w1').getByText('this is your text').waitFor();
    await bench.screenshot('files-in-one-editor');
    for (const id of ['w1', 'w2', 'm1']) await chat.decide(id, 'approve');
    await bench.screenshot('files-move');
    await chat.submit();
    await chat.turn('finished');
    assert.equal(folder.read('src/round.ts'), 'one\n// mine');
    assert.equal(folder.read('src/deep/new.ts'), 'two\n');
    assert.equal(folder.read('src/money/price.ts'), price);
    assert.ok(!existsSync(folder.at('src/price.ts')));
    await tab('Proposed by the agent').waitFor({ state: 'detached' });
  });

  it('an edit that clashes is resolved in the merge editor, and not approved before', async () => {
    const { bench, chat, folder, script } = session;
    await session.fresh();
    const [first = '', ...rest] = folder.read('src/round.ts').split('\n');
    const withLines = (...lines: string[]): string => [first, ...lines, ...rest].join('\n');
    const args = { path: 'src/round.ts', content: withLines('// agent') };
    script.says({ toolCalls: [call('w1', 'write_file', args)] }, { text: 'Done' });
    await chat.send('Add a comment');
    await chat.armed('w1');
    writeFileSync(folder.at('src/round.ts'), withLines('// mine'));
    await chat.press('w1', 'approve');
    await chat.testId('card-changed').waitFor();
    await bench.screenshot('files-conflict');
    await chat.press('w1', 'resolve');
    const accept = bench.page.getByText('Accept Combination (In the file now First)').first();
    await accept.waitFor();
    await chat.card('w1').getByText('The conflict is not resolved yet').waitFor();
    assert.equal(await chat.card('w1').locator('[data-testid=approve]:not([disabled])').count(), 0);
    await bench.screenshot('files-merge-editor');
    await accept.click();
    await chat.card('w1').getByText('this is your text').waitFor();
    await chat.decide('w1', 'approve');
    await chat.turn('finished');
    assert.equal(folder.read('src/round.ts'), withLines('// mine', '// agent'));
    await tab('Merging').waitFor({ state: 'detached' });
  });
});

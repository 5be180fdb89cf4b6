// Undo Turn… in the real workbench: the pick says what can be restored, the card asks for each file, and later changes stay.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { call } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

describe('undo', () => {
  let session: Session;

  before(async () => {
    session = await startSession();
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  it('a turn is undone file by file, keeps what the user changed since, and is undone in turn', async () => {
    const { bench, chat, folder, script } = session;
    await session.fresh();
    const before = folder.read('src/price.ts');
    const [comment] = before.match(/\/\*\* Price in cents.*\n/) ?? [];
    assert.ok(comment);
    const args = { path: 'src/price.ts', old_string: comment, new_string: '/** In cents. */\n' };
    script.says(
      {
        toolCalls: [
          call('e1', 'edit_file', args),
          call('w1', 'write_file', { path: 'src/made.ts', content: 'export {};\n' }),
        ],
      },
      { text: 'Done' },
    );
    await chat.send('Shorten the comment');
    await chat.decide('e1', 'approve');
    await chat.decide('w1', 'approve');
    await chat.submit();
    await chat.turn('finished');
    const after = folder.read('src/price.ts');
    assert.notEqual(after, before);
    writeFileSync(folder.at('src/price.ts'), `${after}\n// mine\n`);
    await bench.runCommand('Countersign: Undo Turn');
    await bench.quickPick.input.waitFor();
    await bench.screenshot('undo-pick');
    await bench.quickPick.choose('Shorten the comment');
    await chat.armed('undo0');
    await bench.screenshot('undo-card');
    assert.match(await chat.testId('agent-says').innerText(), /what this undo would do/i);
    assert.equal(folder.read('src/price.ts'), `${after}\n// mine\n`, 'nothing is written yet');
    assert.match(await chat.testId('card-changed').innerText(), /changed after that turn/);
    await chat.decide('undo0', 'approve');
    await chat.decide('undo1', 'approve');
    await chat.submit();
    await chat.turn('finished');
    assert.equal(folder.read('src/price.ts'), `${before}\n// mine\n`);
    assert.equal(existsSync(folder.at('src/made.ts')), false);
    await bench.screenshot('undo-done');
    assert.equal(await chat.testId('edit-resend').count(), 0);
    // On the line of the turn, which is the undo itself: the same pick, of this turn alone, and nothing before it.
    const lines = chat.testId('item-changed');
    assert.match(await lines.last().innerText(), /2 files changed:[^]*src\/price\.ts/);
    await lines.last().getByTestId('undo-turn').click();
    await bench.quickPick.input.waitFor();
    await bench.screenshot('undo-line');
    assert.equal(await chat.testId('card').count(), 0, 'the press starts nothing');
    await bench.quickPick.choose('Undo “Shorten the comment”');
    await chat.armed('undo0');
    await chat.decide('undo0', 'reject');
    await chat.decide('undo1', 'approve');
    await chat.submit();
    await chat.turn('finished');
    assert.equal(folder.read('src/made.ts'), 'export {};\n');
    assert.equal(folder.read('src/price.ts'), `${before}\n// mine\n`);
  });
});

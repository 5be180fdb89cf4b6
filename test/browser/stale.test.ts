// A file that somebody changes while its edit waits, in the real workbench: shown anew, and nobody's change is lost.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { call } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

describe('stale', () => {
  let session: Session;

  before(async () => {
    session = await startSession();
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  it('a file changed while the card waits: the card comes back with both changes, and that is what is written', async () => {
    const { bench, chat, folder, script } = session;
    await session.fresh();
    const before = folder.read('src/price.ts');
    const [comment] = before.match(/\/\*\* Price in cents.*\n/) ?? [];
    assert.ok(comment);
    const args = { path: 'src/price.ts', old_string: comment, new_string: '/** In cents. */\n' };
    script.says(
      { toolCalls: [call('e1', 'edit_file', args)] },
      { text: 'Done', expect: ['The file had changed since you read it'] },
    );
    await chat.send('Shorten the comment');
    await chat.armed('e1');
    const first = await chat.actionId();
    writeFileSync(folder.at('src/price.ts'), `${before}\n// mine\n`);
    await chat.press('e1', 'approve');
    const note = chat.testId('card-changed');
    await note.waitFor();
    assert.match(await note.innerText(), /src\/price\.ts changed after this was shown/);
    await chat.armed('e1');
    assert.notEqual(await chat.actionId(), first);
    assert.equal(folder.read('src/price.ts'), `${before}\n// mine\n`, 'nothing is written yet');
    await bench.screenshot('stale-shown-anew');
    await chat.decide('e1', 'approve');
    await chat.turn('finished');
    const expected = `${before.replace(comment, '/** In cents. */\n')}\n// mine\n`;
    assert.equal(folder.read('src/price.ts'), expected);
  });

  it('decided in the approval panel: the panel shows it anew, too', async () => {
    const { bench, folder, script, chat, panel } = session;
    await session.fresh();
    script.says(
      {
        toolCalls: [
          call('w1', 'write_file', { path: 'src/round.ts', content: 'agent\n' }),
          call('r1', 'run_command', { command: "printf 'ran\\n' >> runs.txt" }),
        ],
      },
      { text: 'Done' },
    );
    await chat.send('Replace it, in the panel');
    await chat.armed('w1');
    await bench.runCommand('Countersign: Show Pending Approvals');
    await bench.quickPick.choose('Replace it, in the panel');
    await panel.decide('w1', 'approve');
    await panel.decide('r1', 'approve');
    const first = await panel.actionId();
    writeFileSync(folder.at('src/round.ts'), 'mine\n');
    await panel.submit();
    await panel.testId('card-changed').waitFor();
    assert.notEqual(await panel.actionId(), first);
    await bench.screenshot('stale-panel');
    await panel.card('r1', '[data-decision=approve]').waitFor(); // it did not change: decided as it was
    await panel.decideWith('w1', 'reject', 'mine');
    await panel.submit();
    await chat.turn('finished');
    assert.equal(folder.read('src/round.ts'), 'mine\n');
    assert.equal(folder.read('runs.txt'), 'ran\n');
  });

  it('what is typed in the editor counts, saved or not: in the same lines the edit cannot be approved as it is', async () => {
    const { bench, chat, folder, script } = session;
    await session.fresh();
    script.says(
      { toolCalls: [call('w1', 'write_file', { path: 'src/round.ts', content: 'agent\n' })] },
      { text: 'Done', expect: ['Rejected by the user'] },
    );
    await chat.send('Replace it');
    await chat.armed('w1');
    await bench.runCommand('Go to File...');
    await bench.quickPick.choose('round.ts');
    await bench.page.locator('.monaco-editor .view-line').first().click();
    await bench.page.keyboard.press('Control+Home');
    await bench.page.keyboard.type('// typed in the editor');
    await bench.page.keyboard.press('Enter');
    await chat.press('w1', 'approve');
    await chat.testId('card-changed').waitFor();
    await chat.armed('w1');
    assert.equal(await chat.card('w1').getByTestId('approve').count(), 0);
    await bench.screenshot('stale-conflict');
    await chat.decideWith('w1', 'reject', 'mine first');
    await chat.turn('finished');
    // The editor saves by itself after a while; whether it did yet is not the point.
    const text = await bench.page.locator('.monaco-editor .view-lines').first().innerText();
    assert.match(text.replaceAll('\u00a0', ' '), /typed in the editor/);
    assert.ok(!folder.read('src/round.ts').includes('agent'));
  });
});

// A temporary thread in a real VS Code: it says what it is, and VS Code keeps no word of it, neither on disk nor in the browser.
import assert from 'node:assert/strict';
import { DiffEditor } from './support/diffEditor.ts';
import { placesOf } from './support/kept.ts';
import { call } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';
import { until } from './support/until.ts';

describe('temporary threads', () => {
  let session: Session;

  before(async () => {
    // As on a desktop: in a browser VS Code saves by itself, and then backs nothing up.
    session = await startSession({ host: { settings: { 'files.autoSave': 'off' } } });
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  /** A thread at work on an edit whose diff editor and composer hold unsaved text, all with `mark` in it. */
  async function typedEverywhere(mark: string): Promise<void> {
    const { bench, chat, script } = session;
    script.says({
      text: `${mark} said`,
      toolCalls: [
        call(`${mark}-w`, 'write_file', { path: `${mark}.md`, content: `${mark}\n` }),
        call(`${mark}-e`, 'write_file', { path: 'README.md', content: `${mark} here\n` }),
        call(`${mark}-r`, 'run_command', { command: `echo ${mark}` }),
      ],
    });
    await chat.send(`${mark} asked`);
    await chat.armed(`${mark}-w`);
    await chat.press(`${mark}-w`, 'reject');
    await chat.card(`${mark}-w`).getByTestId('reason-input').fill(`${mark} typed as a reason`);
    await chat.card(`${mark}-e`).getByTestId('open-diff').scrollIntoViewIfNeeded();
    await chat.press(`${mark}-e`, 'open-diff');
    const diff = new DiffEditor(bench.page);
    await diff.right.getByText(mark).first().waitFor();
    await diff.typeAtEnd(`${mark} typed into the diff`);
    await chat.testId('composer-input').fill(`${mark} typed into the composer`);
  }

  it('nothing that is said, shown or typed in one is kept, where the same in another thread is (H60)', async () => {
    const { bench, chat, host, folder, script } = session;
    const secret = 'plughsecret';
    const control = 'xyzzycontrol';
    await bench.runCommand('Countersign: New Temporary Thread');
    await chat.testId('temporary').waitFor();
    await typedEverywhere(secret);
    await bench.screenshot('temporary-thread');
    // The other thread comes later: once VS Code has kept its words, it had time for those before.
    await bench.runCommand('Countersign: New Thread');
    await chat.turn('idle');
    assert.equal(
      await chat.testId('composer-input').inputValue(),
      '',
      'typed text does not move out',
    );
    await typedEverywhere(control);
    for (const word of ['asked', 'said', 'typed as a reason', 'typed into the diff']) {
      await until(`“${word}” of the kept thread in its state`, async () => {
        const places = await placesOf(`${control} ${word}`, host, bench.page);
        return places.some((place) => place.includes('state.db'));
      });
    }
    await until('a backup of what was typed into the diff of the kept thread', async () => {
      const places = await placesOf(`${control} typed into the diff`, host, bench.page);
      return places.some((place) => place.includes('ackups'));
    });
    assert.deepEqual(await placesOf(secret, host, bench.page), []);

    await bench.runCommand('Countersign: Resume Paused Thread…');
    const row = bench.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: `${secret} asked` });
    assert.match(await row.innerText(), /temporary, waiting/);
    await row.click();
    await chat.testId('temporary').waitFor();
    await chat.card(`${secret}-r`).first().waitFor();
    await chat.testId('stop').click();
    await chat.turn('cancelled');
    script.says(
      { toolCalls: [call('c', 'run_command', { command: `echo ${secret} > made.txt` })] },
      { text: `${secret} done` },
    );
    await chat.send(`${secret} again`);
    await chat.decide('c', 'approve');
    await chat.turn('finished');
    assert.equal(
      folder.tree()['made.txt'],
      `${secret}\n`,
      'what was approved is as real as elsewhere',
    );
    assert.deepEqual(await placesOf(secret, host, bench.page), []);

    await bench.runCommand('Countersign: New Thread');
    await chat.turn('idle');
    await chat.testId('composer-input').fill(`${control} typed into the composer`);
    await until('the text of the composer in what VS Code keeps', async () => {
      const places = await placesOf(`${control} typed into the composer`, host, bench.page);
      return places.length > 0;
    });
    assert.deepEqual(await placesOf(secret, host, bench.page), []);

    await bench.reload();
    await chat.turn('paused');
    assert.equal(await chat.testId('temporary').count(), 0);
    assert.deepEqual(await placesOf(secret, host, bench.page), []);
  });
});

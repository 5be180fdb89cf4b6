// Changes of one edit kept and dropped, in the real workbench: on the card and in the diff editor. The file has exactly those
// that were kept, and the agent is told what was left out.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { DiffEditor } from './support/diffEditor.ts';
import { placesOf } from './support/kept.ts';
import { call } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';
import { until } from './support/until.ts';

const NUMBERS = Array.from({ length: 30 }, (_, n) => `export const n${n + 1} = ${n + 1};`);
const BEFORE = `${NUMBERS.join('\n')}\n`;

/** The file with the changes of these three: line 3 changed, one line added after line 15, line 28 gone. */
function text(...kept: number[]): string {
  const lines: string[] = [...NUMBERS];
  if (kept.includes(2)) lines.splice(27, 1);
  if (kept.includes(1)) lines.splice(15, 0, 'export const more = 15.5;');
  if (kept.includes(0)) lines[2] = 'export const n3 = "three";';
  return `${lines.join('\n')}\n`;
}

describe('hunks', () => {
  let session: Session;

  before(async () => {
    session = await startSession();
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  const box = (index: number) =>
    session.chat
      .testId('hunk')
      .nth(index)
      .getByRole('checkbox', { name: /: keep$/ });

  async function proposes(expect: string[]): Promise<void> {
    const { chat, folder, script } = session;
    await session.fresh();
    writeFileSync(folder.at('src/numbers.ts'), BEFORE);
    const args = { path: 'src/numbers.ts', content: text(0, 1, 2) };
    script.says({ toolCalls: [call('h1', 'write_file', args)] }, { text: 'Done', expect });
    await chat.send('Change three places');
    // The card is taller than the chat: its end must have been seen before it can be approved.
    await chat.card('h1').getByTestId('approve').scrollIntoViewIfNeeded();
    await chat.armed('h1');
  }

  it('one that is unticked on the card is not written, and the agent is told', async () => {
    const { bench, chat, folder } = session;
    await proposes(['-export const more = 15.5;']);
    assert.equal(await chat.testId('kept').innerText(), '3 of 3 changes kept');
    await box(1).uncheck();
    await chat.testId('kept').getByText('2 of 3 changes kept').waitFor();
    await bench.screenshot('hunks-card');
    assert.equal(folder.read('src/numbers.ts'), BEFORE, 'nothing is written yet');
    await chat.decide('h1', 'approve');
    await chat.turn('finished');
    assert.equal(folder.read('src/numbers.ts'), text(0, 2));
    await chat.line('h1').getByText('Approved 2 of 3 changes').waitFor();
  });

  it('one that is dropped in the diff editor is dropped on the card, and the other way round', async () => {
    const { bench, chat, folder } = session;
    await proposes(['+export const n3 = 3;', '+export const n28 = 28;']);
    await chat.press('h1', 'open-diff');
    const diff = new DiffEditor(bench.page);
    const lenses = diff.right.locator('.codelens-decoration a');
    const lens = (name: string) => lenses.filter({ hasText: name }).first();
    await lens('Change 1 of 3: drop this change').click();
    await chat.testId('kept').getByText('2 of 3 changes kept').waitFor();
    assert.equal(await box(0).isChecked(), false);
    await lens('Change 1 of 3, dropped: restore this change').waitFor();
    await bench.screenshot('hunks-diff-editor');
    await box(2).uncheck();
    await until('the choice of the card in the diff editor', async () => {
      const shown = await diff.right.locator('.view-lines').innerText();
      return shown.replaceAll('\u00a0', ' ').includes('n28 = 28');
    });
    assert.equal(folder.read('src/numbers.ts'), BEFORE, 'nothing is written yet');
    await diff.focusRight();
    await diff.action('Approve').click();
    await chat.turn('finished');
    assert.equal(folder.read('src/numbers.ts'), text(1));
  });

  it('after a reload of the window the choice is there, and what is typed stands in its place', async () => {
    const { bench, chat } = session;
    await proposes([]);
    await box(0).uncheck();
    await chat.testId('kept').getByText('2 of 3 changes kept').waitFor();
    await until('the choice on disk', async () => {
      return (await placesOf('"dropped":[0]', session.host, bench.page)).length > 0;
    });
    await bench.reload();
    await chat.testId('kept').getByText('2 of 3 changes kept').waitFor();
    assert.equal(await box(0).isChecked(), false);
    await chat.card('h1').getByTestId('open-diff').click();
    const diff = new DiffEditor(bench.page);
    await diff.typeAtEnd('// mine');
    await chat.card('h1').getByText('this is your text, not the agent’s').waitFor();
    assert.equal(await chat.testId('hunk').count(), 0);
    await chat.testId('stop').click();
    await chat.turn('cancelled');
  });
});

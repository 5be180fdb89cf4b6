// VS Code in German: the manifest, the window's own dialogs and the page speak it, and the first edit is approved in it.
import assert from 'node:assert/strict';
import { lookProblems, resizeSideBar } from './support/looks.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

describe('in German', () => {
  let session: Session;

  before(async () => {
    session = await startSession({ workbench: { language: 'de' } });
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  it('commands, view, chat, cards and pickers are translated; the words of the agent are its own', async () => {
    const { bench, chat } = session;
    await bench.runCommand('Countersign: Neuer Thread');
    await chat.testId('welcome').getByText('Nichts läuft, bevor Sie gegenzeichnen').waitFor();
    await bench.screenshot('german-empty');
    await resizeSideBar(bench.page, 520);
    await chat.testId('try-demo').click();
    const question = await chat.armed('demo-ask');
    assert.equal(await chat.frame.locator('html').getAttribute('lang'), 'de');
    await question.getByText('Antworten', { exact: true }).waitFor();
    await question.getByTestId('option-half up').click();
    await chat.decide('demo-ask', 'answer');
    const card = await chat.armed('demo-edit');
    await card.getByText('Genehmigen', { exact: true }).waitFor();
    await chat.testId('decided-count').getByText('0 von 2 entschieden').waitFor();
    await bench.screenshot('german-batch');
    await resizeSideBar(bench.page, 320);
    assert.deepEqual(await lookProblems(chat), []);
    await bench.screenshot('german-batch-narrow');
    await bench.runCommand('Countersign: Modus festlegen…');
    await bench.page.getByText('Was keine Regel erlaubt, wartet auf Sie.').waitFor();
    await bench.screenshot('german-mode');
    await bench.page.keyboard.press('Escape');
    await chat.decide('demo-edit', 'approve');
    await chat.decide('demo-test', 'approve');
    await chat.submit();
    await chat.turn('finished');
  });
});

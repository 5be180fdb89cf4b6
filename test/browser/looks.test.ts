// How every state looks, in three themes and two widths: pictures to look at, and what can be checked by itself.
// COUNTERSIGN_UPDATE_SCREENSHOTS=1 also writes the pictures of the README and the walkthrough.
import assert from 'node:assert/strict';
import { DiffEditor } from './support/diffEditor.ts';
import { lookProblems, resizeSideBar, savePicture } from './support/looks.ts';
import { call } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';
import type { Surface } from './support/surface.ts';

const NARROW = 232;
const USUAL = 300;
const WIDE = 460;

describe('looks', () => {
  let session: Session;

  before(async () => {
    session = await startSession({ workbench: { colorTheme: 'Dark 2026' } });
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  async function shoot(name: string, surface: Surface = session.chat): Promise<void> {
    await session.bench.screenshot(`look-${name}`);
    assert.deepEqual(await lookProblems(surface), [], name);
  }

  const sideBar = () => session.bench.page.locator('.part.sidebar');

  it('the demo, dark: question, batch, diff editor, quick pick, panel, decided, finished', async () => {
    const { bench, chat, panel } = session;
    const { page } = bench;
    await bench.runCommand('Countersign: New Thread');
    await chat.testId('welcome').waitFor();
    await shoot('dark-empty');
    await resizeSideBar(page, WIDE);
    await bench.runCommand('Countersign: Try the Demo');
    const question = await chat.armed('demo-ask');
    await question.getByTestId('option-half up').click();
    await chat.card('demo-ask', '[data-armed=true]').waitFor();
    await shoot('dark-question');
    await savePicture(sideBar(), 'media/screenshots/question.png');
    await savePicture(chat.card('demo-ask'), 'media/walkthrough-try.png');
    await chat.decide('demo-ask', 'answer');
    await chat.armed('demo-test');
    await chat.armed('demo-edit');
    await shoot('dark-batch');
    await savePicture(sideBar(), 'media/screenshots/batch.png');
    await bench.runCommand('Countersign: Resume Paused Thread…');
    await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await shoot('dark-quickpick');
    const pick = page.locator('.quick-input-widget');
    await savePicture(pick, 'media/walkthrough-resume.png');
    await savePicture(pick, 'media/screenshots/resume.png');
    await page.keyboard.press('Escape');
    await bench.runCommand('Countersign: Select Model…');
    await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await shoot('dark-models');
    await savePicture(pick, 'media/walkthrough-model.png');
    await page.keyboard.press('Escape');
    await bench.runCommand('Countersign: Show Pending Approvals');
    await bench.quickPick.choose('invoice total');
    await panel.armed('demo-edit');
    await shoot('dark-panel', panel);
    await savePicture(panel.testId('action'), 'media/walkthrough-card.png');
    await savePicture(page.locator('.part.editor'), 'media/screenshots/panel.png');
    await chat.press('demo-edit', 'open-diff');
    const diff = new DiffEditor(page);
    await diff.typeAtEnd('// mine');
    await chat.card('demo-edit').getByText('// mine').waitFor();
    await shoot('dark-diff-editor');
    await savePicture(page.locator('.part.editor'), 'media/screenshots/edited.png');
    await chat.decide('demo-edit', 'approve');
    await chat.press('demo-test', 'reject');
    await chat.card('demo-test').getByTestId('reason-input').fill('Not now');
    await shoot('dark-rejecting');
    await chat.decide('demo-test', 'reject');
    await shoot('dark-decided');
    await savePicture(sideBar(), 'media/screenshots/decided.png');
    await chat.submit();
    await chat.turn('finished');
    await shoot('dark-finished');
    await bench.runCommand('View: Close All Editors');
    await savePicture(sideBar(), 'media/screenshots/finished.png');
  });

  for (const [theme, kind] of [
    ['Dark 2026', 'vs-dark'],
    ['Light 2026', 'vs'],
    ['Default High Contrast', 'hc-black'],
  ] as const) {
    it(`${theme}: narrow and usual width`, async () => {
      const { bench, chat, script, host } = session;
      host.setSettings({ 'workbench.colorTheme': theme });
      await bench.reload();
      await bench.page.locator(`.monaco-workbench.${kind}`).waitFor();
      script.says(
        {
          text: 'I would like to do these three.',
          toolCalls: [
            call('e1', 'edit_file', {
              path: 'src/round.ts',
              old_string: 'Math.floor(cents + 0.5)',
              new_string: 'Math.round(cents)',
            }),
            call('w1', 'write_file', { path: 'package.json', content: '{ "name": "x" }\n' }),
            call('r1', 'run_command', {
              command: 'npm test -- --a-rather-long-option=value && git push origin main',
            }),
          ],
        },
        { text: '{{results}}' },
      );
      await session.fresh();
      await resizeSideBar(bench.page, USUAL);
      await chat.send('Do three things');
      await chat.card('r1').waitFor();
      await shoot(`${kind}-three`);
      await resizeSideBar(bench.page, NARROW);
      await shoot(`${kind}-three-narrow`);
      await chat.press('r1', 'edit');
      await shoot(`${kind}-args-narrow`);
      await chat.press('r1', 'cancel');
      await chat.testId('stop').click();
      await chat.turn('cancelled');
      await shoot(`${kind}-stopped-narrow`);
      script.holds('{ "turns": 1 }');
      await chat.send('Again');
      await chat.turn('failed');
      await shoot(`${kind}-error-narrow`);
      await resizeSideBar(bench.page, USUAL);
      await shoot(`${kind}-error`);
    });
  }
});

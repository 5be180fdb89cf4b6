// A command in the background, in the real workbench: approved, listed, shown in a terminal that only shows, stopped; and what
// becomes of one whose window goes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { call } from './support/script.ts';
import { newThread, pictureOnFailure, startSession, type Session } from './support/session.ts';
import { until } from './support/until.ts';

describe('background', () => {
  let session: Session;

  before(async () => {
    // Drawn as elements, so that its text can be read.
    const settings = { 'terminal.integrated.gpuAcceleration': 'off' };
    session = await startSession({ host: { settings } });
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  const rows = () => session.bench.page.locator('.quick-input-list .monaco-list-row');
  const terminal = () => session.bench.page.locator('.terminal-wrapper.active .xterm-rows');

  /** Approves a command that prints, and then waits for ever; resolves with its process id. */
  async function serves(word: string): Promise<number> {
    const { chat, folder, script } = session;
    const file = folder.at(`${word}.pid`);
    const command = `echo $$ > ${word}.pid; printf '\\033[32m${word} listens\\033[0m\\n'; exec sleep 1000`;
    script.says(
      { toolCalls: [call(word, 'run_command', { command, background: true })] },
      { text: 'It runs' },
    );
    await chat.send(`Start ${word}`);
    await chat.card(word).getByText('background').first().waitFor();
    assert.ok(!existsSync(file), 'nothing runs before it is approved');
    await chat.decide(word, 'approve');
    await chat.turn('finished');
    return until(
      'it runs',
      () => existsSync(file) && (Number(readFileSync(file, 'utf8')) || false),
    );
  }

  const lives = (pid: number): boolean => existsSync(`/proc/${pid}`);

  it('is approved once, listed, shown in a terminal that takes no input, and stopped', async () => {
    const { bench, chat } = session;
    await session.fresh();
    const pid = await serves('server');
    await chat.testId('background-note').waitFor();
    await bench.screenshot('background-chat');
    await bench.runCommand('Countersign: Background Commands…');
    await rows().filter({ hasText: 'server.pid' }).waitFor();
    await bench.screenshot('background-list');
    await bench.page.keyboard.press('Enter');
    await terminal().getByText('server listens', { exact: true }).waitFor();
    await bench.page.locator('.terminal-wrapper.active').click();
    await bench.page.keyboard.type('typed');
    await bench.screenshot('background-terminal');
    assert.doesNotMatch(await terminal().innerText(), /typed/);
    assert.ok(lives(pid));
    await bench.runCommand('Countersign: Background Commands…');
    const row = rows().filter({ hasText: 'server.pid' });
    await row.hover();
    await row.getByLabel('Stop').click();
    await until('it is gone', () => !lives(pid));
    await bench.page.keyboard.press('Escape');
    await terminal()
      .getByText(/stopped/i)
      .first()
      .waitFor();
    await chat.testId('background-note').waitFor({ state: 'detached' });
    await chat.testId('command-over').waitFor();
    await bench.screenshot('background-stopped');
  });

  it('ends with its window, and is not started again', async () => {
    const { bench, chat } = session;
    await newThread(bench);
    const pid = await serves('watcher');
    await session.killExtensionHost();
    await until('it is gone', () => !lives(pid));
    await bench.reload();
    await chat.line('watcher').getByTestId('command-over').waitFor();
    await bench.runCommand('Countersign: Background Commands…');
    await rows().filter({ hasText: 'watcher.pid' }).waitFor();
    await bench.screenshot('background-ended');
    await bench.page.keyboard.press('Escape');
    assert.equal(await chat.testId('background-note').count(), 0);
  });
});

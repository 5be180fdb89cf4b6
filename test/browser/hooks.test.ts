// Hooks of a workspace in the real workbench: not looked at, looked at and let run, rewriting, denying, changed.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { call, type ScriptedCall } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';
import { until } from './support/until.ts';

const FILE = '.github/hooks/guard.json';
const SCRIPT = '.github/hooks/guard.sh';
const GUARD = `#!/bin/bash
call=$(cat)
case "$call" in
  *'rm '*) echo 'nothing is removed here' >&2; exit 2 ;;
  *'touch made.txt'*) echo '{"hookSpecificOutput":{"hookEventName":"PreToolUse","updatedInput":{"command":"touch better.txt"}}}' ;;
esac
`;
const HOOK = { type: 'command', command: 'bash .github/hooks/guard.sh', timeout: 20 };

describe('hooks in the workbench', () => {
  let session: Session;
  before(async () => {
    session = await startSession();
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  const modal = (): Locator => session.bench.page.locator('.monaco-dialog-box');
  const inModal = (name: string): Locator =>
    modal().locator('.dialog-buttons').getByText(name, { exact: true });
  const row = (text: string): Locator =>
    session.bench.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: text })
      .first();
  const editor = (): Locator => session.bench.page.locator('.editor-instance .view-lines').first();

  function write(name: string, text: string): void {
    const file = path.join(session.folder.path, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  function plant(script = GUARD): void {
    const stop = [{ type: 'command', command: 'touch stopped' }];
    write(FILE, JSON.stringify({ hooks: { PreToolUse: [HOOK], Stop: stop } }));
    write(SCRIPT, script);
  }

  async function asks(...toolCalls: ScriptedCall[]): Promise<void> {
    session.script.says({ toolCalls }, { text: 'Done: {{results}}' });
    await session.chat.send('Do it');
  }

  const run = (id: string, command: string): ScriptedCall => call(id, 'run_command', { command });

  async function stop(): Promise<void> {
    await session.chat.testId('stop').click();
    await session.chat.turn('cancelled');
  }

  /** Opens the list and the review of the one hook. */
  async function review(): Promise<void> {
    await session.bench.runCommand('Countersign: Review Hooks…');
    await row('bash .github/hooks/guard.sh').waitFor();
  }

  it('one that nobody looked at changes nothing', async () => {
    const { chat, folder } = session;
    await session.fresh();
    plant();
    await asks(run('h1', 'touch made.txt'));
    const card = chat.card('h1');
    await card.waitFor();
    assert.match(await card.innerText(), /touch made\.txt/);
    await stop();
    assert.ok(!('better.txt' in folder.tree()));
  });

  it('the review shows the command, its script and what is never run; only the second button lets it run', async () => {
    const { bench } = session;
    await review();
    await bench.screenshot('hooks-list');
    assert.match(
      await bench.page.locator('.quick-input-list').innerText(),
      /Stop: one hook of an event/,
    );
    await row('bash .github/hooks/guard.sh').click();
    await until('the review', async () => /nothing.is.removed/.test(await editor().innerText()));
    await bench.screenshot('hooks-review');
    await bench.page.getByRole('button', { name: 'Decide on This Hook…' }).first().click();
    await modal().waitFor();
    await bench.screenshot('hooks-dialog');
    assert.match(await modal().innerText(), /bash \.github\/hooks\/guard\.sh/);
    await inModal('Let It Run').click();
    await modal().waitFor({ state: 'detached' });
    await until('the page says so', async () => /It.runs:/.test(await editor().innerText()));
  });

  it('what it rewrites is what the card shows and what runs', async () => {
    const { bench, chat, folder } = session;
    await asks(run('h2', 'touch made.txt'));
    const card = chat.card('h2');
    await card.waitFor();
    const shown = await card.innerText();
    assert.match(shown, /touch better\.txt/);
    assert.match(shown, /Arguments rewritten by hook \.github\/hooks\/guard\.json/);
    await bench.screenshot('hooks-rewritten');
    await chat.decide('h2', 'approve');
    await chat.turn('finished');
    assert.deepEqual(['better.txt' in folder.tree(), 'made.txt' in folder.tree()], [true, false]);
  });

  it('what it denies is blocked, with its reason', async () => {
    const { bench, chat, folder } = session;
    await asks(run('h3', 'rm better.txt'));
    await chat.turn('finished');
    const line = chat.line('h3');
    await line.waitFor();
    await line.getByTestId('why').click();
    const why = await line.getByTestId('why-full').innerText();
    assert.match(why, /hook \.github\/hooks\/guard\.json.*denies it: nothing is removed here/);
    await bench.screenshot('hooks-denied');
    assert.ok('better.txt' in folder.tree());
    assert.ok(!('stopped' in folder.tree()));
  });

  it('once its script changed it does not run, the call asks, and the review says what changed', async () => {
    const { bench, chat, folder } = session;
    plant(GUARD.replace('exit 2', 'exit 0'));
    await asks(run('h4', 'rm better.txt'));
    const card = chat.card('h4');
    await card.waitFor();
    assert.match(await card.innerText(), /changed since you accepted it/);
    await bench.screenshot('hooks-changed');
    await stop();
    await review();
    await row('bash .github/hooks/guard.sh').click();
    await until('what changed', async () =>
      /^Changed\s+\/.*guard\.sh/m.test(await editor().innerText()),
    );
    await bench.screenshot('hooks-changed-review');
    assert.ok('better.txt' in folder.tree());
  });

  it('without the key that sealed it, what was said counts for nothing: the window says that one waits', async () => {
    // This browser remembers nothing, secrets included.
    await session.tomorrow();
    await session.bench.runCommand('View: Show Countersign');
    const notice = session.bench.notification('waits to be looked at');
    await notice.waitFor();
    await session.bench.screenshot('hooks-notice');
    await notice.getByText('Review Hooks…').click();
    await row('bash .github/hooks/guard.sh').waitFor();
    assert.match(await row('bash').innerText(), /not looked at: does not run/);
  });
});

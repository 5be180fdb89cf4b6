// What is said beforehand, in a real workbench: remembered on a card, asked once more, used, listed, taken back, forgotten.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Locator } from 'playwright-core';
import { call, type ScriptedCall } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';
import { until } from './support/until.ts';

const RULE = 'shell(touch made.txt)';
const DENIED = 'shell(shred *)';

describe('remembered approvals in the workbench', () => {
  let session: Session;
  before(async () => {
    const settings = { 'countersign.approval.deny': [DENIED] };
    session = await startSession({ host: { settings } });
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  const touch = (id: string): ScriptedCall =>
    call(id, 'run_command', { command: 'touch made.txt' });
  const modal = (): Locator => session.bench.page.locator('.monaco-dialog-box');
  const inModal = (name: string): Locator =>
    modal().locator('.dialog-buttons').getByText(name, { exact: true });
  const rows = (): Locator => session.bench.page.locator('.quick-input-list .monaco-list-row');
  const row = (text: string): Locator => rows().filter({ hasText: text }).first();
  const picker = (): Locator => session.bench.page.locator('.quick-input-widget');

  /** A message whose reply is this call, in the thread that is shown. */
  async function says(...toolCalls: ScriptedCall[]): Promise<void> {
    session.script.says({ toolCalls }, { text: 'Done: {{results}}' });
    await session.chat.send('Do it');
  }

  /** As a user does: opens the form, picks, presses, and says yes in the dialog. */
  async function remember(id: string, scope?: string): Promise<void> {
    const { chat } = session;
    await chat.press(id, 'remember');
    if (scope !== undefined) {
      await chat.card(id).getByTestId('remember-scope').selectOption({ label: scope });
    }
    await chat.decide(id, 'approve-remember');
    await inModal('Approve').click();
    await chat.turn('finished');
  }

  async function stop(): Promise<void> {
    await session.chat.testId('stop').click();
    await session.chat.turn('cancelled');
  }

  /** As another process does that has the file; a window of another browser would have another key in this VS Code. */
  function revokeElsewhere(): void {
    const { data } = session.host;
    const files = readdirSync(data, { recursive: true, encoding: 'utf8' });
    const file = files.find((name) => /workspaces.[0-9a-f]{64}.state\.db$/.test(name));
    assert.ok(file, 'there is no state file');
    const db = new DatabaseSync(path.join(data, file));
    try {
      assert.equal(db.prepare('DELETE FROM consent_grant').run().changes, 1);
    } finally {
      db.close();
    }
  }

  async function manage(): Promise<void> {
    await session.bench.runCommand('Countersign: Manage Approvals…');
    await picker().getByText('Countersign: Manage Approvals').waitFor();
  }

  it('the dialog shows the exact rule, and Enter remembers nothing (I12)', async () => {
    const { bench, chat } = session;
    await session.fresh();
    await says(touch('g1'));
    await chat.press('g1', 'remember');
    assert.equal(await chat.card('g1').getByTestId('remember-rules').innerText(), RULE);
    await bench.screenshot('grants-form');
    await chat.decide('g1', 'approve-remember');
    await modal().waitFor();
    const text = await modal().innerText();
    assert.ok(text.includes(RULE) && /this thread/i.test(text), text);
    await bench.screenshot('grants-modal');
    await bench.page.keyboard.press('Enter');
    await chat.frame.locator('[data-testid=card-error][data-code=not_confirmed]').waitFor();
    assert.ok(!('made.txt' in session.folder.tree()));
    await chat.decide('g1', 'approve-remember');
    await inModal('Approve').click();
    await chat.turn('finished');
    assert.ok('made.txt' in session.folder.tree());
  });

  it('the next call of the same words runs by itself, says why, and its why line opens the approval', async () => {
    const { bench, chat } = session;
    await says(touch('g2'));
    const why = chat.line('g2', '[data-outcome=ok]').getByTestId('why');
    await why.waitFor();
    await chat.turn('finished');
    assert.equal(await why.innerText(), `allowed · remembered ${RULE}`);
    assert.equal(await chat.card('g2').count(), 0);
    await why.click();
    await bench.screenshot('grants-why');
    await chat.line('g2').getByTestId('why-full').getByRole('button', { name: RULE }).click();
    await row(RULE).waitFor();
    const head = await bench.quickPick.input.getAttribute('placeholder');
    assert.match(head ?? '', /^1 remembered approval counts now/);
    await bench.page.keyboard.press('Escape');
  });

  it('Manage Approvals… lists it with its count; it gets an end, and is revoked: then it asks again (I12)', async () => {
    const { bench, chat } = session;
    await manage();
    const text = await row(RULE).innerText();
    assert.match(text, /this thread · no end/);
    assert.match(text, /allowed 1 call, the last \d+ \w+ ago · learned in “Do it”, .*by window \d/);
    await row(RULE).hover();
    await bench.screenshot('grants-list');
    await row(RULE).locator('.codicon-clock').click();
    await row('In 30 minutes').click();
    await row('ends in 30 min').waitFor();
    await row(RULE).click();
    await row('Copy the rule').waitFor();
    await bench.screenshot('grants-detail');
    await row('Show all of it').click();
    assert.match(await modal().innerText(), /Reach: this thread[^]*Use: allowed 1 call/);
    await bench.page.keyboard.press('Escape');
    await row('ends in 30 min').hover();
    await row('ends in 30 min').locator('.codicon-trash').click();
    await bench.notification('No approval is remembered here').waitFor();
    await says(touch('g3'));
    await chat.card('g3').waitFor();
    await stop();
  });

  it('a thread’s approval is not another thread’s; one for this workspace is', async () => {
    const { chat } = session;
    await session.fresh();
    await says(touch('h1'));
    await remember('h1');
    await session.fresh();
    await says(touch('h2'));
    await remember('h2', 'This workspace');
    await session.fresh();
    await says(touch('h3'));
    await chat.line('h3', '[data-outcome=ok]').waitFor();
    await chat.turn('finished');
  });

  it('Reset Approvals says how many of what are forgotten; Enter keeps them', async () => {
    const { bench, chat } = session;
    await bench.runCommand('Countersign: Reset Approvals');
    await modal().waitFor();
    assert.match(await modal().innerText(), /2 remembered approvals: such calls ask again/);
    await bench.screenshot('grants-reset');
    await bench.page.keyboard.press('Enter');
    await modal().waitFor({ state: 'detached' });
    await manage();
    await until('two rows', async () => (await rows().filter({ hasText: RULE }).count()) === 2);
    await bench.page.keyboard.press('Escape');
    await bench.runCommand('Countersign: Reset Approvals');
    await inModal('Forget All').click();
    await bench.notification('Forgotten: 2 remembered approvals').waitFor();
    await says(touch('h4'));
    await chat.card('h4').waitFor();
    await stop();
  });

  it('the list follows what is revoked elsewhere, and the next call asks', async () => {
    const { bench, chat } = session;
    await session.fresh();
    await says(touch('w1'));
    await remember('w1', 'This workspace');
    await manage();
    await row(RULE).waitFor();
    revokeElsewhere();
    await row(RULE).waitFor({ state: 'detached' });
    const head = await bench.quickPick.input.getAttribute('placeholder');
    assert.equal(head, 'Nothing is remembered any more');
    await bench.page.keyboard.press('Escape');
    await says(touch('w2'));
    await chat.card('w2').waitFor();
    await stop();
  });

  it('the why line of a rule in settings.json opens its line there', async () => {
    const { bench, chat } = session;
    await session.fresh();
    await says(call('s1', 'run_command', { command: 'shred made.txt' }));
    const line = chat.line('s1', '[data-outcome=denied]');
    await line.getByTestId('why').click();
    await line.getByTestId('why-full').getByRole('button', { name: DENIED }).click();
    const tab = bench.page.locator('.tabs-container .tab.active');
    await tab.filter({ hasText: 'settings.json' }).waitFor();
    await bench.page.locator('.editor-group-container.active .selected-text').first().waitFor();
    await bench.screenshot('grants-rule');
  });
});

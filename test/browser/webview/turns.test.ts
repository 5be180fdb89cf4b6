// What the transcript says around a turn: what the model thinks, messages said again, a batch that runs, files that changed.
import assert from 'node:assert/strict';
import type { View } from './harness.ts';
import { call, snapshot, status } from './samples.ts';
import { RUNNING, TWICE } from './states.ts';
import { usePage } from './usePage.ts';

const idle = status({ turn: 'finished', turnId: 't2', waiting: 0 });

describe('page: turns of a thread', function () {
  this.timeout(60_000);
  const openView = usePage();
  let view: View;

  async function open(change: Parameters<typeof snapshot>[0] = {}): Promise<void> {
    view = await openView();
    await view.say(snapshot({ items: TWICE, status: idle, ...change }));
  }

  it('streams what the model thinks, closed until it is opened, and keeps it open', async () => {
    await open({ items: [], status: status({ turn: 'running', waiting: 0 }) });
    const piece = { type: 'text', itemId: 'm1', turnId: 't1', thought: true } as const;
    await view.say({ ...piece, offset: 0, delta: 'Rounding \u202E' });
    const thinking = view.byId('reasoning');
    assert.equal(await thinking.getAttribute('data-state'), 'streaming');
    assert.match(await thinking.innerText(), /^Thinking…/);
    assert.equal(await thinking.evaluate((element: HTMLDetailsElement) => element.open), false);
    await thinking.locator('summary').click();
    await view.say({ ...piece, offset: 10, delta: 'each item.' });
    assert.match(await thinking.innerText(), /Rounding U\+202Eeach item\./);
    await view.say({ type: 'text', itemId: 'm1', turnId: 't1', offset: 0, delta: 'Once.' });
    assert.equal(await thinking.getAttribute('data-state'), 'done');
    assert.match(await thinking.innerText(), /each item\./);
    assert.equal(await view.page.locator('.md-block').innerText(), 'Once.');
  });

  it('marks a message that was edited and its edit, each with a way to the other', async () => {
    await open();
    const [first, second] = [view.byId('item-user').nth(0), view.byId('item-user').nth(1)];
    assert.equal(await first.getAttribute('data-state'), 'replaced');
    assert.match(
      await first.innerText(),
      /Fix the totals of invoices\.[^]*Edited and sent again later/,
    );
    assert.match(await second.innerText(), /Edit of an earlier message/);
    assert.equal(await second.getAttribute('aria-label'), 'You, an edit');
    await view.byId('again-of').getByRole('button').click();
    await view.frames(8);
    assert.equal(
      await view
        .byId('replaced')
        .getByRole('button')
        .evaluate((e) => e === document.activeElement),
      true,
    );
  });

  it('sends an edit as what it is an edit of, unless the human says that it is a new message', async () => {
    await open();
    await view.byId('composer-input').fill('and more');
    await view.byId('edit-resend').click();
    const field = view.byId('composer-input');
    assert.equal(await field.inputValue(), 'Fix the totals: round once, at the end.\n\nand more');
    assert.match(await view.byId('composer-editing').innerText(), /edit of your last message/);
    await view.page.reload();
    await view.say(snapshot({ items: TWICE, status: idle }));
    assert.equal(await view.byId('composer-editing').count(), 1, 'it survives a reload');
    await field.fill('Round once');
    await field.press('Enter');
    const again = { turnId: 't2', how: 'edit' };
    assert.deepEqual(await view.sent('send'), [{ type: 'send', text: 'Round once', again }]);
    assert.equal(await view.byId('composer-editing').count(), 0);
    await view.reply('send', { code: 'turn_running', message: 'Busy', callIds: [] });
    assert.equal(await field.inputValue(), 'Round once');
    assert.equal(await view.byId('composer-editing').count(), 1, 'a refused edit stays one');
    await view.byId('stop-editing').click();
    await field.press('Enter');
    assert.deepEqual((await view.sent('send')).at(-1), { type: 'send', text: 'Round once' });
  });

  it('says again what failed, as another try of it', async () => {
    await open({ status: status({ turn: 'failed', turnId: 't2', waiting: 0 }) });
    await view.byId('retry').click();
    const again = { turnId: 't2', how: 'retry' };
    const text = 'Fix the totals: round once, at the end.';
    assert.deepEqual(await view.sent('send'), [{ type: 'send', text, again }]);
  });

  it('asks for the undo of exactly the turn on whose line it is pressed', async () => {
    await open();
    const [line, long] = [view.byId('item-changed').nth(0), view.byId('item-changed').nth(1)];
    assert.match(
      (await line.innerText()).replaceAll(/\s+/g, ' '),
      /1 file changed: src\/price\.ts Undo…/,
    );
    await line.getByTestId('undo-turn').click();
    assert.deepEqual(await view.sent('undoTurn'), [{ type: 'undoTurn', turnId: 't1' }]);
    assert.match(await long.innerText(), /52 files changed:[^]*49 more/);
    await long.locator('summary').click();
    assert.match(await long.innerText(), /src\/part49\.ts[^]*and 2 that are not named here/);
    // A script's press is no human's.
    await line.getByTestId('undo-turn').evaluate((button: HTMLElement) => button.click());
    assert.equal((await view.sent('undoTurn')).length, 1);
  });

  it('shows how far a batch is, what runs now, and each result on its line as it ends', async () => {
    await open({ items: RUNNING, status: status({ turn: 'running', turnId: 't3', waiting: 0 }) });
    const bar = view.byId('batch-progress');
    assert.match(
      (await bar.innerText()).replaceAll(/\s+/g, ' '),
      /1 of 3 done runs now: run_command npm run step2/,
    );
    assert.equal(await bar.locator('progress').getAttribute('aria-label'), 'Calls that are done');
    assert.deepEqual(await view.byId('call-result').allInnerTexts(), ['Exit code 0 after 1.0 s.']);
    const ended = call('b2', {
      ...{ turnId: 't3', batchId: 'm9', tool: 'run_command', summary: 'npm run step2' },
      ...{ outcome: 'error', output: 'Exit code 1 after 2.0 s.\nno' },
    });
    await view.say({ type: 'item', item: ended });
    assert.match(await bar.innerText(), /2 of 3 done/);
    assert.equal(await view.byId('batch-now').count(), 0);
    assert.equal(await view.byId('call-result').nth(1).innerText(), 'Exit code 1 after 2.0 s.');
    const last = call('b3', { turnId: 't3', batchId: 'm9', output: 'x' });
    await view.say({ type: 'item', item: last });
    assert.equal(await bar.count(), 0);
  });
});

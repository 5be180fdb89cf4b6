// “Approve and remember…” on the card: what the form shows and sends, by mouse and keyboard, and what it never does.
import assert from 'node:assert/strict';
import type { Verdict } from '../../../src/protocol/calls.ts';
import type { RequestView } from '../../../src/protocol/messages.ts';
import type { View } from './harness.ts';
import { usePage } from './usePage.ts';
import { action, call, commandRequest, editRequest, questionRequest, snapshot } from './samples.ts';

const OFFER = {
  rules: ['shell(npm test)'],
  scopes: ['turn', 'thread', 'workspace', 'always'] as ('turn' | 'thread')[],
};
const remembers = (change: Partial<RequestView> = {}): RequestView =>
  commandRequest('npm test', { remember: OFFER, ...change });

describe('page: remembered approvals', function () {
  this.timeout(60_000);
  const open = usePage();
  let view: View;

  async function show(...requests: RequestView[]): Promise<void> {
    view = await open();
    await view.say(snapshot({ items: [], actions: [action(requests)] }));
    await view.armed();
  }

  async function openForm(): Promise<void> {
    await view.byId('remember').click();
    await view.armed();
  }

  const submitted = async (): Promise<unknown[]> =>
    (await view.sent('submit')).map((message) => message['decisions']);
  const focused = (): Promise<string | null | undefined> =>
    view.page.evaluate(() => document.activeElement?.getAttribute('data-testid'));

  it('is a second step: it opens a form that shows the exact rule, and sends nothing by itself (I12)', async () => {
    await show(remembers());
    assert.equal(await view.byId('approve').getAttribute('appearance'), 'primary');
    await openForm();
    assert.deepEqual(await submitted(), []);
    assert.equal(await view.byId('remember-rules').innerText(), 'shell(npm test)');
    assert.equal(
      await view.byId('remember-text').innerText(),
      'What matches this rule will run without asking in this thread, without an end. Rules that deny or ask still hold.',
    );
    assert.equal(await view.byId('approve').count(), 0);
    assert.equal(await view.byId('approve-remember').getAttribute('appearance'), 'secondary');
    await view.byId('approve-remember').click();
    assert.deepEqual(await submitted(), [
      { c2: { type: 'approve', remember: { scope: 'thread' } } },
    ]);
  });

  it('sends the scope and the end that are picked, and says what they mean', async () => {
    await show(remembers());
    await openForm();
    await view.byId('remember-scope').selectOption('Always, everywhere');
    await view.byId('remember-end').selectOption('Next 5 calls');
    await view.armed();
    assert.match(
      await view.byId('remember-text').innerText(),
      /in every workspace, also in those you open later, for 5 more calls\./,
    );
    await view.byId('remember-end').selectOption('8 hours');
    await view.armed();
    assert.match(await view.byId('remember-text').innerText(), /open later, for 8 hours\./);
    await view.byId('approve-remember').click();
    assert.deepEqual(await submitted(), [
      { c2: { type: 'approve', remember: { scope: 'always', minutes: 480 } } },
    ]);
  });

  it('is refused like any decision, stays open, and can be sent again', async () => {
    await show(remembers());
    await openForm();
    await view.byId('approve-remember').click();
    await view.reply('submit', { code: 'not_confirmed', message: 'Not approved', callIds: [] });
    assert.equal(await view.byId('card-error').innerText(), 'Not approved');
    await view.armed();
    await view.byId('approve-remember').click();
    assert.equal((await submitted()).length, 2);
  });

  it('is not there where nothing is offered, for the user’s own text, or where Approve is not allowed', async () => {
    await show(commandRequest());
    assert.equal(await view.byId('remember').count(), 0);
    await show(remembers({ allowedDecisions: ['reject'] }));
    assert.equal(await view.byId('remember').count(), 0);
    await show(editRequest({ remember: { ...OFFER, rules: ['edit(src/price.ts)'] } }));
    await openForm();
    await view.say({
      type: 'draft',
      actionId: 'a1',
      draft: { callId: 'c1', proposalHash: 'hash-c1', card: null, content: 'mine\n' },
    });
    assert.equal(await view.byId('remember').count(), 0);
    assert.equal(await view.byId('approve-remember').count(), 0);
  });

  it('offers the scopes of the host and no other; the narrowest that is left is picked', async () => {
    await show(remembers({ remember: { rules: ['shell(ls)'], scopes: ['turn'] } }));
    await openForm();
    assert.deepEqual(await view.byId('remember-scope').locator('option').allInnerTexts(), [
      'This turn',
    ]);
    await view.byId('approve-remember').click();
    assert.deepEqual(await submitted(), [{ c2: { type: 'approve', remember: { scope: 'turn' } } }]);
  });

  it('everything by keyboard; neither Enter nor Ctrl+Enter on the way approves', async () => {
    await show(remembers());
    await view.byId('remember').focus();
    await view.page.keyboard.press('Enter');
    await view.frames(2);
    assert.equal(await focused(), 'remember-scope');
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('Control+Enter');
    await view.page.keyboard.press('Tab');
    assert.equal(await focused(), 'remember-end');
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('Control+Enter');
    await view.byId('card').focus();
    await view.page.keyboard.press('Control+Enter');
    assert.deepEqual(await submitted(), []);
    await view.byId('remember-end').focus();
    await view.armed();
    await view.page.keyboard.press('Tab');
    assert.equal(await focused(), 'approve-remember');
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await submitted(), [
      { c2: { type: 'approve', remember: { scope: 'workspace', minutes: 30 } } },
    ]);
  });

  it('does not count before the form has stood for half a second, and never for a script', async () => {
    await show(remembers());
    await view.byId('remember').click();
    await view.byId('approve-remember').waitFor();
    await view.byId('approve-remember').click({ force: true });
    assert.deepEqual(await submitted(), []);
    await view.armed();
    await view.page.evaluate(() => {
      const host = document.querySelector<HTMLElement>('[data-testid=approve-remember]');
      for (const target of [host, host?.shadowRoot?.querySelector('button')]) {
        target?.click();
        target?.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
      }
    });
    assert.deepEqual(await submitted(), []);
  });

  it('what is picked is kept with the card’s draft, and comes back with it', async () => {
    await show(remembers());
    await openForm();
    await view.byId('remember-end').selectOption('30 minutes');
    await view.page.waitForFunction(() =>
      (
        window as unknown as { test: { posted: { card?: { remember?: unknown } }[] } }
      ).test.posted.some(({ card }) => card?.remember !== undefined),
    );
    const [draft] = (await view.sent('draft')).slice(-1);
    const card = draft?.['card'] as { form: string; remember: unknown };
    assert.deepEqual([card.form, card.remember], ['remember', { scope: 'thread', minutes: 30 }]);
    await view.page.reload();
    const stored = { callId: 'c2', proposalHash: 'hash-c2', card: card as never, content: null };
    await view.say(snapshot({ actions: [action([remembers()], { drafts: [stored] })] }));
    assert.equal(await view.byId('remember-end').inputValue(), '30-minutes');
  });

  it('a call of a batch is decided with it, says so, and is submitted with the others', async () => {
    await show(remembers(), questionRequest());
    await openForm();
    await view.byId('remember-end').selectOption('Next 20 calls');
    await view.armed();
    await view.byId('approve-remember').click();
    assert.deepEqual(await submitted(), []);
    assert.match(
      await view.byId('decided').innerText(),
      /Approved, and remembered: this thread, next 20 calls/,
    );
    await view.byId('option-bankers').click();
    await view.armed();
    await view.byId('answer').click();
    await view.armed();
    await view.byId('submit').click();
    assert.deepEqual(await submitted(), [
      {
        c2: { type: 'approve', remember: { scope: 'thread', uses: 20 } },
        c3: { type: 'respond', text: 'bankers' },
      },
    ]);
  });

  it('Approve all remembers nothing, whatever form is open', async () => {
    await show(remembers(), editRequest({ remember: { ...OFFER, rules: ['edit(src/price.ts)'] } }));
    await view.byId('remember').first().click();
    await view.armed();
    await view.byId('approve-all').click();
    assert.deepEqual(await view.byId('decided').allInnerTexts(), [
      'Approved\nUndo',
      'Approved\nUndo',
    ]);
  });

  it('a hostile rule is shown whole, with every character, and builds nothing', async () => {
    const rules = [
      'shell(echo \u202E<img src=x onerror=hit=1>\u0000\u2066)',
      `shell(a${' '.repeat(300)}&& rm -rf build)`,
    ];
    await show(remembers({ remember: { ...OFFER, rules } }));
    await openForm();
    const text = await view.byId('remember-rules').innerText();
    for (const part of ['U+202E', 'U+0000', 'U+2066', '<img src=x', '␠×300', '&& rm -rf build']) {
      assert.ok(text.includes(part), part);
    }
    assert.match(await view.byId('remember-text').innerText(), /^What matches these rules will/);
    assert.equal(await view.byId('remember-rules').locator('img').count(), 0);
    assert.equal(await view.page.evaluate(() => 'hit' in window), false);
  });

  it('a rule taller than the view must have been on screen before it counts', async () => {
    view = await open({ height: 400 });
    const rules = Array.from({ length: 80 }, (_, n) => `shell(echo ${n})`);
    await view.say(
      snapshot({ items: [], actions: [action([remembers({ remember: { ...OFFER, rules } })])] }),
    );
    await view.armed();
    await view.byId('remember').click();
    await view.byId('approve-remember').waitFor();
    // Long enough to be armed, if it were to be.
    const now = await view.page.evaluate(() => performance.now());
    await view.page.waitForFunction((then) => performance.now() - then > 800, now);
    const armed = view.byId('card').and(view.page.locator('[data-armed=true]'));
    assert.equal(await armed.count(), 0);
    const { width, height } = view.page.viewportSize() ?? { width: 0, height: 0 };
    await view.page.mouse.move(width / 2, height / 2);
    for (let n = 0; n < 60 && (await armed.count()) === 0; n += 1) {
      // Opening the form has gone to its end: the reader goes back to its start, and then down.
      await view.page.mouse.wheel(0, n < 10 ? -400 : 100);
      await view.frames(4);
    }
    await armed.waitFor();
    await view.byId('approve-remember').click();
    assert.equal((await submitted()).length, 1);
  });

  it('the why line of a call that it let run leads back to it', async () => {
    view = await open();
    const reason = 'remembered for this thread';
    const why: Verdict = { verdict: 'allow', layer: 'grant', rule: 'shell(npm test)', reason };
    const items = [call('r9', { tool: 'run_command', summary: 'npm test', why })];
    await view.say(snapshot({ items, actions: [] }));
    assert.equal(await view.byId('why').innerText(), 'allowed · remembered shell(npm test)');
    await view.byId('why').click();
    await view.byId('why-full').getByRole('button', { name: 'shell(npm test)' }).click();
    assert.deepEqual(await view.sent('openWhy'), [
      { type: 'openWhy', rule: 'shell(npm test)', layer: 'grant' },
    ]);
  });

  for (const theme of ['dark', 'light', 'contrast']) {
    it(`fits 320 pixels, ${theme}`, async () => {
      view = await open({ width: 320, height: 560, theme });
      const rules = ['shell(npm test)', 'shell(npm run build --workspace=packages/shop)'];
      const actions = [action([remembers({ remember: { ...OFFER, rules } })])];
      await view.say(snapshot({ items: [], actions }));
      await view.page.screenshot({ path: `test/output/screenshots/remember-closed-${theme}.png` });
      await view.byId('remember').click();
      await view.byId('remember-scope').waitFor();
      const wide = await view.page.evaluate(() => {
        const inside = [...document.querySelectorAll('.card *')];
        return inside.filter((one) => one.getBoundingClientRect().right > innerWidth).length;
      });
      assert.equal(wide, 0);
      await view.page.screenshot({ path: `test/output/screenshots/remember-${theme}.png` });
    });
  }
});

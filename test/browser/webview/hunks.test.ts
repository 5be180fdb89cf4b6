// Changes of an edit kept and dropped on its card, on the page in a real browser.
import assert from 'node:assert/strict';
import { gitEnvironment } from '../../../src/protocol/gitEnvironment.ts';
import { SentDraft } from '../../../src/protocol/drafts.ts';
import type { HostToView, RequestView } from '../../../src/protocol/messages.ts';
import { axeProblems } from './axe.ts';
import type { OpenOptions, View } from './harness.ts';
import { usePage } from './usePage.ts';
import { action, commandRequest, editRequest, hunksRequest, snapshot } from './samples.ts';

/** What the page's own thread works until the first rows are painted, milliseconds: however many others share the machine. */
async function firstPaint(view: View, message: HostToView): Promise<number> {
  await view.say(snapshot({ actions: [] }));
  const session = await view.page.context().newCDPSession(view.page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN);
  };
  const before = await worked();
  await view.page.evaluate(async (said) => {
    (window as unknown as { test: { say(m: unknown): void } }).test.say(said);
    while (!document.querySelector('.row')) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
  }, message);
  const took = (await worked()) - before;
  await session.detach();
  return took;
}

describe('page: hunks', function () {
  this.timeout(60_000);
  const open = usePage();

  async function show(requests: RequestView[], options: OpenOptions = {}): Promise<View> {
    const view = await open(options);
    await view.say(snapshot({ actions: [action(requests)] }));
    return view;
  }

  const box = (view: View, index: number) => view.byId('hunk').nth(index).getByRole('checkbox');
  const submitted = async (view: View): Promise<unknown> => {
    const [sent] = await view.sent('submit');
    return sent?.['decisions'];
  };

  it('all are kept at first; one that is dropped is said, struck and not approved', async () => {
    const view = await show([hunksRequest()]);
    const names = await view
      .byId('hunk')
      .getByRole('checkbox')
      .evaluateAll((all) => all.map((one) => one.ariaLabel));
    assert.deepEqual(names, [
      'Change 1 of 3, line 2: keep',
      'Change 2 of 3, line 13: keep',
      'Change 3 of 3, line 21: keep',
    ]);
    assert.equal(await view.byId('kept').innerText(), '3 of 3 changes kept');
    await box(view, 1).uncheck();
    assert.equal(await view.byId('kept').innerText(), '2 of 3 changes kept');
    const struck = view.page.locator('.row-dropped');
    assert.match(await struck.innerText(), /function more/);
    await view.armed();
    await view.byId('approve').click();
    assert.deepEqual(await submitted(view), { c1: { type: 'edit', hunks: [0, 2] } });
  });

  it('with all kept again Approve is plain; with none it is off and says why', async () => {
    const view = await show([hunksRequest()]);
    await view.byId('drop-all').click();
    await view.byId('none-kept').waitFor();
    await view.armed();
    assert.notEqual(await view.byId('approve').getAttribute('disabled'), null);
    await view.byId('card').focus();
    await view.page.keyboard.press('Control+Enter');
    assert.equal(await submitted(view), undefined);
    await view.byId('keep-all').click();
    assert.equal(await view.byId('kept').innerText(), '3 of 3 changes kept');
    await view.armed();
    await view.byId('approve').click();
    assert.deepEqual(await submitted(view), { c1: { type: 'approve' } });
  });

  it('a tick needs no arming, and what Approve would send then waits anew', async () => {
    const view = await show([hunksRequest()]);
    await view.armed();
    await box(view, 0).click();
    assert.equal(await view.byId('card').getAttribute('data-armed'), 'false');
    await view.byId('approve').click({ force: true });
    assert.equal(await submitted(view), undefined);
    await view.armed();
    assert.equal(await submitted(view), undefined);
  });

  it('by keyboard alone: Tab to a change, Space drops it, and Space approves nothing', async () => {
    const view = await show([hunksRequest()]);
    await view.armed();
    await view.byId('card').focus();
    const { keyboard } = view.page;
    for (let n = 0; n < 12; n += 1) {
      await keyboard.press('Tab');
      const name = await view.page.evaluate(() => document.activeElement?.ariaLabel ?? '');
      if (name.startsWith('Change 2 of 3')) break;
    }
    await keyboard.press('Space');
    assert.equal(await box(view, 1).isChecked(), false);
    await keyboard.press('Enter');
    assert.equal(await submitted(view), undefined);
  });

  it('are part of the draft: there after a reload, gone with a changed proposal', async () => {
    const request = hunksRequest();
    const view = await show([request]);
    await box(view, 2).uncheck();
    await view.page.waitForFunction(() => {
      const { test } = window as unknown as { test: { posted: { type: string }[] } };
      return test.posted.some(({ type }) => type === 'draft');
    });
    const card = SentDraft.parse((await view.sent('draft'))[0]?.['card']);
    assert.deepEqual(card.dropped, [2]);
    const { callId, proposalHash } = request;
    const drafts = [{ callId, proposalHash, card, content: null }];
    await view.page.reload();
    await view.say(snapshot({ actions: [action([request], { drafts })] }));
    assert.equal(await box(view, 2).isChecked(), false);
    const anew = { ...request, proposalHash: 'other' };
    await view.say(snapshot({ actions: [action([anew], { drafts })] }));
    assert.equal(await box(view, 2).isChecked(), true);
  });

  it('a text of the diff editor stands in their place, and says so', async () => {
    const request = hunksRequest();
    const view = await open();
    const { callId, proposalHash } = request;
    const drafts = [{ callId, proposalHash, card: null, content: 'mine\n' }];
    await view.say(snapshot({ actions: [action([request], { drafts })] }));
    assert.equal(await view.byId('hunk').count(), 0);
    await view.byId('card').getByText('this is your text, not the agent’s').waitFor();
  });

  it('in a batch the decided card and Approve all keep the choice', async () => {
    const view = await show([hunksRequest(), commandRequest()]);
    await box(view, 0).uncheck();
    await view.armed();
    await view.byId('approve').first().click();
    assert.match(await view.byId('decided').innerText(), /Approved, 2 of 3 changes/);
    assert.equal(await box(view, 1).isDisabled(), true);
    await view.byId('undo').click();
    await view.byId('submit-bar').scrollIntoViewIfNeeded();
    await view.armed();
    await view.byId('approve-all').click();
    await view.armed();
    await view.byId('submit').click();
    assert.deepEqual(await submitted(view), {
      c1: { type: 'edit', hunks: [1, 2] },
      c2: { type: 'approve' },
    });
  });

  it('code has colours, and hidden characters stay visible in them', async () => {
    const newText = 'const a = "x\u202ey"; // \u200bend\n';
    const view = await show([editRequest({ before: 'const a = 1;\n' }, { newText })]);
    await view.page.locator('.row-added .hljs-keyword').waitFor();
    const chips = view.page.locator('.row-added .hidden-char');
    assert.deepEqual(await chips.allInnerTexts(), ['U+202E', 'U+200B']);
    assert.equal(await view.page.locator('.row-added .hljs-string .hidden-char').count(), 1);
  });

  it('a large file is shown plain, and 20,000 changed lines in time', async () => {
    const many = (word: string): string =>
      Array.from({ length: 20_000 }, (_, n) => `${word} ${n}\n`).join('');
    const request = editRequest({ before: many('old') }, { newText: many('new') });
    const message = snapshot({ actions: [action([request])] });
    const times: number[] = [];
    for (let n = 0; n < 3; n += 1) times.push(await firstPaint(await open(), message));
    const best = Math.min(...times);
    process.stdout.write(`      first paint of 20,000 changed lines: ${Math.round(best)} ms\n`);
    assert.ok(best > 0 && best < 300, times.join(' ms, '));
    const view = await open();
    await view.say(message);
    await view.byId('diff-show-all').waitFor();
    await view.page.waitForFunction(() => document.querySelectorAll('.row').length === 2000);
    assert.equal(await view.page.locator('.hljs-keyword').count(), 0);
    assert.match(await view.byId('diff-show-all').innerText(), /show all, then decide/);
    assert.notEqual(await view.byId('approve').getAttribute('disabled'), null);
  });

  it('a deletion shows what is lost, the rest when asked, and then it can be approved', async () => {
    const before = Array.from({ length: 100 }, (_, n) => `line ${n}\n`).join('');
    const gone = { change: 'delete', newText: null, newHash: null };
    const view = await show([editRequest({ before }, gone)], { height: 3000 });
    assert.equal(await view.page.locator('.row-removed').count(), 60);
    await view.byId('diff-show-all').click();
    assert.equal(await view.page.locator('.row-removed').count(), 100);
    await view.armed();
    await view.byId('approve').click();
    assert.deepEqual(await submitted(view), { c1: { type: 'approve' } });
  });

  it('settings that Countersign gives git are one line that opens; others stay in sight', async () => {
    const env = { ...gitEnvironment(true, false), PAGER: 'less' };
    const view = await show([commandRequest('git status', {}, { env })]);
    const details = view.byId('git-settings');
    assert.equal(
      await details.locator('summary').innerText(),
      'environment: safe git settings (15)',
    );
    assert.equal(await details.locator('li').first().isVisible(), false);
    assert.match(await view.page.locator('.meta').first().innerText(), /environment PAGER=less/);
    await details.locator('summary').click();
    assert.equal(await details.locator('li').count(), 15);
    const forged = { ...gitEnvironment(true, false), GIT_CONFIG_VALUE_0: '/tmp/evil' };
    const other = await show([commandRequest('git status', {}, { env: forged })]);
    assert.equal(await other.byId('git-settings').count(), 0);
    assert.match(await other.page.locator('.meta').first().innerText(), /evil/);
  });

  for (const theme of ['dark', 'light', 'contrast', 'contrastLight']) {
    it(`nothing stands beyond the edge at 320 px, and axe finds nothing serious: ${theme}`, async () => {
      const view = await show([hunksRequest()], { theme, width: 320 });
      await box(view, 1).uncheck();
      await view.page.locator('.hljs-keyword').first().waitFor();
      const wide = await view.page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 320, `${wide}`);
      assert.deepEqual(await axeProblems(view), []);
    });
  }
});

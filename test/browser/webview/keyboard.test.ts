// Without a mouse and without sight: where the focus goes, what is read out, and how the page holds up when it is enlarged, calmed
// down or drawn in the colours of the system.
import assert from 'node:assert/strict';
import type { TranscriptItem } from '../../../src/protocol/messages.ts';
import type { View } from './harness.ts';
import {
  action,
  call,
  commandRequest,
  editRequest,
  hunksRequest,
  questionRequest,
  snapshot,
  status,
  TALK,
} from './samples.ts';
import { STATES } from './states.ts';
import { usePage } from './usePage.ts';

const OFFER = { rules: ['shell(npm test)'], scopes: ['thread' as const] };
const DRIFT = { hash: 'h1', changes: ['The tool read_file is gone.'] };

describe('page: keyboard and assistive technology', function () {
  this.timeout(60_000);
  const open = usePage();
  let view: View;

  const focused = (): Promise<string> =>
    view.page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? '');
  const focusedCard = (): Promise<string> =>
    view.page.evaluate(
      () => document.activeElement?.closest('.card')?.getAttribute('data-call-id') ?? '',
    );
  const said = (): Promise<string> => view.byId('announcer').innerText();

  /** What Tab reaches from the start of the page on, until it comes to one that it was at, or to none. */
  async function tabOrder(most = 40): Promise<string[]> {
    const reached: string[] = [];
    for (let n = 0; n < most; n += 1) {
      await view.page.keyboard.press('Tab');
      const name = await view.page.evaluate(() => {
        const element = document.activeElement;
        const card = element?.closest('.card')?.getAttribute('data-call-id');
        const own = element?.getAttribute('data-testid') ?? element?.className ?? '';
        return element === document.body ? '' : card ? `${card} ${own}` : own;
      });
      if (name === '' || name === reached[0]) break;
      reached.push(name);
    }
    return reached;
  }

  it('goes through a chat with a batch from the top to the composer', async () => {
    view = await open();
    const requests = [hunksRequest(), commandRequest('npm test', { remember: OFFER })];
    await view.say(snapshot({ items: [], actions: [action(requests)] }));
    await view.armed();
    const order = await tabOrder();
    const places = [
      ...['new-thread', 'transcript', 'c1 card', 'c1 approve', 'c1 edit', 'c1 reject'],
      ...['c2 card', 'c2 approve', 'c2 remember', 'c2 reject', 'approve-all', 'composer-input'],
      ...['mode', 'model', 'stop'],
    ].map((name) => order.indexOf(name));
    assert.ok(!places.includes(-1), order.join('\n'));
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
      order.join('\n'),
    );
  });

  it('keeps and drops a change, answers a question and submits a batch without a mouse', async () => {
    view = await open({ height: 1600 });
    const { keyboard } = view.page;
    await view.say(
      snapshot({ items: [], actions: [action([hunksRequest(), questionRequest(true)])] }),
    );
    await view.armed();
    await view.byId('hunk').nth(1).locator('input').focus();
    await keyboard.press('Space');
    await view.armed();
    await view.byId('approve').focus();
    await keyboard.press('Enter');
    assert.equal(await focusedCard(), 'c1');
    await view.byId('option-half-up').focus();
    await keyboard.press('Space');
    await view.armed();
    await view.byId('answer').focus();
    await keyboard.press('Enter');
    assert.equal(await focusedCard(), 'c3');
    await view.armed();
    await view.byId('submit').focus();
    await keyboard.press('Enter');
    const [sent] = await view.sent('submit');
    assert.deepEqual(sent?.['decisions'], {
      c1: { type: 'edit', hunks: [0, 2] },
      c3: { type: 'respond', text: 'half-up' },
    });
  });

  it('the focus goes to the next card that stood there when its own is gone, never to one that has just come', async () => {
    view = await open({ height: 1600 });
    const first = action([commandRequest('one')]);
    const second = action([commandRequest('two', { callId: 'c22' })], { actionId: 'a2' });
    const third = action([commandRequest('three', { callId: 'c33' })], { actionId: 'a3' });
    await view.say(snapshot({ items: [], actions: [first, second] }));
    await view.armed();
    await view.byId('approve').first().focus();
    await view.page.keyboard.press('Enter');
    await view.say({ type: 'action', action: { ...first, state: 'resolved' } });
    assert.equal(await focusedCard(), 'c22');
    assert.equal(await focused(), 'card');
    // The last one goes, and another comes at the same time.
    await view.say(
      { type: 'action', action: { ...second, state: 'resolved' } },
      { type: 'action', action: third },
    );
    assert.equal(await focused(), 'composer-input');
  });

  it('who types on a card that goes types nowhere from then on', async () => {
    view = await open();
    const shown = action([commandRequest()]);
    await view.say(snapshot({ items: [], actions: [shown] }));
    await view.armed();
    await view.byId('reject').click();
    await view.byId('reason-input').focus();
    await view.page.keyboard.type('because');
    await view.say({ type: 'action', action: { ...shown, state: 'resolved' } });
    assert.equal(await focused(), 'transcript');
    await view.page.keyboard.type('y 1');
    await view.page.keyboard.press('Enter');
    assert.equal(await view.byId('composer-input').inputValue(), '');
    assert.deepEqual(await view.sent('send'), []);
  });

  it('a button that goes when it is pressed leaves the focus near, on nothing that decides', async () => {
    view = await open({ height: 1600 });
    const lines = Array.from({ length: 40 }, (_, n) => `line ${n}\n`);
    const after = lines.map((line, n) => (n === 20 ? 'other\n' : line));
    const edit = editRequest({ before: lines.join('') }, { newText: after.join('') });
    await view.say(snapshot({ items: [], actions: [action([edit])] }));
    await view.armed();
    await view.byId('diff-fold').first().focus();
    await view.page.keyboard.press('Enter');
    await view.frames(3);
    assert.equal(await focused(), 'card');
    await view.say(
      snapshot({ items: [], actions: [action([commandRequest()], { drift: DRIFT })] }),
    );
    await view.page.locator('[data-testid=resume-as-it-was]:not([disabled])').focus();
    await view.page.keyboard.press('Enter');
    await view.byId('drift-accepted').waitFor();
    await view.frames(3);
    assert.ok(['card', 'composer-input'].includes(await focused()), await focused());
  });

  it('takes no focus from elsewhere in the window', async () => {
    view = await open();
    const shown = action([commandRequest()]);
    await view.say(snapshot({ items: [], actions: [shown] }));
    await view.page.evaluate(() => (document.hasFocus = () => false));
    await view.byId('card').focus();
    await view.say({ type: 'action', action: { ...shown, state: 'resolved' } });
    assert.equal(await focused(), '');
  });

  it('reads out a request, a question, the end of a turn and an error, and nothing again after a reload', async () => {
    view = await open();
    const asks = action([editRequest()]);
    await view.say(snapshot({ status: status({ turn: 'running', waiting: 0 }) }));
    assert.equal(await said(), '');
    await view.say({ type: 'action', action: asks });
    assert.equal(await said(), 'Waits for your decision: Edit src/price.ts.');
    const question = action([questionRequest()], { actionId: 'a2' });
    await view.say({ type: 'action', action: question });
    assert.match(await said(), /^Waits for your decision: .*Which rounding should invoices use\?/);
    const failed: TranscriptItem = {
      ...{ kind: 'notice', id: 'n', turnId: 't1', level: 'error', code: 'model_failed' },
      text: 'The model\u202E failed.',
    };
    await view.say({ type: 'item', item: failed });
    assert.equal(await said(), 'The model\\u{202E} failed.');
    await view.say({ type: 'status', status: status({ turn: 'finished', waiting: 0 }) });
    assert.equal(await said(), 'The agent has finished.');
    await view.page.reload();
    const items = [...TALK, failed];
    await view.say(snapshot({ items, actions: [asks, question] }));
    assert.equal(await said(), '');
    assert.equal(await view.page.locator('.feed [role=alert]').count(), 0);
  });

  it('another thread that is shown says what waits in it, not that nothing waits in the last', async () => {
    view = await open();
    await view.say(snapshot({ actions: [action([editRequest()])] }));
    const other = status();
    const thread = other.thread && { ...other.thread, id: 'th2' };
    await view.say(snapshot({ items: [call('x')], status: { ...other, thread, turn: null } }));
    assert.equal(await said(), '');
  });

  it('buttons say what a press would do', async () => {
    view = await open();
    await view.say(
      snapshot({
        actions: [action([editRequest()]), action([commandRequest()], { actionId: 'a2' })],
      }),
    );
    await view.armed();
    const says = (id: string, at: number): Promise<string | null> =>
      view.byId(id).nth(at).locator('.control').getAttribute('aria-description');
    assert.match((await says('approve', 0)) ?? '', /edit.*src\/price\.ts/i);
    assert.match((await says('approve', 1)) ?? '', /npm test/);
    assert.match((await says('reject', 1)) ?? '', /npm test/);
    const label = await view.byId('card').first().getAttribute('aria-label');
    assert.equal(label, 'Edit src/price.ts, waits for your decision');
  });

  for (const calm of ['the system', 'VS Code'] as const) {
    it(`nothing moves when ${calm} asks for less motion`, async () => {
      view = await open();
      if (calm === 'the system') await view.page.emulateMedia({ reducedMotion: 'reduce' });
      else await view.page.evaluate(() => document.body.classList.add('vscode-reduce-motion'));
      const running = status({ turn: 'running', waiting: 0 });
      const item = call('x', { state: 'started', outcome: null });
      await view.say(snapshot({ items: [...TALK, item], status: running }));
      const moving = await view.page.evaluate(() => document.getAnimations().length);
      assert.equal(moving, 0);
    });
  }

  // 200 % of a view of 640 pixels is one of 320 with twice the pixels.
  for (const [name, reach] of Object.entries(STATES)) {
    it(`at 200 % in 640 pixels nothing is cut off: ${name}`, async () => {
      view = await open({ width: 320, height: 2400, scale: 2 });
      await reach(view);
      const wide = await view.page.evaluate(() =>
        [...document.querySelectorAll('countersign-app *')]
          .filter(
            (element) =>
              element.getBoundingClientRect().right > innerWidth + 0.5 &&
              !element.closest('.sr-only, table, pre'),
          )
          .map((element) => `${element.tagName}.${element.className}`),
      );
      assert.deepEqual(wide, []);
    });
  }

  it('in the colours of the system buttons, cards and the focus can be seen', async () => {
    view = await open({ theme: 'contrast' });
    await view.page.emulateMedia({ forcedColors: 'active' });
    await view.say(snapshot({ items: [], actions: [action([hunksRequest(), commandRequest()])] }));
    await view.armed();
    await view.byId('card').first().focus();
    await view.page.keyboard.press('Tab');
    await view.page.screenshot({ path: 'test/output/screenshots/forced-colors.png' });
    const look = await view.page.evaluate(() => {
      const style = (selector: string, part?: string): CSSStyleDeclaration => {
        const found = document.querySelector(selector);
        const inner = part === undefined ? found : found?.shadowRoot?.querySelector(part);
        return getComputedStyle(inner ?? document.body);
      };
      return {
        card: style('.card').borderTopStyle,
        button: style('[data-testid=approve]', '.control').borderTopStyle,
        outline: getComputedStyle(document.activeElement ?? document.body).outlineStyle,
      };
    });
    assert.deepEqual(look, { card: 'solid', button: 'solid', outline: 'solid' });
  });
});

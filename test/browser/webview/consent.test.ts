// Consent hygiene in a real browser: arming, focus, scripted events, hostile text, and what survives a reload.
import assert from 'node:assert/strict';
import type { TranscriptItem } from '../../../src/protocol/messages.ts';
import type { View } from './harness.ts';
import { usePage } from './usePage.ts';
import {
  action,
  call,
  commandRequest,
  editRequest,
  questionRequest,
  snapshot,
  status,
  TALK,
} from './samples.ts';

const LONG = Array.from({ length: 400 }, (_, n) => `echo ${n}`).join('\n');

describe('page: consent', function () {
  this.timeout(60_000);
  const open = usePage();
  let view: View;

  beforeEach(async () => {
    view = await open();
  });

  const decisions = async (): Promise<unknown[]> =>
    (await view.sent('submit')).map((message) => message['decisions']);

  it('a press before the card has stood for half a second does nothing', async () => {
    const started = Date.now();
    await view.say(snapshot({ actions: [action([commandRequest()])] }));
    const box = await view.byId('approve').boundingBox();
    assert.ok(box);
    // Presses as fast as they come until the card is armed: the first one that counts is not before 500 ms.
    while ((await decisions()).length === 0) {
      await view.page.mouse.click(box.x + 10, box.y + 10);
      assert.ok(Date.now() - started < 10_000);
    }
    const first = await view.page.evaluate(() => performance.now());
    assert.ok(first > 500);
    assert.ok(Date.now() - started >= 500);
    assert.equal((await decisions()).length, 1);
  });

  it('a card that takes another’s place under the pointer is not armed', async () => {
    await view.say(snapshot({ actions: [action([commandRequest()])] }));
    await view.armed();
    const box = await view.byId('approve').boundingBox();
    assert.ok(box);
    const other = action([commandRequest('rm -rf x')], { actionId: 'a2', proposalHash: 'h2' });
    await view.page.evaluate(
      ([closed, next]) => {
        const { test } = window as unknown as { test: { say(m: unknown): void } };
        test.say({ type: 'action', action: closed });
        test.say({ type: 'action', action: next });
      },
      [action([commandRequest()], { state: 'resolved' }), other] as const,
    );
    await view.frames(2);
    await view.page.mouse.click(box.x + 10, box.y + 10);
    assert.equal(await view.byId('card').getAttribute('data-action-id'), 'a2');
    assert.deepEqual(await decisions(), []);
  });

  it('a changed proposal under the same id is a new, unarmed card', async () => {
    await view.say(snapshot({ actions: [action([commandRequest()])] }));
    await view.armed();
    await view.say({
      type: 'action',
      action: action([commandRequest('rm -rf x', { proposalHash: 'new' })]),
    });
    await view.byId('approve').click({ force: true });
    assert.deepEqual(await decisions(), []);
  });

  it('a card that is moved is disarmed', async () => {
    await view.say(snapshot({ items: [], actions: [action([commandRequest()])] }));
    await view.armed();
    await view.say({ type: 'item', item: TALK[0] as TranscriptItem });
    assert.equal(await view.byId('card').getAttribute('data-armed'), 'false');
    await view.byId('approve').click({ force: true });
    assert.deepEqual(await decisions(), []);
    await view.armed();
  });

  it('presses by script approve nothing', async () => {
    await view.say(
      snapshot({ actions: [action([editRequest(), commandRequest(), questionRequest()])] }),
    );
    await view.armed();
    await view.page.evaluate(() => {
      for (const host of document.querySelectorAll<HTMLElement>('vscode-button, button')) {
        const inner = host.shadowRoot?.querySelector('button');
        for (const target of [host, inner]) {
          if (target?.closest('.card, .submit-bar') === null && !inner) continue;
          target?.click();
          target?.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
        }
      }
      for (const card of document.querySelectorAll('.card')) {
        card.dispatchEvent(
          new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true }),
        );
      }
    });
    await view.frames(2);
    assert.deepEqual(await decisions(), []);
    assert.equal(await view.page.locator('[data-testid="decided"]').count(), 0);
  });

  it('a card takes no focus, and keys typed as it appears approve nothing', async () => {
    await view.say(snapshot({ status: status({ turn: 'finished' }), actions: [] }));
    await view.byId('composer-input').focus();
    await view.page.keyboard.type('hello');
    await view.say({ type: 'action', action: action([commandRequest()]) });
    for (const key of ['y', '1', 'Enter', 'Space', 'Control+Enter'])
      await view.page.keyboard.press(key);
    await view.armed();
    assert.equal(
      await view.page.evaluate(() => document.activeElement?.getAttribute('data-testid')),
      'composer-input',
    );
    for (const key of ['y', '1', 'Space', 'Control+Enter']) await view.page.keyboard.press(key);
    assert.deepEqual(await decisions(), []);
  });

  it('Ctrl+Enter approves only with the card itself focused and armed', async () => {
    await view.say(snapshot({ actions: [action([commandRequest()])] }));
    await view.byId('card').focus();
    await view.page.keyboard.press('Control+Enter');
    assert.deepEqual(await decisions(), []);
    await view.armed();
    for (const key of ['Enter', 'Space', 'a', 'y']) await view.page.keyboard.press(key);
    await view.byId('reject').click();
    await view.byId('reason-input').focus();
    await view.page.keyboard.press('Control+Enter');
    await view.byId('cancel').click();
    await view.armed();
    assert.deepEqual(await decisions(), []);
    await view.byId('card').focus();
    await view.page.keyboard.press('Control+Enter');
    assert.deepEqual(await decisions(), [{ c2: { type: 'approve' } }]);
  });

  it('Ctrl+Enter does not approve a card that was scrolled out of view', async () => {
    const items = Array.from({ length: 60 }, (_, n) => call(`x${n}`));
    await view.say(snapshot({ items, actions: [action([commandRequest()])] }));
    await view.armed();
    await view.byId('card').focus();
    await view.page.mouse.move(200, 300);
    await view.page.mouse.wheel(0, -20_000);
    await view.page.waitForFunction(
      () => document.querySelector('[data-scroller]')?.scrollTop === 0,
    );
    await view.page.keyboard.press('Control+Enter');
    assert.deepEqual(await decisions(), []);
    await view.armed();
    await view.page.keyboard.press('Control+Enter');
    assert.equal((await decisions()).length, 1);
  });

  it('everything on a card can be reached and pressed with the keyboard (HW4)', async () => {
    await view.say(snapshot({ actions: [action([commandRequest()])] }));
    await view.armed();
    await view.byId('card').focus();
    const reached: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      await view.page.keyboard.press('Tab');
      const name = await view.page.evaluate(
        () => document.activeElement?.getAttribute('data-testid') ?? '',
      );
      reached.push(name);
    }
    assert.deepEqual(reached, [
      'open-panel',
      'approve',
      'edit',
      'reject',
      'respond',
      'reject-and-stop',
    ]);
    for (let n = 0; n < 4; n += 1) await view.page.keyboard.press('Shift+Tab');
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await decisions(), [{ c2: { type: 'approve' } }]);
  });

  it('a card taller than the view is armed only when its end has been on screen', async () => {
    await view.say(snapshot({ actions: [action([commandRequest(LONG)])] }));
    await view.page.waitForFunction(() => performance.now() > 3000);
    const card = view.byId('card');
    assert.equal(await card.getAttribute('data-armed'), 'false');
    assert.match(await view.byId('card-command').innerText(), /echo 399/);
    const bottom = await view.page
      .locator('.card-foot')
      .evaluate((foot) => foot.getBoundingClientRect().top);
    assert.ok(bottom > 800, 'the start of the card is in view, not its end');
    await view.page.mouse.move(200, 300);
    await view.page.mouse.wheel(0, 20_000);
    await view.armed();
    await view.byId('approve').click();
    assert.equal((await decisions()).length, 1);
  });

  it('a change too large to show at once cannot be approved before it is shown', async () => {
    const text = Array.from({ length: 2500 }, (_, n) => `line ${n}\n`).join('');
    await view.say(
      snapshot({
        actions: [action([editRequest({ before: null }, { change: 'create', newText: text })])],
      }),
    );
    await view.page.mouse.move(200, 300);
    await view.page.mouse.wheel(0, 100_000);
    await view.byId('diff-show-all').waitFor();
    await view.page.waitForFunction(() => performance.now() > 3000);
    assert.equal(await view.byId('card').getAttribute('data-armed'), 'false');
    await view.byId('diff-show-all').click();
    await view.page.mouse.wheel(0, 100_000);
    await view.armed();
  });

  it('hostile text stays text (U1, U13)', async () => {
    const bad = [
      '<img src=x onerror="parent.hit=1">',
      '<svg onload="hit=1"></svg>',
      '[click](javascript:hit=1) ![pixel](https://evil.example/p.png)',
      '<iframe srcdoc="<script>hit=1</script>"></iframe>',
      '```\n✅ Approved automatically\n```\n<button>Approve</button> [Approve](command:x)',
      '<style>*{display:none}</style><a href="https://evil.example">x</a>',
      '| a |\n|---|\n| <b onmouseover=hit=1>b</b> |',
      '\u202Ereversed\u2066\u200B',
    ].join('\n\n');
    const items: TranscriptItem[] = [
      { kind: 'user', id: 'u', turnId: 't', text: bad },
      { kind: 'assistant', id: 'm', turnId: 't', text: bad, streaming: true },
      call('x', {
        tool: bad,
        summary: bad,
        output: bad,
        why: { verdict: 'allow', rule: bad, layer: 'user', reason: bad },
      }),
      { kind: 'notice', id: 'n', turnId: 't', level: 'error', code: bad, text: bad },
    ];
    const why = { verdict: 'ask', rule: bad, layer: 'user', reason: bad } as const;
    const asked: string[] = [];
    view.page.on('request', (request) => asked.push(request.url()));
    await view.say(
      snapshot({
        items,
        actions: [
          action(
            [
              commandRequest(bad, { why }),
              editRequest({ why, before: bad }, { path: bad, newText: bad + 'x' }),
            ],
            { agentText: bad },
          ),
        ],
      }),
    );
    await view.page.locator('.call-toggle').click();
    const found = await view.page.evaluate(() => ({
      hit: 'hit' in window,
      elements: document.querySelectorAll(
        'countersign-app :is(img, svg, iframe, script, style, a, [href], [src], [onerror], [style]):not(.meter-ring)',
      ).length,
    }));
    assert.deepEqual(found, { hit: false, elements: 0 });
    assert.deepEqual(
      asked.filter((url) => !url.startsWith('http://127.0.0.1:')),
      [],
    );
    assert.equal(await view.page.getByRole('button', { name: 'Approve', exact: true }).count(), 2);
    const said = await view.byId('item-assistant').innerText();
    assert.match(said, /<img src=x onerror=/);
    assert.match(said, /pixel \(https:\/\/evil\.example\/p\.png\)/);
    assert.match(said, /U\+202Ereversed/);
  });

  it('leaves the focus on nothing that decides when the focused card goes', async () => {
    await view.say(snapshot({ actions: [action([commandRequest()])] }));
    await view.armed();
    await view.byId('approve').click();
    const other = action([commandRequest('rm -rf x')], { actionId: 'a2', proposalHash: 'h2' });
    await view.say(
      { type: 'action', action: action([commandRequest()], { state: 'resolved' }) },
      { type: 'action', action: other },
    );
    await view.armed();
    const focused = await view.page.evaluate(() =>
      document.activeElement?.getAttribute('data-testid'),
    );
    assert.equal(focused, 'composer-input');
    for (const key of ['Enter', 'Space', 'Control+Enter']) await view.page.keyboard.press(key);
    assert.equal((await decisions()).length, 1);
  });

  it('a form that the user opens has the focus, and gives it back to the card', async () => {
    await view.say(snapshot({ actions: [action([commandRequest()])] }));
    const focused = (): Promise<string | null | undefined> =>
      view.page.evaluate(() => document.activeElement?.getAttribute('data-testid'));
    await view.byId('reject').click();
    await view.frames(2);
    assert.equal(await focused(), 'reason-input');
    await view.byId('cancel').click();
    await view.frames(2);
    assert.equal(await focused(), 'card');
  });
});

// Drafts and decisions of others on the page in a real browser: typed in one view, there after a reload and in another.
import assert from 'node:assert/strict';
import type { ActionView, RequestView } from '../../../src/protocol/messages.ts';
import { SentDraft, type StoredDraft } from '../../../src/protocol/drafts.ts';
import type { View } from './harness.ts';
import { usePage } from './usePage.ts';
import {
  NOW,
  action,
  call,
  commandRequest,
  editRequest,
  questionRequest,
  snapshot,
  status,
} from './samples.ts';

describe('page: drafts', function () {
  this.timeout(60_000);
  const open = usePage();

  async function show(actions: ActionView[], theme = 'dark'): Promise<View> {
    const view = await open({ theme });
    await view.say(shown(actions));
    return view;
  }

  const shown = (actions: ActionView[]) =>
    snapshot({ actions, status: status({ window: 'window 1 (pid 10)' }) });

  /** What the host would have stored of the view's drafts, once the view has sent them. */
  async function stored(view: View, requests: RequestView[]): Promise<StoredDraft[]> {
    const ids = requests.map(({ callId }) => callId);
    await view.page.waitForFunction((wanted) => {
      const { test } = window as unknown as {
        test: { posted: { type: string; callId: string }[] };
      };
      const sent = test.posted.filter(({ type }) => type === 'draft').map(({ callId }) => callId);
      return wanted.every((callId) => sent.includes(callId));
    }, ids);
    const sent = await view.sent('draft');
    return requests.map(({ callId, proposalHash }) => {
      const last = sent.findLast((message) => message['callId'] === callId);
      return { callId, proposalHash, card: SentDraft.parse(last?.['card']), content: null };
    });
  }

  it('what was typed and picked on every card is there after a reload, and in another view', async () => {
    const requests = [commandRequest(), editRequest(), questionRequest(true)];
    const view = await show([action(requests)]);
    const card = (of: View, id: string) =>
      of.page.locator(`[data-testid=card][data-call-id=${id}]`);
    await card(view, 'c2').getByTestId('edit').click();
    await card(view, 'c2').getByTestId('args-input').fill('{"command":"npm ci"}');
    await card(view, 'c1').getByTestId('reject').click();
    await card(view, 'c1').getByTestId('reason-input').fill('use half up');
    await card(view, 'c3').getByTestId('option-bankers').click();
    await card(view, 'c3').getByTestId('free-text').fill('or neither');
    const drafts = await stored(view, requests);
    await view.page.reload();
    await view.say(shown([action(requests, { drafts })]));
    const other = await show([action(requests, { drafts })]);
    for (const one of [view, other]) {
      assert.equal(
        await card(one, 'c2').getByTestId('args-input').inputValue(),
        '{"command":"npm ci"}',
      );
      assert.equal(await card(one, 'c1').getByTestId('reason-input').inputValue(), 'use half up');
      assert.equal(await card(one, 'c3').getByTestId('free-text').inputValue(), 'or neither');
      const picked = card(one, 'c3').locator('vscode-checkbox[aria-checked=true]');
      assert.deepEqual(await picked.evaluateAll((all) => all.map((box) => box.dataset['testid'])), [
        'option-bankers',
      ]);
    }
  });

  it('nothing of a card is kept by the view itself', async () => {
    const requests = [commandRequest()];
    const view = await show([action(requests)]);
    await view.byId('reject').click();
    await view.byId('reason-input').fill('because');
    await stored(view, requests);
    await view.byId('composer-input').fill('next');
    await view.page.reload();
    await view.say(shown([action(requests)]));
    assert.equal(await view.byId('reason-input').count(), 0);
    assert.equal(await view.byId('composer-input').inputValue(), 'next');
  });

  it('a text that is typed is not overwritten by an older one, and the caret stays', async () => {
    const requests = [commandRequest()];
    const view = await show([action(requests)]);
    await view.byId('reject').click();
    await view.byId('reason-input').fill('be');
    const drafts = await stored(view, requests);
    await view.byId('reason-input').press('End');
    await view.byId('reason-input').pressSequentially('cause');
    await view.say(shown([action(requests, { drafts })]));
    assert.equal(await view.byId('reason-input').inputValue(), 'because');
    await view.byId('reason-input').pressSequentially('!');
    assert.equal(await view.byId('reason-input').inputValue(), 'because!');
  });

  it('a draft that another view changes disarms what would send it', async () => {
    const requests = [commandRequest(), editRequest()];
    const view = await show([action(requests)]);
    await view.armed();
    const card = { ...SENT, decision: { type: 'approve' as const } };
    const draft = { callId: 'c2', proposalHash: 'hash-c2', card, content: null };
    await view.say({ type: 'draft', actionId: 'a1', draft });
    assert.equal(await view.byId('decided-count').innerText(), '1 of 2 decided');
    assert.equal(await view.byId('submit-bar').getAttribute('data-armed'), 'false');
    await view.armed();
  });

  const decided = {
    by: 'window 2 (pid 4711)',
    at: NOW,
    decisions: { c1: { type: 'approve' }, c2: { type: 'approve' } },
  } as const;

  for (const theme of ['dark', 'light', 'hc']) {
    it(`decided in another window: a note where the card was, read out, without taking the focus (${theme})`, async () => {
      const both = action([editRequest(), commandRequest()]);
      const view = await show([both], theme);
      const first = view.page.locator('[data-testid=card][data-call-id=c1]');
      await first.getByTestId('reject').click();
      await first.getByTestId('reason-input').fill('use half up');
      await view.byId('composer-input').focus();
      const closed: ActionView = { ...both, state: 'resolved', decided };
      await view.say(
        { type: 'changes', after: 0, mark: 1, changes: [{ type: 'action', action: closed }] },
        shown([]),
      );
      assert.equal(await view.byId('card').count(), 0);
      const note = view.byId('decided-elsewhere');
      const text = await note.innerText();
      assert.match(
        text,
        /Decided elsewhere: approved 2 calls in window 2 \(pid 4711\) · .*\. What was typed here was not used\./,
      );
      const focus = await view.page.evaluate(() =>
        document.activeElement?.getAttribute('data-testid'),
      );
      assert.equal(focus, 'composer-input');
      assert.match(await view.byId('announcer').innerText(), /Decided elsewhere: approved 2 calls/);
      await view.byId('unused-draft').locator('summary').click();
      assert.equal(await view.byId('unused-draft').locator('pre').innerText(), 'use half up');
      await view.page.screenshot({
        path: `test/output/screenshots/decided-elsewhere-${theme}.png`,
      });
      await view.byId('dismiss-note').click();
      assert.equal(await note.count(), 0);
    });
  }

  it('the approval panel says it, too, instead of that nothing waits', async () => {
    const view = await open({ width: 900 });
    const one = action([commandRequest()]);
    const window = status({ window: 'window 1 (pid 10)' });
    await view.say(snapshot({ surface: 'panel', items: [], actions: [one], status: window }));
    const alone = { ...decided, decisions: { c2: { type: 'reject' as const } } };
    const closed: ActionView = { ...one, state: 'resolved', decided: alone };
    await view.say(
      { type: 'changes', after: 0, mark: 1, changes: [{ type: 'action', action: closed }] },
      snapshot({ surface: 'panel', items: [], actions: [], status: window }),
    );
    assert.match(
      await view.byId('decided-elsewhere').innerText(),
      /Decided elsewhere: rejected in window 2 \(pid 4711\)/,
    );
    assert.equal(await view.byId('nothing-waits').count(), 0);
    await view.byId('dismiss-note').click();
    assert.equal(await view.byId('nothing-waits').count(), 1);
  });

  it('a submission that loses says what was decided instead, and where', async () => {
    const view = await show([action([commandRequest()])]);
    await view.armed();
    await view.byId('approve').click();
    const alone = { ...decided, decisions: { c2: { type: 'reject' as const } } };
    const error = { code: 'already_decided', message: 'x', callIds: [], decided: alone };
    await view.reply('submit', error);
    const note = view.page.locator('[data-testid=decided-elsewhere][data-code=already_decided]');
    assert.match(
      await note.innerText(),
      /Already decided: rejected in window 2 \(pid 4711\) · .*\. Your decision was not used\./,
    );
    assert.equal(await view.byId('card').count(), 0);
  });

  it('a decided call says for good what was decided, where and when', async () => {
    const view = await show([]);
    const said = (text: string, by: string, reason = '') => ({ text, by, reason, at: NOW });
    const items = [
      call('k1', { decided: said('Approved', 'window 1 (pid 10)') }),
      call('k2', { decided: said('Edited and approved', 'window 2 (pid 4711)') }),
      call('k3', { decided: said('Rejected', 'command line (pid 88)', 'too \u202Erisky') }),
    ];
    await view.say(snapshot({ items, status: status({ window: 'window 1 (pid 10)' }) }));
    const lines = await view.byId('call-decided').allInnerTexts();
    assert.match(lines[0] ?? '', /^Approved in this window · \d/);
    assert.match(lines[1] ?? '', /^Edited and approved in window 2 \(pid 4711\) · \d/);
    assert.match(lines[2] ?? '', /^Rejected on the command line \(pid 88\) · .*too U\+202E ?risky/);
    await view.page.screenshot({ path: 'test/output/screenshots/decided-lines.png' });
  });
});

const SENT = {
  ...{ form: 'none' as const, reason: '', respond: '', args: null },
  ...{ selected: [], other: false, freeText: '', decision: null },
};

// The chat of the page in a real browser: transcript, composer, long threads, narrow views, accessibility.
import assert from 'node:assert/strict';
import type { TranscriptItem } from '../../../src/protocol/messages.ts';
import type { OpenOptions, View } from './harness.ts';
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

const idle = status({ turn: 'finished', waiting: 0 });

describe('page: chat', function () {
  this.timeout(60_000);
  const openView = usePage();
  let view: View;

  async function open(message = snapshot(), options: OpenOptions = {}): Promise<void> {
    view = await openView(options);
    await view.say(message);
  }

  it('asks for a snapshot at start and shows its rows', async () => {
    await open();
    assert.deepEqual((await view.posted())[0], { type: 'ready', requestId: 1 });
    assert.match(await view.byId('item-user').innerText(), /one cent off/);
    assert.equal(await view.byId('item-assistant').locator('strong').innerText(), 'per item');
    const line = view.byId('item-call').first();
    assert.equal(
      (await line.innerText()).replaceAll(/\s+/g, ' '),
      'read_file src/price.ts allowed · read',
    );
    assert.equal(await view.byId('context-meter').innerText(), '9 %');
    assert.equal(await view.byId('model').innerText(), 'Demo agent');
  });

  it('opens a call’s output and its whole reason', async () => {
    await open();
    await view.page.locator('.call-toggle').first().click();
    assert.match(await view.byId('call-output').innerText(), /export function total/);
    await view.byId('why').first().click();
    assert.match(
      await view.byId('why-full').innerText(),
      /reading inside the workspace is allowed/,
    );
    await view.page.getByRole('button', { name: 'read', exact: true }).click();
    assert.deepEqual(await view.sent('openWhy'), [
      { type: 'openWhy', rule: 'read', layer: 'built-in' },
    ]);
  });

  it('streams text and output', async () => {
    const stream: TranscriptItem = {
      kind: 'assistant',
      id: 's',
      turnId: 't',
      text: '',
      streaming: true,
    };
    await open(snapshot({ items: [stream, call('x', { state: 'started', outcome: null })] }));
    const text = '# One\n\ntwo **three**\n\n- four';
    for (let at = 0; at < text.length; at += 3) {
      await view.say({
        type: 'text',
        itemId: 's',
        turnId: 't1',
        offset: at,
        delta: text.slice(at, at + 3),
      });
    }
    await view.say({ type: 'output', mark: 0, itemId: 'x', offset: 0, delta: 'out' });
    const said = await view.byId('item-assistant').innerText();
    assert.equal(said.replaceAll(/\n+/g, '\n'), 'One\ntwo three\nfour');
    assert.equal(await view.byId('call-output').innerText(), 'out');
  });

  it('sends with Enter, not with Shift+Enter, and nothing empty', async () => {
    await open(snapshot({ status: idle }));
    const field = view.byId('composer-input');
    await field.press('Enter');
    await field.pressSequentially('one');
    await field.press('Shift+Enter');
    await field.pressSequentially('two');
    await field.press('Enter');
    assert.deepEqual(await view.sent('send'), [{ type: 'send', text: 'one\ntwo' }]);
    assert.equal(await field.inputValue(), '');
    await view.reply('send', { code: 'no_model', message: 'Select a model first', callIds: [] });
    assert.equal(await view.byId('chat-error').innerText(), 'Select a model first');
    assert.equal(await field.inputValue(), 'one\ntwo');
  });

  it('offers to stop a turn that waits, and says what a message can do there', async () => {
    await open();
    const note = view.byId('composer-choice');
    assert.match(await note.innerText(), /Answer first, or queue .* never approves anything/);
    assert.equal(await view.byId('send').count(), 0);
    assert.equal(await view.byId('send-queue').count(), 0, 'there is no message yet');
    await view.byId('stop').click();
    assert.deepEqual(await view.sent('stop'), [{ type: 'stop' }]);
  });

  for (const turn of ['paused', 'expired', 'interrupted'] as const) {
    it(`Enter sends nothing while the turn is ${turn}, and points at the choice`, async () => {
      await open(snapshot({ status: status({ turn }) }), { width: 320 });
      const field = view.byId('composer-input');
      await field.pressSequentially('also this');
      await field.press('Enter');
      await field.press('Enter');
      await view.frames(2);
      assert.deepEqual(await view.sent('send'), []);
      assert.equal(await field.inputValue(), 'also this');
      const note = view.byId('composer-choice');
      assert.equal(await note.getAttribute('role'), 'alert');
      assert.match(await note.innerText(), /Not sent yet: .*“Queue after” or “Discard and send”/);
      await view.byId('send-queue').click();
      const sent = { type: 'send', text: 'also this', whenBusy: 'queue' };
      assert.deepEqual(await view.sent('send'), [sent]);
      assert.equal(await field.inputValue(), '');
    });
  }

  it('discards only when that is pressed, with what is typed', async () => {
    await open();
    await view.byId('composer-input').fill('rather this');
    await view.byId('send-discard').click();
    const sent = { type: 'send', text: 'rather this', whenBusy: 'discard' };
    assert.deepEqual(await view.sent('send'), [sent]);
  });

  for (const turn of ['running', 'queued'] as const) {
    it(`Enter queues the message while the turn is ${turn}`, async () => {
      await open(snapshot({ actions: [], status: status({ turn, waiting: 0 }) }));
      const field = view.byId('composer-input');
      await field.press('Enter');
      await field.pressSequentially('next');
      await field.press('Enter');
      const sent = { type: 'send', text: 'next', whenBusy: 'queue' };
      assert.deepEqual(await view.sent('send'), [sent]);
      assert.equal(await view.byId('composer-queued').count(), turn === 'queued' ? 1 : 0);
    });
  }

  it('shows queued messages last, and takes them back', async () => {
    const user = (id: string, turnId: string): TranscriptItem => ({
      ...{ kind: 'user', id, turnId, text: `message ${id}` },
    });
    const items: TranscriptItem[] = [user('u1', 't1'), user('u2', 't2'), user('u3', 't3')];
    const waiting = status({ queued: ['t2', 't3'] });
    await open(snapshot({ items, status: waiting, actions: [action([commandRequest()])] }));
    const queued = view.page.locator('[data-testid="item-user"][data-state="queued"]');
    assert.equal(await queued.count(), 2);
    const card = await view.byId('card').boundingBox();
    const first = await queued.first().boundingBox();
    assert.ok(card && first && first.y > card.y, 'what waits for the human comes before');
    await queued.first().getByTestId('remove-queued').click();
    assert.deepEqual(await view.sent('removeQueued'), [{ type: 'removeQueued', turnId: 't2' }]);
    // What the turn before them says from now on stands before them.
    const more = { kind: 'assistant', id: 'x', turnId: 't1', text: 'still', streaming: false };
    const said = { type: 'item', item: more as TranscriptItem } as const;
    await view.say(said, { type: 'status', status: status({ queued: [] }) });
    const ids = await view.page
      .locator('[data-testid^="item-"]')
      .evaluateAll((all) => all.map((each) => each.textContent.trim()));
    assert.deepEqual(ids, ['message u1', 'still', 'message u2', 'message u3']);
  });

  it('offers to continue an interrupted turn', async () => {
    await open(snapshot({ status: status({ turn: 'interrupted' }) }), { width: 320 });
    await view.page.getByRole('button', { name: 'Continue', exact: true }).click();
    assert.deepEqual(await view.sent('continue'), [{ type: 'continue' }]);
    const box = await view.byId('continue').boundingBox();
    assert.ok(box && box.height < 30 && box.width > 60, 'the button is in one line');
  });

  it('offers to try again when the model could not be used, or just takes a message', async () => {
    await open(snapshot({ status: status({ turn: 'interrupted', tryAgain: true }) }));
    await view.page.getByRole('button', { name: 'Try again', exact: true }).click();
    assert.deepEqual(await view.sent('continue'), [{ type: 'continue' }]);
    await view.byId('composer-input').fill('Never mind');
    await view.byId('composer-input').press('Enter');
    assert.deepEqual(await view.sent('send'), [{ type: 'send', text: 'Never mind' }]);
  });

  it('changes mode and model', async () => {
    await open(snapshot({ status: idle }));
    // By the keyboard, as a user: what a script selects does not count.
    await view.byId('mode').press('p');
    await view.byId('model').click();
    assert.deepEqual(await view.sent('setMode'), [{ type: 'setMode', mode: 'plan' }]);
    assert.deepEqual(await view.sent('selectModel'), [{ type: 'selectModel' }]);
    assert.equal(await view.page.locator('[data-testid="mode"] option').count(), 4);
  });

  it('offers the demo and a model, one press each', async () => {
    await open(snapshot({ items: [], status: status({ thread: null, turn: null }) }));
    await view.byId('try-demo').click();
    await view.byId('welcome-model').click();
    assert.deepEqual(await view.sent('tryDemo'), [{ type: 'tryDemo' }]);
    assert.deepEqual(await view.sent('selectModel'), [{ type: 'selectModel' }]);
    assert.deepEqual(await view.sent('send'), []);
  });

  it('announces a new approval', async () => {
    await open();
    await view.say({ type: 'action', action: action([editRequest(), commandRequest()]) });
    assert.equal(
      await view.byId('announcer').innerText(),
      'Waits for your decision: Edit src/price.ts, Run.',
    );
  });

  it('opens the approval panel of an action', async () => {
    await open(
      snapshot({
        actions: [
          action([editRequest()]),
          action([editRequest(), commandRequest()], { actionId: 'a2' }),
        ],
      }),
    );
    await view.byId('open-panel').first().click();
    await view.byId('open-panel').last().click();
    const sent = await view.sent('openPanel');
    assert.deepEqual(
      sent.map((message) => message['actionId']),
      ['a1', 'a2'],
    );
  });

  it('shows the panel with the whole batch and nothing else (H91, HA7)', async () => {
    await open(
      snapshot({ surface: 'panel', actions: [action([editRequest(), commandRequest()])] }),
      { width: 900 },
    );
    assert.equal(await view.byId('card').count(), 2);
    assert.equal(await view.byId('composer').count(), 0);
    assert.match(
      await view.byId('panel').innerText(),
      /Approval[^]*Fix the rounding bug[^]*2 calls · asked/,
    );
    await view.say({ type: 'action', action: action([], { state: 'resolved' }) });
    assert.equal(await view.byId('nothing-waits').innerText(), 'Nothing is waiting here.');
  });

  it('fits 320 pixels, with everything open', async () => {
    const long = 'x'.repeat(300);
    const table = `| ${'wide |'.repeat(30)}\n|${'---|'.repeat(30)}\n| ${'cell |'.repeat(30)}`;
    const items: TranscriptItem[] = [
      ...TALK,
      {
        kind: 'assistant',
        id: 'l',
        turnId: 't',
        text: `${long}\n\n\`\`\`\n${long}\n\`\`\`\n\n${table}`,
        streaming: false,
      },
      call('l2', {
        tool: long,
        summary: long,
        why: { verdict: 'allow', rule: long, layer: 'user', reason: long },
      }),
      { kind: 'notice', id: 'l3', turnId: 't', level: 'error', code: long, text: long },
    ];
    const requests = [
      editRequest({}, { path: long, newText: long }),
      commandRequest(long),
      questionRequest(),
    ];
    await open(snapshot({ items, actions: [action(requests, { agentText: long })] }), {
      width: 320,
    });
    await view.byId('edit').nth(1).click();
    await view.byId('reject').first().click();
    await view.frames(3);
    const wide = await view.page.evaluate(() =>
      [...document.querySelectorAll('countersign-app, countersign-app *')]
        .filter(
          (element) =>
            element.getBoundingClientRect().right > 320.5 && !element.closest('.sr-only, table'),
        )
        .map((element) => `${element.tagName}.${element.className}`),
    );
    assert.deepEqual(wide, []);
    const scroll = await view.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.querySelector('[data-scroller]')?.scrollWidth,
    ]);
    assert.deepEqual(scroll, [320, 320]);
  });
});

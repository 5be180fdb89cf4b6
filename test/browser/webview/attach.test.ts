// What goes with a message, in the page: files by @, dropped and pasted things, chips, drafts, sending again; and the context meter.
import assert from 'node:assert/strict';
import type { TranscriptItem } from '../../../src/protocol/messages.ts';
import type { View } from './harness.ts';
import { offerFiles } from './states.ts';
import { snapshot, status, TALK } from './samples.ts';
import { usePage } from './usePage.ts';

const idle = status({ turn: 'finished', waiting: 0 });
const PRICE = { kind: 'file', path: 'src/price.ts' } as const;
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('page: attachments and context', function () {
  this.timeout(60_000);
  const openView = usePage();
  let view: View;

  beforeEach(async () => {
    view = await openView();
    await view.say(snapshot({ status: idle, items: TALK }));
  });

  const field = (): ReturnType<View['byId']> => view.byId('composer-input');
  const chips = async (): Promise<string[]> =>
    (await view.byId('attachment').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ''));

  /** As the browser does it itself: what a script drops reaches nothing. */
  async function drop(mimeType: string, data: string): Promise<void> {
    const box = await view.byId('transcript').boundingBox();
    assert.ok(box);
    const client = await view.page.context().newCDPSession(view.page);
    const items = [{ mimeType, data }];
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await client.send('Input.dispatchDragEvent', {
        ...{ type, x: box.x + 20, y: box.y + 20 },
        data: { items, dragOperationsMask: 1 },
      });
      if (type === 'dragOver') assert.equal(await view.page.locator('.chat.dropping').count(), 1);
    }
    await view.frames(3);
    assert.equal(await view.page.locator('.chat.dropping').count(), 0);
  }

  it('@ offers files to the keyboard: the one that is taken stands in the text and as a chip, and nothing is sent', async () => {
    await offerFiles(view);
    assert.deepEqual((await view.sent('findFiles')).at(-1), { type: 'findFiles', query: 'ro' });
    assert.equal(await field().getAttribute('role'), 'combobox');
    assert.equal(await field().getAttribute('aria-expanded'), 'true');
    assert.equal(
      await field().getAttribute('aria-controls'),
      await view.byId('mentions').getAttribute('id'),
    );
    const active = await field().getAttribute('aria-activedescendant');
    const selected = view.page.locator('[role=option][aria-selected=true]');
    assert.equal(await selected.getAttribute('id'), active);
    assert.match(await selected.innerText(), /rounding\.ts\s*src\/invoice/);
    await field().press('Enter');
    assert.equal(await field().inputValue(), 'Look at @src/invoice/rounding.ts ');
    assert.equal(await view.byId('mentions').count(), 0);
    assert.equal(await field().getAttribute('role'), null);
    await view.page.keyboard.type('please');
    assert.equal(await field().inputValue(), 'Look at @src/invoice/rounding.ts please');
    assert.deepEqual(await chips(), ['rounding.ts']);
    assert.deepEqual(await view.sent('send'), []);
    await field().press('Enter');
    const attachments = [{ kind: 'file', path: 'src/invoice/rounding.ts' }];
    const text = 'Look at @src/invoice/rounding.ts please';
    assert.deepEqual(await view.sent('send'), [{ type: 'send', text, attachments }]);
    assert.deepEqual(await chips(), []);
  });

  it('Escape closes the list until another @ is typed; a press takes a file; no name says so', async () => {
    await offerFiles(view);
    await field().press('Escape');
    assert.equal(await view.byId('mentions').count(), 0);
    await field().pressSequentially('u');
    assert.equal(await view.byId('mentions').count(), 0);
    await field().pressSequentially(' and @pr');
    await view.say({ type: 'files', query: 'pr', paths: ['src/price.ts'] });
    await view.byId('mention').click();
    assert.equal(await field().inputValue(), 'Look at @rou and @src/price.ts ');
    assert.deepEqual(await chips(), ['price.ts']);
    await field().pressSequentially('@zzz');
    await view.say({ type: 'files', query: 'zzz', paths: [] });
    assert.match(await view.byId('no-mentions').innerText(), /No file/);
    // There is nothing to take: Enter sends.
    await field().press('Enter');
    assert.equal((await view.sent('send')).length, 1);
  });

  it('an answer to what is not asked any more is dropped', async () => {
    await field().pressSequentially('@ab');
    await view.say({ type: 'files', query: 'a', paths: ['a.ts'] });
    assert.equal(await view.byId('mentions').count(), 0);
    await view.say({ type: 'files', query: 'ab', paths: ['ab.ts'] });
    assert.equal(await view.byId('mention').count(), 1);
  });

  it('a wish of the window attaches, once each, and goes on with writing; chips are taken away by their button', async () => {
    const lines = { kind: 'file', path: 'src/price.ts', lines: { first: 3, last: 9 } } as const;
    await view.say(
      { type: 'attach', attachments: [PRICE, lines] },
      { type: 'attach', attachments: [PRICE] },
    );
    assert.deepEqual(await chips(), ['price.ts', 'price.ts:3–9']);
    assert.equal(await field().evaluate((element) => element === document.activeElement), true);
    await view.page.getByRole('button', { name: 'Remove src/price.ts', exact: true }).click();
    assert.deepEqual(await chips(), ['price.ts:3–9']);
    assert.equal(await field().evaluate((element) => element === document.activeElement), true);
  });

  it('they are kept with the draft over a reload, and come back when the message is refused', async () => {
    await field().fill('half written');
    await view.say({ type: 'attach', attachments: [PRICE] });
    await view.page.reload();
    await view.say(snapshot({ status: idle, items: TALK }));
    assert.equal(await field().inputValue(), 'half written');
    assert.deepEqual(await chips(), ['price.ts']);
    await field().press('Enter');
    assert.deepEqual(await chips(), []);
    await view.reply('send', { code: 'attachment_denied', message: 'not this one', callIds: [] });
    assert.deepEqual(await chips(), ['price.ts']);
    assert.equal(await field().inputValue(), 'half written');
    assert.match(await view.byId('chat-error').innerText(), /not this one/);
  });

  it('nothing of a temporary thread’s draft is kept', async () => {
    const thread = { ...idle.thread!, id: '~th', temporary: true };
    await view.say(snapshot({ status: { ...idle, thread }, items: [] }));
    await view.say({ type: 'attach', attachments: [PRICE] });
    const kept = await view.page.evaluate(() => sessionStorage.getItem('state'));
    assert.equal((kept ?? '').includes('price'), false, kept ?? '');
  });

  it('files that are dropped are named to the host; links are not', async () => {
    await drop(
      'text/uri-list',
      '# from the explorer\r\nfile:///ws/a.ts\r\nfile:///ws/b%20c.ts\r\n',
    );
    const uris = ['file:///ws/a.ts', 'file:///ws/b%20c.ts'];
    assert.deepEqual(await view.sent('dropFiles'), [{ type: 'dropFiles', uris }]);
    await drop('text/uri-list', 'https://example.com/x');
    assert.equal((await view.sent('dropFiles')).length, 1);
  });

  it('an image that is pasted is handed over; another file from outside is not, and it is said why', async () => {
    const paste = async (name: string, type: string): Promise<void> => {
      await view.page.evaluate(
        ([data, file, kind]) => {
          const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
          const made = new File([bytes], file, { type: kind });
          // What a script pastes reaches nothing: the data is put under a paste of the browser's own.
          document.addEventListener(
            'paste',
            (event) => {
              const clipboard = new DataTransfer();
              clipboard.items.add(made);
              Object.defineProperty(event, 'clipboardData', { value: clipboard });
            },
            { capture: true, once: true },
          );
        },
        [PNG, name, type] as const,
      );
      await field().focus();
      await view.page.keyboard.press('Control+V');
      await view.frames(3);
    };
    await paste('shot.png', 'image/png');
    const image = { name: 'shot.png', data: PNG };
    await view.page.waitForFunction(() =>
      (window as unknown as { test: { posted: { type: string }[] } }).test.posted.some(
        ({ type }) => type === 'keepImage',
      ),
    );
    assert.deepEqual(await view.sent('keepImage'), [{ type: 'keepImage', image }]);
    await paste('notes.txt', 'text/plain');
    assert.match(await view.byId('chat-error').innerText(), /only images/);
    assert.equal((await view.sent('keepImage')).length, 1);
  });

  it('says before sending that the model takes no images', async () => {
    const attach = { type: 'attach', attachments: [{ kind: 'file', path: 'a.png' }] } as const;
    await view.say({ type: 'attach', attachments: [...attach.attachments] });
    assert.equal(await view.byId('no-images').count(), 0, 'while nobody says');
    const model = { id: 'openai:small', label: 'small', images: false };
    await view.say({ type: 'status', status: { ...idle, model } });
    assert.match(await view.byId('no-images').innerText(), /small takes no images/);
    await view.say({ type: 'status', status: { ...idle, model: { ...model, images: true } } });
    assert.equal(await view.byId('no-images').count(), 0);
  });

  it('a sent message shows what went with it; retry and edit send the same content again', async () => {
    const lines = { first: 3, last: 9 };
    const sent: TranscriptItem = {
      ...{ kind: 'user', id: 'u2', turnId: 't2', text: 'Why?' },
      attachments: [{ name: 'src/price.ts', of: 'text', lines, hash: 'h1' }],
    };
    await view.say(snapshot({ status: { ...idle, turn: 'failed' }, items: [...TALK, sent] }));
    assert.match(await view.byId('sent-attachment').innerText(), /price\.ts\s*:3–9/);
    const again = {
      kind: 'sent',
      turnId: 't2',
      hash: 'h1',
      name: 'src/price.ts',
      of: 'text',
      lines,
    };
    await view.byId('retry').click();
    const send = { type: 'send', text: 'Why?', attachments: [again] };
    const retry = { turnId: 't2', how: 'retry' };
    assert.deepEqual(await view.sent('send'), [{ ...send, again: retry }]);
    await view.byId('edit-resend').click();
    assert.deepEqual(await chips(), ['price.ts:3–9']);
    await field().press('Enter');
    const edit = { turnId: 't2', how: 'edit' };
    assert.deepEqual((await view.sent('send')).at(-1), { ...send, again: edit });
  });

  it('the meter says how full the context is, and opens to what was used', async () => {
    const meter = view.byId('context-meter');
    assert.equal(await meter.innerText(), '9 %');
    assert.equal(
      await meter.getAttribute('aria-label'),
      '9 %, context: 12.3k of 128k tokens (9 %)',
    );
    await meter.click();
    assert.equal(await meter.getAttribute('aria-expanded'), 'true');
    assert.equal(await view.byId('turn-usage').innerText(), '1k in · 200 out');
    assert.equal(await view.byId('thread-usage').innerText(), '1.2k in · 300 out');
    const turn = { input: 0, output: 0 };
    const context = { used: 5000, estimated: true, window: null, turn };
    await view.say({ type: 'status', status: { ...idle, context } });
    assert.equal(await meter.innerText(), '~5k');
    const label = await meter.getAttribute('aria-label');
    assert.match(label ?? '', /not known, estimated: the model does not say/);
    const { context: _, ...none } = idle;
    await view.say({ type: 'status', status: none });
    assert.equal(await meter.count(), 0);
  });
});

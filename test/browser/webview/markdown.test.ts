// What the agent says, as markdown in a real browser: code and what one does with it, links, and what streaming leaves alone.
import assert from 'node:assert/strict';
import type { TranscriptItem } from '../../../src/protocol/messages.ts';
import type { View } from './harness.ts';
import { call, snapshot, status } from './samples.ts';
import { usePage } from './usePage.ts';

const said = (text: string, streaming = false): TranscriptItem => ({
  ...{ kind: 'assistant', id: 's', turnId: 't', text, streaming },
});

describe('page: markdown', function () {
  this.timeout(60_000);
  const openView = usePage();
  let view: View;

  async function open(text: string, streaming = false): Promise<void> {
    view = await openView();
    await view.say(snapshot({ items: [said(text, streaming)] }));
  }

  it('shows code with its language, copies and inserts exactly what is written', async () => {
    const code = 'const a = `<b>\u200B`;\n  // two  blanks\n';
    await open(
      `See:\n\n\`\`\`ts title="x"\n${code}\`\`\`\n\n- in a list:\n  \`\`\`\n  plain\n  \`\`\``,
    );
    assert.equal(await view.page.locator('.code-language').first().innerText(), 'ts');
    assert.match(await view.page.locator('.code-block pre').first().innerText(), /U\+200B/);
    await view.byId('code-copy').first().click();
    await view.byId('code-insert').first().click();
    await view.byId('code-insert').last().click();
    const text = code.trimEnd();
    assert.deepEqual(await view.sent('useText'), [
      { type: 'useText', use: 'copy', text },
      { type: 'useText', use: 'insert', text },
      { type: 'useText', use: 'insert', text: 'plain' },
    ]);
    assert.equal(await view.byId('code-copy').first().getAttribute('aria-label'), 'Copied');
  });

  it('says why code could not be inserted', async () => {
    await open('```\nx\n```');
    await view.byId('code-insert').click();
    await view.reply('useText', { code: 'no_editor', message: 'Open a file first.', callIds: [] });
    assert.equal(await view.byId('chat-error').innerText(), 'Open a file first.');
  });

  it('shows whole addresses, asks the host to open those of the web, and opens nothing itself', async () => {
    await open(
      [
        '[safe](https://good.example/a?b=c) https://plain.example',
        '[look](https://аpple.example/) [run](command:evil) [js](javascript:alert(1)) [file](file:///etc/passwd)',
        '![pixel](https://evil.example/p.png)',
      ].join('\n\n'),
    );
    const links = view.byId('md-link');
    assert.deepEqual(await links.allInnerTexts(), [
      'https://good.example/a?b=c',
      'https://plain.example',
      'https://аpple.example/',
    ]);
    assert.match(await links.last().getAttribute('title').then(String), /^https:\/\/xn--/);
    const text = await view.byId('item-assistant').innerText();
    assert.match(text, /safe \(https:\/\/good\.example\/a\?b=c\)/);
    assert.match(text, /run \(command:evil\)/);
    await links.first().click();
    await links.first().evaluate((link) => (link as HTMLElement).click());
    assert.deepEqual(await view.sent('openLink'), [
      { type: 'openLink', address: 'https://good.example/a?b=c' },
    ]);
  });

  it('leaves finished blocks alone while text streams, and ends as if it had come at once', async () => {
    const parts = [
      '# Head\n\nSome *words* and `code`.\n\n',
      '```ts\nlet a = 1;\n\nlet b = 2;\n```\n\n',
      '| a | b |\n|---|---|\n| 1 | 2 |\n\n',
      '1. one\n2. two\n\n   more\n\n',
      '> quoted\nlazy\n\n',
      'Setext\n===\n\n- [x] done\n- open\n\nend https://x.example.',
    ];
    const text = parts.join('');
    await open('', true);
    const first = view.page.locator('.md-block').first();
    for (let at = 0; at < text.length; at += 7) {
      await view.page.evaluate(
        ([offset, delta]) => {
          window.postMessage({ type: 'text', itemId: 's', turnId: 't1', offset, delta }, '*');
        },
        [at, text.slice(at, at + 7)] as const,
      );
      await view.frames(1);
      if (at > 60 && at < 68) await first.evaluate((node) => node.setAttribute('data-kept', ''));
    }
    await view.say({ type: 'item', item: said(text) });
    assert.equal(await first.getAttribute('data-kept'), '', 'the first block is the same node');
    await first.evaluate((node) => node.removeAttribute('data-kept'));
    const html = (): Promise<string> =>
      view
        .byId('item-assistant')
        .evaluate((element) => element.innerHTML.replaceAll(/<!--.*?-->/g, ''));
    const streamed = await html();
    await open(text);
    assert.equal(streamed, await html());
  });
});

describe('page: what a call and a message carry', function () {
  this.timeout(60_000);
  const openView = usePage();
  const over = status({ turn: 'finished', waiting: 0 });

  it('opens a call’s arguments, result and time, and shows all of a long result when asked', async () => {
    const view = await openView();
    const output = `first\n${'line\n'.repeat(2000)}last`;
    const args = '{"path":"src/price.ts","limit":3}';
    await view.say(snapshot({ items: [call('c', { args, output, durationMs: 3240 })] }));
    assert.equal(await view.byId('call-args').count(), 0, 'a compact line');
    await view.page.locator('.call-toggle').click();
    assert.match(
      await view.byId('call-args').innerText(),
      /"path": "src\/price\.ts",\n\s+"limit": 3/,
    );
    assert.match(await view.byId('call-time').innerText(), /took 3\.2 s/);
    const text = (): Promise<string> => view.byId('call-output').innerText();
    assert.match(await text(), /\d+ characters before this are not shown[^]*last$/);
    assert.doesNotMatch(await text(), /first/);
    await view.byId('show-all').click();
    assert.match(await text(), /^first/);
    assert.equal(await view.byId('show-all').count(), 0);
  });

  it('keeps what the model thinks apart from its reply, closed, and as plain text', async () => {
    const view = await openView();
    const item = { ...said('The *answer*.'), reasoning: 'Perhaps <b>it</b> is\u202E *this*' };
    await view.say(snapshot({ items: [item] }));
    const thinking = view.byId('reasoning').locator('p');
    assert.equal(await thinking.isVisible(), false);
    await view.page.getByText('Thinking').click();
    assert.match(await thinking.innerText(), /Perhaps <b>it<\/b> isU\+202E \*this\*/);
  });

  it('asks again after a failed turn, and puts the last message back to be edited', async () => {
    const view = await openView();
    const items: TranscriptItem[] = [
      { kind: 'user', id: 'u1', turnId: 't1', text: 'one' },
      { kind: 'user', id: 'u2', turnId: 't2', text: 'two\nlines' },
    ];
    await view.say(snapshot({ items, status: status({ turn: 'failed', waiting: 0 }) }));
    assert.equal(await view.byId('retry').count(), 1, 'of the last message alone');
    await view.byId('composer-input').fill('typed meanwhile');
    await view.byId('retry').click();
    const again = { turnId: 't2', how: 'retry' };
    assert.deepEqual(await view.sent('send'), [{ type: 'send', text: 'two\nlines', again }]);
    assert.equal(await view.byId('composer-input').inputValue(), 'typed meanwhile');
    await view.say({ type: 'status', status: over });
    assert.equal(await view.byId('retry').count(), 0, 'a turn that finished has its answer');
    await view.byId('edit-resend').click();
    assert.equal(await view.byId('composer-input').inputValue(), 'two\nlines\n\ntyped meanwhile');
    for (const turn of ['running', 'paused', 'queued', 'interrupted', 'expired'] as const) {
      await view.say({ type: 'status', status: status({ turn, waiting: 0 }) });
      assert.equal(await view.byId('edit-resend').count(), 0, turn);
    }
  });
});

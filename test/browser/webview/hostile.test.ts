// A hostile script, hostile text and impatient hands in the page: nothing is decided, sent, loaded or hidden by them.
import assert from 'node:assert/strict';
import type { TranscriptItem } from '../../../src/protocol/messages.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { View } from './harness.ts';
import { usePage } from './usePage.ts';
import { action, call, commandRequest, editRequest, questionRequest, snapshot } from './samples.ts';
import { status, TALK } from './samples.ts';

const MB = 1024 * 1024;

describe('page: hostile', function () {
  this.timeout(120_000);
  const open = usePage({ quiet: false });
  let view: View;

  beforeEach(async () => {
    view = await open();
  });

  const approvals = async (): Promise<unknown[]> => view.sent('submit');
  const quiet = async (): Promise<void> => {
    assert.deepEqual(await view.violations(), []);
    assert.deepEqual(view.console, []);
  };

  it('text becomes no script, no HTML and no script address in this page, by nobody’s policy (U13)', async () => {
    await view.say(snapshot({ items: TALK, actions: [action([commandRequest()])] }));
    await quiet();
    const attempts = await view.page.evaluate(async () => {
      // The first steps of what a debugger evaluates are exempt from the policy: a task of the page's own is not.
      await new Promise((done) => setTimeout(done));
      const payload = '<img src=x onerror="window.hit = 1">';
      const trusted = (window as unknown as { trustedTypes: { createPolicy: unknown } })
        .trustedTypes;
      const create = (name: string) => (): unknown =>
        Reflect.apply(trusted.createPolicy as () => unknown, trusted, [
          name,
          { createHTML: (text: string) => text },
        ]);
      const sinks: Record<string, () => unknown> = {
        innerHTML: () => Object.assign(document.body, { innerHTML: payload }),
        insertAdjacentHTML: () => document.body.insertAdjacentHTML('beforeend', payload),
        write: () => document.write(payload),
        parse: () => new DOMParser().parseFromString(payload, 'text/html'),
        fragment: () => document.createRange().createContextualFragment(payload),
        srcdoc: () => (document.createElement('iframe').srcdoc = payload),
        script: () => (document.createElement('script').text = 'window.hit = 1'),
        src: () => (document.createElement('script').src = 'https://evil.example/x.js'),
        eval: (): unknown => globalThis.eval('window.hit = 1'),
        timer: () => setTimeout('window.hit = 1' as unknown as () => void),
        'policy default': create('default'),
        'policy of its own': create('mine'),
        'policy lit-html': create('lit-html'),
        'policy fast-html': create('fast-html'),
        'policy dompurify': create('dompurify'),
      };
      return Object.entries(sinks).map(([name, sink]) => {
        try {
          sink();
          return name;
        } catch {
          return null;
        }
      });
    });
    assert.deepEqual(
      attempts.filter((name) => name !== null),
      [],
    );
    assert.equal(await view.page.evaluate(() => 'hit' in window), false);
  });

  it('what a script adds to the page loads nothing, sends nothing and runs nothing (U13)', async () => {
    const hits: string[] = [];
    const canary = createServer((request, response) => {
      hits.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((listening) => canary.listen(0, '127.0.0.1', listening));
    const { port } = canary.address() as AddressInfo;
    await view.page.evaluate(async (host) => {
      const add = (tag: string, attributes: Record<string, string>): void => {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) {
          try {
            element.setAttribute(name, value);
          } catch {
            // Refused already: the attribute would run a script.
          }
        }
        document.body.append(element);
        if (element instanceof HTMLFormElement) element.submit();
        if (element instanceof HTMLAnchorElement) element.click();
      };
      const there = `http://${host}`;
      add('img', { src: `${there}/i.png`, onerror: 'window.hit = 1' });
      add('iframe', { src: `${there}/f` });
      add('iframe', { srcdoc: '<script>parent.hit = 1</script>' });
      add('form', { action: `${there}/form` });
      add('a', { href: 'javascript:window.hit = 1' });
      add('base', { href: there });
      add('link', { rel: 'stylesheet', href: `${there}/s.css` });
      add('object', { data: `${there}/o` });
      add('video', { src: `${there}/v` });
      await fetch(`${there}/fetch`).catch(() => undefined);
      navigator.sendBeacon(`${there}/beacon`);
      try {
        new WebSocket(`ws://${host}/socket`);
      } catch {
        // Refused at once.
      }
    }, `127.0.0.1:${port}`);
    // What is served after them is served after all that they asked for.
    const other = await view.page.context().newPage();
    await other.goto(`http://127.0.0.1:${port}/the-last-one`);
    canary.close();
    assert.deepEqual(
      hits.filter((url) => url !== '/favicon.ico'),
      ['/the-last-one'],
    );
    assert.equal(await view.page.evaluate(() => 'hit' in window), false);
    assert.ok(!view.page.url().includes(String(port)));
  });

  it('every message carries the key of the page, which is in no document any more (U14)', async () => {
    await view.say(snapshot({ actions: [action([commandRequest()])] }));
    await view.armed();
    await view.byId('approve').click();
    assert.equal((await approvals()).length, 1);
    const types = (await view.posted()).map(({ type }) => type as string);
    assert.ok(!types.includes('without the key'), types.join());
    assert.equal(await view.page.locator('[data-page]').count(), 0);
    await quiet();
  });

  it('presses, keys and choices by script send nothing at all, on any control (U14)', async () => {
    await view.say(
      snapshot({
        items: [...TALK, call('x', { output: 'some output' })],
        status: status({ queued: ['t9'] }),
        actions: [action([editRequest(), commandRequest(), questionRequest()])],
      }),
    );
    await view.byId('composer-input').fill('not by script');
    await view.armed();
    const before = (await view.posted()).length;
    const pressed = await view.page.evaluate(() => {
      const all = [...document.querySelectorAll<HTMLElement>('countersign-app *')];
      const inner = all.flatMap((host) => [...(host.shadowRoot?.querySelectorAll('*') ?? [])]);
      const targets = [...all, ...inner].filter((one) => one instanceof HTMLElement);
      for (const target of targets) {
        target.click();
        for (const type of ['pointerdown', 'mousedown', 'mouseup', 'click'])
          target.dispatchEvent(new MouseEvent(type, { bubbles: true, composed: true }));
        for (const key of ['Enter', ' '])
          for (const ctrlKey of [false, true])
            for (const type of ['keydown', 'keyup'])
              target.dispatchEvent(
                new KeyboardEvent(type, { key, ctrlKey, bubbles: true, composed: true }),
              );
        if (target instanceof HTMLSelectElement) {
          target.value = 'acceptEdits';
          target.dispatchEvent(new Event('change', { bubbles: true }));
        }
      }
      return targets.length;
    });
    assert.ok(pressed > 50);
    await view.frames(3);
    assert.deepEqual((await view.posted()).slice(before), []);
    await quiet();
  });

  it('terminal sequences are shown, and a line of 10 MB hangs and hides nothing (U13)', async () => {
    const line = `${'a'.repeat(10 * MB)}<img src=x onerror=hit=1>`;
    const ansi = '\u001b[2J\u001b]8;;https://evil.example\u0007safe\u001b]8;;\u0007\rrm -rf x\b';
    const items: TranscriptItem[] = [
      { kind: 'assistant', id: 'm', turnId: 't', text: line, streaming: false },
      call('x', { summary: ansi, output: line }),
    ];
    await view.say(snapshot({ items, actions: [action([commandRequest(`echo ${ansi}`)])] }));
    await view.armed();
    const text = await view.byId('card-command').innerText();
    for (const chip of ['U+001B', 'U+0007', 'U+000D', 'U+0008', 'rm -rf x']) {
      assert.ok(text.includes(chip), chip);
    }
    assert.equal(await view.page.evaluate(() => 'hit' in window), false);
    assert.equal(await view.page.locator('countersign-app :is(img, a, [href])').count(), 0);
    await view.byId('approve').click();
    assert.equal((await approvals()).length, 1);
    await quiet();
  });

  for (const [name, padding] of [
    ['blanks', ' '.repeat(300)],
    ['line breaks', '\n'.repeat(120)],
    ['a long word', ` '${'a'.repeat(3000)}'\n`],
  ] as const) {
    it(`what is pushed away with ${name} is on screen before Approve counts, at 320 pixels and 200 % (U2)`, async () => {
      const small = await open({ width: 320, height: 400, scale: 2 });
      const command = `git status${padding}; rm -rf build`;
      await small.say(snapshot({ items: [], actions: [action([commandRequest(command)])] }));
      const seen = small.page.evaluate(
        () =>
          new Promise<string>((resolve) => {
            const look = (): void => {
              const shown = document.querySelector('[data-testid="card-command"]');
              const walker = document.createTreeWalker(shown ?? document, NodeFilter.SHOW_TEXT);
              for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = (node.textContent ?? '').indexOf('rm -rf build');
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + 12);
                const { top, bottom, left, right } = range.getBoundingClientRect();
                const { innerHeight, innerWidth } = window;
                if (top >= 0 && bottom <= innerHeight && left >= 0 && right <= innerWidth)
                  return resolve('the word');
              }
              if (document.querySelector('[data-testid=card][data-armed=true]'))
                return resolve('Approve');
              requestAnimationFrame(look);
            };
            look();
          }),
      );
      await small.page.mouse.move(160, 150);
      const armed = small.byId('card').and(small.page.locator('[data-armed=true]'));
      // As a reader does, a bit at a time: jumping over the middle is the reader's own doing.
      for (let n = 0; n < 60 && (await armed.count()) === 0; n += 1) {
        await small.page.mouse.wheel(0, 150);
        await small.frames(4);
      }
      await armed.waitFor();
      assert.equal(await seen, 'the word');
    });
  }

  it('keys typed while cards come and go approve nothing, a thousand times (U7)', async () => {
    await view.say(snapshot({ status: status({ turn: 'finished' }), actions: [] }));
    await view.byId('composer-input').focus();
    for (let n = 0; n < 250; n += 1) {
      const shown = action([commandRequest(`echo ${n}`)], { actionId: `k${n}` });
      await view.page.evaluate((next) => {
        const { test } = window as unknown as { test: { say(m: unknown): void } };
        test.say({ type: 'action', action: next });
      }, shown);
      for (const key of ['y', '1', 'Control+Enter', 'Space']) await view.page.keyboard.press(key);
      await view.page.evaluate(
        (gone) => {
          const { test } = window as unknown as { test: { say(m: unknown): void } };
          test.say({ type: 'action', action: gone });
        },
        { ...shown, state: 'resolved' as const },
      );
    }
    assert.deepEqual(await approvals(), []);
    await quiet();
  });

  it('cards that swap under a hand that keeps clicking: none is approved that stood less than half a second (U8)', async () => {
    await view.say(snapshot({ actions: [action([commandRequest('echo 0')])] }));
    await view.armed();
    const box = await view.byId('approve').boundingBox();
    assert.ok(box);
    for (let n = 1; n <= 20; n += 1) {
      const [old, next] = [n - 1, n].map((k) =>
        action([commandRequest(`echo ${k}`)], k === 0 ? {} : { actionId: `s${k}` }),
      );
      await view.page.evaluate(
        (messages) => {
          const { test } = window as unknown as { test: { say(m: unknown): void } };
          for (const each of messages) test.say({ type: 'action', action: each });
        },
        [{ ...old, state: 'resolved' }, next],
      );
      for (let m = 0; m < 5; m += 1) await view.page.mouse.click(box.x + 10, box.y + 10);
    }
    await view.frames(3);
    const first = await view.byId('card').getAttribute('data-action-id');
    assert.equal(first, 's20');
    // The first one had stood long enough; a press that finds it still there is a press on it.
    const others = (await view.sent('submit')).filter(({ actionId }) => actionId !== 'a1');
    assert.deepEqual(others, []);
    await quiet();
  });
});

// Consent in a real workbench: what needs a second look gets one, and nothing but the user's own press approves.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { sampleTree } from './support/folder.ts';
import { call, type ScriptedCall } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

describe('consent', () => {
  let session: Session;

  before(async () => {
    session = await startSession();
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  /** Sends a message whose reply is this call, in a new thread. */
  async function proposes(...toolCalls: ScriptedCall[]): Promise<void> {
    await proposesIn(() => undefined, ...toolCalls);
  }

  /** The same in the sample with what `prepare` puts into it. */
  async function proposesIn(prepare: () => void, ...toolCalls: ScriptedCall[]): Promise<void> {
    session.script.says({ toolCalls }, { text: 'Done: {{results}}' });
    await session.fresh();
    prepare();
    await session.chat.send('Do it');
  }

  const write = (id: string, path: string) => call(id, 'write_file', { path, content: '{}\n' });
  const modal = (): Locator => session.bench.page.locator('.monaco-dialog-box');
  const inModal = (name: string): Locator =>
    modal().locator('.dialog-buttons').getByText(name, { exact: true });

  async function end(): Promise<void> {
    await session.chat.testId('stop').click();
    await session.chat.turn('cancelled');
  }

  for (const path of ['.vscode/settings.json', 'package.json']) {
    it(`an edit of ${path} warns and asks in a native dialog, where Enter approves nothing`, async () => {
      const { chat, folder, bench } = session;
      await proposes(write('p1', path));
      await chat.card('p1').getByText('Protected file:').waitFor();
      await chat.decide('p1', 'approve');
      assert.match(await modal().innerText(), /high risk[^]*protected/);
      await bench.screenshot('look-modal');
      await bench.page.keyboard.press('Enter');
      await chat.frame.locator('[data-testid=card-error][data-code=not_confirmed]').waitFor();
      assert.deepEqual(folder.tree(), sampleTree());
      await chat.decide('p1', 'approve');
      await inModal('Approve').click();
      await chat.turn('finished');
      assert.deepEqual(folder.tree(), { ...sampleTree(), [path]: '{}\n' });
    });
  }

  it('an edit outside the workspace warns with the real path and asks in a native dialog', async () => {
    const { bench, chat, script } = session;
    const outside = `${script.path}.outside`;
    await proposes(write('o1', outside));
    await chat.card('o1').getByText('Outside the workspace:').waitFor();
    await chat.decide('o1', 'approve');
    assert.ok((await modal().innerText()).includes(outside));
    await bench.page.keyboard.press('Escape');
    await modal().waitFor({ state: 'detached' });
    assert.equal(existsSync(outside), false);
    await chat.decide('o1', 'approve');
    await inModal('Approve').click();
    await chat.turn('finished');
    assert.equal(readFileSync(outside, 'utf8'), '{}\n');
  });

  it('keys pressed around the appearance of a card approve nothing, and it takes no focus (U7, I11)', async () => {
    const { bench, chat, folder, script } = session;
    const { keyboard } = bench.page;
    script.says({ toolCalls: [write('k1', 'keys.json')], delayMs: 400 }, { text: 'Done' });
    await session.fresh();
    await chat.send('Do it');
    const keys = ['y', '1', 'Enter', 'Space', 'a', 'Tab', 'Enter', 'Control+Enter'];
    const until = Date.now() + 3000;
    while (Date.now() < until) for (const key of keys) await keyboard.press(key);
    await chat.card('k1').waitFor();
    assert.deepEqual(folder.tree(), sampleTree());
    await chat.turn('paused');
  });

  it('clicks where the button is in the first half second approve nothing (U8, I11)', async () => {
    const { bench, chat, folder, script } = session;
    const { mouse } = bench.page;
    await proposes(write('c1', 'clicks.json'));
    const approve = chat.card('c1').getByTestId('approve');
    await chat.armed('c1');
    const box = await approve.boundingBox();
    assert.ok(box);
    await end();
    script.says({ toolCalls: [write('c1', 'clicks.json')], delayMs: 300 }, { text: 'Done' });
    await session.fresh();
    await chat.send('Do it');
    await mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    // Presses without a pause, from before the card is there until half a second after.
    let seen = 0;
    while (seen === 0 || Date.now() - seen < 400) {
      await mouse.down();
      await mouse.up();
      if (seen === 0 && (await chat.card('c1').count()) > 0) seen = Date.now();
    }
    assert.deepEqual(folder.tree(), sampleTree());
    assert.equal(await chat.card('c1').getAttribute('data-state'), 'waiting');
    await end();
  });

  it('what is pushed away by blanks and line breaks is on screen before Approve counts, in a narrow window (U2)', async () => {
    const { bench, chat, folder } = session;
    const size = bench.page.viewportSize();
    await bench.page.setViewportSize({ width: 620, height: 560 });
    try {
      const hidden = `echo ok${' '.repeat(300)}; touch pwned${'\n'.repeat(40)}touch pwned2`;
      await proposes(call('n1', 'run_command', { command: hidden }));
      const text = await chat.card('n1').getByTestId('card-command').innerText();
      assert.equal(text, 'echo ok␠×300; touch pwned⏎×40touch pwned2');
      await chat.armed('n1');
      for (const shown of ['touch pwned', 'touch pwned2']) {
        assert.ok((await chat.card('n1').innerText()).includes(shown));
      }
      await bench.screenshot('look-pushed-away');
      assert.deepEqual(folder.tree(), sampleTree());
    } finally {
      await end();
      if (size) await bench.page.setViewportSize(size);
    }
  });

  it('the card of a link shows where it leads, and asks in a native dialog when that is outside (U5)', async () => {
    const { bench, chat, folder, script } = session;
    const target = `${script.path}.target`;
    writeFileSync(target, 'theirs\n');
    try {
      await proposesIn(() => symlinkSync(target, folder.at('notes.md')), write('s1', 'notes.md'));
      await chat.card('s1').getByText('Outside the workspace:').waitFor();
      const text = await chat.card('s1').innerText();
      assert.ok(text.includes('notes.md') && text.includes(target), text);
      await bench.screenshot('look-link');
      await chat.decide('s1', 'approve');
      assert.ok((await modal().innerText()).includes(target));
      await bench.page.keyboard.press('Escape');
      await modal().waitFor({ state: 'detached' });
      assert.equal(readFileSync(target, 'utf8'), 'theirs\n');
      await end();
    } finally {
      rmSync(folder.at('notes.md'), { force: true });
    }
  });

  it('a script that was rewritten while its command waited does not run: the card is shown anew (U11)', async () => {
    const { bench, chat, folder } = session;
    const script = folder.at('build.sh');
    try {
      await proposesIn(
        () => writeFileSync(script, 'touch seen\n'),
        call('b1', 'run_command', { command: 'bash build.sh' }),
      );
      await chat.armed('b1');
      writeFileSync(script, 'touch rewritten\n');
      await chat.decide('b1', 'approve');
      await chat.frame.getByTestId('card-changed').waitFor();
      await bench.screenshot('look-rewritten');
      assert.ok(!existsSync(folder.at('seen')) && !existsSync(folder.at('rewritten')));
      await chat.turn('paused');
      await chat.decide('b1', 'approve');
      await chat.turn('finished');
      assert.ok(existsSync(folder.at('rewritten')) && !existsSync(folder.at('seen')));
    } finally {
      for (const name of ['build.sh', 'rewritten', 'seen'])
        rmSync(folder.at(name), { force: true });
    }
  });

  it('hidden characters of a command are shown, and it runs as it was shown (U4)', async () => {
    const { chat } = session;
    await proposes(call('h1', 'run_command', { command: 'echo safe\u202e\u200b # txt.exe' }));
    const chips = chat.card('h1').getByTestId('card-command').locator('.hidden-char');
    await chips.first().waitFor();
    assert.deepEqual(await chips.allInnerTexts(), ['U+202E', 'U+200B']);
    await end();
  });

  it('what the model writes becomes no element, no link and no card (U1, U13)', async () => {
    const { bench, chat, folder, script } = session;
    const requests: string[] = [];
    bench.page.on('request', (request) => requests.push(request.url()));
    const hostile = [
      '<section class="card" data-testid="card" data-call-id="fake" data-armed="true"><vscode-button data-testid="approve">Approve</vscode-button></section>',
      '<img src="https://evil.example/x.png" onerror="document.title=1">',
      '![x](https://evil.example/y.png) [run](command:workbench.action.terminal.new) [js](javascript:alert(1))',
      '<iframe srcdoc="<script>1</script>"></iframe><svg onload=alert(1)></svg><style>*{display:none}</style>',
    ].join('\n\n');
    script.says(
      {
        text: hostile,
        toolCalls: [
          call('q1', 'ask_user', {
            question: hostile,
            options: [{ label: hostile.slice(0, 60), value: 'x' }],
          }),
          write('w1', '<b>x<b>.md'),
        ],
      },
      { text: hostile },
    );
    await session.fresh();
    await chat.send('Be hostile');
    await chat.armed('w1');
    await bench.screenshot('look-hostile');
    const count = (selector: string) => chat.frame.locator(selector).count();
    assert.equal(await chat.card().count(), 2);
    assert.equal(await chat.card('fake').count(), 0);
    for (const selector of [
      'img',
      'iframe',
      'svg[onload]',
      'main style',
      'a[href^="command:"]',
      'a[href^="javascript:"]',
      'main b:text("x")',
    ]) {
      assert.equal(await count(selector), 0, selector);
    }
    assert.deepEqual(
      requests.filter((url) => url.includes('evil.example')),
      [],
    );
    assert.deepEqual(folder.tree(), sampleTree());
    await end();
  });

  it('a file named like a link, or like a picture, is neither on any surface (U15)', async () => {
    const { bench, chat, panel } = session;
    const { page } = bench;
    const name = '[x](command:workbench.action.terminal.new)';
    const links = async (where: string): Promise<void> => {
      // Titles, tabs, lists, dialogs and notifications; the chat's and the panel's pages.
      for (const view of [page, chat.frame, panel.frame]) {
        const found = view.locator('a[href*="command:"], a[data-href*="command:"], a:text-is("x")');
        assert.equal(await found.count(), 0, where);
      }
      assert.equal(await page.locator('.terminal-wrapper').count(), 0, where);
    };
    await proposes(
      write('n1', `.vscode/${name}.json`),
      call('n2', 'run_command', { command: 'echo $(trash)' }),
    );
    await chat.armed('n1');
    await links('the card');
    await bench.runCommand('Countersign: Show Pending Approvals');
    await bench.quickPick.opened();
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: 'Run 2 commands' });
    assert.match(await row.innerText(), /Run 2 commands: echo \$\(trash\)/);
    assert.equal(await row.locator('.codicon-trash').count(), 0);
    await links('the quick pick');
    await bench.quickPick.choose('Run 2 commands');
    await panel.armed('n1');
    await links('the panel');
    await chat.card('n1').getByTestId('open-diff').click();
    await page.locator('.tab').filter({ hasText: 'proposed by the agent' }).waitFor();
    await links('the diff editor');
    await bench.screenshot('look-link-names');
    await end();
    await proposes(write('n3', `.vscode/${name}.json`));
    await chat.decide('n3', 'approve');
    assert.match(await modal().innerText(), /\[x\] \(command:workbench\.action\.terminal\.new\)/);
    await links('the dialog');
    await page.keyboard.press('Escape');
    await modal().waitFor({ state: 'detached' });
    await end();
  });

  it('a card that was already decided elsewhere cannot be decided again (U10)', async () => {
    const { bench, chat, panel, folder } = session;
    await proposes(call('t1', 'run_command', { command: "printf 'ran\\n' >> runs.txt" }));
    await chat.armed('t1');
    await bench.runCommand('Countersign: Show Pending Approvals');
    await bench.quickPick.choose('run printf');
    await panel.armed('t1');
    const [first, second] = await Promise.allSettled([
      panel.card('t1').getByTestId('approve').click({ timeout: 3000 }),
      chat.card('t1').getByTestId('approve').click({ timeout: 3000 }),
    ]);
    assert.ok(first.status === 'fulfilled' || second.status === 'fulfilled');
    await chat.turn('finished');
    assert.deepEqual(folder.tree(), { ...sampleTree(), 'runs.txt': 'ran\n' });
  });
});

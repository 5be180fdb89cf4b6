// The cards of the page in a real browser: what they show, what each button sends, and that no scripted press counts.
import assert from 'node:assert/strict';
import type { ActionView, RequestView } from '../../../src/protocol/messages.ts';
import type { View } from './harness.ts';
import { usePage } from './usePage.ts';
import {
  action,
  AFTER,
  BEFORE_CLASH,
  clashRequest,
  CLASHING,
  commandRequest,
  editRequest,
  moveRequest,
  NOW,
  questionRequest,
  request,
  snapshot,
} from './samples.ts';

describe('page: cards', function () {
  this.timeout(60_000);
  const open = usePage();
  let view: View;

  async function show(requests: RequestView[], change: Partial<ActionView> = {}): Promise<void> {
    view = await open();
    await view.say(snapshot({ actions: [action(requests, change)] }));
    await view.armed();
  }

  async function submitted(): Promise<unknown[]> {
    return (await view.sent('submit')).map((message) => message['decisions']);
  }

  it('an edit shows path, counts, why and the diff, and is approved (H77, HW3)', async () => {
    await show([editRequest()]);
    const card = view.byId('card');
    assert.equal(await card.getAttribute('data-action-id'), 'a1');
    assert.equal(await card.getAttribute('data-call-id'), 'c1');
    assert.match(await card.innerText(), /Edit\s+src\/price\.ts\s+\+1 −1\s+waiting 2 d/);
    assert.equal(
      await view.byId('card-why').innerText(),
      'Asks: mode default, no rule allows edit(src/price.ts)',
    );
    assert.match(await view.byId('card-diff').innerText(), /return round\(items\.map\(cost\)/);
    await view.page.getByRole('button', { name: 'Approve', exact: true }).click();
    assert.deepEqual(await view.sent('submit'), [
      {
        type: 'submit',
        actionId: 'a1',
        proposalHash: 'hash-a1',
        decisions: { c1: { type: 'approve' } },
      },
    ]);
    assert.equal(await card.getAttribute('data-state'), 'submitting');
    await view.reply('submit', null);
    await view.say({ type: 'action', action: action([editRequest()], { state: 'resolved' }) });
    assert.equal(await card.count(), 0);
  });

  it('an approval that expires says when (HB18, HW7)', async () => {
    await show([commandRequest()], { expiresAt: NOW + 330_000 });
    assert.equal(await view.byId('card-expiry').innerText(), 'expires in 5 min');
  });

  it('a refused submission is shown on the card and can be repeated', async () => {
    await show([commandRequest()]);
    await view.byId('approve').click();
    await view.reply('submit', {
      code: 'stale',
      message: 'The file has changed since',
      callIds: ['c2'],
    });
    assert.equal(await view.byId('card').getAttribute('data-state'), 'error');
    assert.equal(await view.byId('card-error').innerText(), 'The file has changed since');
    await view.armed();
    await view.byId('approve').click();
    assert.equal((await submitted()).length, 2);
  });

  it('reject sends the reason, or none', async () => {
    await show([commandRequest()]);
    await view.byId('reject').click();
    await view.byId('cancel').click();
    await view.byId('reject').click();
    await view.byId('reason-input').fill('use npm ci');
    await view.byId('reason-input').press('Enter');
    assert.deepEqual(await submitted(), []);
    await view.byId('reason-input').fill('use npm ci');
    await view.armed();
    await view.page.getByRole('button', { name: 'Reject', exact: true }).click();
    assert.deepEqual(await submitted(), [{ c2: { type: 'reject', reason: 'use npm ci' } }]);
  });

  it('reject and stop sends at once for a single call', async () => {
    await show([commandRequest()]);
    await view.page.getByRole('button', { name: 'Reject and stop', exact: true }).click();
    assert.deepEqual(await submitted(), [{ c2: { type: 'reject', stop: true } }]);
  });

  it('respond needs a text', async () => {
    await show([commandRequest()]);
    await view.byId('respond').click();
    await view.armed();
    await view.byId('respond').click({ force: true });
    assert.deepEqual(await submitted(), []);
    await view.byId('respond-input').fill('it passes, I ran it');
    await view.armed();
    await view.page.getByRole('button', { name: 'Respond', exact: true }).click();
    assert.deepEqual(await submitted(), [{ c2: { type: 'respond', text: 'it passes, I ran it' } }]);
  });

  it('edited arguments must be an object that fits the schema, and are sent whole (H81)', async () => {
    await show([commandRequest()]);
    await view.byId('edit').click();
    const field = view.byId('args-input');
    assert.equal(await field.inputValue(), '{\n  "command": "npm test"\n}');
    for (const bad of ['{', '[]', '{}', '{"command": 1}', '{"command":"x","y":1}']) {
      await field.fill(bad);
      await view.byId('args-error').waitFor();
      await view.armed();
      await view.byId('approve').click({ force: true });
    }
    assert.deepEqual(await submitted(), []);
    await field.fill('{"command":"npm test -- --bail"}');
    await view.armed();
    await view.byId('approve').click();
    assert.deepEqual(await submitted(), [
      { c2: { type: 'edit', args: { command: 'npm test -- --bail' } } },
    ]);
  });

  it('edit of a file opens the diff editor; its text is shown and sent', async () => {
    await show([editRequest()]);
    await view.byId('edit').click();
    assert.deepEqual(await view.sent('openDiff'), [
      { type: 'openDiff', actionId: 'a1', callId: 'c1' },
    ]);
    const mine = AFTER.replace('// Totals', '// My totals');
    const draft = { callId: 'c1', proposalHash: 'hash-c1', card: null, content: mine };
    await view.say({ type: 'draft', actionId: 'a1', draft });
    assert.match(await view.byId('card').innerText(), /Edited in the diff editor/);
    assert.match(await view.byId('card-diff').innerText(), /My totals/);
    await view.armed();
    await view.byId('approve').click();
    assert.deepEqual(await submitted(), [{ c1: { type: 'edit', content: mine } }]);
  });

  it('a file’s arguments can be edited as JSON, too', async () => {
    await show([editRequest()]);
    await view.byId('edit').click();
    await view.byId('edit-args').click();
    await view.byId('args-input').fill('{"path":"x"}');
    await view.armed();
    await view.byId('approve').click();
    assert.deepEqual(await submitted(), [{ c1: { type: 'edit', args: { path: 'x' } } }]);
  });

  it('a question is answered with an option (H77, H82)', async () => {
    await show([questionRequest()]);
    await view.byId('answer').click({ force: true });
    assert.deepEqual(await submitted(), []);
    await view.byId('option-bankers').click();
    await view.byId('option-half-up').click();
    await view.armed();
    await view.page.getByRole('button', { name: 'Answer', exact: true }).click();
    assert.deepEqual(await submitted(), [{ c3: { type: 'respond', text: 'half-up' } }]);
  });

  it('a question is answered with several options, or in free words (H82)', async () => {
    await show([questionRequest(true)]);
    await view.byId('option-bankers').click();
    await view.byId('option-half-up').click();
    await view.byId('option-bankers').click();
    await view.byId('free-text').fill('and round once');
    await view.armed();
    await view.byId('answer').click();
    assert.deepEqual(await submitted(), [
      { c3: { type: 'respond', text: 'half-up, and round once' } },
    ]);
    await show([questionRequest()]);
    await view.byId('option-bankers').click();
    await view.byId('free-text').fill('neither');
    await view.byId('free-text').press('Enter');
    await view.byId('free-text').fill('neither');
    await view.armed();
    await view.byId('answer').click();
    assert.deepEqual(await submitted(), [{ c3: { type: 'respond', text: 'neither' } }]);
  });

  it('a read shows what would be read, and warns when it is outside (H77)', async () => {
    const read = {
      kind: 'read',
      target: '../secrets.txt',
      realPath: '/home/ada/secrets.txt',
      outside: true,
    } as const;
    await show([request('c4', read)]);
    assert.match(
      await view.byId('card').innerText(),
      /Read\s+\.\.\/secrets\.txt[^]*Outside the workspace: \/home\/ada\/secrets\.txt/,
    );
  });

  it('protected files and files elsewhere carry a warning (U5)', async () => {
    const place = {
      protected: 'tasks of the editor',
      realPath: '/home/ada/shop/.vscode/tasks.json',
      path: 'link.json',
    };
    await show([editRequest({}, place)]);
    const text = await view.byId('card').innerText();
    assert.match(text, /Protected file: tasks of the editor/);
    assert.match(text, /Real path: \/home\/ada\/shop\/\.vscode\/tasks\.json/);
  });

  it('a move shows both paths, what is risky about it, and is approved', async () => {
    await show([moveRequest({ protected: 'tasks of the editor' })]);
    const card = view.byId('card');
    assert.match(await card.innerText(), /^Move\s+bin\/run\.sh → tools\/start\.sh/);
    assert.equal(await view.byId('move-from').innerText(), 'bin/run.sh');
    assert.equal(await view.byId('move-to').innerText(), 'tools/start.sh');
    const text = await card.innerText();
    for (const part of [/Protected file: tasks of the editor/, /run as a program/, /12 lines/]) {
      assert.match(text, part);
    }
    assert.equal(await view.byId('open-diff').count(), 0);
    await view.byId('approve').click();
    assert.deepEqual(await submitted(), [{ m1: { type: 'approve' } }]);
    await show([moveRequest({ outside: true, to: '/tmp/a\u202Eb', toReal: '/tmp/a\u202Eb' })]);
    const outside = await view.byId('card').innerText();
    assert.match(outside, /One of the two places is outside the workspace/);
    assert.match(outside, /\/home\/ada\/shop\/bin\/run\.sh/);
    assert.ok(!outside.includes('\u202E') && outside.includes('U+202E'));
  });

  it('an edit that clashes is resolved, not approved, and not while the conflict is in the text', async () => {
    await show([clashRequest()]);
    assert.equal(await view.byId('approve').count(), 0);
    assert.match(await view.byId('card-diff').innerText(), /<<<<<<< proposed/);
    await view.byId('resolve').click();
    const [opened] = await view.sent('openDiff');
    assert.deepEqual(opened, { type: 'openDiff', actionId: 'a1', callId: 'c1', merge: true });
    const typed = async (content: string): Promise<void> => {
      const draft = { callId: 'c1', proposalHash: 'hash-c1', card: null, content };
      await view.say({ type: 'draft', actionId: 'a1', draft });
    };
    for (const content of [CLASHING, BEFORE_CLASH]) {
      await typed(content);
      await view.byId('card').getByText('The conflict is not resolved yet: take yours').waitFor();
      assert.equal(await view.byId('approve').getAttribute('disabled'), '');
    }
    const content = 'export function total(items) {\n  return mine;\n}\n';
    await typed(content);
    await view.byId('card').getByText('this is your text').waitFor();
    await view.armed();
    await view.byId('approve').click();
    assert.deepEqual(await submitted(), [{ c1: { type: 'edit', content } }]);
  });

  it('only a batch with several edits is offered as files in one editor', async () => {
    const second = { callId: 'c2', proposalHash: 'hash-c2' };
    await show([editRequest(), commandRequest()]);
    assert.equal(await view.byId('review-files').count(), 0);
    await show([editRequest(), editRequest(second), moveRequest()]);
    await view.byId('review-files').click();
    assert.deepEqual(await view.sent('openAllDiffs'), [{ type: 'openAllDiffs', actionId: 'a1' }]);
    assert.deepEqual(await submitted(), []);
  });

  it('only allowed decisions have a button', async () => {
    await show([commandRequest('ls', { allowedDecisions: ['reject'] })]);
    assert.equal(await view.byId('reject').count(), 1);
    for (const name of ['approve', 'edit', 'respond', 'answer'])
      assert.equal(await view.byId(name).count(), 0, name);
  });

  it('an unknown outcome is settled by the user', async () => {
    const allowedDecisions = ['mark_done', 'run_again', 'skip', 'respond'] as const;
    for (const [name, type] of [
      ['Mark done', 'mark_done'],
      ['Run again', 'run_again'],
      ['Skip', 'skip'],
    ] as const) {
      await show([commandRequest('make deploy', { allowedDecisions: [...allowedDecisions] })], {
        kind: 'outcome_unknown',
      });
      assert.equal(await view.byId('approve').count(), 0);
      await view.page.getByRole('button', { name, exact: true }).click();
      assert.deepEqual(await submitted(), [{ c2: { type } }]);
    }
  });

  it('a batch is collected call by call and submitted once (H76, HB7)', async () => {
    await show([editRequest(), commandRequest(), questionRequest()]);
    const count = view.byId('decided-count');
    assert.equal(await count.innerText(), '0 of 3 decided');
    await view.byId('approve').first().click();
    assert.equal(await count.innerText(), '1 of 3 decided');
    await view.byId('undo').click();
    assert.equal(await count.innerText(), '0 of 3 decided');
    await view.armed();
    await view.byId('approve-all').click();
    assert.equal(await count.innerText(), '2 of 3 decided');
    await view.byId('option-half-up').click();
    await view.armed();
    await view.byId('answer').click();
    assert.deepEqual(await submitted(), []);
    await view.armed();
    await view.page.getByRole('button', { name: 'Submit', exact: true }).click();
    assert.deepEqual(await submitted(), [
      {
        c1: { type: 'approve' },
        c2: { type: 'approve' },
        c3: { type: 'respond', text: 'half-up' },
      },
    ]);
    await view.byId('submit').click({ force: true });
    assert.equal((await submitted()).length, 1);
    await view.reply('submit', {
      code: 'undecided',
      message: 'Call c2 is refused',
      callIds: ['c2'],
    });
    const states = await view
      .byId('card')
      .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-state')));
    assert.deepEqual(states, ['decided', 'error', 'decided']);
    assert.equal(await view.byId('submit-error').innerText(), 'Call c2 is refused');
  });

  it('a text that screening refuses stays on the card, with the reason, and can be sent again', async () => {
    await show([commandRequest()]);
    await view.byId('respond').click();
    await view.byId('respond-input').fill('it prints a key');
    await view.armed();
    const send = view.page.getByRole('button', { name: 'Respond', exact: true });
    await send.click();
    assert.equal((await submitted()).length, 1);
    const message = 'This looks like a secret: npm-token in text of c2. Nothing was decided.';
    await view.reply('submit', { code: 'screening_failed', message, callIds: ['c2'] });
    const error = view.byId('card-error');
    assert.equal(await error.innerText(), message);
    assert.equal(await error.getAttribute('data-code'), 'screening_failed');
    assert.equal(await view.byId('respond-input').inputValue(), 'it prints a key');
    await view.byId('respond-input').fill('it prints');
    await view.armed();
    await send.click();
    assert.deepEqual((await submitted())[1], { c2: { type: 'respond', text: 'it prints' } });
  });

  it('reject and stop decides what is left of a batch', async () => {
    await show([editRequest(), commandRequest()]);
    await view.byId('approve').first().click();
    await view.armed();
    await view.byId('reject-and-stop').click();
    await view.armed();
    await view.byId('submit').click();
    assert.deepEqual(await submitted(), [
      { c1: { type: 'approve' }, c2: { type: 'reject', stop: true } },
    ]);
  });

  it('commands show every part, the folder, the program and the environment (H77, HW3)', async () => {
    const parts = [
      { text: 'cd billing', verdict: 'allow', reason: 'x' },
      { text: 'npm test', program: '/usr/bin/npm', verdict: 'ask', reason: 'y' },
    ];
    await show([
      commandRequest(
        'cd billing && npm test',
        {},
        { parts, env: { CI: '1' }, cwdShown: 'packages' },
      ),
    ]);
    const text = await view.byId('card').innerText();
    assert.match(text, /Run\s+2 commands/);
    for (const part of [
      'cd billing && npm test',
      'allowed',
      '/usr/bin/npm',
      'asks',
      'in packages',
      'CI=1',
      '2 min',
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  it('a command says which files it is bound to, and what is not (U11)', async () => {
    const bound = (path: string, more: object): object => ({
      ...{ path, lexical: `/w/${path}`, realPath: `/w/${path}`, hash: 'h', size: 5, lines: 12 },
      ...more,
    });
    const one = [bound('scripts/x.sh', {})];
    await show([commandRequest('sh scripts/x.sh', {}, { binds: one })]);
    const line = () => view.byId('card-bound').innerText();
    assert.equal(await line(), 'runs scripts/x.sh (12 lines), bound to what it is now');
    const several = [
      bound('a\u202eb.sh', { lines: 1 }),
      bound('tool', { lines: null }),
      bound('new.sh', { hash: null, size: 0, lines: null }),
    ];
    const unbound = ['$FILE: known only when it runs'];
    await show([commandRequest('x', {}, { binds: several, unbound })]);
    const text = (await line()).replace(/\s+/g, ' ');
    assert.equal(
      text,
      'runs aU+202Eb.sh (1 line), tool (5 bytes), new.sh (not there now), bound to what they are now not bound: $FILE: known only when it runs',
    );
  });

  it('what a repository may have named is written out in tooltips, too (I10)', async () => {
    const name = 'a\u202eb';
    const verdict = { text: 'x', verdict: 'ask', reason: `rule ${name}` };
    const bind = { path: name, lexical: name, realPath: name, hash: 'h', size: 5, lines: 1 };
    const proposal = { cwd: `/w/${name}`, parts: [verdict, verdict], binds: [bind] };
    await show([commandRequest('x; x', {}, proposal)]);
    const titles = await view.page.evaluate(() =>
      [...document.querySelectorAll('[title]')].map((one) => one.getAttribute('title') ?? ''),
    );
    assert.deepEqual(
      titles.filter((title) => title.includes('\u202e')),
      [],
    );
    assert.equal(titles.filter((title) => title.includes('\\u{202E}')).length, 4);
  });

  it('long blanks and hidden characters of a command are written out (U2)', async () => {
    await show([commandRequest(`echo ok${' '.repeat(300)}; rm -rf \u202E~\n\n\n\n\nls`)]);
    assert.equal(await view.byId('card-command').innerText(), 'echo ok␠×300; rm -rf U+202E~⏎×5ls');
  });
});

// The chat in a real workbench: messages, stop, modes, errors, settings, reload.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { sampleTree } from './support/folder.ts';
import { call } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

const write = (id: string, path = 'notes.md') =>
  call(id, 'write_file', { path, content: 'agent\n' });

describe('chat', () => {
  let session: Session;

  before(async () => {
    session = await startSession();
    await session.bench.runCommand('View: Show Countersign');
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  const notice = (code: string) =>
    session.chat.frame.locator(`[data-testid=item-notice][data-code=${code}]`);
  const waiting = () =>
    session.bench.page.locator('.statusbar-item').filter({ hasText: 'waiting' });

  /** The user's messages, without the buttons below them. */
  const said = async (): Promise<string[]> =>
    session.chat.testId('item-user').locator('.shown').allInnerTexts();

  it('starts with what it is for, and a message gets the reply as markdown', async () => {
    const { chat, script } = session;
    await chat.testId('welcome').waitFor();
    script.says({ text: 'Hello **you**, see `x < y`.\n\n- one\n- two' });
    await chat.send('Say hello');
    await chat.turn('finished');
    assert.deepEqual(await said(), ['Say hello']);
    const reply = chat.testId('item-assistant');
    assert.equal(await reply.locator('strong').innerText(), 'you');
    assert.equal(await reply.locator('code').innerText(), 'x < y');
    assert.deepEqual(await reply.locator('li').allInnerTexts(), ['one', 'two']);
    assert.equal(await chat.testId('composer-input').inputValue(), '');
    assert.equal(await chat.testId('welcome').count(), 0);
  });

  it('a second message goes on in the thread; a reload keeps the transcript', async () => {
    const { bench, chat, script } = session;
    script.says({ text: 'Again, then.' });
    await chat.send('And again');
    await chat.testId('item-assistant').getByText('Again, then.').waitFor();
    await bench.reload();
    await chat.testId('item-assistant').getByText('Again, then.').waitFor();
    assert.deepEqual(await said(), ['Say hello', 'And again']);
  });

  it('while it waits: the count is in the status bar, a message is not sent without a choice, stop ends it (HB20)', async () => {
    const { bench, chat, folder, script } = session;
    script.says({ toolCalls: [write('w1')] }, { text: 'after' });
    await session.fresh();
    await chat.send('Write');
    await chat.armed('w1');
    await waiting().filter({ hasText: '1 waiting' }).waitFor();
    await chat.send('yes, do it');
    await chat.testId('composer').getByText('A message never approves anything').waitFor();
    assert.equal(await chat.testId('item-user').count(), 1);
    await chat.testId('composer-input').fill('');
    await bench.runCommand('Countersign: Stop');
    await chat.turn('cancelled');
    await notice('stopped').waitFor();
    await waiting().waitFor({ state: 'detached' });
    assert.equal(await chat.card().count(), 0);
    await chat.line('w1', '[data-state=blocked]').waitFor();
    assert.deepEqual(folder.tree(), sampleTree());
  });

  it('stop while a command runs: it ends, the turn is cancelled', async () => {
    const { chat, folder, script } = session;
    script.says(
      {
        toolCalls: [
          call('r1', 'run_command', {
            command: 'echo begun > begun.txt; sleep 300; echo late > late.txt',
          }),
        ],
      },
      { text: 'after' },
    );
    await session.fresh();
    await chat.send('Run');
    await chat.decide('r1', 'approve');
    await chat.line('r1', '[data-state=running]').waitFor();
    await chat.testId('stop').click();
    await chat.turn('cancelled');
    await chat.line('r1', '[data-state=running]').waitFor({ state: 'detached' });
    const { 'late.txt': late } = folder.tree();
    assert.equal(late, undefined);
  });

  it('mode plan denies edits and commands, and the why line says so', async () => {
    const { bench, chat, folder, script } = session;
    script.says(
      { toolCalls: [write('w1'), call('r1', 'run_command', { command: 'echo x > x.txt' })] },
      { text: 'Planned: {{results}}' },
    );
    await session.fresh();
    // By the keyboard, as a user: what a script selects does not count.
    await chat.testId('mode').press('p');
    await chat.frame.locator('[data-testid=mode][data-state=plan]').waitFor();
    await chat.send('Plan it');
    await chat.turn('finished');
    await chat.line('r1', '[data-outcome=denied]').waitFor();
    const line = chat.line('w1', '[data-outcome=denied]');
    await line.getByTestId('why').click();
    assert.match(await chat.testId('why-full').innerText(), /mode plan/);
    assert.deepEqual(folder.tree(), sampleTree());
    await bench.runCommand('Countersign: Set Mode…');
    await bench.quickPick.choose('acceptEdits');
    await chat.frame.locator('[data-testid=mode][data-state=acceptEdits]').waitFor();
  });

  it('mode acceptEdits writes inside the workspace and still asks for commands', async () => {
    const { bench, chat, folder, script } = session;
    script.says(
      { toolCalls: [write('w1')] },
      { toolCalls: [call('r1', 'run_command', { command: 'echo x > x.txt' })] },
      { text: 'Done' },
    );
    await session.fresh();
    await chat.send('Do it');
    await chat.armed('r1');
    assert.deepEqual(folder.tree(), { ...sampleTree(), 'notes.md': 'agent\n' });
    await chat.testId('stop').click();
    await chat.turn('cancelled');
    await bench.runCommand('Countersign: Set Mode…');
    await bench.quickPick.choose('default');
    await chat.frame.locator('[data-testid=mode][data-state=default]').waitFor();
  });

  it('a script that cannot be used is an error notice with code, place and what to do', async () => {
    const { chat, script } = session;
    script.holds('{ "turns": [ { "txt": 1 } ] }');
    await session.fresh();
    await chat.send('Go');
    await chat.turn('failed');
    const text = await notice('script_invalid').innerText();
    assert.match(text, /turns\[0\]/);
    assert.match(text, /Correct the file/);
    script.says({ text: 'x', expect: ['never said'] });
    await chat.send('Go again');
    await notice('script_mismatch').getByText('never said').waitFor();
    script.says({ text: 'Back again.' });
    await chat.send('And now');
    await chat.testId('item-assistant').getByText('Back again.').waitFor();
  });

  it('odd tool calls get an error result each, and the turn goes on', async () => {
    const { chat, folder, script } = session;
    script.says(
      {
        toolCalls: [
          call('u1', 'no_such_tool', {}),
          call('u2', 'write_file', { path: 7 }),
          call('u3', 'edit_file', { path: 'gone.ts', old_string: 'a', new_string: 'b' }),
        ],
      },
      { text: 'I see.' },
    );
    await session.fresh();
    await chat.send('Odd');
    await chat.turn('finished');
    await chat.line('u1', '[data-outcome=invalid]').waitFor();
    await chat.line('u2', '[data-outcome=invalid]').waitFor();
    assert.notEqual(await chat.line('u3').getAttribute('data-outcome'), 'ok');
    assert.deepEqual(folder.tree(), sampleTree());
  });

  it('an invalid deny rule of the workspace is shown; corrected, it counts at once', async () => {
    const { chat, folder, script } = session;
    await session.fresh();
    mkdirSync(folder.at('.vscode'));
    const settings = folder.at('.vscode/settings.json');
    writeFileSync(settings, '{ "countersign.approval.deny": ["shell("] }');
    const problem = chat.testId('problem');
    await problem.waitFor();
    assert.match(await problem.innerText(), /countersign\.approval\.deny\[0\].*workspace settings/);
    writeFileSync(settings, '{ "countersign.approval.deny": ["shell(rm *)"] }');
    await problem.waitFor({ state: 'detached' });
    script.says(
      { toolCalls: [call('r1', 'run_command', { command: 'rm -f package.json' })] },
      { text: 'Then not.' },
    );
    await chat.send('Remove it');
    await chat.turn('finished');
    await chat.line('r1', '[data-outcome=denied]').getByText('denied · shell(rm *)').waitFor();
    assert.equal(folder.tree()['package.json'], sampleTree()['package.json']);
  });

  it('New Thread empties the chat; the old thread stays waiting', async () => {
    const { bench, chat, script } = session;
    script.says({ toolCalls: [write('w9')] }, { text: 'Done' });
    await session.fresh();
    await chat.send('Old one');
    await chat.armed('w9');
    await chat.testId('new-thread').click();
    await chat.testId('welcome').waitFor();
    assert.equal(await chat.card().count(), 0);
    await bench.runCommand('Countersign: Resume Paused Thread…');
    await bench.quickPick.choose('Old one');
    await chat.armed('w9');
    await chat.testId('stop').click();
    await chat.turn('cancelled');
    await bench.runCommand('Countersign: Resume Paused Thread…');
    await bench.notification('Nothing waits for you').waitFor();
  });

  it('a mode and a model that change in the settings count at once', async () => {
    const { bench, chat, folder } = session;
    await session.fresh();
    await chat.testId('model').getByText('script.json').waitFor();
    mkdirSync(folder.at('.vscode'), { recursive: true });
    writeFileSync(folder.at('.vscode/settings.json'), '{ "countersign.approval.mode": "plan" }');
    await chat.frame.locator('[data-testid=mode][data-state=plan]').waitFor();
    folder.reset();
    await chat.frame.locator('[data-testid=mode][data-state=default]').waitFor();
    await bench.runCommand('Preferences: Open User Settings (JSON)');
    await bench.page.getByText('countersign.model.id').last().dblclick();
    await bench.page.keyboard.press('ControlOrMeta+a');
    await bench.page.keyboard.insertText('{ "countersign.model.id": "demo" }');
    await bench.page.keyboard.press('ControlOrMeta+s');
    await chat.testId('model').getByText('Demo agent').waitFor();
  });
});

describe('chat in Restricted Mode', () => {
  let session: Session;

  before(async () => {
    session = await startSession({ host: { trust: true } });
    await session.bench.runCommand('View: Show Countersign');
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  it('refuses to start a turn and says why; nothing runs; after trust is given, it works (I13)', async () => {
    const { bench, chat, folder, script } = session;
    script.says({ toolCalls: [call('l1', 'list_directory', { path: '.' })] }, { text: 'Listed.' });
    await chat.send('Look around');
    const refused = chat.frame.locator('[data-testid=chat-error][data-code=untrusted_workspace]');
    assert.match(await refused.innerText(), /Restricted Mode.*Manage Workspace Trust/);
    assert.equal(await chat.testId('composer-input').inputValue(), 'Look around');
    await bench.screenshot('look-restricted');
    await bench.runCommand('Countersign: Try the Demo');
    await bench.notification('Trust this workspace first').waitFor();
    assert.equal(await chat.testId('item-call').count(), 0);
    assert.deepEqual(folder.tree(), sampleTree());
    await bench.runCommand('Workspaces: Manage Workspace Trust');
    await bench.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await bench.page.getByText('You Trust This', { exact: false }).first().waitFor();
    await chat.testId('composer-input').press('Enter');
    await chat.turn('finished');
    await chat.line('l1', '[data-outcome=ok]').waitFor();
  });
});

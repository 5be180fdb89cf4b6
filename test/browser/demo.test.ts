// The demo as a user goes through it in a real VS Code: each kind of decision leaves exactly the expected files.
import assert from 'node:assert/strict';
import { sampleTree, type Tree } from './support/folder.ts';
import { DiffEditor } from './support/diffEditor.ts';
import { call } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

const BROKEN =
  '/** The total of an invoice, in whole cents. */\nexport function total(items: Item[]): number {\n' +
  '  return items.map((item) => roundCents(cost(item))).reduce((sum, cents) => sum + cents, 0);\n}';
const FIXED =
  '/** The total of an invoice in whole cents, rounded once, after adding. */\nexport function total(items: Item[]): number {\n' +
  '  return roundCents(items.map(cost).reduce((sum, cents) => sum + cents, 0));\n}';

/** The sample with the proposed fix. */
function fixedTree(): Tree {
  const sample = sampleTree();
  const price = sample['src/price.ts']?.replace(BROKEN, FIXED);
  if (!price?.includes('rounded once')) assert.fail('the sample is not what the demo expects');
  return { ...sample, 'src/price.ts': price };
}

describe('demo', () => {
  let session: Session;

  before(async () => {
    session = await startSession();
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  /** Runs the demo up to its batch of an edit and a command. */
  async function toBatch(): Promise<void> {
    const { bench, chat, folder } = session;
    folder.reset();
    await bench.runCommand('Countersign: Try the Demo');
    await (await chat.armed('demo-ask')).getByTestId('option-half up').click();
    await chat.decide('demo-ask', 'answer');
    await chat.armed('demo-edit');
  }

  it('answered and approved: the fix is written, the tests run, nothing else changes', async () => {
    const { chat, folder } = session;
    await toBatch();
    assert.deepEqual(folder.tree(), sampleTree(), 'something was written before it was approved');
    await chat.decide('demo-edit', 'approve');
    await chat.decide('demo-test', 'approve');
    assert.deepEqual(folder.tree(), sampleTree(), 'something was written before the submit');
    await chat.submit();
    await chat.turn('finished');
    assert.deepEqual(folder.tree(), fixedTree());
    await chat.line('demo-edit', '[data-outcome=ok]').waitFor();
    await chat.line('demo-test', '[data-outcome=ok]').waitFor();
    const said = await lastWords();
    assert.match(said, /Edited src\/price\.ts: 2 lines added, 2 removed/);
    assert.match(said, /npm test → Exit code 0/);
    await chat.line('demo-test').locator('.call-toggle').click();
    assert.match(await chat.testId('call-output').innerText(), /pass 4/);
    assert.equal(await chat.card().count(), 0);
  });

  it('rejected with a reason: nothing changes, the agent is told', async () => {
    const { chat, folder } = session;
    await toBatch();
    await chat.decideWith('demo-edit', 'reject', 'Round per item, please');
    await chat.decideWith('demo-test', 'reject', '');
    await chat.submit();
    await chat.turn('finished');
    assert.deepEqual(folder.tree(), sampleTree());
    await chat.line('demo-edit', '[data-outcome=rejected]').waitFor();
    await chat.line('demo-test', '[data-outcome=rejected]').waitFor();
    assert.match(await lastWords(), /Rejected by the user: Round per item, please/);
  });

  it('edited: the text typed in the diff editor and the arguments typed as JSON are what is done', async () => {
    const { bench, chat, folder } = session;
    await toBatch();
    const diff = new DiffEditor(bench.page);
    await chat.press('demo-edit', 'open-diff');
    await diff.right.getByText('rounded once').waitFor();
    const mine = `${fixedTree()['src/price.ts'] ?? ''}// größer als „0“ 🧾`;
    await diff.typeAtEnd('// größer als „0“ 🧾');
    await chat.card('demo-edit').getByText('// größer als „0“ 🧾').waitFor();
    await chat.decide('demo-edit', 'approve');
    await chat.card('demo-edit', '[data-decision=edit]').waitFor();
    await diff.save('price.ts'); // decides nothing and undoes no decision
    await chat.press('demo-test', 'edit');
    const args = chat.card('demo-test').getByTestId('args-input');
    await args.fill('{ "command": 12 }');
    await chat.testId('args-error').getByText('“command” has the wrong type').waitFor();
    await args.fill(JSON.stringify({ command: 'printf edited > ran.txt' }));
    await chat.decide('demo-test', 'approve');
    await chat.card('demo-test', '[data-decision=edit]').waitFor();
    await chat.submit();
    await chat.turn('finished');
    assert.deepEqual(folder.tree(), { ...sampleTree(), 'src/price.ts': mine, 'ran.txt': 'edited' });
    await diff.tab('price.ts').waitFor({ state: 'detached' });
    assert.match(await lastWords(), /edited/i);
  });

  it('its first line names it, then the title that the model gave, in the chat and in the quick pick', async () => {
    const { bench, chat, folder } = session;
    const title = 'Round invoice totals once';
    const head = chat.frame.locator('header.title h1');
    await toBatch();
    const first = await head.innerText();
    assert.notEqual(first, title, 'the first turn is not over');
    assert.match(first, /invoice/i);
    await chat.testId('stop').click();
    await chat.turn('cancelled');
    await head.getByText(title, { exact: true }).waitFor();
    folder.reset();
    await chat.send('Once more');
    await chat.armed('demo-ask');
    assert.equal(await head.innerText(), title);
    await bench.runCommand('Countersign: Resume Paused Thread…');
    const rows = bench.page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: title }).waitFor();
    await bench.page.keyboard.press('Escape');
    await chat.testId('stop').click();
    await chat.turn('cancelled');
  });

  it('responded: the text is the result, nothing runs', async () => {
    const { chat, folder } = session;
    await toBatch();
    await chat.decideWith('demo-edit', 'respond', 'Pretend it is done');
    await chat.decideWith('demo-test', 'respond', 'All green here');
    await chat.submit();
    await chat.turn('finished');
    assert.deepEqual(folder.tree(), sampleTree());
    await chat.line('demo-test', '[data-outcome=responded]').waitFor();
    assert.match(await lastWords(), /Pretend it is done[^]*All green here/);
  });

  it('one edit is approved from the title bar of its diff editor, with the text that stands there', async () => {
    const { bench, chat, folder, script } = session;
    await useScript();
    script.says(
      { toolCalls: [call('w1', 'write_file', { path: 'notes.md', content: 'agent\n' })] },
      { text: 'Done: {{results}}' },
    );
    await session.fresh();
    await chat.send('Write the notes');
    await chat.press('w1', 'open-diff');
    const diff = new DiffEditor(bench.page);
    await diff.right.getByText('agent').waitFor();
    const mine = '# Mine\n\n- größer\n- 日本語\n';
    await diff.replaceRight(mine);
    await chat.card('w1').getByText('日本語').waitFor();
    await diff.action('Approve').click();
    await chat.turn('finished');
    assert.deepEqual(folder.tree(), { ...sampleTree(), 'notes.md': mine });
  });

  it('one edit is rejected from the title bar, with a reason', async () => {
    const { bench, chat, folder, script } = session;
    script.says(
      { toolCalls: [call('w2', 'write_file', { path: 'notes.md', content: 'agent\n' })] },
      { text: 'Done: {{results}}' },
    );
    await session.fresh();
    await chat.send('Write the notes');
    await chat.press('w2', 'edit');
    const diff = new DiffEditor(bench.page);
    await diff.right.getByText('agent').waitFor();
    await diff.focusRight();
    await diff.action('Reject').click();
    await bench.quickPick.enter('not now');
    await chat.turn('finished');
    assert.deepEqual(folder.tree(), sampleTree());
    assert.match(await lastWords(), /Rejected by the user: not now/);
  });

  async function lastWords(): Promise<string> {
    return session.chat.testId('item-assistant').last().innerText();
  }

  /** The demo selected its own model for the window: the settings' model is back with the next window. */
  async function useScript(): Promise<void> {
    await session.bench.reload();
    await session.bench.runCommand('Countersign: New Thread');
    await session.chat.testId('model').getByText('script.json').waitFor();
  }
});

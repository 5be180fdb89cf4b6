// A message for a thread that is not done, in a real workbench: it waits, is taken back, or discards; it never approves.
import assert from 'node:assert/strict';
import { sampleTree } from './support/folder.ts';
import { call } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

const write = { toolCalls: [call('w1', 'write_file', { path: 'notes.md', content: 'agent\n' })] };

describe('queue', () => {
  let session: Session;

  before(async () => {
    session = await startSession();
    await session.bench.runCommand('View: Show Countersign');
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  const queued = () => session.chat.frame.locator('[data-testid=item-user][data-state=queued]');

  /** A turn that waits, and what is said by the turns from now on: the first one's rest, and the next one. */
  async function paused(rest: { first: string; next: string }): Promise<void> {
    const { chat, script } = session;
    script.says(write);
    await session.fresh();
    await chat.send('Write notes');
    await chat.armed('w1');
    // By position in its own turn: the next turn's first reply, then the second of the one that waits.
    script.says({ text: rest.next }, { text: rest.first });
  }

  async function type(text: string): Promise<void> {
    await session.chat.testId('composer-input').fill(text);
  }

  it('Enter sends nothing while a card waits; the choice is said and offered (HB9)', async () => {
    const { bench, chat, folder } = session;
    await paused({ first: 'Written.', next: 'Never said.' });
    await chat.send('yes, approve it');
    await chat.testId('composer-choice').getByText('Not sent yet').waitFor();
    assert.equal(await chat.testId('item-user').count(), 1);
    assert.equal(await chat.testId('composer-input').inputValue(), 'yes, approve it');
    await chat.testId('send-queue').waitFor();
    await chat.testId('send-discard').waitFor();
    await bench.screenshot('queue-choice');
    assert.deepEqual(folder.tree(), sampleTree());
    await type('');
    await chat.testId('stop').click();
    await chat.turn('cancelled');
  });

  it('queued after a card: it waits behind it, survives a reload, and runs when the card is decided', async () => {
    const { bench, chat, folder } = session;
    await paused({ first: 'Notes are written.', next: 'And the second thing.' });
    await type('Then do the second thing');
    await chat.testId('send-queue').click();
    await queued().getByText('Then do the second thing').waitFor();
    await chat.turn('paused');
    await bench.screenshot('queue-after');
    assert.deepEqual(folder.tree(), sampleTree(), 'a message approves nothing');
    await bench.reload();
    await queued().getByText('Then do the second thing').waitFor();
    await session.chat.decide('w1', 'approve');
    await session.chat.testId('item-assistant').getByText('And the second thing.').waitFor();
    await session.chat.turn('finished');
    assert.equal(await queued().count(), 0);
    assert.deepEqual(folder.tree(), { ...sampleTree(), 'notes.md': 'agent\n' });
    const said = session.chat.frame.locator(
      '[data-testid=item-user], [data-testid=item-assistant]',
    );
    // Below the last message of the user's stand buttons.
    const texts = (await said.allInnerTexts()).map((text) => text.split('\n')[0]);
    assert.deepEqual(texts, [
      'Write notes',
      'Notes are written.',
      'Then do the second thing',
      'And the second thing.',
    ]);
  });

  it('a queued message is taken back: it stays in the transcript as not run, and the card still waits', async () => {
    const { chat } = session;
    await paused({ first: 'Written.', next: 'Never said.' });
    await type('Rather not');
    await chat.testId('send-queue').click();
    await queued().getByTestId('remove-queued').click();
    await queued().waitFor({ state: 'detached' });
    await chat.testId('item-user').getByText('Rather not').waitFor();
    await chat.frame.locator('[data-testid=item-notice][data-code=not_run]').waitFor();
    await chat.decide('w1', 'approve');
    await chat.testId('item-assistant').getByText('Written.').waitFor();
    await chat.turn('finished');
    assert.equal(await chat.testId('item-assistant').getByText('Never said.').count(), 0);
  });

  it('discard and send: nothing of the card runs, its call has a result, and the message goes first', async () => {
    const { bench, chat, folder } = session;
    await paused({ first: 'Never said.', next: 'Something else, then.' });
    await type('Do something else');
    await chat.testId('send-discard').click();
    await chat.testId('item-assistant').getByText('Something else, then.').waitFor();
    await chat.turn('finished');
    assert.equal(await chat.card().count(), 0);
    await chat.line('w1', '[data-state=blocked]').waitFor();
    assert.deepEqual(folder.tree(), sampleTree());
    await bench.screenshot('queue-discarded');
  });

  it('Stop ends the turn that waits and takes back what is queued', async () => {
    const { chat, folder } = session;
    await paused({ first: 'Never said.', next: 'Never said.' });
    await type('And this');
    await chat.testId('send-queue').click();
    await queued().waitFor();
    await chat.testId('stop').click();
    await chat.turn('cancelled');
    await chat.frame.locator('[data-testid=item-notice][data-code=stopped]').waitFor();
    await chat.frame.locator('[data-testid=item-notice][data-code=not_run]').waitFor();
    assert.equal(await queued().count(), 0);
    assert.deepEqual(folder.tree(), sampleTree());
  });
});

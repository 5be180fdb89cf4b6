// Approvals switched off, as its user sees it: a warning in the status bar and in the chat, and the reason on the call.
import assert from 'node:assert/strict';
import { call } from './support/script.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

describe('approvals switched off', () => {
  let session: Session;

  before(async () => {
    const settings = { 'countersign.approval.enabled': false };
    session = await startSession({ host: { settings } });
    await session.bench.runCommand('View: Show Countersign');
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  it('says so for as long as it holds, before and after a call that runs unasked (H2)', async () => {
    const { bench, chat, script } = session;
    const warning = bench.page.locator('.statusbar-item').filter({ hasText: 'Approvals off' });
    await warning.waitFor();
    const problem = chat.testId('problem').filter({ hasText: 'Approvals are switched off' });
    await problem.waitFor();
    const args = { path: 'unasked.md', content: 'agent\n' };
    script.says({ toolCalls: [call('w', 'write_file', args)] }, { text: 'Written.' });
    await chat.send('Write');
    await chat.turn('finished');
    assert.equal(session.folder.read('unasked.md'), 'agent\n');
    const line = chat.line('w', '[data-outcome=ok]');
    await line.getByTestId('why').click();
    await line.getByTestId('why-full').getByText('approvals are switched off: ').waitFor();
    await warning.waitFor();
    await problem.waitFor();
  });
});

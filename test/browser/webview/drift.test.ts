// A card in the way of which something stands: what changed since the turn was started, and what happened to its files.
import assert from 'node:assert/strict';
import type { View } from './harness.ts';
import { usePage } from './usePage.ts';
import { action, commandRequest, editRequest, snapshot, status } from './samples.ts';

const DRIFT = {
  hash: 'h1',
  changes: ['The tool read_file is gone; a call to it ends in an error.'],
};

describe('page: drift and notes', function () {
  this.timeout(60_000);
  const open = usePage();
  let view: View;

  beforeEach(async () => {
    view = await open();
  });

  const armedBanner = async (): Promise<void> => {
    await view.page.locator('[data-testid=resume-as-it-was]:not([disabled])').waitFor();
  };

  it('nothing on the card decides before the human resumes it as it was; then the decision carries the hash', async () => {
    await view.say(snapshot({ actions: [action([commandRequest()], { drift: DRIFT })] }));
    await armedBanner();
    assert.match(
      await view.byId('drift').innerText(),
      /This changed since the turn was started:\s+The tool read_file/,
    );
    assert.equal(await view.byId('card').getAttribute('data-armed'), 'false');
    await view.byId('approve').click({ force: true });
    await view.byId('card').focus();
    await view.page.keyboard.press('Control+Enter');
    assert.deepEqual(await view.sent('submit'), []);
    await view.byId('resume-as-it-was').click();
    await view.byId('drift-accepted').waitFor();
    await view.armed();
    await view.byId('approve').click();
    const [sent] = await view.sent('submit');
    assert.equal(sent?.['drift'], 'h1');
  });

  it('in a batch neither Submit nor Approve all counts before it', async () => {
    const requests = [commandRequest(), editRequest()];
    await view.say(snapshot({ actions: [action(requests, { drift: DRIFT })] }));
    await armedBanner();
    assert.equal(await view.byId('submit-bar').getAttribute('data-armed'), 'false');
    await view.byId('approve-all').click({ force: true });
    assert.equal(await view.byId('decided-count').innerText(), '0 of 2 decided');
    await view.byId('resume-as-it-was').click();
    await view.page.locator('[data-testid=approve-all]:not([disabled])').waitFor();
  });

  it('another change is accepted anew', async () => {
    const shown = action([commandRequest()], { drift: DRIFT });
    await view.say(snapshot({ actions: [shown] }));
    await armedBanner();
    await view.byId('resume-as-it-was').click();
    await view.armed();
    const other = { hash: 'h2', changes: ['The provider of the model openai:m is gone.'] };
    await view.say(snapshot({ actions: [{ ...shown, drift: other }] }));
    await armedBanner();
    assert.match(await view.byId('drift').innerText(), /openai:m is gone/);
    assert.equal(await view.byId('card').getAttribute('data-armed'), 'false');
  });

  it('Ask again and Discard name the action', async () => {
    await view.say(snapshot({ actions: [action([commandRequest()], { drift: DRIFT })] }));
    await armedBanner();
    await view.byId('drift-ask-again').click();
    await view.byId('drift-discard').click();
    assert.deepEqual(
      [...(await view.sent('askAgain')), ...(await view.sent('discard'))].map(
        (message) => message['actionId'],
      ),
      ['a1', 'a1'],
    );
  });

  it('an unknown outcome cannot be asked again', async () => {
    const shown = action([commandRequest()], { kind: 'outcome_unknown', drift: DRIFT });
    await view.say(snapshot({ actions: [shown] }));
    await armedBanner();
    assert.equal(await view.byId('drift-ask-again').count(), 0);
  });

  it('hostile text in a sentence stays text', async () => {
    const drift = {
      hash: 'h',
      changes: ['The server <img src=x onerror=alert(1)>\u202e is not there.'],
    };
    await view.say(snapshot({ actions: [action([commandRequest()], { drift })] }));
    await armedBanner();
    const text = await view.byId('drift-changes').innerText();
    assert.ok(
      text.includes('<img src=x') && text.includes('U+202E') && !text.includes('\u202e'),
      text,
    );
  });

  it('Continue of an interrupted turn becomes Resume as it was, with the hash', async () => {
    const interrupted = status({ turn: 'interrupted', waiting: 0, drift: DRIFT });
    await view.say(snapshot({ status: interrupted, actions: [] }));
    const button = view.byId('continue');
    assert.equal((await button.innerText()).trim(), 'Resume as it was');
    assert.match(await view.byId('drift-changes').innerText(), /read_file is gone/);
    await button.click();
    const [sent] = await view.sent('continue');
    assert.equal(sent?.['drift'], 'h1');
  });

  it('a call that is shown anew says why; what cannot be approved has no such button', async () => {
    const note = 'src/a.ts changed after this was shown, in the same lines.';
    const request = editRequest({ note, allowedDecisions: ['edit', 'reject', 'respond'] });
    await view.say(snapshot({ actions: [action([request])] }));
    await view.armed();
    assert.ok((await view.byId('card-changed').innerText()).includes(note));
    assert.equal(await view.byId('approve').count(), 0);
    assert.equal(await view.byId('edit').count(), 1);
  });
});

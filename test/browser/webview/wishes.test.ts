// What the window asks of the page: a card that is brought into view is not armed by it, and a press for a command is asked about.
import assert from 'node:assert/strict';
import { usePage } from './usePage.ts';
import { action, commandRequest, editRequest, snapshot } from './samples.ts';

describe('page: wishes of the window', function () {
  this.timeout(60_000);
  const open = usePage();

  it('a card gets the focus, starts its delay anew, and is told of once', async () => {
    const view = await open();
    const one = action([editRequest()]);
    const { callId } = editRequest();
    await view.say(snapshot({ actions: [one] }));
    await view.page.locator('[data-testid=card][data-armed=true]').waitFor();
    const card = { actionId: one.actionId, callId };
    await view.say({ type: 'focusCard', card });
    await view.page.locator('[data-testid=card]:focus').waitFor();
    assert.deepEqual(await view.sent('cardFocus'), [{ type: 'cardFocus', card }]);
    assert.deepEqual(await view.sent('submit'), []);
    await view.byId('composer-input').focus();
    await view.page.waitForFunction(
      () => document.activeElement?.getAttribute('data-testid') === 'composer-input',
    );
    assert.deepEqual((await view.sent('cardFocus')).at(-1), { type: 'cardFocus', card: null });
  });

  it('a press without a card in focus, or before it is armed, sends nothing and says why', async () => {
    const view = await open();
    const one = action([commandRequest()]);
    await view.say(snapshot({ actions: [one] }));
    await view.page.locator('[data-testid=card][data-armed=true]').waitFor();
    await view.say({ type: 'press', button: 'approve' });
    await view.page.getByText('No card has the focus').waitFor();
    const card = { actionId: one.actionId, callId: commandRequest().callId };
    await view.say({ type: 'focusCard', card }, { type: 'press', button: 'approve' });
    await view.page.getByText('look at it, then try again').waitFor();
    assert.deepEqual(await view.sent('submit'), []);
  });

  it('a press on the armed card in focus is sent as one that the window must ask about; Reject opens the form', async () => {
    const view = await open();
    const one = action([commandRequest()]);
    await view.say(snapshot({ actions: [one] }));
    await view.page.locator('[data-testid=card]').focus();
    await view.say({ type: 'press', button: 'reject' });
    await view.byId('reason-input').waitFor();
    assert.deepEqual(await view.sent('submit'), []);
    await view.byId('cancel').click();
    await view.page.locator('[data-testid=card]').focus();
    await view.page.locator('[data-testid=card][data-armed=true]').waitFor();
    await view.say({ type: 'press', button: 'approve' });
    const [sent] = await view.sent('submit');
    assert.equal(sent?.['confirm'], true);
    assert.deepEqual(sent['decisions'], { [commandRequest().callId]: { type: 'approve' } });
  });

  it('a tone can be made under the page’s policy', async () => {
    const view = await open();
    await view.page.evaluate(() => {
      const nodes = AudioScheduledSourceNode.prototype;
      const start: unknown = Reflect.get(nodes, 'start');
      nodes.start = function (when) {
        document.body.dataset['tones'] = `${Number(document.body.dataset['tones'] ?? 0) + 1}`;
        if (typeof start === 'function') Reflect.apply(start, this, [when]);
      };
    });
    await view.say(snapshot({}));
    assert.equal(await view.page.locator('body').getAttribute('data-tones'), null);
    await view.say({ type: 'sound' });
    assert.equal(await view.page.locator('body').getAttribute('data-tones'), '1');
  });
});

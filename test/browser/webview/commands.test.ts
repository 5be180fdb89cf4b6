// Commands that run, as the page shows them: what can be done with one, and what goes on in the background.
import assert from 'node:assert/strict';
import { axeProblems } from './axe.ts';
import type { View } from './harness.ts';
import { usePage } from './usePage.ts';
import { action, call, commandRequest, snapshot, status } from './samples.ts';

const ofRun = {
  ...{ tool: 'run_command', summary: 'npm test', output: 'ok 1\n', command: 'call' as const },
};
const running = call('run', { ...ofRun, state: 'started', outcome: null });
const server = call('server', { tool: 'run_command', summary: 'npm start', command: 'background' });
const key = { turnId: server.turnId, callId: 'server' };

describe('page: commands', function () {
  this.timeout(60_000);
  const openView = usePage();

  const press = async (view: View, id: string): Promise<void> => view.byId(id).first().click();

  it('one that runs is shown in a terminal or stopped, and the turn goes on', async () => {
    const view = await openView({ width: 320 });
    await view.say(snapshot({ items: [running], status: status({ turn: 'running', waiting: 0 }) }));
    await press(view, 'show-terminal');
    await press(view, 'stop-command');
    const one = { turnId: running.turnId, callId: 'run' };
    assert.deepEqual(await view.sent('showTerminal'), [{ type: 'showTerminal', ...one }]);
    assert.deepEqual(await view.sent('stopCommand'), [{ type: 'stopCommand', ...one }]);
    assert.deepEqual(await view.sent('stop'), []);
    await view.say({ type: 'item', item: call('run', { ...ofRun, outcome: 'error' }) });
    assert.equal(await view.byId('command-actions').count(), 0);
  });

  it('one in the background says so, is counted above the message field, and can be seen after its end', async () => {
    const view = await openView({ width: 320 });
    const said = { turn: 'finished', waiting: 0 } as const;
    await view.say(snapshot({ items: [server], status: status({ ...said, background: [key] }) }));
    assert.equal(await view.byId('command-actions').getAttribute('data-state'), 'running');
    assert.match(
      await view.byId('background-note').innerText(),
      /1 command runs in the background/,
    );
    await press(view, 'show-background');
    await press(view, 'stop-command');
    assert.deepEqual(await view.sent('showBackground'), [{ type: 'showBackground' }]);
    assert.deepEqual(await view.sent('stopCommand'), [{ type: 'stopCommand', ...key }]);
    await view.say({ type: 'status', status: status({ ...said, background: [] }) });
    assert.equal(await view.byId('background-note').count(), 0);
    assert.equal(await view.byId('stop-command').count(), 0);
    assert.equal(await view.byId('show-terminal').count(), 1);
  });

  it('presses of a script do nothing', async () => {
    const view = await openView({});
    const one = status({ turn: 'running', waiting: 0, background: [key] });
    await view.say(snapshot({ items: [running, server], status: one }));
    await view.page.evaluate(() => {
      document
        .querySelectorAll<HTMLElement>('[data-testid$="-command"], [data-testid^="show-"]')
        .forEach((button) => button.click());
    });
    for (const type of ['stopCommand', 'showTerminal', 'showBackground'] as const) {
      assert.deepEqual(await view.sent(type), []);
    }
  });

  it('the card says that it goes on, and for how long', async () => {
    const view = await openView({ width: 320 });
    const proposal = { background: true, timeoutMs: null };
    const request = commandRequest('npm start', {}, proposal);
    await view.say(snapshot({ items: [], actions: [action([request])] }));
    const card = await view.byId('card').innerText();
    assert.match(card, /Run in the background/);
    assert.match(card, /no time limit/);
    assert.match(card, /It goes on running in the background after this call/);
    assert.doesNotMatch(card, /stops after/);
  });

  for (const theme of ['dark', 'light', 'contrast', 'contrastLight']) {
    it(`nothing of it is hard to reach or to read (${theme})`, async () => {
      const view = await openView({ theme, width: 320 });
      const request = commandRequest('npm start', {}, { background: true, timeoutMs: null });
      const one = status({ background: [key] });
      await view.say(
        snapshot({ items: [running, server], actions: [action([request])], status: one }),
      );
      if (process.env['SHOTS'])
        await view.page.screenshot({ path: `${process.env['SHOTS']}/cmd-${theme}.png` });
      assert.deepEqual(await axeProblems(view), []);
    });
  }
});

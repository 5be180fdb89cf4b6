// What a page is told when what was typed has a secret in it: the refusal, or the notice; what was typed stays the page's and the draft's.
import assert from 'node:assert/strict';
import { Session } from '../../../../src/core/panel/session.ts';
import { githubToken as secret } from '../../../fakes/secrets.ts';
import { useBench } from '../agent/support.ts';
import { View } from './view.ts';

const KEY = 'countersign.screening.secrets';

describe('the presenter and screening', () => {
  const bench = useBench();
  let view: View;

  beforeEach(() => {
    const { engine, deps, logger } = bench();
    const model = { provider: 'played', id: 'x', label: 'Played' };
    const session = new Session({ threadId: null, model, mode: 'default' }, (error) =>
      assert.fail(String(error)),
    );
    const unused = async (): Promise<void> => assert.fail('not asked for');
    const window = {
      openDiff: unused,
      openAllDiffs: async () => undefined,
      openPanel: unused,
      selectModel: unused,
      tryDemo: unused,
      undoTurn: unused,
      openWhy: unused,
      showTerminal: unused,
      showBackground: unused,
      pickFiles: async () => [],
      filesOf: async () => [],
    };
    const texts = { copy: unused, insertAtCursor: unused, openLink: unused };
    const host = { ...window, ...texts, confirm: async () => true, decidedBy: 'this window' };
    const problems = (): string[] => (engine.notice === null ? [] : [engine.notice]);
    const { store, tools, clock, files } = deps;
    const all = { engine, store, session, host, tools, files, clock, logger, problems };
    view = new View({ ...all, trusted: () => true }, { kind: 'chat' });
  });
  afterEach(() => {
    view.presented.dispose();
  });

  const command = { id: 'c', name: 'run_command', args: { command: 'echo hello' } };
  const problems = (): string[] => view.state.status?.problems ?? [];

  it('a message that is refused is answered with why, and nothing of it is shown or kept', async () => {
    bench().settings[KEY] = 'block';
    assert.equal(await view.ask({ type: 'ready' }), null);
    const text = `use ${secret}`;
    const { error } = await view.raw({ type: 'send', text, requestId: 7 }, 7);
    assert.equal(error?.code, 'screening_failed');
    assert.match(error.message, /github-token in the message\. Nothing was sent/);
    assert.ok(!JSON.stringify(view.posted).includes(secret));
    assert.deepEqual(await bench().deps.store.openActions(), []);
  });

  it('a decision that is refused leaves the card open and its draft as it was', async () => {
    bench().settings[KEY] = 'block';
    bench().say({ calls: [command] }, { text: 'Done' });
    await view.ask({ type: 'ready' });
    assert.equal(await view.ask({ type: 'send', text: 'go' }), null);
    await view.untilState(({ actions }) => actions.length === 1);
    const { id: actionId, proposalHash } = await bench().action();
    const form = { form: 'respond', respond: secret, reason: '', args: null, decision: null };
    const card = { ...form, selected: [], other: false, freeText: '' };
    const draft = { type: 'draft', actionId, callId: 'c', proposalHash, card };
    const kept = await view.ask(draft);
    const decisions = { c: { type: 'respond', text: secret } };
    const submit = { type: 'submit', actionId, proposalHash, decisions };
    const { error } = await view.raw({ ...submit, requestId: 8 }, 8);
    assert.deepEqual([error?.code, error?.callIds], ['screening_failed', ['c']]);
    assert.equal((await bench().action()).state, 'open');
    assert.equal(kept, null, 'the draft was kept before');
    const [row] = await bench().deps.store.draftsOfAction(actionId);
    assert.ok(JSON.stringify(row).includes(secret), 'and is there still');
  });

  it('what was replaced is said where problems are, until the next message is clean', async () => {
    bench().say({ text: 'Done' }, { text: 'Done' });
    await view.ask({ type: 'ready' });
    assert.equal(await view.ask({ type: 'send', text: `use ${secret}` }), null);
    await view.untilState(() =>
      problems().some((one) => /the message\. It was replaced/.test(one)),
    );
    await view.untilState(({ status }) => status?.turn === 'finished');
    assert.equal(await view.ask({ type: 'send', text: 'thanks' }), null);
    await view.untilState(() => problems().length === 0);
    assert.ok(!JSON.stringify(view.posted).includes(secret));
  });
});
